"""Handing files of rows in and following them. The office carries them (``office.imports``).

As with filings of reports: what the row holds is sealed under the agencies' root for its own
token, the rows lie in a sealed file of a folder of their own, under a key that stands in there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from sqlmodel import col, select

from registry.core.db import IntakeSession
from registry.core.errors import Conflict
from registry.core.i18n import N_
from registry.core.sheets.problems import Problem
from registry.public.agencies import handed_in
from registry.public.agencies.handed_in import Tray
from registry.public.agencies.models import AgencyRow
from registry.public.deliveries.lifecycle import SETTLED, State
from registry.public.deliveries.models import RowDelivery
from registry.public.inbox import filesealing
from registry.public.inbox.filesealing import SealedFile

KIND = "row-delivery"
TRAY = Tray(RowDelivery, KIND, b"delivery")
MOST_PROBLEMS = 1000
"""Problems that are told row by row; beyond them the counts say how many there are."""


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

    Raises ``NoAuthority``, and as ``Tray.put``.
    """
    agency = session.get(AgencyRow, new.agency_id)
    if agency is None or agency.authority is None:
        raise NoAuthority
    job, fresh = TRAY.put(
        session,
        new.agency_id,
        request_key=new.request_key,
        request_digest=new.request_digest,
        now=now,
    )
    if not fresh:
        return session.exec(select(RowDelivery).where(RowDelivery.job_id == job.id)).one(), False
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
        asked=TRAY.seal(root, job.token, "asked", filesealing.packed(new.file)),
    )
    session.add(row)
    session.flush()
    return row, True


def opened(root: bytes, row: RowDelivery) -> SealedFile:
    """The file with its key. Raises ``SealBroken``, ``NotFound`` once the office has its rows."""
    return filesealing.unpacked(TRAY.asked(root, row))


def standing(
    session: IntakeSession, root: bytes, agency_id: int, token: str, now: datetime
) -> Standing:
    """One delivery of the agency. Raises ``NotFound``, also for another's."""
    row, job = TRAY.one(session, agency_id, token)
    state: State = handed_in.state(row, job, now)  # type: ignore[assignment] # no other is noted
    return Standing(row, state, _said(root, row))


def _said(root: bytes, row: RowDelivery) -> Said:
    found = TRAY.said(root, row)
    if found is None:
        return Said()
    return Said(**{**found, "problems": [Problem(**one) for one in found["problems"]]})


def note(session: IntakeSession, root: bytes, token: str, news: News, now: datetime) -> None:
    """Put down where a delivery stands. The first such word means that the office has its rows."""
    row = TRAY.of_token(session, token)
    if row is None:
        # Forgotten meanwhile.
        return
    row.case_number = news.case_number or row.case_number
    row.said = TRAY.seal(root, token, "said", asdict(news.said))
    TRAY.noted(session, row, news.state, now, over=news.state in SETTLED)
    session.flush()


def forget_file(session: IntakeSession, job_id: int) -> None:
    """Note that the sealed file of a delivery is gone."""
    row = TRAY.of_job(session, job_id)
    if row is not None:
        row.file = None


def waiting_files(session: IntakeSession) -> set[str]:
    """Names of all sealed files that a delivery still holds."""
    query = select(RowDelivery.file).where(col(RowDelivery.asked).is_not(None))
    return {name for name in session.exec(query) if name}
