"""Files of a report's draft: looked into, kept by content hash, replaced, dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from sqlmodel import col, select

from registry.core import papers
from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput, NotFound, RegistryError
from registry.core.i18n import N_
from registry.core.papers.videos import media_type
from registry.office.dockets import checks
from registry.office.dockets.evidence import shown_name
from registry.office.dockets.models import Docket, DocketEvidence
from registry.office.reports import queries
from registry.office.reports.models import FILE_KINDS, PICTURES, ReportFile
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting
from registry.public.files.store import FileStore, FileTooLarge

_TYPES = {"original": "application/pdf", "redacted": "application/pdf", "image": "image/jpeg"}
MOST_PICTURES = 20
_LOCKED = N_("A filed report is locked. File a new version.")
_TOO_MANY = N_("A report has at most {most} pictures and videos.")


@dataclass(frozen=True)
class Sent:
    """A file as it comes in: read once, in pieces."""

    kind: str
    name: str
    stream: BinaryIO
    caption: str = ""
    """What a picture or a video shows."""


@dataclass(frozen=True)
class Kept:
    """A file that was looked into and lies in the store, not yet part of any report."""

    kind: str
    name: str
    sha256: str
    size: int
    caption: str = ""
    media_type: str = ""
    pages: int = 0
    rewritten: str | None = None
    """SHA-256 of the picture as it was written anew; of a video, which is shown as it is."""
    rewritten_size: int = 0


def add_file(
    session: WorkingSession,
    docket: Docket,
    acting: Acting,
    sent: Sent,
    *,
    folder: Path,
    limit: int,
    pictures: int = MOST_PICTURES,
    inspect: Callable[[Path], int] = papers.inspect,
) -> ReportFile:
    """Take a file of a draft in, at most ``limit`` bytes, under ``folder``.

    At most ``pictures`` pictures and videos belong to one report. ``inspect`` counts the pages of
    a PDF that may be taken. The file takes the place of an earlier one of its kind. Raises
    ``InvalidInput`` at ``file`` with what is wrong; nothing is kept then.
    """
    _check_draft(session, docket, acting)
    if sent.kind in PICTURES and len(queries.images(session, docket.id or 0)) >= pictures:
        raise InvalidInput({"file": [_TOO_MANY]}, most=pictures)
    kept = look_into(session, sent, folder=folder, limit=limit, inspect=inspect)
    return add_kept(session, docket, acting, kept)


def look_into(
    session: WorkingSession,
    sent: Sent,
    *,
    folder: Path,
    limit: int,
    inspect: Callable[[Path], int] = papers.inspect,
) -> Kept:
    """Keep a file under ``folder`` and look into it; the session is only read. Raises as above."""
    if sent.kind not in FILE_KINDS:
        raise InvalidInput({"kind": [N_("This is not one of the choices.")]})
    store = FileStore(folder)
    digest = _kept(store, sent.stream, limit)
    path = store.path(digest)
    kept = Kept(sent.kind, shown_name(sent.name), digest, path.stat().st_size, sent.caption.strip())
    try:
        if sent.kind == "image":
            return _rewritten(store, path, kept)
        if sent.kind == "video":
            kind = media_type(path)
            return replace(kept, media_type=kind, rewritten=digest, rewritten_size=kept.size)
        return replace(kept, pages=inspect(path))
    except RegistryError as error:
        drop_unused(session, folder, [digest])
        raise InvalidInput({"file": [error.message]}, **error.params) from error


def add_kept(session: WorkingSession, docket: Docket, acting: Acting, kept: Kept) -> ReportFile:
    """Make a file that was looked into part of a draft. Raises ``InvalidInput``, ``NotFound``."""
    _check_draft(session, docket, acting)
    row = ReportFile(
        docket_id=docket.id or 0,
        kind=kept.kind,
        sha256=kept.sha256,
        name=kept.name,
        media_type=kept.media_type or _TYPES[kept.kind],
        size=kept.size,
        pages=kept.pages,
        caption=kept.caption,
        state="ready" if kept.rewritten else "waiting",
        public_sha256=kept.rewritten,
        public_size=kept.rewritten_size,
        added_by=acting.officer.account_id,
        added_at=acting.now,
    )
    _replace(session, row)
    session.add(row)
    session.flush()
    audited(
        session,
        acting,
        "reports:file:added",
        f"docket:{docket.id}",
        {"file": row.id, "kind": row.kind, "sha256": kept.sha256, "size": row.size},
    )
    return row


def drop_unused(session: WorkingSession, folder: Path, digests: Iterable[str]) -> None:
    """Delete the files that belong to no report and prove nothing."""
    for digest in digests:
        if not _used(session, digest):
            FileStore(folder).remove(digest)


def _check_draft(session: WorkingSession, docket: Docket, acting: Acting) -> None:
    if docket.state != "draft" or not acting.officer.has("clerk", "filer"):
        raise InvalidInput({"file": [_LOCKED]})
    if not checks.sees(session, acting, docket):
        raise NotFound


def _kept(store: FileStore, stream: BinaryIO, limit: int) -> str:
    try:
        return store.store(stream, limit=limit)
    except FileTooLarge as error:
        largest = N_("The file is larger than {limit} MB.")
        raise InvalidInput({"file": [largest]}, limit=limit >> 20) from error


def _rewritten(store: FileStore, path: Path, kept: Kept) -> Kept:
    """A picture is written anew at once: it is small."""
    draft = path.with_name(f".{path.name}.jpg")
    try:
        papers.prepare_image(path, draft)
        with draft.open("rb") as file:
            digest = store.store(file)
        return replace(kept, rewritten=digest, rewritten_size=draft.stat().st_size)
    finally:
        draft.unlink(missing_ok=True)


def _used(session: WorkingSession, digest: str) -> bool:
    mine = session.exec(select(ReportFile.id).where(ReportFile.sha256 == digest).limit(1)).first()
    proof = select(DocketEvidence.id).where(DocketEvidence.sha256 == digest).limit(1)
    return mine is not None or session.exec(proof).first() is not None


def _replace(session: WorkingSession, row: ReportFile) -> None:
    if row.kind in PICTURES:
        return
    query = select(ReportFile).where(
        ReportFile.docket_id == row.docket_id,
        ReportFile.kind == row.kind,
        col(ReportFile.replaced).is_(False),
    )
    for earlier in session.exec(query).all():
        earlier.replaced = True
        session.add(earlier)


def drop_image(session: WorkingSession, docket: Docket, acting: Acting, file_id: int) -> None:
    """Take a picture or a video off a draft. Raises ``NotFound``, ``InvalidInput``."""
    row = session.get(ReportFile, file_id)
    if row is None or row.docket_id != docket.id or row.kind not in PICTURES:
        raise NotFound
    if docket.state != "draft" or not acting.officer.has("clerk", "filer"):
        raise InvalidInput({"file": [_LOCKED]})
    row.replaced = True
    session.add(row)
    session.flush()
