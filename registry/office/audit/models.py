"""The audit chain: one row per thing done or read, each carrying the hash of the one before."""

from datetime import datetime

from sqlalchemy import Column, Index
from sqlmodel import Field

from registry.core.db import CanonicalText, UtcDateTime, WorkingBase


class AuditEntry(WorkingBase, table=True):
    """One audited act.

    ``sequence``, ``previous`` and ``hash`` are set when the transaction commits (see
    ``service``): the chain's lock is then held for the last instant of a transaction only.
    No value in a row is personal data: ``subject`` is ``kind:id``, ``detail`` is canonical JSON
    (RFC 8785) of ids, codes, field names and counts.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_actor_sequence", "actor", "sequence"),
        Index("ix_audit_entry_action_sequence", "action", "sequence"),
        Index("ix_audit_entry_subject_sequence", "subject", "sequence"),
        Index("ix_audit_entry_at", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    sequence: int | None = Field(default=None, unique=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: int | None = Field(default=None)
    """Account id; None for the installation itself (command line, worker) or an unknown caller.
    No foreign key: the chain stands without the tables it speaks of."""
    action: str
    subject: str
    detail: str = Field(sa_column=Column(CanonicalText(), nullable=False))
    previous: str | None = Field(default=None)
    """Hash of the row before, hex; 64 zeros for the first."""
    hash: str | None = Field(default=None)
