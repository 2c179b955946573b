"""Putting jobs in, finding them, and forgetting them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from registry.core.codes.public_id import CROCKFORD
from registry.core.db import IntakeSession
from registry.core.errors import Conflict, NotFound
from registry.core.i18n import N_
from registry.core.jobs.models import Job

State = Literal["draft", "waiting", "running", "failed", "done"]
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=1)


class OtherRequest(Conflict):
    """The idempotency key was used for something else."""

    code = "idempotency-key-reused"
    message = N_("This Idempotency-Key was used for another request. Choose a new one.")


class Busy(Conflict):
    """The owner has too many jobs under way."""

    code = "too-many-jobs"
    status = 429
    message = N_("There are {limit} jobs under way already. Wait until one of them has ended.")


def put(
    session: IntakeSession,
    kind: str,
    *,
    params: Mapping[str, Any],
    now: datetime,
    total: int = 0,
    owner: str = "",
    due: datetime | None = None,
    request_key: str | None = None,
    request_digest: str | None = None,
    expires: datetime | None = None,
) -> tuple[Job, bool]:
    """A job, and whether it is new: a known ``request_key`` of the owner gives the job of before.

    Without ``due`` it waits to be started. Raises ``OtherRequest`` where the key came with
    another digest.
    """
    if request_key is not None:
        known = _by_request(session, kind, owner, request_key)
        if known is not None:
            if known.request_digest != request_digest:
                raise OtherRequest
            return known, False
    added = Job(
        token=fresh_token(),
        kind=kind,
        owner=owner,
        request_key=request_key,
        request_digest=request_digest,
        params=dict(params),
        total=total,
        created=now,
        due=due,
        expires=expires,
    )
    try:
        with session.begin_nested():
            session.add(added)
    except IntegrityError:
        # The same request came twice at once, and the other one was first.
        return put(
            session,
            kind,
            params=params,
            now=now,
            owner=owner,
            request_key=request_key,
            request_digest=request_digest,
        )
    return added, True


def get(session: IntakeSession, kind: str, token: str, owner: str, now: datetime) -> Job:
    """The job of ``owner``. Raises ``NotFound``, also for one that has expired."""
    query = select(Job).where(
        col(Job.token) == token, col(Job.kind) == kind, col(Job.owner) == owner
    )
    found = session.exec(query).first()
    if found is None or (found.expires is not None and found.expires <= now):
        raise NotFound
    return found


def start(session: IntakeSession, job: Job, now: datetime, **params: object) -> None:
    """Let workers take a job that waited for its owner; ``params`` are added to its own."""
    job.params = {**job.params, **params}
    job.due = now
    session.flush()


def state(job: Job, now: datetime) -> State:
    """Where the job stands at ``now``."""
    if job.finished is not None:
        return "failed" if job.error else "done"
    if job.due is None:
        return "draft"
    held = job.claimed_until is not None and job.claimed_until > now
    return "running" if held or job.done else "waiting"


def under_way(session: IntakeSession, kind: str, owner: str) -> int:
    """How many jobs of ``owner`` wait or run."""
    query = select(func.count(col(Job.id))).where(
        col(Job.kind) == kind, col(Job.owner) == owner, col(Job.due).is_not(None)
    )
    return session.exec(query).one()


def erase_expired(session: IntakeSession, now: datetime) -> int:
    """Delete jobs whose time is over, with what hangs on them; how many there were."""
    done = session.execute(delete(Job).where(col(Job.expires) <= now))
    return int(done.rowcount)  # type: ignore[attr-defined] # of a cursor result


def erase(session: IntakeSession, job: Job) -> None:
    """Delete one job now, with what hangs on it."""
    session.execute(delete(Job).where(col(Job.id) == job.id))


def delay(attempts: int) -> timedelta:
    """How long a job rests after failing ``attempts`` times in a row: 5 s, doubling, to an hour."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


def fresh_token() -> str:
    return "".join(secrets.choice(CROCKFORD) for _ in range(26))


def _by_request(session: IntakeSession, kind: str, owner: str, key: str) -> Job | None:
    query = select(Job).where(
        col(Job.kind) == kind, col(Job.owner) == owner, col(Job.request_key) == key
    )
    return session.exec(query).first()
