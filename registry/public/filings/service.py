"""Handing reports in and following them. The office carries them on (``office.reports.filing``).

The row's content is sealed under the agencies' root for its own token; its files lie sealed in a
folder of their own, each under a key that stands in the sealed content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from registry.core.db import IntakeSession
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.jobs import Job
from registry.public.agencies import handed_in
from registry.public.agencies.handed_in import Tray
from registry.public.filings.lifecycle import ENDED, State
from registry.public.filings.models import ReportFiling
from registry.public.inbox import filesealing
from registry.public.inbox.filesealing import SealedFile

KIND = "filing"
TRAY = Tray(ReportFiling, KIND, b"filing")


def folder(sealed_dir: Path) -> Path:
    """Where the sealed files of filings lie, apart from those of tips."""
    return sealed_dir / "filings"


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

    Raises ``InvalidInput`` at ``corrects``, and as ``Tray.put``.
    """
    job, fresh = TRAY.put(
        session,
        new.agency_id,
        request_key=new.request_key,
        request_digest=new.request_digest,
        now=now,
    )
    if not fresh:
        return session.exec(select(ReportFiling).where(ReportFiling.job_id == job.id)).one(), False
    _check_corrected(session, new)
    row = _row(root, new, job, now)
    session.add(row)
    session.flush()
    return row, True


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
        asked=TRAY.seal(root, job.token, "asked", content),
        corrects=new.sheet.get("corrects") or None,
    )


def opened(root: bytes, row: ReportFiling) -> Asked:
    """What was handed in. Raises ``SealBroken``, ``NotFound`` once the office has it."""
    found = TRAY.asked(root, row)
    files = [HandedIn(one["kind"], filesealing.unpacked(one)) for one in found["files"]]
    return Asked(found["sheet"], files)


def standing(
    session: IntakeSession, root: bytes, agency_id: int, token: str, now: datetime
) -> Standing:
    """One filing of the agency. Raises ``NotFound``, also for another's."""
    return _standing(root, *TRAY.one(session, agency_id, token), now)


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
    state: State = handed_in.state(row, job, now)  # type: ignore[assignment] # no other is noted
    return Standing(row, state, Said(**(TRAY.said(root, row) or {})))


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
    row = TRAY.of_token(session, token)
    if row is None or row.corrected_by is not None:
        # Forgotten meanwhile, or a later filing speaks for the case.
        return
    row.case_number = news.case_number or row.case_number
    row.record = news.record or row.record
    row.corrected_by = news.corrected_by or row.corrected_by
    said = news.said if news.said.reason or news.said.errors else None
    row.said = TRAY.seal(root, token, "said", asdict(said)) if said else None
    TRAY.noted(session, row, news.state, now, over=news.state in ENDED)
    session.flush()


def forget_files(session: IntakeSession, job_id: int) -> None:
    """Note that the sealed files of a filing are gone."""
    row = TRAY.of_job(session, job_id)
    if row is not None:
        row.files = []


def waiting_files(session: IntakeSession) -> set[str]:
    """Names of all sealed files that a filing still holds."""
    query = select(ReportFiling.files).where(col(ReportFiling.asked).is_not(None))
    return {name for names in session.exec(query) for name in names}
