"""Departments that execute measures, the notices to them, and what became of each."""

from datetime import date, datetime

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase, json_column


class Department(WorkingBase, table=True):
    """A body that executes measures in a region. With an agency it is told by its system."""

    __tablename__ = "department"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=200)
    kind: str = Field(max_length=40)
    """Code of rules/departments."""
    region: str = Field(max_length=6)
    """GB/T 2260; ``000000`` for the whole country."""
    measures: list[str] = Field(
        default_factory=list, sa_column=Column(json_column(), nullable=False)
    )
    """Codes it subscribes to; empty: all that the catalogue gives its kind."""
    agency_id: int | None = Field(default=None, unique=True)
    """Agency of the intake store, where it has a system. No foreign key: another store."""
    authority_id: int = Field(foreign_key="authority.id", index=True)
    """The authority whose officers look after it."""
    sequence: int = 0
    """How far in the log it has been told."""
    created: datetime = Field(sa_type=UtcDateTime)
    ended: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """From then on it gets nothing new; its lifts are chased to the end."""


class Notice(WorkingBase, table=True):
    """One measure of one listing at one department (see ``public.measures.lifecycle``)."""

    __tablename__ = "measure_notice"
    __table_args__ = (
        UniqueConstraint("department_id", "listing", "measure"),
        Index("ix_measure_notice_state_lift_by", "state", "lift_by"),
    )

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(max_length=12, unique=True)
    """Public id, ``M-…``."""
    department_id: int = Field(foreign_key="department.id", index=True)
    listing: str = Field(max_length=16, index=True)
    """Public id. What it names is read from the gazette, so that forgetting holds here."""
    measure: str = Field(max_length=20, index=True)
    state: str = Field(max_length=15)
    since: datetime = Field(sa_type=UtcDateTime)
    received: datetime | None = Field(default=None, sa_type=UtcDateTime)
    applied_on: date | None = None
    lift_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lift_by: date | None = None
    lifted_on: date | None = None
    reminded: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reminders: int = 0
    version: int = 0
    """Counts every change."""
    told: int = -1
    """The version that the department's system can read; the worker catches up."""


class NoticeEvent(WorkingBase, table=True):
    """What happened to a notice. Only ever added."""

    __tablename__ = "measure_event"

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="measure_notice.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    what: str = Field(max_length=15)
    """``due``, ``lift-due``, ``reminded`` or a department's answer."""
    day: date
    reason: str = Field(default="", max_length=500)
    reference: str = Field(default="", max_length=100)
    account_id: int | None = None
    """The officer who noted it for a department without a system."""
    feedback_id: int | None = Field(default=None, unique=True)
    """The answer of a system, by its number in the intake store: taken once."""
