"""Quarterly reports on dangers: once a quarter, once it is over, late by days, missing by name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from docket_office import BOOK, Bureau
from enforcement_kit import opened

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office.dockets.models import Docket
from registry.office.enforcement.quarters import lifecycle as quarters
from schemas import registry as field_sets

pytestmark = pytest.mark.sqlite_only
HAZARD = {
    "origin": "inspection", "hazard_code": "H05", "description": "局部通风机未自动切换。",
    "found_on": "2026-06-30",
}  # fmt: skip


def report(session: WorkingSession, bureau: Bureau, day: str, **more: Any) -> Docket:
    facts = {
        "quarter": "2026Q3", "reported_on": day, "signed_by_head": "某矿长", "found_count": 1,
        "eliminated_count": 0, "open_count": 1, "account": "正在整改", **more,
    }  # fmt: skip
    return opened(session, bureau, "hazard-report", day, facts)


def test_who_has_not_reported_is_named_until_he_does(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        opened(session, bureau, "hazard", "2026-07-01", HAZARD)
        officer, quarter = bureau.officers["parent-clerk"], quarters.newest_over(date(2026, 10, 2))
        assert (quarter, quarters.due_day(quarter, BOOK)) == ("2026Q3", date(2026, 10, 15))
        ((unit, count),) = quarters.missing(session, officer, quarter)
        assert (unit.id, count) == (bureau.firm, 1)
        # The danger is younger than the second quarter.
        assert not quarters.missing(session, officer, "2026Q2")
        docket = report(session, bureau, "2026-10-17")
        assert docket.facts["late_days"] == 2
        assert not quarters.missing(session, officer, quarter)
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "check", "clerk", "2026-10-18")
        bureau.act(session, docket, "check", "reviewer", "2026-10-18")
        assert docket.state == "checked" and docket.closed_at


def test_once_a_quarter_and_not_before_its_end(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with pytest.raises(InvalidInput) as early, working.write() as session:
        report(session, bureau, "2026-09-29")
    assert "reported_on" in early.value.fields
    with working.write() as session:
        report(session, bureau, "2026-10-08")
    with pytest.raises(InvalidInput) as twice, working.write() as session:
        report(session, bureau, "2026-10-09")
    assert "quarter" in twice.value.fields


@pytest.mark.parametrize(
    ("quarter", "day"),
    [
        ("2026Q1", date(2026, 3, 31)),
        ("2026Q2", date(2026, 6, 30)),
        ("2026Q3", date(2026, 9, 30)),
        ("2026Q4", date(2026, 12, 31)),
    ],
)
def test_quarters_end(quarter: str, day: date) -> None:
    assert quarters.last_day(quarter) == day
    assert quarters.newest_over(day) != quarter
    assert field_sets.schema("hazards.Quarterly").validate({"quarter": "2026Q5"})["quarter"]
