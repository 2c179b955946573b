"""Reports filed through the API: carried to the desk where those of the sign-in stand, and back.

The worker opens what was handed in, looks into the files outside every transaction, and then
takes the same steps as a filer at his desk, all in one transaction: the sheet, the files, the
signatures, the filing. Whatever is wrong leaves nothing behind and is told by field. The working
store commits first and knows each filing by its id, so a crash in between repeats and adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from registry.core.db import IntakeSession, Store, WorkingSession
from registry.core.errors import InvalidInput, NotFound, RegistryError
from registry.core.i18n import Text
from registry.core.jobs.running import Handler
from registry.core.rules import Rulebook
from registry.office import dockets
from registry.office.dockets.models import Docket
from registry.office.entities.vault import PersonKeys
from registry.office.reports import filekeeping, from_sheet, queries
from registry.office.reports.filekeeping import Kept, Sent
from registry.office.reports.filers import filer_of
from registry.office.reports.models import FilingCase
from registry.public.agencies.handed_in import Save
from registry.public.agencies.models import AgencyRow
from registry.public.filings import lifecycle
from registry.public.filings import service as filings
from registry.public.filings.models import ReportFiling
from registry.public.filings.service import HandedIn, News, Said
from registry.public.inbox import blobs, filesealing

BATCH = 100


@dataclass(frozen=True)
class Places:
    """What the carrying needs of an installation."""

    working: Store[WorkingSession]
    intake: Store[IntakeSession]
    sealed: Path
    """Folder of the sealed files of filings."""
    kept: Path
    """Folder of files by content hash."""
    limit: int
    """Largest file, in bytes."""
    root: Callable[[], bytes]
    """The agencies' key."""
    keys: Callable[[], PersonKeys]
    book: Rulebook


def handler(places: Places) -> Handler:
    """Of the job of one filing: first it is carried, then its sealed files are erased."""

    def carry(row: ReportFiling, agency: AgencyRow, now: datetime) -> Save:
        news, root = _outcome(places, row, agency, now), places.root()

        def save(session: IntakeSession) -> None:
            filings.note(session, root, row.token, news, now)
            if news.state != "refused" and row.corrects:
                corrected = News("corrected", corrected_by=row.token)
                filings.note(session, root, row.corrects, corrected, now)

        return save

    def erase(row: ReportFiling) -> Save:
        blobs.erase(places.sealed, row.files)
        return lambda session: filings.forget_files(session, row.job_id)

    return filings.TRAY.handler(places.intake, carry, erase)


def _outcome(places: Places, row: ReportFiling, agency: AgencyRow, now: datetime) -> News:
    """What became of a filing: done now, or before a crash."""
    with places.working.read() as session:
        known = session.get(FilingCase, row.token)
        if known is not None:
            return _news(session, known)
    kept: list[Kept] = []
    try:
        asked = filings.opened(places.root(), row)
        with places.working.write() as session:
            acting = filer_of(session, agency, now, places.book)
        with places.working.read() as session:
            captions = iter(asked.sheet.get("captions") or ())
            for number, one in enumerate(asked.files):
                caption = next(captions, "") if one.kind == "image" else ""
                kept.append(replace(_take_file(session, places, one, number), caption=caption))
        with places.working.write() as session:
            case = from_sheet.file(session, acting, row.token, asked, kept, keys=places.keys)
            return _news(session, case)
    except RegistryError as error:
        with places.working.read() as session:
            digests = [name for one in kept for name in (one.sha256, one.rewritten) if name]
            filekeeping.drop_unused(session, places.kept, digests)
        return News("refused", _said(error))


def _said(error: RegistryError) -> Said:
    """What is wrong, by field; what belongs to none stands under ``report``."""
    if isinstance(error, InvalidInput):
        fields = {name: list(messages) for name, messages in error.fields.items()}
    elif isinstance(error, dockets.Refused):
        fields = {error.refusal.field_name or "report": [error.message]}
    else:
        fields = {"report": [error.message]}
    return Said(errors=fields, params={k: _plain(v) for k, v in error.params.items()})


def _plain(value: object) -> object:
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    return value if isinstance(value, int) else str(value)


def _take_file(session: WorkingSession, places: Places, one: HandedIn, number: int) -> Kept:
    """The file out of its seal, looked into. Raises ``InvalidInput`` at its part of the request."""
    with blobs.open_sealed(places.sealed, one.sealed.id) as source:
        plain = filesealing.plain_reader(source, file_id=one.sealed.id, key=one.sealed.key)
        sent = Sent(one.kind, one.sealed.name, plain)
        try:
            return filekeeping.look_into(session, sent, folder=places.kept, limit=places.limit)
        except InvalidInput as error:
            at = {"original": "file", "image": f"image.{number}"}.get(one.kind, one.kind)
            fields = {at if name == "file" else name: m for name, m in error.fields.items()}
            raise InvalidInput(fields, **error.params) from error


def _news(session: WorkingSession, case: FilingCase) -> News:
    """Where the case stands, in the words of whoever filed."""
    docket = session.get(Docket, case.docket_id)
    if docket is None:
        raise NotFound
    state = lifecycle.of_case(docket.state)
    reason = ""
    if state == "returned":
        reason = queries.sent_back(session, docket)
    elif state == "discarded":
        reason = queries.last_reason(session, docket)
    return News(state, Said(reason), docket.number, docket.public_id)


def behind(session: WorkingSession) -> bool:
    """Whether a case moved of which whoever filed it was not told; cheap, without a lock."""
    return session.exec(_moved().limit(1)).first() is not None


def _moved() -> Any:
    return (
        select(FilingCase)
        .join(Docket, col(Docket.id) == col(FilingCase.docket_id))
        .where(col(FilingCase.open).is_(True), col(FilingCase.told) < col(Docket.version))
        .order_by(col(FilingCase.docket_id))
    )


def tell(places: Places, now: datetime) -> int:
    """Tell organizations where their filings stand; how many changed. Can be repeated safely."""
    with places.working.read() as session:
        moved = [
            (one.token, docket.version, _news(session, one))
            for one in session.exec(_moved().limit(BATCH))
            if (docket := session.get(Docket, one.docket_id)) is not None
        ]
    if not moved:
        return 0
    root = places.root()
    with places.intake.write() as session:
        for token, _, news in moved:
            filings.note(session, root, token, news, now)
    with places.working.write() as session:
        for token, version, news in moved:
            row = session.get(FilingCase, token)
            if row is not None:
                row.told, row.open = version, row.open and news.state not in lifecycle.ENDED
    return len(moved)
