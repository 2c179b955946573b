"""Handing reports in and following them. The office carries them on (``office.reports.filing``).

The row's content is sealed under the agencies' root for its own token; its files lie sealed in a
folder of their own, each under a key that stands in the sealed content.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from registry.core import jobs
from registry.core.db import IntakeSession
from registry.core.errors import InvalidInput, NotFound
from registry.core.i18n import N_
from registry.core.jobs import Busy, Job
from registry.core.jobs.queue import under_way
from registry.public.agencies.sealing import vault
from registry.public.filings.lifecycle import ENDED, State
from registry.public.filings.models import ReportFiling
from registry.public.inbox import filesealing
from registry.public.inbox.filesealing import SealedFile

KIND = "filing"
MOST_AT_ONCE = 20
"""Filings of an agency that wait or are being checked."""
KEPT_AFTER = timedelta(days=366)
"""How long an organization can look up what became of a filing that has ended."""
PAGE = 50
_PURPOSE = b"filing"


def folder(sealed_dir: Path) -> Path:
    """Where the sealed files of filings lie, apart from those of tips."""
    return sealed_dir / "filings"


def owner(agency_id: int) -> str:
    return f"agency:{agency_id}"


@dataclass(frozen=True)
class HandedIn:
    """A file of a filing: what it is (``original``, ``redacted``, ``image``) and its seal."""

    kind: str
    sealed: SealedFile = field(repr=False)


@dataclass(frozen=True)
class NewFiling:
    """What an organization hands in. ``sheet``: JSON values, checked for their form only."""

    agency_id: int
    sheet: Mapping[str, Any] = field(repr=False)
    files: Sequence[HandedIn] = field(repr=False)
    request_key: str | None = None
    request_digest: str | None = None


@dataclass(frozen=True)
class Asked:
    """The opened content of a filing that waits."""

    sheet: Mapping[str, Any] = field(repr=False)
    files: Sequence[HandedIn] = field(repr=False)


@dataclass(frozen=True)
class Said:
    """What the office said last: reasons in words, or messages by field with what fills them."""

    reason: str = field(default="", repr=False)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """A filing as the one who filed it sees it."""

    row: ReportFiling
    state: State
    said: Said


def hand_in(
    session: IntakeSession, root: bytes, new: NewFiling, *, now: datetime
) -> tuple[ReportFiling, bool]:
    """Take a report in; gives its row and whether it is new: a known request gives that of before.

    Raises ``Busy`` where too many are under way, ``InvalidInput`` at ``corrects``, and
    ``jobs.OtherRequest`` where the key came with something else.
    """
    known = _known(session, new)
    if known is None:
        if under_way(session, KIND, owner(new.agency_id)) >= MOST_AT_ONCE:
            raise Busy(limit=MOST_AT_ONCE)
        _check_corrected(session, new)
    job, fresh = jobs.put(
        session,
        KIND,
        params={},
        now=now,
        total=2,
        owner=owner(new.agency_id),
        due=now,
        request_key=new.request_key,
        request_digest=new.request_digest,
    )
    if not fresh:
        return _of_job(session, job.id or 0), False
    row = _row(root, new, job, now)
    session.add(row)
    session.flush()
    return row, True


def _known(session: IntakeSession, new: NewFiling) -> Job | None:
    if new.request_key is None:
        return None
    query = select(Job).where(
        col(Job.kind) == KIND,
        col(Job.owner) == owner(new.agency_id),
        col(Job.request_key) == new.request_key,
    )
    return session.exec(query).first()


def _check_corrected(session: IntakeSession, new: NewFiling) -> None:
    token = new.sheet.get("corrects")
    if not token:
        return
    query = select(ReportFiling).where(
        col(ReportFiling.token) == token, ReportFiling.agency_id == new.agency_id
    )
    found = session.exec(query).first()
    if found is None or found.state != "returned":
        raise InvalidInput({"corrects": [N_("Only a filing that was returned is corrected.")]})


def _row(root: bytes, new: NewFiling, job: Job, now: datetime) -> ReportFiling:
    report = next(one.sealed for one in new.files if one.kind == "original")
    content = {
        "sheet": dict(new.sheet),
        "files": [{"kind": one.kind, **filesealing.packed(one.sealed)} for one in new.files],
    }
    return ReportFiling(
        job_id=job.id or 0,
        token=job.token,
        agency_id=new.agency_id,
        state="received",
        number=str(new.sheet.get("report_number", "")),
        sha256=report.sha256,
        size=report.size,
        received=now,
        changed=now,
        files=[one.sealed.id for one in new.files],
        asked=vault(root, _PURPOSE).seal(_packed(content), _context("asked", job.token)),
        corrects=new.sheet.get("corrects") or None,
    )


def _of_job(session: IntakeSession, job_id: int) -> ReportFiling:
    return session.exec(select(ReportFiling).where(ReportFiling.job_id == job_id)).one()


def of_job(session: IntakeSession, job_id: int) -> ReportFiling | None:
    """The filing behind a job; None for one that was forgotten meanwhile."""
    return session.exec(select(ReportFiling).where(ReportFiling.job_id == job_id)).first()


def opened(root: bytes, row: ReportFiling) -> Asked:
    """What was handed in. Raises ``SealBroken``, ``NotFound`` once the office has it."""
    if row.asked is None:
        raise NotFound
    found = json.loads(vault(root, _PURPOSE).open(row.asked, _context("asked", row.token)))
    files = [HandedIn(one["kind"], filesealing.unpacked(one)) for one in found["files"]]
    return Asked(found["sheet"], files)


def standing(
    session: IntakeSession, root: bytes, agency_id: int, token: str, now: datetime
) -> Standing:
    """One filing of the agency. Raises ``NotFound``, also for another's."""
    query = select(ReportFiling, Job).where(
        col(ReportFiling.token) == token,
        ReportFiling.agency_id == agency_id,
        col(Job.id) == col(ReportFiling.job_id),
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFound
    return _standing(root, *found, now)


def page(
    session: IntakeSession, root: bytes, agency_id: int, *, before: int, limit: int, now: datetime
) -> list[Standing]:
    """The agency's filings, newest first; ``before``: an id, 0 for the first page."""
    query = (
        select(ReportFiling, Job)
        .where(ReportFiling.agency_id == agency_id, col(Job.id) == col(ReportFiling.job_id))
        .order_by(col(ReportFiling.id).desc())
        .limit(limit)
    )
    if before:
        query = query.where(col(ReportFiling.id) < before)
    return [_standing(root, row, job, now) for row, job in session.exec(query)]


def _standing(root: bytes, row: ReportFiling, job: Job, now: datetime) -> Standing:
    state: State = row.state  # type: ignore[assignment] # the table holds no other
    if row.state == "received":
        at = jobs.state(job, now)
        state = "failed" if at == "failed" else "checking" if at == "running" else "received"
    said = Said()
    if row.said is not None:
        opened_ = vault(root, _PURPOSE).open(row.said, _context("said", row.token))
        said = Said(**json.loads(opened_))
    return Standing(row, state, said)


@dataclass(frozen=True)
class News:
    """What the office says of a filing."""

    state: State
    said: Said = field(default_factory=Said, repr=False)
    case_number: str = ""
    record: str | None = None
    corrected_by: str | None = None


def note(session: IntakeSession, root: bytes, token: str, news: News, now: datetime) -> None:
    """Put down where a filing stands. The first such word means that the office has its content."""
    row = session.exec(select(ReportFiling).where(col(ReportFiling.token) == token)).first()
    if row is None or row.corrected_by is not None:
        # Forgotten meanwhile, or a later filing speaks for the case.
        return
    row.state, row.asked, row.changed = news.state, None, now
    row.case_number = news.case_number or row.case_number
    row.record = news.record or row.record
    row.corrected_by = news.corrected_by or row.corrected_by
    content = {"reason": news.said.reason, "errors": news.said.errors, "params": news.said.params}
    row.said = None
    if news.said.reason or news.said.errors:
        row.said = vault(root, _PURPOSE).seal(_packed(content), _context("said", token))
    job = session.get(Job, row.job_id)
    if job is not None:
        job.expires = now + KEPT_AFTER if news.state in ENDED else None
    session.flush()


def forget_files(session: IntakeSession, job_id: int) -> None:
    """Note that the sealed files of a filing are gone."""
    row = of_job(session, job_id)
    if row is not None:
        row.files = []


def waiting_files(session: IntakeSession) -> set[str]:
    """Names of all sealed files that a filing still holds."""
    query = select(ReportFiling.files).where(col(ReportFiling.asked).is_not(None))
    return {name for names in session.exec(query) for name in names}


def _packed(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def _context(side: str, token: str) -> bytes:
    return f"{side}/{token}".encode()
