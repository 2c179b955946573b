"""Tables of the intake store about whom to call, and what waits to be told. No name stands here."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary
from sqlmodel import Field

from registry.core.db import CanonicalText, IntakeBase, UtcDateTime, json_column


class Endpoint(IntakeBase, table=True):
    """An address of an agency that is called."""

    __tablename__ = "webhook"

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(max_length=16, unique=True)
    """Public id."""
    agency_id: int = Field(foreign_key="agency.id", index=True)
    url: str
    events: list[str] = Field(sa_column=Column(json_column(), nullable=False))
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Sealed (see ``service``): whoever reads the store alone cannot sign."""
    created: datetime = Field(sa_type=UtcDateTime)
    failures: int = 0
    """Attempts in a row that failed."""
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disabled: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was given up: it answered 410, or nothing for days."""
    rests_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """After a failure nothing is tried before."""
    claimed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Until then one worker has it in hand: messages go out one after the other."""


class Delivery(IntakeBase, table=True):
    """One message to one endpoint. Its body names ids only, so that nothing must be forgotten."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_waiting", "endpoint_id", "open"),)

    id: int | None = Field(default=None, primary_key=True)
    endpoint_id: int = Field(
        sa_column=Column(Integer, ForeignKey("webhook.id", ondelete="CASCADE"), nullable=False)
    )
    message: str = Field(max_length=40, unique=True)
    """``webhook-id``: the same at every attempt, so that the receiver knows a repetition."""
    event: str = Field(max_length=30)
    rank: int
    """0 for lifts, which go first."""
    body: str = Field(sa_type=CanonicalText)
    created: datetime = Field(sa_type=UtcDateTime)
    open: bool = True
    """Whether it still waits to be heard."""
    attempts: int = 0
    status: int | None = Field(default=None)
    """What the other side answered last; None where it did not."""
    delivered: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class Cursor(IntakeBase, table=True):
    """How far a reader of the log has come."""

    __tablename__ = "log_cursor"

    name: str = Field(primary_key=True, max_length=30)
    sequence: int = 0
