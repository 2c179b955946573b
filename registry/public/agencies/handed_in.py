"""What the systems of agencies hand in and follow: a row behind a job, sealed for its own token.

Reports (``filings``) and rows of files (``deliveries``) come in so. What was asked lies sealed
until the office has it, what the office said lies sealed from then on, and the row goes with its
job.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, Protocol, TypeVar

from sqlmodel import col, select

from registry.core import jobs
from registry.core.db import IntakeSession, Store
from registry.core.errors import NotFound
from registry.core.jobs import Busy, Job
from registry.core.jobs.queue import under_way
from registry.core.jobs.running import Handler, Step, Work
from registry.public.agencies.models import AgencyRow
from registry.public.agencies.sealing import vault

MOST_AT_ONCE = 20
"""Things of one sort that an agency may have waiting or being checked."""
KEPT_AFTER = timedelta(days=366)
"""How long an agency can look up what became of a thing after which nothing follows."""
Save = Callable[[IntakeSession], None]
Side = Literal["asked", "said"]


class HandedIn(Protocol):
    """A row of such a table."""

    id: int | None
    job_id: int
    token: str
    agency_id: int
    state: str
    changed: datetime
    asked: bytes | None
    said: bytes | None
    case_number: str


Row = TypeVar("Row", bound=HandedIn)


def owner(agency_id: int) -> str:
    """The owner of an agency's jobs."""
    return f"agency:{agency_id}"


@dataclass(frozen=True)
class Tray(Generic[Row]):
    """One sort of what is handed in: its table, its kind of job, what keeps its seals apart."""

    table: type[Row]
    kind: str
    purpose: bytes

    def put(
        self,
        session: IntakeSession,
        agency_id: int,
        *,
        request_key: str | None,
        request_digest: str | None,
        now: datetime,
    ) -> tuple[Job, bool]:
        """A job due at once, and whether it is new: a known request gives that of before.

        Raises ``Busy`` where too many are under way, ``jobs.OtherRequest`` where the key came with
        something else.
        """
        job, fresh = jobs.put(
            session,
            self.kind,
            params={},
            now=now,
            total=2,
            owner=owner(agency_id),
            due=now,
            request_key=request_key,
            request_digest=request_digest,
        )
        if fresh and under_way(session, self.kind, owner(agency_id)) > MOST_AT_ONCE:
            raise Busy(limit=MOST_AT_ONCE)
        return job, fresh

    def of_job(self, session: IntakeSession, job_id: int) -> Row | None:
        """What is behind a job; None for what was forgotten meanwhile."""
        return session.exec(select(self.table).where(self.table.job_id == job_id)).first()

    def of_token(self, session: IntakeSession, token: str) -> Row | None:
        """What has this id; None for what was forgotten meanwhile."""
        return session.exec(select(self.table).where(col(self.table.token) == token)).first()

    def one(self, session: IntakeSession, agency_id: int, token: str) -> tuple[Row, Job]:
        """One of the agency with its job. Raises ``NotFound``, also for another's."""
        query = select(self.table, Job).where(
            col(self.table.token) == token,
            self.table.agency_id == agency_id,
            col(Job.id) == col(self.table.job_id),
        )
        found = session.exec(query).first()
        if found is None:
            raise NotFound
        return found

    def seal(self, root: bytes, token: str, side: Side, content: object) -> bytes:
        """``content`` (JSON values) as it may stand in the row of ``token``."""
        plain = json.dumps(content, ensure_ascii=False).encode()
        return vault(root, self.purpose).seal(plain, _context(side, token))

    def asked(self, root: bytes, row: Row) -> Any:
        """What was handed in. Raises ``SealBroken``, ``NotFound`` once the office has it."""
        if row.asked is None:
            raise NotFound
        return self._open(root, row, "asked", row.asked)

    def said(self, root: bytes, row: Row) -> Any:
        """What the office said last; None where it has not said anything."""
        return None if row.said is None else self._open(root, row, "said", row.said)

    def _open(self, root: bytes, row: Row, side: Side, sealed: bytes) -> Any:
        return json.loads(vault(root, self.purpose).open(sealed, _context(side, row.token)))

    def noted(
        self, session: IntakeSession, row: Row, state: str, now: datetime, *, over: bool
    ) -> None:
        """Put down where it stands. The first such word means that the office has its content;
        ``over``: nothing follows, and it is kept for a set time."""
        row.state, row.asked, row.changed = state, None, now
        job = session.get(Job, row.job_id)
        if job is not None:
            job.expires = now + KEPT_AFTER if over else None

    def handler(
        self,
        intake: Store[IntakeSession],
        carry: Callable[[Row, AgencyRow, datetime], Save],
        erase: Callable[[Row], Save],
    ) -> Handler:
        """Of the jobs: first ``carry`` takes the content to the office, then ``erase`` its files.

        Each gives what is saved with the step.
        """

        def step(work: Work, now: datetime) -> Step:
            with intake.read() as session:
                row = self.of_job(session, work.job_id)
                agency = session.get(AgencyRow, row.agency_id) if row else None
            if row is None or agency is None:
                return Step(work.total, finished=True)
            if work.done == 0:
                return Step(1, finished=False, save=carry(row, agency, now))
            return Step(2, finished=True, save=erase(row))

        return step


def state(row: HandedIn, job: Job, now: datetime) -> str:
    """Where it stands: what the office said, and before that how far its job has come."""
    if row.state != "received":
        return row.state
    at = jobs.state(job, now)
    return "failed" if at == "failed" else "checking" if at == "running" else "received"


def _context(side: Side, token: str) -> bytes:
    return f"{side}/{token}".encode()
