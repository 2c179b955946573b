"""What is entered days after it happened keeps its own day, and no day before its cause."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from docket_office import BOOK, Bureau
from enforcement_kit import TEAM, inspectors, opened

from registry.core.db import Store, WorkingSession
from registry.core.errors import InvalidInput
from registry.office.dockets import casefile

pytestmark = pytest.mark.sqlite_only
ENTERED = "2026-07-06"
"""A Monday: everything below happened in the week before."""
HAZARD = {
    "origin": "inspection", "hazard_code": "H05", "description": "通风", "found_on": "2026-07-02",
}  # fmt: skip
ORDER = {"rectify_by": "2026-08-01", "rectification_owner": "矿长", "requirements": "整改"}
ACCIDENT = {
    "occurred_at": "2026-07-02T02:00:00+00:00", "received_at": "2026-07-02T02:30:00+00:00",
    "place": "工作面", "course": "垮落", "deaths": 1,
}  # fmt: skip
APPOINT = {"investigating_level": "county", "investigating_body": "虚岭县人民政府"}
LICENCE = {"licence_kind": "safety", "application": "new", "applied_on": "2026-07-02"}
PLAN = {"planned_for": "2026-07-02", "inspection_type": "routine", "purpose": "通风"}
VISIT = {"visit_place": "井口", "inspectors": "\n".join(TEAM)}
SUSPENSION = {
    "suspension_kind": "whole", "order_reason": "仍然组织生产。", "basis": "第六十四条",
    "measures": ["guards-stationed"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "facts", "action", "who", "name", "data"),
    [
        ("hazard", HAZARD, "order", "approver", "ordered_on", ORDER),
        ("accident", ACCIDENT, "appoint", "approver", "appointed_on", APPOINT),
        (
            "licence",
            LICENCE,
            "check_credit",
            "clerk",
            "credit_checked_on",
            {"credit_opinion": "无"},
        ),
        ("inspection", PLAN, "visit", "clerk", "visited_on", VISIT),
    ],
)
def test_the_first_step_may_be_older_than_the_entry_not_than_the_matter(
    working: Store[WorkingSession], bureau: Bureau,
    kind: str, facts: dict[str, Any], action: str, who: str, name: str, data: dict[str, Any],
) -> None:  # fmt: skip
    with working.write() as session:
        inspectors(session, bureau)
        docket = opened(session, bureau, kind, ENTERED, facts)
        with pytest.raises(InvalidInput) as wrong:
            bureau.act(session, docket, action, who, ENTERED, {**data, name: "2026-07-01"})
        assert wrong.value.fields == {name: ["This date lies before the step that it follows."]}
        bureau.act(session, docket, action, who, ENTERED, {**data, name: "2026-07-03"})
        assert docket.facts[name] == "2026-07-03"


def test_a_plan_for_later_does_not_put_the_visit_off(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        inspectors(session, bureau)
        plan = {**PLAN, "planned_for": "2026-07-20"}
        docket = opened(session, bureau, "inspection", ENTERED, plan)
        bureau.act(
            session, docket, "visit", "clerk", "2026-07-08", {**VISIT, "visited_on": ENTERED}
        )
        assert docket.state == "visited"


def test_a_measure_stands_from_its_day_although_the_notice_came_later(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = opened(session, bureau, "suspension", "2026-07-01", SUSPENSION)
        order = {"ordered_on": "2026-07-02", "order_number": "停1"}
        bureau.act(session, docket, "approve", "approver", "2026-07-02", order)
        bureau.act(session, docket, "publish", "publisher", ENTERED)
        place = {"measure": "guards-stationed", "carried_out_by": "驻矿组"}
        with pytest.raises(InvalidInput) as wrong:
            early = {**place, "measure_on": "2026-07-01"}
            bureau.act(session, docket, "carry_out", "clerk", "2026-07-07", early)
        assert "measure_on" in wrong.value.fields
        placed = {**place, "measure_on": "2026-07-03"}
        bureau.act(session, docket, "carry_out", "clerk", "2026-07-07", placed)
        assert docket.facts["checklist"]["guards-stationed"]["done_on"] == "2026-07-03"


def test_what_was_mended_during_the_visit_is_mended_that_day(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        inspectors(session, bureau)
        docket = opened(session, bureau, "inspection", "2026-07-01", PLAN)
        seen = {**VISIT, "visited_on": "2026-07-02"}
        bureau.act(session, docket, "visit", "clerk", "2026-07-02", seen)
        minor = {"finding_text": "堆放杂物", "severity": "minor"}
        bureau.act(session, docket, "add_finding", "clerk", "2026-07-02", minor)
        record = {
            "recorded_on": "2026-07-03", "record_content": "查看", "handling": "当场改正",
            "unit_signed": "signed",
        }  # fmt: skip
        bureau.act(session, docket, "record", "clerk", "2026-07-03", record)
        with pytest.raises(InvalidInput):
            early = {"finding": 1, "fixed_on": "2026-07-01"}
            bureau.act(session, docket, "fix", "clerk", ENTERED, early)
        fixed = {"finding": 1, "fixed_on": "2026-07-02"}
        bureau.act(session, docket, "fix", "clerk", ENTERED, fixed)
        assert docket.facts["findings"][0]["fixed_on"] == "2026-07-02"


def test_the_authoritys_time_runs_from_the_report_of_the_enterprise(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        told = {**HAZARD, "origin": "self-found", "reported_on": "2026-07-02"}
        lay = opened(session, bureau, "hazard", "2026-07-16", told)
        (verify,) = casefile.clocks(session, lay, date(2026, 7, 16), BOOK)
        assert (verify.code, verify.breach_due) == ("hazard.verify", date(2026, 7, 7))
        assert verify.state == "breached", "three working days, wherever the letter lay"
        own = opened(session, bureau, "hazard", "2026-07-16", HAZARD)
        (verify,) = casefile.clocks(session, own, date(2026, 7, 16), BOOK)
        assert verify.breach_due == date(2026, 7, 21)
