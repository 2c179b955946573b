"""Taking a job and doing one step of it, safely beside other workers and through crashes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, update
from sqlmodel import col, select

from registry.core.clock import Clock
from registry.core.db import IntakeSession, Store
from registry.core.errors import RegistryError
from registry.core.jobs.models import Job
from registry.core.jobs.queue import delay

LEASE = timedelta(seconds=60)
"""How long one step may take before another worker takes the job for abandoned."""
MOST_ATTEMPTS = 8
"""Failures in a row after which a job is given up: some ten minutes."""

log = structlog.get_logger()


class Failed(RegistryError):  # noqa: N818 - the family reads as sentences
    """A handler says that the job can never succeed; it is not tried again."""

    code = "job-failed"


@dataclass(frozen=True)
class Work:
    """A job in a handler's hands."""

    job_id: int
    token: str
    kind: str
    owner: str
    params: Mapping[str, Any]
    done: int
    total: int
    attempt: int
    """1 at the first try of this step."""
    claim: str


@dataclass(frozen=True)
class Step:
    """What one step came to. ``save`` writes it in the transaction that notes the progress."""

    done: int
    finished: bool
    save: Callable[[IntakeSession], None] | None = None
    total: int | None = None
    again: datetime | None = None
    """When the next step is due, where that is not at once."""


Handler = Callable[[Work, datetime], Step]


def run_step(
    store: Store[IntakeSession],
    handlers: Mapping[str, Handler],
    *,
    clock: Clock,
    lease: timedelta = LEASE,
) -> bool:
    """One step of the job that is due longest; False where none is due.

    A handler that raises is tried again later, with growing pauses; ``Failed`` and
    ``MOST_ATTEMPTS`` failures end the job.
    """
    work = claim(store, tuple(handlers), clock(), lease)
    if work is None:
        return False
    try:
        done = handlers[work.kind](work, clock())
        _save(store, work, done, clock())
    except Exception as error:
        # Only the type: an exception's text may carry what a job holds.
        log.error("job step failed", kind=work.kind, job=work.job_id, error=type(error).__name__)
        _fail(store, work, error, clock())
    return True


def claim(
    store: Store[IntakeSession], kinds: tuple[str, ...], now: datetime, lease: timedelta = LEASE
) -> Work | None:
    """Take the job that is due longest, for ``lease``; None where none is due."""
    free = or_(col(Job.claimed_until).is_(None), col(Job.claimed_until) <= now)
    query = (
        select(Job)
        .where(col(Job.kind).in_(kinds), col(Job.due) <= now, col(Job.finished).is_(None), free)
        .order_by(col(Job.due), col(Job.id))
        .limit(1)
    )
    with store.read() as session:
        # A look first: taking the writer's lock four times a second would slow everybody.
        if session.exec(query).first() is None:
            return None
    with store.write() as session:
        job = session.exec(query.with_for_update(skip_locked=True)).first()
        if job is None:
            return None
        job.claim, job.claimed_until = secrets.token_hex(16), now + lease
        return Work(
            job_id=job.id or 0,
            token=job.token,
            kind=job.kind,
            owner=job.owner,
            params=job.params,
            done=job.done,
            total=job.total,
            attempt=job.attempts + 1,
            claim=job.claim,
        )


def _save(store: Store[IntakeSession], work: Work, step: Step, now: datetime) -> None:
    values: dict[str, Any] = {
        "done": step.done,
        "total": work.total if step.total is None else step.total,
        "attempts": 0,
        "claim": None,
        "claimed_until": None,
        "due": None if step.finished else step.again or now,
        "finished": now if step.finished else None,
    }
    with store.write() as session:
        if not _still_ours(session, work, values):
            return
        if step.save is not None:
            step.save(session)


def _fail(store: Store[IntakeSession], work: Work, error: Exception, now: datetime) -> None:
    over = isinstance(error, Failed) or work.attempt >= MOST_ATTEMPTS
    code = error.code if isinstance(error, RegistryError) else "server-error"
    values: dict[str, Any] = {
        "attempts": work.attempt,
        "claim": None,
        "claimed_until": None,
        "due": None if over else now + delay(work.attempt),
        "finished": now if over else None,
        "error": code if over else None,
    }
    with store.write() as session:
        _still_ours(session, work, values)


def _still_ours(session: IntakeSession, work: Work, values: Mapping[str, Any]) -> bool:
    """Write ``values`` unless another worker took the job, or its owner deleted it, meanwhile."""
    change = update(Job).where(col(Job.id) == work.job_id, col(Job.claim) == work.claim)
    return bool(session.execute(change.values(**values)).rowcount)  # type: ignore[attr-defined]
