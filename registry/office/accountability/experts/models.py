"""Tables of the pool of experts and of what binds them to others."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase, json_column


class Expert(WorkingBase, table=True):
    """A natural person in the pool of an authority, from ``since`` to ``until`` (inclusive)."""

    __tablename__ = "expert"
    __table_args__ = (UniqueConstraint("authority_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    authority_id: int = Field(foreign_key="authority.id")
    """Whose pool it is; authorities below draw from it, too."""
    person_id: int = Field(foreign_key="entity.id", index=True)
    fields: list[str] = Field(sa_column=Column(json_column(), nullable=False))
    """Codes of rules/expert_fields."""
    title: str
    """Professional title."""
    since: date
    until: date
    added_by: int
    added_at: datetime = Field(sa_type=UtcDateTime)

    @property
    def number(self) -> str:
        """By which an expert is named in a case."""
        return f"ZJ{self.id or 0:05d}"

    def valid(self, day: date) -> bool:
        """Whether he is in the pool on ``day``."""
        return self.since <= day <= self.until


class ExpertInterest(WorkingBase, table=True):
    """What binds an expert to an enterprise or institution, as declared or as found."""

    __tablename__ = "expert_interest"
    __table_args__ = (Index("ix_expert_interest_expert", "expert_id"),)

    id: int | None = Field(default=None, primary_key=True)
    expert_id: int = Field(foreign_key="expert.id")
    entity_id: int = Field(foreign_key="entity.id", index=True)
    kind: str
    """A code of rules/expert_interests."""
    since: date
    until: date | None = None
    """Last day; None while it lasts."""
    added_by: int
    added_at: datetime = Field(sa_type=UtcDateTime)


def number_of(text: str) -> int | None:
    """The id behind an expert's number; None for what is no such number."""
    digits: Any = text.strip().upper().removeprefix("ZJ")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 9 else None
