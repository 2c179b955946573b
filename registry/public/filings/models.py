"""The table of the intake store by which an organization's system files and follows reports."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary
from sqlmodel import Field

from registry.core.db import IntakeBase, UtcDateTime, json_column


class ReportFiling(IntakeBase, table=True):
    """A report as it was handed in, and where the office says that it stands.

    What names people (the sheet, reasons, errors) lies sealed; the sheet and the keys of its
    files go once the office has them. Deleted with its job.
    """

    __tablename__ = "report_filing"
    __table_args__ = (Index("ix_report_filing_agency_id", "agency_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    job_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("job.id", ondelete="CASCADE"), nullable=False, unique=True
        )
    )
    token: str = Field(max_length=32, unique=True)
    agency_id: int = Field(foreign_key="agency.id")
    state: str = Field(max_length=12)
    """One of ``lifecycle.STATES`` but those that follow from the job."""
    number: str = Field(max_length=80)
    """The organization's number of the report."""
    sha256: str = Field(max_length=64)
    """Of the report's file as it was sent."""
    size: int
    received: datetime = Field(sa_type=UtcDateTime)
    changed: datetime = Field(sa_type=UtcDateTime)
    files: list[str] = Field(sa_column=Column(json_column(), nullable=False))
    """Names of the sealed files that wait to be carried; random, and say nothing."""
    asked: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    """Sealed: the sheet and its files' keys, until the office has them."""
    said: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    """Sealed: the office's reasons, or what was wrong by field."""
    corrects: str | None = Field(default=None, max_length=32)
    corrected_by: str | None = Field(default=None, max_length=32)
    case_number: str = Field(default="", max_length=60)
    record: str | None = Field(default=None, max_length=16)
    """Public id of the disclosed report."""
