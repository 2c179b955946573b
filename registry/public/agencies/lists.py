"""Uploaded lists: kept sealed in parts, answered part by part, deleted at a set time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from registry.core import jobs
from registry.core.db import IntakeSession
from registry.core.jobs import Job
from registry.public.agencies.models import ListPart
from registry.public.agencies.sealing import ListSeal, fresh_salt

KIND = "list"
PART_ROWS = 500
"""Rows of a part: one step of the job, well below a second."""


@dataclass(frozen=True)
class ListRow:
    """A row as it was uploaded. ``line`` counts from 1 as a person sees it in the file."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class NewList:
    """What a list is kept with. ``params`` hold columns and choices, and no content."""

    rows: Sequence[ListRow]
    params: dict[str, Any]
    expires: datetime
    owner: str = ""
    request_key: str | None = None
    request_digest: str | None = None


def keep(
    session: IntakeSession, root: bytes, new: NewList, *, now: datetime, start: bool
) -> tuple[Job, bool]:
    """Keep a list; gives its job and whether it is new (see ``jobs.put``)."""
    salt = fresh_salt()
    job, fresh = jobs.put(
        session,
        KIND,
        params={**new.params, "salt": salt},
        now=now,
        total=len(new.rows),
        owner=new.owner,
        due=now if start else None,
        request_key=new.request_key,
        request_digest=new.request_digest,
        expires=new.expires,
    )
    if not fresh:
        return job, False
    seal = ListSeal.of(root, salt)
    for number, begin in enumerate(range(0, len(new.rows), PART_ROWS)):
        some = new.rows[begin : begin + PART_ROWS]
        sealed = seal.seal([[row.line, *row.cells] for row in some], number, "asked")
        session.add(ListPart(job_id=job.id or 0, number=number, rows=len(some), asked=sealed))
    session.flush()
    return job, True


def known(session: IntakeSession, owner: str, request_key: str) -> Job | None:
    """The job that ``owner`` handed in under this key."""
    query = select(Job).where(
        col(Job.kind) == KIND, col(Job.owner) == owner, col(Job.request_key) == request_key
    )
    return session.exec(query).first()


def first_rows(session: IntakeSession, root: bytes, job: Job, count: int) -> list[ListRow]:
    """The first rows of a list that has not been answered yet, for its owner to look at."""
    query = select(ListPart).where(col(ListPart.job_id) == job.id, col(ListPart.number) == 0)
    part = session.exec(query).first()
    if part is None or part.asked is None:
        return []
    seal = ListSeal.of(root, job.params["salt"])
    return _rows(seal.open(part.asked, 0, "asked"))[:count]


def next_parts(
    session: IntakeSession, root: bytes, job_id: int, salt: str, count: int
) -> list[tuple[int, list[ListRow]]]:
    """Number and rows of the first ``count`` parts without an answer; none where all have one."""
    query = (
        select(ListPart)
        .where(col(ListPart.job_id) == job_id, col(ListPart.answered).is_(None))
        .order_by(col(ListPart.number))
        .limit(count)
    )
    seal = ListSeal.of(root, salt)
    return [
        (part.number, _rows(seal.open(part.asked, part.number, "asked")))
        for part in session.exec(query)
        if part.asked is not None
    ]


def answer(session: IntakeSession, job_id: int, number: int, sealed: bytes) -> None:
    """Put the answers of a part in the place of what was asked."""
    change = update(ListPart).where(col(ListPart.job_id) == job_id, col(ListPart.number) == number)
    session.execute(change.values(asked=None, answered=sealed))


def answers(session: IntakeSession, root: bytes, job: Job) -> Iterator[list[Any]]:
    """The answers of a list, part by part."""
    seal = ListSeal.of(root, job.params["salt"])
    query = (
        select(ListPart.number, ListPart.answered)
        .where(col(ListPart.job_id) == job.id, col(ListPart.answered).is_not(None))
        .order_by(col(ListPart.number))
    )
    for number, sealed in session.exec(query):
        yield seal.open(sealed or b"", number, "answered")


def _rows(opened: list[Any]) -> list[ListRow]:
    return [ListRow(line, tuple(cells)) for line, *cells in opened]
