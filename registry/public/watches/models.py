"""Tables of the intake store about watched counterparties: the agency's data, sealed."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary
from sqlmodel import Field

from registry.core.db import IntakeBase, UtcDateTime, json_column


class Watch(IntakeBase, table=True):
    """One counterparty that an agency has watched.

    Name and code stand sealed in ``asked``; a code also as a keyed hash, by which a change finds
    its watches without opening them.
    """

    __tablename__ = "watch"
    __table_args__ = (Index("ix_watch_agency_id_id", "agency_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(max_length=12, unique=True)
    agency_id: int = Field(foreign_key="agency.id")
    reference: str = Field(default="", max_length=100)
    """The agency's own number for it. No name: it goes out with events."""
    asked: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    code_hash: bytes | None = Field(
        default=None, sa_column=Column(LargeBinary, nullable=True, index=True)
    )
    named: bool = False
    """Whether it has a name, by which it can be found, too."""
    outcome: str = Field(max_length=10)
    sequence: int
    """Length of the log that the first look saw."""
    settled: bool = False
    """Whether the worker has caught up with it since the first look."""
    created: datetime = Field(sa_type=UtcDateTime)
    changed: datetime = Field(sa_type=UtcDateTime)


class WatchMatch(IntakeBase, table=True):
    """A record that a watch meets, or may meet."""

    __tablename__ = "watch_match"

    watch_id: int = Field(
        sa_column=Column(Integer, ForeignKey("watch.id", ondelete="CASCADE"), primary_key=True)
    )
    record: str = Field(primary_key=True, max_length=16, index=True)
    told: dict[str, str] = Field(sa_column=Column(json_column(), nullable=False))
    """``kind``, ``via``, ``score`` and ``sequence`` of the record; never its name."""
