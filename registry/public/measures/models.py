"""Tables of the intake store by which departments with a system learn of measures and answer."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from registry.core.db import IntakeBase, UtcDateTime


class MeasureTask(IntakeBase, table=True):
    """A measure at a department, as the office last said, or as the department answered since.

    Written by the worker; the office's store has the notice itself. Names nobody: the listing's
    page does, while it is shown.
    """

    __tablename__ = "measure_task"
    __table_args__ = (Index("ix_measure_task_agency_state", "agency_id", "state"),)

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(max_length=12, unique=True)
    """Public id of the notice."""
    agency_id: int = Field(foreign_key="agency.id")
    listing: str = Field(max_length=16, index=True)
    measure: str = Field(max_length=20)
    state: str = Field(max_length=15)
    since: datetime = Field(sa_type=UtcDateTime)
    """When the measure fell due."""
    lift_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lift_by: date | None = None
    """The last legal day for lifting it."""
    reminders: int = 0
    changed: datetime = Field(sa_type=UtcDateTime)


class MeasureFeedback(IntakeBase, table=True):
    """An answer on its way to the office. Its words are erased here once they have arrived."""

    __tablename__ = "measure_feedback"

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(max_length=12, index=True)
    answer: str = Field(max_length=15)
    day: date
    """On which the department did so."""
    reason: str = Field(default="", max_length=500)
    reference: str = Field(default="", max_length=100)
    agency_id: int
    received: datetime = Field(sa_type=UtcDateTime)
    carried: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    refused: str | None = Field(default=None, max_length=40)
    """Code of why the office could not take it."""
