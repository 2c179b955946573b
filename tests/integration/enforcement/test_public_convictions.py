"""Of a referral nothing is public before a unit's conviction is in force, and never a person."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from docket_office import BOOK, Bureau, at, decided_penalty, open_listing
from enforcement_kit import opened, published
from test_referrals import clock, received

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office import dockets
from registry.office.dockets import casefile
from registry.office.dockets.models import Docket
from registry.office.listings.service import expire_due
from registry.public.gazette.shapes import check_payload
from schemas import registry as field_sets

pytestmark = pytest.mark.sqlite_only
FILED = {"filed_on": "2026-07-10", "filing_number": "虚公立1号"}
CHARGED = {"prosecuted_on": "2026-08-03", "prosecution_number": "虚检诉1号"}
JUDGED = {
    "judged_on": "2026-08-20", "court": "虚岭县人民法院", "judgment_number": "刑初1号",
    "verdict": "guilty", "verdict_text": "张样例犯非法采矿罪",
}  # fmt: skip
FORCE = {
    "in_force_on": "2026-09-01",
    "convicted_offences": ["343"],
    "unit_fine_yuan": "300000.00",
}


def judged(session: WorkingSession, bureau: Bureau, *links: dockets.Link, **more: Any) -> Docket:
    docket = received(session, bureau, *links)
    bureau.act(session, docket, "file", "clerk", "2026-07-10", FILED)
    bureau.act(session, docket, "prosecute", "clerk", "2026-08-03", CHARGED)
    return bureau.act(session, docket, "verdict", "clerk", "2026-08-20", {**JUDGED, **more})


def public(session: WorkingSession, bureau: Bureau, *links: dockets.Link) -> Docket:
    docket = judged(session, bureau, *links)
    bureau.act(session, docket, "enter_force", "clerk", "2026-09-01", FORCE)
    return bureau.act(session, docket, "publish", "publisher", "2026-09-02")


def test_nothing_before_the_verdict_is_in_force(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = judged(session, bureau)
        assert docket.closed_at is not None
        # Judged on 20 August: an appeal is possible until Monday, 31 August.
        with pytest.raises(InvalidInput) as wrong:
            early = {**FORCE, "in_force_on": "2026-08-31"}
            bureau.act(session, docket, "enter_force", "clerk", "2026-08-31", early)
        assert "in_force_on" in wrong.value.fields
        bureau.act(session, docket, "enter_force", "clerk", "2026-09-01", FORCE)
        assert published(session, docket) == [] and docket.public_id is None
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "publish", "clerk", "2026-09-02")
        bureau.act(session, docket, "publish", "publisher", "2026-09-02")
        assert casefile.papers(session, docket)[-1][0].code == "conviction-notice"
        ((op, shown),) = published(session, docket)
        check_payload("referral", str(docket.public_id), shown)
        assert op == "PUT" and str(docket.public_id).startswith("Y-")
        assert shown["offences"] == ["343"] and shown["fine_yuan"] == "300000.00"
        assert shown["decision"] == {"number": "刑初1号", "date": "2026-08-20"}
        assert (shown["referred_on"], shown["filed_on"]) == ("2026-07-08", "2026-07-10")
        assert shown["term"] == {"since": "2026-09-01", "until": "2029-09-01"}
        text = json.dumps(shown, ensure_ascii=False)
        # Neither persons, nor what was suspected, nor anything of the investigation.
        for word in ("张样例", "隐瞒", "139-1", "涉嫌", "虚公立1号", "经侦", "甲执法"):
            assert word not in text
        assert expire_due(session, at("2029-09-02", 0), BOOK) == 1
        assert published(session, docket)[-1][0] == "DEL"


@pytest.mark.parametrize("end", ["acquitted", "dropped", "person", "nobody"])
def test_without_a_unit_convicted_nothing_is_ever_public(
    working: Store[WorkingSession], bureau: Bureau, end: str
) -> None:
    with working.write() as session:
        if end in {"acquitted", "dropped"}:
            docket = judged(session, bureau, verdict="not-guilty")
        else:
            docket = judged(session, bureau)
            docket.subject_id = bureau.person if end == "person" else None
        if end == "dropped":
            docket.state = "filed"
            gone = {"dropped_on": "2026-08-21"}
            bureau.act(session, docket, "drop", "approver", "2026-08-21", gone)
        for action, who, data in (("enter_force", "clerk", FORCE), ("publish", "publisher", {})):
            with pytest.raises(dockets.Refused):
                bureau.act(session, docket, action, who, "2026-09-02", data)
        assert published(session, docket) == [] and docket.public_id is None


def test_a_verdict_on_appeal_counts_and_is_in_force_at_once(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = judged(session, bureau)
        upheld = {**JUDGED, "judged_on": "2026-10-12", "judgment_number": "刑终9号"}
        bureau.act(session, docket, "verdict_again", "clerk", "2026-10-12", upheld)
        force = {**FORCE, "in_force_on": "2026-10-12"}
        bureau.act(session, docket, "enter_force", "clerk", "2026-10-12", force)
        bureau.act(session, docket, "publish", "publisher", "2026-10-13")
        ((_, shown),) = published(session, docket)
        assert shown["decision"] == {"number": "刑终9号", "date": "2026-10-12"}


def test_offences_are_those_of_which_a_unit_can_be_convicted() -> None:
    form = field_sets.schema("referrals.Force")
    good = form.validate({**FORCE, "convicted_offences": ["225", "229"]})
    assert good == {}
    assert "convicted_offences" in form.validate({**FORCE, "convicted_offences": ["139-1"]})


def test_kept_back_with_a_reason(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = judged(session, bureau)
        bureau.act(session, docket, "enter_force", "reviewer", "2026-09-01", FORCE)
        bureau.act(session, docket, "keep_back", "approver", "2026-09-02", reason="另案未结")
        assert docket.closed_at is not None and published(session, docket) == []


def test_retried_it_is_withdrawn_and_a_new_verdict_gets_a_new_record(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = public(session, bureau)
        first = docket.public_id
        told = {"retried_on": "2026-10-12", "retried_by": "省法院", "retrial_number": "监1号"}
        bureau.act(session, docket, "propose_withdrawal", "clerk", "2026-10-12", told)
        due = clock(session, docket, "referral.withdrawal", "2026-10-12").breach_due
        assert due == date(2026, 10, 15)
        bureau.act(session, docket, "withdraw", "approver", "2026-10-13")
        assert published(session, docket)[-1] == ("DEL", {"reason": "annulled"})
        assert docket.public_id is None and docket.closed_at is not None
        again = {**JUDGED, "judged_on": "2026-12-01", "judgment_number": "刑再1号"}
        bureau.act(session, docket, "verdict_again", "clerk", "2026-12-01", again)
        force = {**FORCE, "in_force_on": "2026-12-01", "unit_fine_yuan": None}
        bureau.act(session, docket, "enter_force", "clerk", "2026-12-01", force)
        bureau.act(session, docket, "publish", "publisher", "2026-12-02")
        shown = published(session, docket)[-1][1]
        assert docket.public_id not in {first, None} and "fine_yuan" not in shown


def test_a_correction_names_what_changes(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = public(session, bureau)
        with pytest.raises(dockets.Refused, match="Nothing would be changed"):
            bureau.act(session, docket, "propose_correction", "clerk", "2026-09-03", {})
        new = {"new_court": "演示市中级人民法院", "new_convicted_offences": ["225"]}
        bureau.act(session, docket, "propose_correction", "clerk", "2026-09-03", new)
        bureau.act(session, docket, "correct", "approver", "2026-09-04")
        shown = published(session, docket)[-1][1]
        assert (shown["court"], shown["offences"]) == ("演示市中级人民法院", ["225"])


def test_it_names_the_records_of_the_same_unit_that_are_public(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        days = ["2026-05-06", "2026-05-07", "2026-05-18", "2026-05-19"]
        penalty = decided_penalty(session, bureau, days)
        listing = open_listing(session, bureau, "2026-06-01", penalty)
        # As published ones: what counts here is that they have a public id.
        penalty.public_id, listing.public_id = "P-0000000007", "L-0000000007"
        hazard = opened(
            session, bureau, "hazard", "2026-06-01",
            {
                "origin": "inspection", "hazard_code": "H05", "description": "通风",
                "found_on": "2026-06-01",
            },
            subject_id=bureau.person,
        )  # fmt: skip
        hazard.public_id = "H-0000000007"
        links = [
            dockets.Link("concerns", penalty.id or 0), dockets.Link("for-hazard", hazard.id or 0),
        ]  # fmt: skip
        docket = public(session, bureau, *links)
        shown = published(session, docket)[-1][1]
        assert shown["records"] == ["P-0000000007", "L-0000000007"], "not the one on a person"
