"""What the kinds ask of the store, on both databases: chains of cases, visits in a month."""

from __future__ import annotations

from datetime import date

import pytest
from docket_office import Bureau, decided_penalty, open_listing
from enforcement_kit import opened, panel
from test_accidents import FACTS as ACCIDENT
from test_inspections import PLAN
from test_referrals import clock, received

from registry.core.db import Store, WorkingSession
from registry.core.errors import InvalidInput
from registry.office import dockets


def test_back_to_who_signed_before_it(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        hazard = opened(
            session, bureau, "hazard", "2026-06-01",
            {
                "origin": "inspection", "hazard_code": "H05", "description": "通风",
                "found_on": "2026-06-01",
            },
        )  # fmt: skip
        order = {
            "ordered_on": "2026-06-02", "rectify_by": "2026-06-30", "rectification_owner": "矿长",
            "requirements": "整改",
        }  # fmt: skip
        bureau.act(session, hazard, "order", "approver", "2026-06-02", order)
        docket = opened(session, bureau, "accident", "2026-07-02", ACCIDENT)
        (row,) = panel(session, bureau, docket, "backtracking", "2026-07-02").rows
        assert row[0] == "2026-06-02" and row[2] == (hazard.number, hazard.id)
        assert row[4] == bureau.officers["approver"].name
        known = panel(session, bureau, docket, "known-cases", "2026-07-02").rows
        assert [r[1] for r in known] == [(hazard.number, hazard.id)]


def test_one_visit_from_above_per_county_and_month(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        first = opened(session, bureau, "inspection", "2026-07-01", PLAN, who="parent-clerk")
        later = {**PLAN, "planned_for": "2026-07-20"}
        with pytest.raises(InvalidInput) as wrong:
            opened(session, bureau, "inspection", "2026-07-02", later, who="parent-clerk")
        assert "planned_for" in wrong.value.fields
        reasoned = {**later, "repeat_reason": "举报核查"}
        opened(session, bureau, "inspection", "2026-07-02", reasoned, who="parent-clerk")
        august = {**PLAN, "planned_for": "2026-08-03"}
        opened(session, bureau, "inspection", "2026-07-02", august, who="parent-clerk")
        # The county's own authority is there every day.
        opened(session, bureau, "inspection", "2026-07-01", PLAN)
        opened(session, bureau, "inspection", "2026-07-01", PLAN)
        assert first.state == "planned"


def test_filed_tried_and_judged(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        penalty = decided_penalty(
            session, bureau, ["2026-05-06", "2026-05-07", "2026-05-18", "2026-05-19"]
        )
        listing = open_listing(session, bureau, "2026-06-01", penalty)
        docket = received(session, bureau, dockets.Link("concerns", penalty.id or 0))
        filed = {"filed_on": "2026-07-10", "filing_number": "虚公立1号"}
        bureau.act(session, docket, "file", "clerk", "2026-07-10", filed)
        for code in ("referral.filing_notice", "referral.materials"):
            assert clock(session, docket, code, "2026-07-10").breach_due == date(2026, 7, 13)
        told = {"filing_notice_on": "2026-07-11"}
        bureau.act(session, docket, "notified", "clerk", "2026-07-11", told)
        given = {"handed_over_on": "2026-07-12"}
        bureau.act(session, docket, "hand_over", "clerk", "2026-07-12", given)
        charged = {"prosecuted_on": "2026-09-01", "prosecution_number": "虚检诉1号"}
        bureau.act(session, docket, "prosecute", "clerk", "2026-09-01", charged)
        judged = {
            "judged_on": "2026-11-01", "court": "虚岭县人民法院", "judgment_number": "刑初1号",
            "verdict": "guilty",
        }  # fmt: skip
        bureau.act(session, docket, "verdict", "clerk", "2026-11-01", judged)
        assert docket.closed_at is not None
        for case in (penalty, listing):
            (row,) = panel(session, bureau, case, "criminal-case", "2026-11-02").rows
            assert row[0] == (docket.number, docket.id) and row[3].en == "convicted"


def test_of_other_authorities_only_what_is_public_is_known(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        parents = opened(session, bureau, "inspection", "2026-06-01", PLAN, who="parent-clerk")
        hidden = opened(
            session, bureau, "hazard", "2026-06-01",
            {
                "origin": "inspection", "hazard_code": "H05", "description": "通风",
                "found_on": "2026-06-01",
            },
            who="parent-clerk",
        )  # fmt: skip
        mine = opened(session, bureau, "accident", "2026-07-02", ACCIDENT)
        assert panel(session, bureau, mine, "known-cases", "2026-07-02").rows == []
        order = {
            "ordered_on": "2026-06-02", "rectify_by": "2026-06-30", "rectification_owner": "矿长",
            "requirements": "整改",
        }  # fmt: skip
        bureau.act(session, hidden, "order", "parent-approver", "2026-06-02", order)
        (row,) = panel(session, bureau, mine, "known-cases", "2026-07-02").rows
        assert row[1] == hidden.number, "named, with no way to it"
        assert panel(session, bureau, mine, "backtracking", "2026-07-02").rows == []
        assert parents.authority_id != mine.authority_id
