"""Rows that platforms hand in through the API: carried to the imports desk, and news of them back.

The worker opens what was handed in and tries it like an officer's upload. What can be read stands
at the desk with its report, under an account of the platform that has no role and no sign-in:
an officer submits it as a batch, a second one approves. The working store commits first and knows
each delivery by its id, so a crash in between repeats and adds nothing.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import and_, func, or_
from sqlmodel import col, select

from registry.core.db import IntakeSession, Store, WorkingSession
from registry.core.errors import RegistryError
from registry.core.jobs.running import Handler
from registry.core.rules import Rulebook
from registry.core.sheets.problems import Problem
from registry.office.dockets.models import Docket
from registry.office.imports import queries, service
from registry.office.imports.context import Tools
from registry.office.imports.models import DeliveredFile, ImportFile
from registry.office.imports.report import Report
from registry.office.reports.queries import last_reason
from registry.office.staff import queries as staff
from registry.office.staff.officer import Acting, Officer
from registry.office.staff.systems import system_account
from registry.public.agencies.handed_in import Save
from registry.public.agencies.models import AgencyRow
from registry.public.deliveries import lifecycle
from registry.public.deliveries import service as deliveries
from registry.public.deliveries.models import RowDelivery
from registry.public.deliveries.service import MOST_PROBLEMS, News, NoAuthority, Said
from registry.public.inbox import blobs, filesealing
from registry.public.inbox.filesealing import SealedFile

BATCH = 100
ROLE = "clerk"
"""What a platform's rows are tried as; its account itself holds no role."""


@dataclass(frozen=True)
class Places:
    """What the carrying needs of an installation."""

    working: Store[WorkingSession]
    intake: Store[IntakeSession]
    sealed: Path
    """Folder of the sealed files of deliveries."""
    root: Callable[[], bytes]
    """The agencies' key."""
    tools: Callable[[], Tools]
    book: Rulebook


def handler(places: Places) -> Handler:
    """Of the job of one delivery: first it is carried, then its sealed file is erased."""

    def carry(row: RowDelivery, agency: AgencyRow, now: datetime) -> Save:
        news, root = _outcome(places, row, agency, now), places.root()
        return lambda session: deliveries.note(session, root, row.token, news, now)

    def erase(row: RowDelivery) -> Save:
        blobs.erase(places.sealed, [row.file] if row.file else [])
        return lambda session: deliveries.forget_file(session, row.job_id)

    return deliveries.TRAY.handler(places.intake, carry, erase)


def _outcome(places: Places, row: RowDelivery, agency: AgencyRow, now: datetime) -> News:
    """What became of a delivery: done now, or before a crash."""
    with places.working.read() as session:
        known = session.get(DeliveredFile, row.token)
        if known is not None:
            return _news(session, known)
    try:
        with places.working.write() as session:
            acting = _acting(session, agency, now, places.book)
        with tempfile.TemporaryDirectory(prefix="delivery-") as scratch:
            path = Path(scratch) / "rows"
            _unseal(places, deliveries.opened(places.root(), row), path)
            with places.working.write() as session, places.working.read() as reader:
                return _store(session, reader, acting, row, path, places.tools())
    except RegistryError as error:
        params = {name: str(value) for name, value in error.params.items()}
        problem = Problem(0, "", error.code, params=params, text=error.message)
        return News("refused", Said(problems=[problem]))


def _acting(session: WorkingSession, agency: AgencyRow, now: datetime, book: Rulebook) -> Acting:
    """The platform, under the authority that answers for it. Raises ``NoAuthority``."""
    authority = staff.authority_by_public_id(session, agency.authority)
    if authority is None:
        raise NoAuthority
    account = system_account(session, agency, door="rows", authority_id=authority.id or 0, now=now)
    officer = Officer(
        account_id=account.id or 0,
        login=account.login,
        name=account.name,
        authority_id=authority.id or 0,
        authority_path=authority.path,
        roles=frozenset({ROLE}),
    )
    return Acting(officer, now, book)


def _unseal(places: Places, file: SealedFile, path: Path) -> None:
    with blobs.open_sealed(places.sealed, file.id) as source, path.open("wb") as plain:
        content = filesealing.plain_reader(source, file_id=file.id, key=file.key)
        shutil.copyfileobj(content, plain, filesealing.FRAME)


def _store(
    session: WorkingSession,
    reader: WorkingSession,
    acting: Acting,
    row: RowDelivery,
    path: Path,
    tools: Tools,
) -> News:
    name = f"{acting.officer.login}-{row.kind}"
    kept = service.store(
        session, acting, row.kind, path, tools=tools, file_name=name, reader=reader
    )
    made = DeliveredFile(token=row.token, file_id=kept.id or 0)
    news = _news(session, made)
    made.open = news.state not in lifecycle.ENDED
    session.add(made)
    session.flush()
    return news


def _news(session: WorkingSession, known: DeliveredFile) -> News:
    """Where the file stands, in the words of whoever sent it."""
    file = session.get_one(ImportFile, known.file_id)
    report = queries.report(file)
    docket = session.get(Docket, file.docket_id) if file.docket_id else None
    if docket is None:
        state = lifecycle.of_file(
            failed=report.failed, ready=report.ready, erased=file.erased is not None
        )
        return News(state, _said(report))
    state = lifecycle.of_batch(docket.state)
    reason = last_reason(session, docket) if state in lifecycle.ENDED else ""
    return News(state, _said(report, reason), docket.number)


def _said(report: Report, reason: str = "") -> Said:
    names = ("rows", "ready", "added", "amended", "skipped", "failed", "warnings")
    return Said(
        counts={name: getattr(report, name) for name in names},
        problems=report.problems[:MOST_PROBLEMS],
        left_off=max(0, report.codes.total() - MOST_PROBLEMS),
        reason=reason,
    )


def behind(session: WorkingSession) -> bool:
    """Whether a file moved of which whoever sent it was not told; cheap, without a lock."""
    return session.exec(_moved().limit(1)).first() is not None


def _moved() -> Any:
    version = func.coalesce(col(Docket.version), 0)
    lapsed = and_(col(ImportFile.docket_id).is_(None), col(ImportFile.erased).is_not(None))
    return (
        select(DeliveredFile, version)
        .join(ImportFile, col(ImportFile.id) == col(DeliveredFile.file_id))
        .outerjoin(Docket, col(Docket.id) == col(ImportFile.docket_id))
        .where(col(DeliveredFile.open).is_(True), or_(version > col(DeliveredFile.told), lapsed))
        .order_by(col(DeliveredFile.file_id))
    )


def tell(places: Places, now: datetime) -> int:
    """Tell platforms where their rows stand; how many changed. Can be repeated safely."""
    with places.working.read() as session:
        moved = [
            (one.token, version, _news(session, one))
            for one, version in session.exec(_moved().limit(BATCH))
        ]
    if not moved:
        return 0
    root = places.root()
    with places.intake.write() as session:
        for token, _, news in moved:
            deliveries.note(session, root, token, news, now)
    with places.working.write() as session:
        for token, version, news in moved:
            row = session.get_one(DeliveredFile, token)
            row.told, row.open = version, news.state not in lifecycle.ENDED
    return len(moved)
