"""What becomes public of an accident: only what was written for the public, in time, by two."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from docket_office import BOOK, RESIDENT, Bureau, at
from enforcement_kit import opened, published
from test_accidents import FACTS, TEAM, clock

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office import dockets
from registry.office.dockets import casefile, climbing
from registry.office.dockets.models import Docket
from registry.office.listings.service import expire_due
from registry.public.gazette.shapes import check_payload

pytestmark = pytest.mark.sqlite_only
SECRET = "内部：张样例违章指挥"
REPORT = {"submitted_on": "2026-07-20", "cause": SECRET, "responsibility": SECRET}
REPLY = {"replied_on": "2026-08-03", "reply_number": "演政函1号", "measures_ordered": SECRET}
SUMMARY = {
    "published_cause": "支护不足，顶板垮落。",
    "published_responsibility": "该矿负有责任，已依法处罚。",
    "published_measures": "排查顶板管理。",
}
EVALUATION = {
    "evaluated_on": "2027-06-01",
    "evaluation_text": SECRET,
    "evaluation_result": "partly",
    "published_evaluation": "支护已补强。",
    "published_remaining": "监测设备尚未安装。",
}


def replied(session: WorkingSession, bureau: Bureau, **more: Any) -> Docket:
    facts = {**FACTS, "course": SECRET, "rescue": SECRET, "place": SECRET}
    docket = opened(session, bureau, "accident", "2026-07-02", facts, **more)
    bureau.act(session, docket, "appoint", "approver", "2026-07-03", TEAM)
    bureau.act(session, docket, "submit", "clerk", "2026-07-20", REPORT)
    return bureau.act(session, docket, "reply", "clerk", "2026-08-03", REPLY)


def public(session: WorkingSession, bureau: Bureau, **more: Any) -> Docket:
    docket = replied(session, bureau, **more)
    bureau.act(session, docket, "draft_publication", "clerk", "2026-08-04", SUMMARY)
    return bureau.act(session, docket, "publish", "publisher", "2026-08-06")


def last(session: WorkingSession, docket: Docket) -> dict[str, Any]:
    return published(session, docket)[-1][1]


def test_nothing_but_what_was_written_for_the_public(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = replied(session, bureau)
        assert published(session, docket) == [] and docket.public_id is None
        with pytest.raises(dockets.Refused, match="Write what is made public"):
            bureau.act(session, docket, "publish", "publisher", "2026-08-04")
        bureau.act(session, docket, "draft_publication", "clerk", "2026-08-04", SUMMARY)
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "publish", "clerk", "2026-08-04")
        bureau.act(session, docket, "publish", "publisher", "2026-08-06")
        assert [p.code for p, _ in casefile.papers(session, docket)] == ["accident-notice"]
        ((op, shown),) = published(session, docket)
        check_payload("accident", str(docket.public_id), shown)
        assert op == "PUT" and str(docket.public_id).startswith("G-")
        assert "张样例" not in json.dumps(shown, ensure_ascii=False)
        assert (shown["region"], shown["occurred_on"]) == ("990121", "2026-07-01")
        assert (shown["level"], shown["deaths"], shown["reporting"]) == ("general", 2, "in-time")
        assert shown["evaluation_due"] == "2027-08-03" and shown["status"] == "measures"
        silent = {**EVALUATION, "published_evaluation": None}
        with pytest.raises(InvalidInput) as wrong:
            bureau.act(session, docket, "evaluate", "reviewer", "2027-06-01", silent)
        assert "published_evaluation" in wrong.value.fields
        bureau.act(session, docket, "evaluate", "reviewer", "2027-06-01", EVALUATION)
        shown = last(session, docket)
        assert shown["evaluation"] == {
            "date": "2027-06-01", "result": "partly", "text": "支护已补强。",
            "remaining": "监测设备尚未安装。",
        }  # fmt: skip
        assert docket.closed_at is not None and docket.facts["until"] == "2030-06-01"
        assert "张样例" not in json.dumps(published(session, docket), ensure_ascii=False)
        assert expire_due(session, at("2030-06-01", 23), BOOK) == 0
        assert expire_due(session, at("2030-06-02", 0), BOOK) == 1
        assert published(session, docket)[-1][0] == "DEL" and docket.public_id is None


def test_whoever_writes_it_does_not_release_it(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = replied(session, bureau)
        bureau.act(session, docket, "draft_publication", "all", "2026-08-04", SUMMARY)
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "publish", "all", "2026-08-04")


def test_late_and_concealed_and_raised_are_told(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        facts = {**FACTS, "unit_reported_at": None}
        docket = opened(session, bureau, "accident", "2026-07-02", facts)
        found = {
            "concealment": "concealed", "concealment_on": "2026-07-03", "verified_by": "县政府",
        }  # fmt: skip
        bureau.act(session, docket, "conceal", "reviewer", "2026-07-03", found)
        bureau.act(session, docket, "appoint", "approver", "2026-07-03", TEAM)
        up = {
            "upgraded_on": "2026-07-04", "upgraded_level": "prefecture", "upgraded_body": "市政府",
            "upgrade_ground": "concealed",
        }  # fmt: skip
        bureau.act(session, docket, "upgrade", "approver", "2026-07-04", up)
        bureau.act(session, docket, "submit", "clerk", "2026-07-20", REPORT)
        bureau.act(session, docket, "reply", "clerk", "2026-08-03", REPLY)
        bureau.act(session, docket, "draft_publication", "clerk", "2026-08-04", SUMMARY)
        bureau.act(session, docket, "publish", "publisher", "2026-08-06")
        shown = last(session, docket)
        assert (shown["reporting"], shown["concealment"]) == ("never", "concealed")
        assert (shown["raised_from"], shown["investigating_level"]) == ("county", "prefecture")


def test_nobody_is_named_and_no_number_shown(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = replied(session, bureau)
        for field in SUMMARY:
            for text, why in (("张样例违章指挥。", "by name"), (f"责任人{RESIDENT}。", "number")):
                told = {**SUMMARY, field: text}
                with pytest.raises(dockets.Refused, match=why):
                    bureau.act(session, docket, "draft_publication", "clerk", "2026-08-04", told)
        assert published(session, docket) == [] and "published_cause" not in docket.facts


def test_twenty_working_days_and_then_it_climbs(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = replied(session, bureau)
        due = clock(session, docket, "accident.publication", "2026-08-03").breach_due
        assert due == date(2026, 8, 31)
        assert climbing.climb_due(session, at("2026-08-31", 23), BOOK) == 0
        assert climbing.climb_due(session, at("2026-09-01"), BOOK) == 1
        assert docket.facts["raised_to"] == bureau.parent


def test_what_the_law_keeps_secret_stays_in_with_its_reason(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = replied(session, bureau)
        told = {"withheld_on": "2026-08-05", "withholding_ground": "state-secret"}
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "withhold", "clerk", "2026-08-05", told)
        bureau.act(session, docket, "withhold", "approver", "2026-08-05", told, reason="涉密")
        views = casefile.clocks(session, docket, date(2026, 8, 5), BOOK)
        assert [v.state for v in views if v.code == "accident.publication"] == ["met"]
        silent = {k: v for k, v in EVALUATION.items() if not k.startswith("published_")}
        bureau.act(session, docket, "evaluate", "reviewer", "2027-06-01", silent)
        assert published(session, docket) == [] and docket.facts.get("until") is None


def test_no_evaluation_before_it_is_settled_whether_it_is_public(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = replied(session, bureau)
        with pytest.raises(dockets.Refused, match="does not follow"):
            bureau.act(session, docket, "evaluate", "reviewer", "2027-06-01", EVALUATION)


def test_a_person_is_never_made_public_by_an_accident(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = replied(session, bureau, subject_id=bureau.person)
        with pytest.raises(dockets.Refused, match="natural person"):
            bureau.act(session, docket, "draft_publication", "clerk", "2026-08-04", SUMMARY)
        told = {"withheld_on": "2026-08-05", "withholding_ground": "person"}
        bureau.act(session, docket, "withhold", "approver", "2026-08-05", told)


def test_corrected_by_two_and_the_old_wording_forgotten(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = public(session, bureau)
        wrong = {"new_published_cause": "责任人张样例违章。"}
        bureau.act(session, docket, "propose_correction", "clerk", "2026-09-01", wrong)
        with pytest.raises(dockets.Refused, match="by name"):
            bureau.act(session, docket, "correct", "approver", "2026-09-02")
        right = {"new_published_cause": "支护设计不足，顶板垮落。"}
        bureau.act(session, docket, "propose_correction", "clerk", "2026-09-02", right)
        bureau.act(session, docket, "correct", "approver", "2026-09-03")
        shown = last(session, docket)
        assert shown["cause"] == "支护设计不足，顶板垮落。"
        assert shown["measures"] == SUMMARY["published_measures"]


def test_annulled_it_is_withdrawn_in_three_days(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = public(session, bureau)
        fell = {
            "annulled_on": "2026-10-12", "annulled_by": "省政府", "annulment_number": "复1号",
        }  # fmt: skip
        bureau.act(session, docket, "propose_annulment", "clerk", "2026-10-12", fell)
        due = clock(session, docket, "accident.withdrawal", "2026-10-12").breach_due
        assert due == date(2026, 10, 15)
        bureau.act(session, docket, "annul", "approver", "2026-10-13")
        assert published(session, docket)[-1] == ("DEL", {"reason": "annulled"})
        assert docket.public_id is None and docket.closed_at is not None
