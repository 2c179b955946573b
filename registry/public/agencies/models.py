"""Tables of the intake store about agencies that ask, and the keys by which they are known."""

from datetime import date, datetime

from sqlalchemy import Column, LargeBinary
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
