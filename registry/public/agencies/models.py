"""Tables of the intake store: agencies that ask, their keys, lists, checks and decisions."""

from datetime import date, datetime

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint
from sqlmodel import Field

from registry.core.db import IntakeBase, UtcDateTime, json_column


class AgencyRow(IntakeBase, table=True):
    """A body that checks counterparties or carries out measures. No person stands in here."""

    __tablename__ = "agency"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=200)
    code: str = Field(max_length=18, unique=True)
    """Its unified social credit code."""
    authority: str | None = Field(default=None, max_length=16, index=True)
    """Public id of the authority that answers for it; None: the installation itself."""
    created: datetime = Field(sa_type=UtcDateTime)


class KeyRow(IntakeBase, table=True):
    """A key of an agency. Its secret is known to the holder alone."""

    __tablename__ = "agency_key"

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    prefix: str = Field(max_length=16, unique=True)
    """The part that may be shown, by which the row is found."""
    secret_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """SHA-256 of the secret, which has 256 random bits: nothing to guess, nothing to slow down."""
    scopes: list[str] = Field(sa_column=Column(json_column(), nullable=False))
    label: str = Field(default="", max_length=100)
    """What the holder uses it for, such as the name of a system."""
    created: datetime = Field(sa_type=UtcDateTime)
    expires: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used: date | None = None
    """Legal day of the last use; the hour is nobody's business."""


class ListPart(IntakeBase, table=True):
    """Some rows of an uploaded list, sealed under a key of the list's own (see ``sealing``).

    ``asked`` is what was uploaded and goes once it is answered; ``answered`` is what came of it:
    ids and scores, never the name of a record, so that what is forgotten is forgotten here, too.
    """

    __tablename__ = "list_part"
    __table_args__ = (UniqueConstraint("job_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    job_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("job.id", ondelete="CASCADE"), nullable=False, index=True
        )
    )
    number: int
    """Place in the list, from 0."""
    rows: int
    asked: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    answered: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class CheckRow(IntakeBase, table=True):
    """That a check was made, and what it came to. Whom it was about stands here as a keyed hash."""

    __tablename__ = "check_made"
    __table_args__ = (Index("ix_check_made_holder_id", "holder", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    holder: str = Field(max_length=40)
    """Whose history it belongs to: ``agency:7`` or ``account:12``."""
    by: str = Field(max_length=40)
    """The key's prefix or the account."""
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    sequence: int
    matcher: str = Field(max_length=60)
    threshold: float
    outcome: str = Field(max_length=10)
    matched: list[str] = Field(sa_column=Column(json_column(), nullable=False))
    """Ids of the records that answered, the likeliest first."""
    purpose: str = Field(default="", max_length=20)
    reference: str = Field(default="", max_length=60)
    query: bytes = Field(sa_column=Column(LargeBinary, nullable=False, index=True))
    """Keyed hash of the query in its normal writing."""
    job: str | None = Field(default=None, max_length=32)
    """Token of the job that it was part of."""
    certificate: str | None = Field(default=None, max_length=16)
    """Number of the certificate that was issued over it."""


class JudgementRow(IntakeBase, table=True):
    """An agency's decision that a possible match is not its counterparty.

    Holds while the record says what it said then (``sequence``); one made anew replaces it.
    """

    __tablename__ = "judgement"
    __table_args__ = (Index("ix_judgement_holder_query", "holder", "query"),)

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(max_length=32, unique=True)
    holder: str = Field(max_length=40)
    by: str = Field(max_length=40)
    made: datetime = Field(sa_type=UtcDateTime)
    query: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    record: str = Field(max_length=16)
    sequence: int
    """Row of the log that the record's content came from."""
    revoked: datetime | None = Field(default=None, sa_type=UtcDateTime)


LOOK_ONLY: dict[str, tuple[str, ...]] = {"agency": (), "agency_key": ("last_used",)}
"""Tables that the public site may read and not add to, with the columns that it may change: whoever
breaks into it makes no key."""
