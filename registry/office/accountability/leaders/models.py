"""Tables of leaders and their visits underground."""

from datetime import date, datetime

from sqlalchemy import Column, Index, Text
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase


class Leader(WorkingBase, table=True):
    """Somebody whose post obliges him to go underground, from ``since`` to ``until`` (inclusive).

    Rows are never deleted: whether the duty was met must stay answerable.
    """

    __tablename__ = "leader"
    __table_args__ = (Index("ix_leader_authority", "authority_id", "until"),)

    id: int | None = Field(default=None, primary_key=True)
    authority_id: int = Field(foreign_key="authority.id")
    """The authority that keeps him; those above it see him, too."""
    name: str
    post: str
    """A code of rules/leader_posts."""
    body: str
    """The body that he leads, by its official name."""
    since: date
    until: date | None = None
    added_by: int
    added_at: datetime = Field(sa_type=UtcDateTime)


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
