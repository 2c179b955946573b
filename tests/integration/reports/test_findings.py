"""Findings: told, contested, confirmed; what they make of a report; the listing that follows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from report_kit import Desk
from sqlmodel import col, select
from test_report_walks import shown

from registry.core.db import Store, WorkingSession
from registry.core.errors import InvalidInput, NotFound
from registry.office import dockets
from registry.office.dockets import evidence
from registry.office.dockets.models import Docket, DocketLink
from registry.office.publisher.models import OutboxRow
from registry.office.reports import queries, service


def report(session: WorkingSession, docket_id: int) -> Docket:
    found = session.get(Docket, docket_id)
    assert found is not None
    return found


def published(session: WorkingSession, finding: Docket) -> tuple[str, dict[str, Any]]:
    """What was last sent out on the finding itself."""
    query = select(OutboxRow).where(OutboxRow.docket_id == finding.id, OutboxRow.kind == "finding")
    row = session.exec(query.order_by(col(OutboxRow.id).desc())).first()
    assert row is not None
    return row.op, json.loads(row.payload or "{}")


def test_an_inaccurate_report_says_so_and_is_restored_when_the_finding_falls(
    working: Store[WorkingSession], desk: Desk
) -> None:
    docket_id = desk.disclosed()
    with working.write() as session:
        finding = desk.confirmed(session, report(session, docket_id), ["IN03"])
        found = shown(session, docket_id)
        assert found["status"] == "inaccurate"
        assert found["findings"] == [{"code": "IN03", "on": "2026-05-20"}]
        public = published(session, finding)
        assert public[0] == "PUT" and public[1]["codes"] == ["IN03"]
        named = {"id": report(session, docket_id).public_id, "number": "DEMO-PJ-2026-0007"}
        assert public[1]["reports"] == [named]
        assert "contested_on" not in public[1] and public[1]["term"]["until"] == "2029-05-20"
        assert "与现场不符" not in str(public)
        desk.bureau.act(session, finding, "propose_annulment", "clerk", "2026-06-01")
        desk.bureau.act(session, finding, "annul", "approver", "2026-06-02")
        found = shown(session, docket_id)
        assert (found["status"], found["findings"]) == ("valid", [])
        assert published(session, finding) == ("DEL", {"reason": "annulled"})


def test_nothing_is_confirmed_before_the_organization_was_heard(
    working: Store[WorkingSession], desk: Desk
) -> None:
    docket_id = desk.disclosed()
    with working.write() as session:
        finding = desk.finding(session, report(session, docket_id), ["FA03"])
        desk.bureau.act(session, finding, "tell", "clerk", "2026-05-06", {"told_on": "2026-05-06"})
        answer = {"answer_text": "认定"}
        with pytest.raises(dockets.Refused, match="may still object"):
            desk.bureau.act(session, finding, "confirm", "approver", "2026-05-11", answer)
        says = {"contested_on": "2026-05-12", "contest_text": "现场已整改"}
        filer = desk.filing("2026-05-12")
        dockets.act(session, finding, "contest", filer, version=finding.version, data=says)
        assert finding.state == "contested"
        desk.bureau.act(session, finding, "confirm", "approver", "2026-05-13", answer)
        assert shown(session, docket_id)["status"] == "false"
        assert published(session, finding)[1]["contested_on"] == "2026-05-12"
        assert "offered" not in shown(session, docket_id)["file"]


def test_a_finding_concerns_a_disclosed_report_of_its_subject(
    working: Store[WorkingSession], desk: Desk
) -> None:
    with working.write() as session:
        draft_id = desk.draft(session).id or 0
    with pytest.raises(InvalidInput) as error, working.write() as session:
        desk.finding(session, report(session, draft_id), ["IN01"])
    assert "link_concerns" in error.value.fields
    with pytest.raises(InvalidInput) as error, working.write() as session:
        desk.finding(session, report(session, draft_id), ["inaccurate"])
    assert error.value.fields


def test_a_false_report_leads_to_a_drafted_listing_with_its_proof(
    working: Store[WorkingSession], desk: Desk
) -> None:
    docket_id = desk.disclosed()
    with working.write() as session:
        finding = desk.confirmed(session, report(session, docket_id), ["FA03"])
        listing = service.draft_listing(session, desk.bureau.acting("clerk", "2026-05-21"), finding)
        assert listing.state == "draft"
        assert (listing.facts["ground"], listing.subject_id) == ("G7-2", desk.agency)
        files = {one.sha256 for one in evidence.of(session, listing)}
        assert queries.files(session, docket_id)["original"].sha256 in files
        assert {one.sha256 for one in evidence.of(session, finding)} <= files
        link = session.exec(select(DocketLink).where(DocketLink.docket_id == listing.id)).one()
        assert (link.relation, link.other_id) == ("arises-from", finding.id)
        sound = desk.confirmed(session, report(session, docket_id), ["CO05"])
        with pytest.raises(InvalidInput):
            service.draft_listing(session, desk.bureau.acting("clerk", "2026-05-21"), sound)


def test_a_filer_reads_no_finding_on_another(working: Store[WorkingSession], desk: Desk) -> None:
    docket_id = desk.disclosed()
    with working.write() as session:
        finding = desk.finding(session, report(session, docket_id), ["IN01"])
        mine = desk.filing("2026-05-06")
        assert dockets.load(session, finding.id or 0, mine).id == finding.id
        finding.subject_id = desk.bureau.firm
        session.flush()
        with pytest.raises(NotFound):
            dockets.load(session, finding.id or 0, mine)
