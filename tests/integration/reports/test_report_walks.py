"""A report from its sheet to disclosure, its versions, and the answers to what is wrong."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import paper_samples as samples
import pytest
from docket_office import BOOK, Bureau, at
from provider_kit import member
from report_kit import TEAM, Desk, sheet
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.office import dockets
from registry.office.demo.paper import pdf
from registry.office.dockets import casefile
from registry.office.dockets.models import Docket
from registry.office.publisher.models import OutboxRow
from registry.office.reports import queries, service, signing
from registry.office.reports.models import ReportFile


def files_in(folder: Path) -> set[Path]:
    return {one for one in folder.rglob("*") if one.is_file()}


def shown(session: WorkingSession, docket_id: int) -> dict[str, Any]:
    rows = list(session.exec(select(OutboxRow).where(OutboxRow.docket_id == docket_id)))
    found: dict[str, Any] = json.loads(
        [row for row in rows if row.kind == "report"][-1].payload or ""
    )
    return found


def test_filed_accepted_prepared_and_disclosed(working: Store[WorkingSession], desk: Desk) -> None:
    docket_id = desk.disclosed()
    with working.read() as session:
        docket = session.get(Docket, docket_id)
        assert docket is not None and docket.state == "valid" and docket.public_id
        found = shown(session, docket_id)
        assert found["status"] == "valid" and found["version"] == 1 and not found["late"]
        assert [one["role"] for one in found["signatures"]] == list(TEAM)
        assert found["client"]["code"] == "91990121XY00000126"
        file = found["file"]
        assert file["offered"] and not file["scan"] and file["pages"] == 2
        assert (desk.folder / "files" / file["public"][:2] / file["public"]).is_file()
        text = desk.folder / "files" / file["text"][:2] / file["text"]
        assert "基本符合" in text.read_text(encoding="utf-8")
        original = queries.files(session, docket_id)["original"]
        assert file["sha256"] == original.sha256 != file["public"]
        assert {one.document_sha256 for one in queries.signatures(session, docket_id)} == {
            original.sha256
        }
        assert "PJ-1" not in json.dumps(found)
        clocks = casefile.clocks(session, docket, date(2026, 3, 12), BOOK)
        assert [(one.code, one.state) for one in clocks] == [("agency.disclosure", "met")]


@pytest.mark.sqlite_only
def test_nothing_is_public_before_it_is_accepted(
    working: Store[WorkingSession], desk: Desk, bureau: Bureau
) -> None:
    with working.write() as session:
        docket = desk.filed(session)
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "accept", "clerk", "2026-03-12")
    desk.prepared("2026-03-12")
    assert not files_in(desk.folder / "files")
    with working.read() as session:
        assert session.exec(select(OutboxRow).where(OutboxRow.kind == "report")).first() is None


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ not a pdf", "not a PDF"),
        (samples.encrypted(), "encrypted"),
        (samples.truncated(), "damaged"),
        (samples.bomb(), "unpacks"),
        (samples.scripted(), "scripts"),
        (b"%PDF-" + b"0" * (6 << 20), "larger than"),
    ],
    ids=["other", "encrypted", "broken", "bomb", "script", "large"],
)
def test_a_bad_file_has_its_answer_and_changes_nothing(
    working: Store[WorkingSession], desk: Desk, content: bytes, words: str
) -> None:
    with working.write() as session:
        docket = desk.draft(session)
        docket_id = docket.id or 0
    before = files_in(desk.kept)
    with pytest.raises(InvalidInput) as error, working.write() as session:
        docket = session.get(Docket, docket_id) or docket
        desk.add(session, docket, content)
    assert words in error.value.fields["file"][0]
    with working.read() as session:
        assert session.exec(select(ReportFile)).all() == []
    assert files_in(desk.kept) == before


def test_a_number_is_given_once(working: Store[WorkingSession], desk: Desk) -> None:
    with working.write() as session:
        desk.draft(session)
    with pytest.raises(InvalidInput) as error, working.write() as session:
        desk.draft(session, report_number="demo-pj-2026-0007")
    assert list(error.value.fields) == ["report_number"]
    with working.write() as session:
        first = session.exec(select(Docket).where(Docket.kind == "report")).one()
        desk.bureau.act(session, first, "discard", "clerk", "2026-03-11")
        desk.draft(session)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"type": "horoscope"}, "type"),
        ({"issued_on": "2026-02-01"}, "issued_on"),
        ({"covers_until": "2025-01-01"}, "covers_until"),
        ({"client_code": "91990122XY0000020F"}, "client_code"),
    ],
)
def test_a_wrong_sheet_is_refused_at_its_field(
    working: Store[WorkingSession], desk: Desk, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as error, working.write() as session:
        desk.draft(session, **wrong)
    assert list(error.value.fields) == [field]


def test_the_signer_needs_a_certificate_valid_that_day(
    working: Store[WorkingSession], desk: Desk
) -> None:
    with working.write() as session:
        old = member(session, desk.bureau, desk.agency, "周样例", "PJ-9", until=date(2026, 3, 7))
        docket = desk.draft(session)
        acting = desk.bureau.acting("clerk", "2026-03-10")
        asked: dict[str, Any] = {"staff_id": old.id or 0, "role": "compiler"}
        with pytest.raises(InvalidInput) as error:
            signing.sign(session, docket, acting, signed_on=date(2026, 3, 8), version=1, **asked)
        assert "no valid certificate" in error.value.fields["staff"][0]
        assert signing.of(session, docket.id or 0) == [] and docket.version == 1
        signing.sign(session, docket, acting, signed_on=date(2026, 3, 7), version=1, **asked)


def test_nobody_fills_two_control_roles(working: Store[WorkingSession], desk: Desk) -> None:
    with working.write() as session:
        docket = desk.draft(session)
        acting = desk.bureau.acting("clerk", "2026-03-10")
        same: dict[str, Any] = {"staff_id": desk.staff["王样例"], "signed_on": date(2026, 3, 8)}
        signing.sign(session, docket, acting, role="project-leader", version=1, **same)
        signing.sign(session, docket, acting, role="compiler", version=2, **same)
        with pytest.raises(InvalidInput) as error:
            signing.sign(session, docket, acting, role="process-lead", version=3, **same)
        assert "two control roles" in error.value.fields["role"][0]


@pytest.mark.sqlite_only
def test_every_role_must_have_signed(working: Store[WorkingSession], desk: Desk) -> None:
    with working.write() as session:
        docket = desk.draft(session)
        with pytest.raises(dockets.Refused, match="report itself is missing"):
            desk.bureau.act(session, docket, "file", "clerk", "2026-03-11")
        desk.add(session, docket, pdf(["x"]))
        with pytest.raises(dockets.Refused, match="signature is missing"):
            desk.bureau.act(session, docket, "file", "clerk", "2026-03-11")


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"issued_on": "2022-12-30", "field_since": None, "field_until": None,
          "agreement_on": None, "notice_on": None}, "not qualified"),
        ({"type": "testing-report"}, "not qualified"),
    ],
)  # fmt: skip
def test_an_organization_works_only_within_its_qualification(
    working: Store[WorkingSession], desk: Desk, more: dict[str, Any], words: str
) -> None:
    with working.write() as session:
        docket = desk.draft(session, **more)
        desk.add(session, docket, pdf(["x"]))
        with pytest.raises(dockets.Refused, match=words):
            desk.bureau.act(session, docket, "file", "clerk", "2026-03-11")
        assert docket.state == "draft"


@pytest.mark.sqlite_only
def test_a_site_outside_the_scope(working: Store[WorkingSession], desk: Desk) -> None:
    with working.write() as session:
        place = session.get(type(desk_site(session, desk)), desk.site)
        assert place is not None
        place.type = "quarry"
        docket = desk.draft(session)
        desk.add(session, docket, pdf(["x"]))
        with pytest.raises(dockets.Refused, match="outside the organization's scope"):
            desk.bureau.act(session, docket, "file", "clerk", "2026-03-11")


def desk_site(session: WorkingSession, desk: Desk) -> Any:
    from registry.office.entities import site_queries

    return site_queries.site(session, desk.site)


def test_a_disclosed_version_is_locked_and_replaced_by_a_new_one(
    working: Store[WorkingSession], desk: Desk
) -> None:
    first = desk.disclosed()
    with working.write() as session:
        docket = session.get(Docket, first)
        assert docket is not None
        with pytest.raises(InvalidInput) as error:
            desk.add(session, docket, pdf(["另一份"]))
        assert "locked" in error.value.fields["file"][0]
        with pytest.raises(dockets.Refused):
            desk.bureau.act(session, docket, "edit", "clerk", "2026-04-01", sheet())
        second = service.new_version(session, desk.bureau.acting("clerk", "2026-04-01"), docket)
        assert second.facts["version_no"] == 2
        desk.add(session, second, pdf(["修订版"]), day="2026-04-01")
        desk.sign_all(session, second, "2026-04-01")
        desk.bureau.act(session, second, "file", "clerk", "2026-04-01")
        desk.bureau.act(session, second, "accept", "approver", "2026-04-02")
        second_id = second.id or 0
    desk.prepared("2026-04-02")
    with working.read() as session:
        old, new = shown(session, first), shown(session, second_id)
        assert (old["status"], new["status"]) == ("replaced", "valid")
        assert new["replaces"] and old["replaced_by"]
        known = queries.versions(session, session.get(Docket, first) or docket)
        assert [one.id for one in known] == [first, second_id]


@pytest.mark.sqlite_only
def test_a_redacted_copy_is_published_in_its_place(
    working: Store[WorkingSession], desk: Desk
) -> None:
    with working.write() as session:
        docket = desk.draft(session, secret=True)
        desk.add(session, docket, pdf(["秘密工艺参数"]))
        desk.sign_all(session, docket)
        with pytest.raises(dockets.Refused, match="redacted copy"):
            desk.bureau.act(session, docket, "file", "clerk", "2026-03-11")
        desk.add(session, docket, pdf(["工艺参数已隐去"]), "redacted")
        desk.bureau.act(session, docket, "file", "clerk", "2026-03-11")
        desk.bureau.act(session, docket, "accept", "approver", "2026-03-12")
        docket_id = docket.id or 0
    desk.prepared("2026-03-12")
    with working.read() as session:
        assert shown(session, docket_id)["file"]["redacted"]
    held = b"".join(one.read_bytes() for one in (desk.folder / "files").rglob("*") if one.is_file())
    assert "已隐去".encode() in held and "秘密工艺".encode() not in held


@pytest.mark.sqlite_only
def test_a_scan_is_marked_as_such(working: Store[WorkingSession], desk: Desk) -> None:
    with working.write() as session:
        docket = desk.draft(session)
        desk.add(session, docket, samples.scan())
        desk.sign_all(session, docket)
        desk.bureau.act(session, docket, "file", "clerk", "2026-03-11")
        desk.bureau.act(session, docket, "accept", "approver", "2026-03-12")
        docket_id = docket.id or 0
    desk.prepared("2026-03-12")
    with working.read() as session:
        file = shown(session, docket_id)["file"]
        assert file["scan"] and "text" not in file and file["offered"]


def test_withdrawn_by_two_the_file_goes_and_the_record_stays(
    working: Store[WorkingSession], desk: Desk
) -> None:
    docket_id = desk.disclosed()
    with working.write() as session:
        docket = session.get(Docket, docket_id)
        assert docket is not None
        desk.bureau.act(session, docket, "propose_withdrawal", "clerk", "2026-04-01")
        desk.bureau.act(session, docket, "withdraw", "approver", "2026-04-02")
        found = shown(session, docket_id)
        assert found["status"] == "withdrawn" and "offered" not in found["file"]
        assert found["file"]["sha256"] and found["file"]["public"]
    desk.prepared("2026-04-02")
    assert not files_in(desk.folder / "files")


@pytest.mark.sqlite_only
def test_late_notice_and_late_disclosure_are_noted(
    working: Store[WorkingSession], desk: Desk
) -> None:
    with working.write() as session:
        docket = desk.draft(session, notice_on="2026-02-02")
        assert docket.facts["notice_late"] is True
        on_time = desk.draft(session, report_number="2", notice_on="2026-01-20")
        assert on_time.facts["notice_late"] is False
        desk.add(session, docket, pdf(["x"]))
        desk.sign_all(session, docket)
        desk.bureau.act(session, docket, "file", "clerk", "2026-03-11")
        desk.bureau.act(session, docket, "accept", "approver", "2026-03-24")
        docket_id = docket.id or 0
    desk.prepared("2026-03-24")
    with working.read() as session:
        assert shown(session, docket_id)["late"] is True


def test_a_filer_sees_and_files_for_his_organization_alone(
    working: Store[WorkingSession], desk: Desk
) -> None:
    with working.write() as session:
        filer = desk.filing("2026-03-10")
        docket = desk.draft(session, by=filer)
        desk.add(session, docket, pdf(["x"]), by=filer)
        desk.sign_all(session, docket, by=filer)
        dockets.act(session, docket, "file", desk.filing("2026-03-11"), version=docket.version)
        with pytest.raises(Forbidden):
            dockets.act(
                session, docket, "accept", desk.filing("2026-03-12"), version=docket.version
            )
        desk.bureau.act(session, docket, "send_back", "approver", "2026-03-12", reason="缺页")
        assert docket.state == "draft"
        other = desk.bureau
        from docket_office import open_penalty

        foreign = open_penalty(session, other, "2026-03-10")
        with pytest.raises(NotFound):
            dockets.load(session, foreign.id or 0, filer)
        with pytest.raises(Forbidden):
            dockets.open_docket(
                session, "report", filer, facts=sheet(report_number="9"), title="x",
                region="990121", subject_id=other.firm,
            )  # fmt: skip
        assert at("2026-03-10")
