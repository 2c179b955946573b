"""Imported files end; their report, which holds no full number, stays."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from import_office import BOOK, ImportOffice, listing, resident
from sqlmodel import select

from registry.office.audit.models import AuditEntry
from registry.office.dockets.models import Docket, DocketEvidence
from registry.office.imports import files, retention, service
from registry.office.imports.models import ImportFile


def erase(office: ImportOffice, days: int) -> int:
    now = office.clerk.now + timedelta(days=days)
    with office.store.write() as session:
        return retention.erase_due(session, office.tools.evidence_dir, now=now, book=BOOK)


def bytes_kept(office: ImportOffice) -> bytes:
    folder = office.tools.evidence_dir
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def row_of(office: ImportOffice) -> ImportFile:
    with office.store.read() as session:
        return session.exec(select(ImportFile)).one()


def test_a_settled_file_is_erased_and_its_report_stays(office: ImportOffice) -> None:
    number = resident(1)
    office.apply(office.file(listing(1)))
    assert number.encode() in bytes_kept(office)
    assert erase(office, 30) == 0 and number.encode() in bytes_kept(office)
    assert erase(office, 31) == 1 and bytes_kept(office) == b""
    assert erase(office, 32) == 0
    row = row_of(office)
    assert row.erased is not None and row.report["ready"] == 1
    assert number not in json.dumps(row.report)
    with office.store.read() as session:
        entries = session.exec(select(AuditEntry)).all()
    assert [e.subject for e in entries if e.action == "imports:file:erased"] == [
        f"import-file:{row.id}"
    ]


def test_an_open_batch_keeps_its_file_and_a_forgotten_upload_does_not(office: ImportOffice) -> None:
    docket, version = office.submit(office.file(listing(1)))
    assert erase(office, 400) == 0
    assert office.approve(docket, version).state == "applied"
    with office.store.write() as session:
        left = service.store(
            session, office.clerk, "listings", office.file(listing(2)), tools=office.tools
        )
        left_id = left.id or 0
    assert erase(office, 31) == 2
    with office.store.write() as session, pytest.raises(files.FileErased):
        service.submit(session, office.clerk, left_id)


def test_the_same_bytes_needed_elsewhere_stay(office: ImportOffice) -> None:
    path = office.file(listing(1))
    office.apply(path)
    later = replace(office.clerk, now=office.clerk.now + timedelta(days=20))
    with office.store.write() as session:
        service.store(session, later, "listings", path, tools=office.tools)
    assert erase(office, 31) == 0 and bytes_kept(office)
    with office.store.write() as session:
        docket = session.exec(select(Docket).where(Docket.kind == "listing")).one()
        sha = session.exec(select(ImportFile.sha256)).first() or ""
        session.add(
            DocketEvidence(
                docket_id=docket.id or 0, sha256=sha, name="list.csv", media_type="text/csv",
                size=1, kind="other", added_by=1, added_at=office.clerk.now,
            )
        )  # fmt: skip
    assert erase(office, 51) == 2 and bytes_kept(office), "evidence of a case stays"


def test_the_last_day_is_the_rules(office: ImportOffice, now: datetime) -> None:
    docket_id = office.apply(office.file(listing(1)))
    with office.store.read() as session:
        row = session.exec(select(ImportFile)).one()
        docket = session.get_one(Docket, docket_id)
        assert retention.kept_until(row, docket, BOOK) == date(2026, 12, 20)
        assert retention.kept_until(row, None, BOOK) == date(2026, 12, 20)
    path = files.path_of(office.tools.evidence_dir, row.sha256)
    path.unlink()
    assert erase(office, 31) == 1, "what is gone already is noted as gone"
