"""Visits underground of leaders, who are those of ``staff``."""

from datetime import date, datetime

from sqlalchemy import Column, Index, Text
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase


class LeaderVisit(WorkingBase, table=True):
    """One visit underground. Rows are only ever added."""

    __tablename__ = "leader_visit"
    __table_args__ = (Index("ix_leader_visit_leader", "leader_id", "visited_on"),)

    id: int | None = Field(default=None, primary_key=True)
    leader_id: int = Field(foreign_key="leader.id")
    site_id: int
    visited_on: date
    shift: str
    """A code of rules/mine_shifts."""
    minutes: int
    """Time underground."""
    seen: str = Field(sa_column=Column(Text, nullable=False))
    hazard_id: int | None = Field(default=None, foreign_key="docket.id")
    """The case of the danger that he found, if one was opened."""
    added_by: int
    added_at: datetime = Field(sa_type=UtcDateTime)
