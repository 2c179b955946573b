"""Dated snapshots of the indicators. Rows are only ever added."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, UniqueConstraint, event
from sqlalchemy.orm import Mapper
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase


class Snapshot(WorkingBase, table=True):
    """All indicators of one edition over one period, as they were known at ``computed_at``."""

    __tablename__ = "statistic_snapshot"

    id: int | None = Field(default=None, primary_key=True)
    period: str = Field(max_length=8, index=True)
    """As ``registry.public.indicators.periods`` writes it."""
    first: date
    last: date
    length: str = Field(max_length=8)
    computed_at: datetime = Field(sa_type=UtcDateTime)
    edition: int
    """Of the definitions."""
    digest: str = Field(max_length=64)
    """SHA-256 over period, instant, edition and cells. Internal: small figures could be guessed."""
    account_id: int | None = None
    """Who asked for it; None: the registry itself, by the calendar."""


class Cell(WorkingBase, table=True):
    """One indicator of one authority in one region. Cells of nothing are not stored."""

    __tablename__ = "statistic_cell"
    __table_args__ = (UniqueConstraint("snapshot_id", "indicator", "authority_id", "region"),)

    id: int | None = Field(default=None, primary_key=True)
    snapshot_id: int = Field(foreign_key="statistic_snapshot.id")
    indicator: str = Field(max_length=40)
    authority_id: int
    region: str = Field(max_length=6)
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    rows: int
    """How many things were counted."""


def _refuse_change(_mapper: Mapper[Any], _connection: object, target: object) -> None:
    raise RuntimeError(f"a {type(target).__name__} of statistics may not be changed or deleted")


for _table in (Snapshot, Cell):
    event.listen(_table, "before_update", _refuse_change)
    event.listen(_table, "before_delete", _refuse_change)
