"""What is known of other bodies' lists: their entries as last seen, and each snapshot."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase


class ExternalEntry(WorkingBase, table=True):
    """An entry that stands in the newest snapshot of its list, and is therefore published.

    ``digest`` is over the payload without the source's date: an unchanged entry is left alone.
    ``until`` is the last day of its term, where the source gives one.
    """

    __tablename__ = "external_entry"
    __table_args__ = (UniqueConstraint("list", "reference"),)

    id: int | None = Field(default=None, primary_key=True)
    list: str
    reference: str
    public_id: str = Field(unique=True)
    digest: str
    until: date | None = None


class ExternalSnapshot(WorkingBase, table=True):
    """A snapshot that was applied."""

    __tablename__ = "external_snapshot"

    id: int | None = Field(default=None, primary_key=True)
    list: str = Field(index=True)
    source_date: date
    sha256: str
    rows: int
    added: int
    changed: int
    ended: int
    applied: datetime = Field(sa_type=UtcDateTime)
    applied_by: int
