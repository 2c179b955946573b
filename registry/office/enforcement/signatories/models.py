"""The table of those entitled to sign."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase


class Signatory(WorkingBase, table=True):
    """Somebody who may sign for a body from ``since`` to ``until`` (both inclusive).

    Rows are never deleted: what was signed under them must stay explainable.
    """

    __tablename__ = "signatory"
    __table_args__ = (Index("ix_signatory_authority", "authority_id", "capacity", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    authority_id: int = Field(foreign_key="authority.id")
    """The authority for whose cases he signs; those below it included."""
    capacity: str
    """A code of rules/signing_capacities."""
    name: str
    body: str
    """The body that he heads or belongs to, by its official name."""
    certificate: str = ""
    """Number of his enforcement certificate, where the capacity asks for one."""
    since: date
    until: date | None = None
    added_by: int
    added_at: datetime = Field(sa_type=UtcDateTime)
