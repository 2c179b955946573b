"""Tables of the parties' procedures in the working store.

A code itself stands nowhere: only the hash by which its window is found, and the public half of
the key that it derives. What a party filed stays sealed to the office's key (``keys.Vault``) and
is opened for an officer, audited, each time.
"""

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase

DUE = -1
"""``delivered_version`` of what is to be carried outward: new, ended, or of a changed case."""


class ProcedureCode(WorkingBase, table=True):
    """A code that was printed for one party of one case."""

    __tablename__ = "procedure_code"
    __table_args__ = (
        Index("ix_procedure_code_docket", "docket_id"),
        Index("ix_procedure_code_delivery", "delivered_version", "docket_id"),
        Index("ix_procedure_code_until", "ended_at", "until"),
    )

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int
    document_id: int
    """The paper on which it was printed."""
    entity_id: int
    """The party that it speaks for."""
    window_id: str = Field(unique=True, max_length=32)
    lookup: bytes = Field(sa_type=LargeBinary, unique=True)
    code_key: bytes = Field(sa_type=LargeBinary)
    """Public half (X25519) of the key that the code derives."""
    issued_by: int
    issued_at: datetime = Field(sa_type=UtcDateTime)
    identity_check: str = ""
    """How the officer made sure of who asks, where a lost code was printed anew."""
    until: date
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_why: str = ""
    """``replaced``, ``revoked`` or ``expired``."""
    delivered_version: int = DUE
    """Version of the case that the window shows."""


class PartyFiling(WorkingBase, table=True):
    """What a party filed, under seal, and what became of it."""

    __tablename__ = "party_filing"
    __table_args__ = (
        Index("ix_party_filing_docket", "docket_id", "state"),
        Index("ix_party_filing_state", "state", "due"),
        Index("ix_party_filing_delivery", "delivered_version"),
    )

    id: int | None = Field(default=None, primary_key=True)
    filing_id: str = Field(unique=True, max_length=32)
    docket_id: int
    code_id: int
    procedure: str
    """A code of rules/procedures."""
    day: date
    """Legal day on which it was handed in."""
    due: date | None = None
    """By when the authority acts on it."""
    late: bool = False
    """It came after the party's time had ended."""
    state: str = "new"
    """``new``, ``recorded``, ``answered`` or ``withdrawn``."""
    event_id: int | None = None
    """The act of the case by which it was recorded."""
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: int | None = None
    withdrawn_on: date | None = None
    envelope: bytes = Field(sa_type=LargeBinary)
    lookup: bytes = Field(sa_type=LargeBinary)
    reply_key: bytes = Field(sa_type=LargeBinary)
    answer: bytes | None = Field(default=None, sa_type=LargeBinary)
    """The answer, sealed to the receipt's key and to the office's."""
    status_erased: date | None = None
    """When the time was over in which the receipt opens it (``retention``)."""
    delivered_version: int = DUE
    """Version of the case that the status shows."""
