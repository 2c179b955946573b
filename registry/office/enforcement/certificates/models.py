"""The table of official certificates. Numbers and names are personal data and stay unreadable."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase


class OfficialCertificate(WorkingBase, table=True):
    """A certificate as an official source lists it.

    The number of an operator's card holds his resident number: only a keyed fingerprint of it is
    kept, and one of number and name together. Neither can be read back.
    """

    __tablename__ = "official_certificate"
    __table_args__ = (UniqueConstraint("kind", "number_print"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    """A code of rules/certificate_kinds."""
    number_print: str
    holder_print: str
    scope: str = ""
    """What it allows, in the source's words."""
    issuer: str = ""
    issued: date | None = None
    valid_until: date | None = None
    status: str = "valid"
    """``valid``, ``revoked`` or ``cancelled``, as the source says; expiry follows from the day."""
    source: str
    as_of: date
    """The day of the source's data."""
    updated_at: datetime = Field(sa_type=UtcDateTime)
