"""Tables of the parties' procedures, outward and inward.

Outward (gazette store, written by the worker): what a code opens and what a receipt answers, each
sealed to a key that only the code or the receipt derives. In clear stand random ids, hashes, the
office's public key and a last day. Inward (intake store): filings, sealed to the office's key; the
public site may only add to them. None of it is in the public log.
"""

from datetime import date

from sqlalchemy import BigInteger, Column, Identity, Integer, LargeBinary
from sqlmodel import Field

from registry.core.db import GazetteBase, IntakeBase

_BIG = BigInteger().with_variant(Integer, "sqlite")


class ProcedureWindow(GazetteBase, table=True):
    """What the code on a served paper opens."""

    __tablename__ = "procedure_window"

    lookup: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    """Peppered hash of what the code derives."""
    window_id: str = Field(unique=True, max_length=32)
    until: date
    """Last day on which the code opens it."""
    office_key: bytes = Field(sa_type=LargeBinary)
    """Public half (X25519) of the key to which filings are sealed."""
    envelope: bytes = Field(sa_type=LargeBinary)


class ProcedureStatus(GazetteBase, table=True):
    """Where a filing stands, and the answer to it."""

    __tablename__ = "procedure_status"

    lookup: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    """Peppered hash of what the receipt derives."""
    filing_id: str = Field(unique=True, max_length=32)
    office_key: bytes = Field(sa_type=LargeBinary)
    envelope: bytes = Field(sa_type=LargeBinary)
    answer: bytes | None = Field(default=None, sa_type=LargeBinary)
    """The answer with its papers, once there is one."""


class SealedFiling(IntakeBase, table=True):
    """What a party filed, or that it withdrew what it had filed, as it came in."""

    __tablename__ = "sealed_filing"

    place: int | None = Field(
        default=None, sa_column=Column("place", _BIG, Identity(), primary_key=True)
    )
    filing_id: str = Field(unique=True, max_length=32)
    kind: str = Field(max_length=16)
    """``filing`` or ``withdrawal``."""
    day: date
    """Legal day (Asia/Shanghai) on which it was handed in."""
    bucket: int
    """Length in blocks of 4 KiB, rounded up to a power of two."""
    envelope: bytes = Field(sa_type=LargeBinary)
    lookup: bytes = Field(sa_type=LargeBinary)
    """By which its receipt finds the status; empty for a withdrawal."""
    reply_key: bytes = Field(sa_type=LargeBinary)
    """Public half (X25519) of the key that the receipt derives; empty for a withdrawal."""


INSERT_ONLY = frozenset({"sealed_filing"})
"""Tables that the public site may add to and neither read nor change."""
