"""Handing files of rows in and following them. The office carries them (``office.imports``).

As with filings of reports: what the row holds is sealed under the agencies' root for its own
token, the rows lie in a sealed file of a folder of their own, under a key that stands in there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from registry.core import jobs
from registry.core.db import IntakeSession
from registry.core.errors import Conflict, NotFound
from registry.core.i18n import N_
from registry.core.jobs import Busy, Job
from registry.core.jobs.queue import under_way
from registry.core.sheets.problems import Problem
from registry.public.agencies.models import AgencyRow
from registry.public.agencies.sealing import vault
from registry.public.deliveries.lifecycle import SETTLED, State
from registry.public.deliveries.models import RowDelivery
from registry.public.inbox import filesealing
from registry.public.inbox.filesealing import SealedFile

KIND = "row-delivery"
MOST_AT_ONCE = 20
"""Files of an agency that wait or are being checked."""
MOST_PROBLEMS = 1000
"""Problems that are told row by row; beyond them the counts say how many there are."""
KEPT_AFTER = timedelta(days=366)
"""How long a platform can look up what became of rows that are settled."""
_PURPOSE = b"delivery"


class NoAuthority(Conflict):
    """Rows come in under the authority that answers for the agency; there must be one."""

    code = "no-authority"
    message = N_("No authority of the registry answers for this key's agency.")


@dataclass(frozen=True)
class NewDelivery:
    """What a platform hands in: rows of ``kind`` in a sealed file."""

    agency_id: int
    kind: str
    file: SealedFile = field(repr=False)
    request_key: str | None = None
    request_digest: str | None = None


@dataclass(frozen=True)
class Said:
    """What the office said last.

    ``counts`` of rows by outcome, ``problems`` row by row (``left_off`` more were only counted),
    ``reason``: an officer's, in words.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    problems: Sequence[Problem] = field(default=(), repr=False)
    left_off: int = 0
    reason: str = field(default="", repr=False)


@dataclass(frozen=True)
class News:
    """Where the office says that a delivery stands."""

    state: State
    said: Said = field(default_factory=Said, repr=False)
    case_number: str = ""


@dataclass(frozen=True)
class Standing:
    """A delivery as the platform that sent it sees it."""

    row: RowDelivery
    state: State
    said: Said


def folder(sealed_dir: Path) -> Path:
    """Where the sealed files of deliveries lie, apart from those of tips and reports."""
    return sealed_dir / "deliveries"


def hand_in(
    session: IntakeSession, root: bytes, new: NewDelivery, *, now: datetime
) -> tuple[RowDelivery, bool]:
    """Take rows in; gives their row and whether it is new: a known request gives that of before.

    Raises ``NoAuthority``, ``Busy`` where too many are under way, and ``jobs.OtherRequest`` where
    the key came with something else.
    """
    agency = session.get(AgencyRow, new.agency_id)
    if agency is None or agency.authority is None:
        raise NoAuthority
    owner = f"agency:{new.agency_id}"
    job, fresh = jobs.put(
        session,
        KIND,
        params={},
        now=now,
        total=2,
        owner=owner,
        due=now,
        request_key=new.request_key,
        request_digest=new.request_digest,
    )
    if not fresh:
        return session.exec(select(RowDelivery).where(RowDelivery.job_id == job.id)).one(), False
    if under_way(session, KIND, owner) > MOST_AT_ONCE:
        raise Busy(limit=MOST_AT_ONCE)
    key = json.dumps(filesealing.packed(new.file)).encode()
    row = RowDelivery(
        job_id=job.id or 0,
        token=job.token,
        agency_id=new.agency_id,
        kind=new.kind,
        state="received",
        sha256=new.file.sha256,
        size=new.file.size,
        received=now,
        changed=now,
        file=new.file.id,
        asked=vault(root, _PURPOSE).seal(key, _context("asked", job.token)),
    )
    session.add(row)
    session.flush()
    return row, True


def of_job(session: IntakeSession, job_id: int) -> RowDelivery | None:
    """The delivery behind a job; None for one that was forgotten meanwhile."""
    return session.exec(select(RowDelivery).where(RowDelivery.job_id == job_id)).first()


def opened(root: bytes, row: RowDelivery) -> SealedFile:
    """The file with its key. Raises ``SealBroken``, ``NotFound`` once the office has its rows."""
    if row.asked is None:
        raise NotFound
    content = vault(root, _PURPOSE).open(row.asked, _context("asked", row.token))
    return filesealing.unpacked(json.loads(content))


def standing(
    session: IntakeSession, root: bytes, agency_id: int, token: str, now: datetime
) -> Standing:
    """One delivery of the agency. Raises ``NotFound``, also for another's."""
    query = select(RowDelivery, Job).where(
        col(RowDelivery.token) == token,
        RowDelivery.agency_id == agency_id,
        col(Job.id) == col(RowDelivery.job_id),
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFound
    row, job = found
    state: State = row.state  # type: ignore[assignment] # the table holds no other
    if state == "received":
        at = jobs.state(job, now)
        state = "failed" if at == "failed" else "checking" if at == "running" else "received"
    return Standing(row, state, _said(root, row))


def _said(root: bytes, row: RowDelivery) -> Said:
    if row.said is None:
        return Said()
    found = json.loads(vault(root, _PURPOSE).open(row.said, _context("said", row.token)))
    return Said(**{**found, "problems": [Problem(**one) for one in found["problems"]]})


def note(session: IntakeSession, root: bytes, token: str, news: News, now: datetime) -> None:
    """Put down where a delivery stands. The first such word means that the office has its rows."""
    row = session.exec(select(RowDelivery).where(col(RowDelivery.token) == token)).first()
    if row is None:
        # Forgotten meanwhile.
        return
    row.state, row.asked, row.changed = news.state, None, now
    row.case_number = news.case_number or row.case_number
    content: dict[str, Any] = asdict(news.said)
    packed = json.dumps(content, ensure_ascii=False).encode()
    row.said = vault(root, _PURPOSE).seal(packed, _context("said", token))
    job = session.get(Job, row.job_id)
    if job is not None:
        job.expires = now + KEPT_AFTER if news.state in SETTLED else None
    session.flush()


def forget_file(session: IntakeSession, job_id: int) -> None:
    """Note that the sealed file of a delivery is gone."""
    row = of_job(session, job_id)
    if row is not None:
        row.file = None


def waiting_files(session: IntakeSession) -> set[str]:
    """Names of all sealed files that a delivery still holds."""
    query = select(RowDelivery.file).where(col(RowDelivery.asked).is_not(None))
    return {name for name in session.exec(query) if name}


def _context(side: str, token: str) -> bytes:
    return f"{side}/{token}".encode()
