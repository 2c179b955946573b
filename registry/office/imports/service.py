"""Imports as officers and the command line use them: try, submit, approve, undo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, NotFound, RegistryError
from registry.office.dockets import Docket, act, load, open_docket
from registry.office.imports import batch, files, retention
from registry.office.imports.context import Progress, Tools
from registry.office.imports.kinds import kind_of
from registry.office.imports.models import ImportFile
from registry.office.imports.problems import AlreadySubmitted, RowsRefused
from registry.office.imports.report import Report
from registry.office.imports.run import Run
from registry.office.staff import queries as staff
from registry.office.staff.auditing import audited
from registry.office.staff.officer import CASEWORK, Acting

BATCH = "import"


def dry_run(
    session: WorkingSession,
    acting: Acting,
    kind: str,
    path: Path,
    *,
    tools: Tools,
    mapping: str | None = None,
    file_name: str = "",
    progress: Progress | None = None,
) -> Report:
    """What the file would do, row by row. Changes nothing.

    ``mapping`` names a column mapping; without it the one that fits the heading is taken. Raises
    ``UnusableFile``, ``UnknownKind``, ``Forbidden``.
    """
    if not acting.officer.has(*CASEWORK):
        raise Forbidden
    run = Run(session, acting, kind_of(kind), path, tools, mapping)
    for _ in run.chunks(progress):
        pass
    run.report.file_name = files.shown_name(file_name or path.name)
    return run.report


def store(
    session: WorkingSession,
    acting: Acting,
    kind: str,
    path: Path,
    *,
    tools: Tools,
    mapping: str | None = None,
    file_name: str = "",
    progress: Progress | None = None,
    reader: WorkingSession | None = None,
) -> ImportFile:
    """Dry run, and keep file and report for the desk. Raises as ``dry_run`` and keeps nothing then.

    With a ``reader`` the rows are judged through it, and ``session`` holds SQLite's writer lock
    for the end only, not for the minutes that a long file takes.
    """
    digest, kept = files.keep(path, tools.evidence_dir, tools.limits)
    try:
        report = dry_run(
            reader or session,
            acting,
            kind,
            kept,
            tools=replace(tools, keep_files=True),
            mapping=mapping,
            file_name=file_name or path.name,
            progress=progress,
        )
    except RegistryError:
        retention.drop_unneeded(reader or session, tools.evidence_dir, digest)
        raise
    report.sha256 = digest
    row = ImportFile(
        sha256=digest,
        name=report.file_name,
        size=kept.stat().st_size,
        kind=kind,
        mapping=report.mapping,
        report=report.to_json(),
        uploaded_by=acting.officer.account_id,
        uploaded=acting.now,
    )
    session.add(row)
    session.flush()
    audited(
        session,
        acting,
        "imports:file:stored",
        f"import-file:{row.id}",
        {"kind": kind, "rows": report.rows, "failed": report.failed, "sha256": digest},
    )
    return row


def submit(session: WorkingSession, acting: Acting, file_id: int) -> Docket:
    """Make a batch of a stored file, for a second officer to approve.

    Raises ``RowsRefused`` while a row has an error or none is left to do, ``AlreadySubmitted``.
    """
    row = session.get(ImportFile, file_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.docket_id is not None:
        raise AlreadySubmitted
    if row.erased is not None:
        raise files.FileErased
    report = Report.from_json(row.report)
    if not report.is_clean:
        raise RowsRefused(count=report.failed)
    authority = staff.authority(session, acting.officer.authority_id)
    facts = {
        "import_kind": row.kind,
        "mapping": row.mapping,
        "sha256": row.sha256,
        "file_name": row.name,
        "rows": report.rows,
        "ready": report.ready,
        "added": report.added,
        "amended": report.amended,
        "skipped": report.skipped,
        "warnings": report.warnings,
        "files": report.files,
    }
    title = f"{row.kind}: {report.ready}"
    with batch.at_hand(session, None):
        docket = open_docket(
            session, BATCH, acting, facts=facts, title=title, region=authority.region
        )
    # Whoever brought the file drafted it, whoever sent it on: neither approves it.
    docket.drafted_by = row.uploaded_by
    row.docket_id = docket.id
    session.flush()
    audited(
        session,
        acting,
        "imports:batch:submitted",
        f"docket:{docket.id}",
        {"kind": row.kind, "rows": report.rows, "file": row.id},
    )
    return docket


def approve(
    session: WorkingSession,
    acting: Acting,
    docket_id: int,
    *,
    version: int,
    tools: Tools,
    progress: Progress | None = None,
) -> Docket:
    """Approve a batch, which applies it: all of it in this transaction, or nothing.

    Raises ``Forbidden`` for the officer who submitted it, ``RowsRefused`` when the registry has
    changed so that a row no longer fits, ``Conflict``.
    """
    docket = load(session, docket_id, acting)
    with batch.at_hand(session, tools, progress):
        return act(session, docket, "approve", acting, version=version)


def reject(
    session: WorkingSession, acting: Acting, docket_id: int, *, version: int, reason: str
) -> Docket:
    """Send a batch back unapplied, saying why."""
    docket = load(session, docket_id, acting)
    return act(session, docket, "reject", acting, version=version, reason=reason)


def request_undo(
    session: WorkingSession, acting: Acting, docket_id: int, *, version: int, reason: str
) -> Docket:
    """Ask that an applied batch be taken back, saying why."""
    docket = load(session, docket_id, acting)
    return act(session, docket, "request_undo", acting, version=version, reason=reason)


def approve_undo(
    session: WorkingSession, acting: Acting, docket_id: int, *, version: int, tools: Tools
) -> Docket:
    """Take the batch back: its publications are withdrawn, its cases closed.

    Raises ``Forbidden`` for the officer who asked, ``WorkedOnSince``.
    """
    docket = load(session, docket_id, acting)
    with batch.at_hand(session, tools):
        return act(session, docket, "undo", acting, version=version)


def refuse_undo(
    session: WorkingSession, acting: Acting, docket_id: int, *, version: int, reason: str
) -> Docket:
    """Leave the batch as it is, saying why."""
    docket = load(session, docket_id, acting)
    return act(session, docket, "keep", acting, version=version, reason=reason)
