"""The outbox, written in the decision's own transaction, and takedowns by two officers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, text
from sqlmodel import Field

from registry.core.db import CanonicalText, UtcDateTime, WorkingBase, json_column

_UNMARKED = text("done IS NULL")


class OutboxRow(WorkingBase, table=True):
    """One publication or removal that has been decided.

    ``payload`` and ``person_handles`` are erased once a later row of the same id has removed or
    corrected the record in the gazette.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_unmarked", "id", sqlite_where=_UNMARKED, postgresql_where=_UNMARKED),
    )

    id: int | None = Field(default=None, primary_key=True)
    event_id: UUID = Field(unique=True)
    op: str = Field(max_length=3)
    """``PUT`` or ``DEL``."""
    kind: str = Field(max_length=20)
    public_id: str = Field(max_length=16, index=True)
    payload: str | None = Field(default=None, sa_type=CanonicalText)
    """RFC 8785 text."""
    person_handles: list[str] = Field(
        default_factory=list, sa_column=Column(json_column(), nullable=False)
    )
    """Values of handles of type ``person``."""
    effective: datetime = Field(sa_type=UtcDateTime)
    publish_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    forget_previous: bool = False
    created: datetime = Field(sa_type=UtcDateTime)
    docket_id: int | None = Field(default=None, index=True)
    """The docket that decided it. No foreign key: dockets stand above this room."""
    origin: str = Field(default="", max_length=80)
    """What backs it where no docket does, as ``import:12`` or ``takedown:3``."""
    done: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the publisher had it in the gazette, or refused it."""
    sequence: int | None = Field(default=None)
    """Its row in the log."""
    refused: str | None = Field(default=None, max_length=40)
    """Code of the error where the log would not take it."""


class TakedownRow(WorkingBase, table=True):
    """An urgent withdrawal: asked for by one officer, done by another."""

    __tablename__ = "takedown"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(max_length=16, index=True)
    kind: str = Field(max_length=20)
    reason: str = Field(max_length=1000)
    """Why, in the officer's words. Closed: the gazette says only ``takedown``."""
    authority_path: str = Field(max_length=200, index=True)
    """Of the authority whose record it is."""
    requested_by: int = Field(index=True)
    requested_as: list[int] = Field(
        default_factory=list, sa_column=Column(json_column(), nullable=False)
    )
    """All accounts that counted as the requester: himself and those he stood in for."""
    requested: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default="requested", max_length=10, index=True)
    """``requested``, ``done``, ``declined``."""
    settled_by: int | None = Field(default=None)
    settled: datetime | None = Field(default=None, sa_type=UtcDateTime)
    event_id: UUID | None = Field(default=None)
    """Of the outbox row that removes the record."""
