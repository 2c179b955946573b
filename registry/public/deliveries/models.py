"""The table of the intake store by which platforms hand in files of rows and follow them."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary
from sqlmodel import Field

from registry.core.db import IntakeBase, UtcDateTime


class RowDelivery(IntakeBase, table=True):
    """A file of rows as it was handed in, and where the office says that it stands.

    The rows lie in a sealed file whose key is sealed here and goes once the office has them;
    what is wrong with them, and officers' reasons, lie sealed, too. Deleted with its job.
    """

    __tablename__ = "row_delivery"

    id: int | None = Field(default=None, primary_key=True)
    job_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("job.id", ondelete="CASCADE"), nullable=False, unique=True
        )
    )
    token: str = Field(max_length=32, unique=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    kind: str = Field(max_length=40)
    """What the platform says that the rows are; the office knows the kinds."""
    state: str = Field(max_length=12)
    """One of ``lifecycle.STATES`` but those that follow from the job."""
    sha256: str = Field(max_length=64)
    size: int
    """Bytes, as sent."""
    received: datetime = Field(sa_type=UtcDateTime)
    changed: datetime = Field(sa_type=UtcDateTime)
    file: str | None = Field(default=None, max_length=32)
    """Name of the sealed file that waits to be carried; random, and says nothing."""
    asked: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    """Sealed: the file's key, until the office has the rows."""
    said: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    """Sealed: counts, problems by row, an officer's reason."""
    case_number: str = Field(default="", max_length=60)
    """The office's number of the batch."""
