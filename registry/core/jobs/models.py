"""The queue's table. No personal data stands in here: a job's content lies sealed beside it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field

from registry.core.db import IntakeBase, UtcDateTime, json_column


class Job(IntakeBase, table=True):
    """One job. Its state follows from the instants (see ``queue.state``)."""

    __tablename__ = "job"
    __table_args__ = (UniqueConstraint("owner", "kind", "request_key"),)

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(max_length=32, unique=True)
    """130 random bits: who knows them may ask for the job where it has no owner."""
    kind: str = Field(max_length=40)
    owner: str = Field(default="", max_length=40)
    """Who may see it, as ``agency:7``; empty for whoever knows the token."""
    request_key: str | None = Field(default=None, max_length=64)
    """By which a repeated request is known (a hash of the caller's key)."""
    request_digest: str | None = Field(default=None, max_length=64)
    params: dict[str, Any] = Field(sa_column=Column(json_column(), nullable=False))
    """Ids, numbers and choices; never a name."""
    done: int = 0
    total: int = 0
    attempts: int = 0
    """Failures in a row."""
    created: datetime = Field(sa_type=UtcDateTime)
    due: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    """When it may be worked on next; None while its owner has not started it, and at the end."""
    claim: str | None = Field(default=None, max_length=32)
    claimed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Until then nobody else takes it; a worker that died keeps it no longer."""
    finished: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = Field(default=None, max_length=40)
    """Code of what ended it unsuccessfully."""
    expires: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    """When the job and all that belongs to it is deleted."""
