"""How long an imported file is kept: until its batch is settled, and a time that the rules give.

A list as ministries publish it holds full document numbers. Applied, they lie sealed in the
vault; the file is then needed for nothing. What stays is its hash and the report, which holds
masked values only. The deadline ``import.erasure`` can be changed like any other rule.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.rules import Rulebook
from registry.office.audit import service as audit
from registry.office.dockets.models import Docket, DocketEvidence
from registry.office.imports import files
from registry.office.imports.models import ImportFile
from registry.office.reports.filekeeping import drop_unused

DEADLINE = "import.erasure"


def kept_until(row: ImportFile, docket: Docket | None, book: Rulebook) -> date | None:
    """The last day on which the file is kept; None while its batch is open or no rule ends it.

    It counts from the day on which the batch was settled, or from the upload of a file that was
    not submitted.
    """
    settled = docket.closed_at if docket is not None else row.uploaded
    if settled is None:
        return None
    day = legal_day(settled)
    deadline = book.on(day).deadlines.get(DEADLINE)
    if deadline is None or deadline.breach is None:
        return None
    due = book.due(day, deadline.breach)
    return None if due.provisional else due.day


def erase_due(session: WorkingSession, folder: Path, *, now: datetime, book: Rulebook) -> int:
    """Erase every file whose time is over; gives how many. Each is audited.

    A file that was uploaded twice stays until neither upload needs it, and one that is evidence
    of a case stays as such.
    """
    today = legal_day(now)
    query = (
        select(ImportFile, Docket)
        .outerjoin(Docket, col(Docket.id) == col(ImportFile.docket_id))
        .where(col(ImportFile.erased).is_(None))
        .order_by(col(ImportFile.id))
    )
    over: dict[str, list[ImportFile]] = {}
    needed: set[str] = set()
    for row, docket in session.execute(query):
        last = kept_until(row, docket, book)
        if last is not None and last < today:
            over.setdefault(row.sha256, []).append(row)
        else:
            needed.add(row.sha256)
    done = [row for digest, rows in over.items() if digest not in needed for row in rows]
    for row in done:
        _erase(session, folder, row, now)
    session.flush()
    return len(done)


def drop_unneeded(session: WorkingSession, folder: Path, digest: str) -> None:
    """Erase the bytes of an unreadable file, unless another upload or a case needs them."""
    kept = select(col(ImportFile.id)).where(
        col(ImportFile.sha256) == digest, col(ImportFile.erased).is_(None)
    )
    if session.scalars(kept.limit(1)).first() is None and not _is_evidence(session, digest):
        files.erase(folder, digest)


def _is_evidence(session: WorkingSession, digest: str) -> bool:
    evidence = select(col(DocketEvidence.id)).where(col(DocketEvidence.sha256) == digest)
    return session.scalars(evidence.limit(1)).first() is not None


def _erase(session: WorkingSession, folder: Path, row: ImportFile, now: datetime) -> None:
    if not _is_evidence(session, row.sha256):
        files.erase(folder, row.sha256)
    beside = [one["sha256"] for one in row.report.get("files", {}).values() if one.get("sha256")]
    drop_unused(session, folder, beside)
    row.erased = now
    audit.record(
        session,
        actor=None,
        action="imports:file:erased",
        subject=f"import-file:{row.id}",
        detail={"sha256": row.sha256, "batch": row.docket_id},
        now=now,
    )
