"""Accidents: lateness to the minute, level from the figures, upgrades, backtracking, clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from docket_office import BOOK, Bureau
from enforcement_kit import opened, panel
from hypothesis import given
from hypothesis import strategies as st

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office import dockets
from registry.office.dockets import casefile, queries
from registry.office.dockets.models import Docket
from registry.office.enforcement.accidents import figures

pytestmark = pytest.mark.sqlite_only
HAPPENED = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


def after(**span: float) -> str:
    return (HAPPENED + timedelta(**span)).isoformat()


FACTS: dict[str, Any] = {
    "occurred_at": HAPPENED.isoformat(),
    "unit_reported_at": after(minutes=50),
    "received_at": after(minutes=55),
    "place": "井下采煤工作面",
    "course": "顶板垮落",
    "deaths": 2,
}
TEAM = {
    "appointed_on": "2026-07-03",
    "investigating_level": "county",
    "investigating_body": "虚岭县人民政府",
}


def recorded(session: WorkingSession, bureau: Bureau, **more: Any) -> Docket:
    return opened(session, bureau, "accident", "2026-07-02", {**FACTS, **more})


def clock(session: WorkingSession, docket: Docket, code: str, day: str) -> queries.ClockView:
    found = casefile.clocks(session, docket, date.fromisoformat(day), BOOK)
    return next(view for view in found if view.code == code and view.stopped_on is None)


@pytest.mark.parametrize(
    ("reported", "minutes"),
    [
        (after(minutes=60), 0),
        (after(minutes=60, seconds=1), 1),
        (after(hours=3), 120),
        (None, None),
    ],
)
def test_the_unit_has_one_hour(
    working: Store[WorkingSession], bureau: Bureau, reported: str | None, minutes: int | None
) -> None:
    with working.write() as session:
        docket = recorded(session, bureau, unit_reported_at=reported, received_at=after(hours=4))
        assert docket.facts.get("unit_late_minutes") == minutes


def test_each_level_has_two_hours(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = recorded(session, bureau)
        due = clock(session, docket, "accident.level_report", "2026-07-02")
        assert due.breach_at == HAPPENED + timedelta(minutes=175)
        for body, got, sent in (("县局", 55, 100), ("市局", 100, 221)):
            told = {
                "level_body": body, "level_received_at": after(minutes=got),
                "level_reported_at": after(minutes=sent),
            }  # fmt: skip
            bureau.act(session, docket, "report_up", "clerk", "2026-07-02", told)
        assert [one["late_minutes"] for one in docket.facts["level_reports"]] == [0, 1]
        # Met when it was reported, not when that was entered a day later.
        views = casefile.clocks(session, docket, date(2026, 7, 2), BOOK)
        assert [v.state for v in views if v.code == "accident.level_report"] == ["met"]
        rows = panel(session, bureau, docket, "reporting-chain", "2026-07-02").rows
        assert [row[3].en for row in rows] == ["in time", "1 minutes late"]
        back = {
            "level_body": "省厅", "level_received_at": after(minutes=221),
            "level_reported_at": after(minutes=220),
        }  # fmt: skip
        with pytest.raises(InvalidInput) as wrong:
            bureau.act(session, docket, "report_up", "clerk", "2026-07-02", back)
        assert "level_reported_at" in wrong.value.fields


@pytest.mark.parametrize(
    ("more", "level"),
    [
        ({"deaths": 2}, "general"),
        ({"deaths": 2, "missing": 1}, "larger"),
        ({"deaths": 0, "serious_injuries": 50}, "major"),
        ({"deaths": 0, "loss_yuan": "100000000.00"}, "especially-major"),
    ],
)
def test_the_level_follows_the_gravest_figure(
    working: Store[WorkingSession], bureau: Bureau, more: dict[str, Any], level: str
) -> None:
    with working.write() as session:
        assert recorded(session, bureau, **more).facts["level"] == level


def test_later_deaths_raise_the_level_and_with_it_who_investigates(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = recorded(session, bureau)
        now = {"figures_on": "2026-07-10", "deaths": 3, "missing": 0, "serious_injuries": 1}
        bureau.act(session, docket, "correct_figures", "clerk", "2026-07-10", now)
        assert docket.facts["level"] == "larger"
        with pytest.raises(InvalidInput) as wrong:
            late = {**TEAM, "appointed_on": "2026-07-10"}
            bureau.act(session, docket, "appoint", "approver", "2026-07-10", late)
        assert "investigating_level" in wrong.value.fields


def test_concealed_goes_to_a_higher_level_with_its_reason(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = recorded(session, bureau, unit_reported_at=None)
        found = {
            "concealment": "concealed", "concealment_on": "2026-07-05", "verified_by": "县政府",
        }  # fmt: skip
        bureau.act(session, docket, "conceal", "reviewer", "2026-07-05", found)
        team = {**TEAM, "appointed_on": "2026-07-06"}
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "appoint", "clerk", "2026-07-06", team)
        bureau.act(session, docket, "appoint", "approver", "2026-07-06", team)
        up = {
            "upgraded_on": "2026-07-07", "upgraded_level": "county", "upgraded_body": "市政府",
            "upgrade_ground": "concealed",
        }  # fmt: skip
        with pytest.raises(InvalidInput):
            bureau.act(session, docket, "upgrade", "approver", "2026-07-07", up)
        up["upgraded_level"] = "prefecture"
        bureau.act(session, docket, "upgrade", "approver", "2026-07-07", up, reason="瞒报")
        assert docket.facts["investigating_level"] == "prefecture"
        assert docket.facts["raised_from"] == "county"
        assert docket.facts["investigating_body"] == "市政府"


def test_from_investigation_to_evaluation(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = recorded(session, bureau)
        bureau.act(session, docket, "appoint", "approver", "2026-07-03", TEAM)
        assert clock(session, docket, "accident.investigation", "2026-07-03").breach_due == date(
            2026, 8, 30
        )
        bureau.act(session, docket, "extend", "approver", "2026-08-20")
        assert clock(session, docket, "accident.investigation", "2026-08-21").breach_due == date(
            2026, 10, 29
        )
        with pytest.raises(dockets.Refused, match="extended already"):
            bureau.act(session, docket, "extend", "approver", "2026-09-20")
        report = {"submitted_on": "2026-10-08", "cause": "违章", "responsibility": "建议处罚"}
        bureau.act(session, docket, "submit", "clerk", "2026-10-08", report)
        codes = {c.code for c in casefile.clocks(session, docket, date(2026, 10, 8), BOOK)}
        assert "accident.reply_major" not in codes
        assert clock(session, docket, "accident.reply", "2026-10-08").breach_due == date(
            2026, 10, 23
        )
        reply = {"replied_on": "2026-10-20", "reply_number": "批1", "measures_ordered": "整改"}
        bureau.act(session, docket, "reply", "clerk", "2026-10-20", reply)
        assert clock(session, docket, "accident.evaluation", "2026-10-20").breach_due == date(
            2027, 10, 20
        )
        assert clock(session, docket, "accident.publication", "2026-10-20").breach_due == date(
            2026, 11, 17
        )


@pytest.mark.parametrize("field", ["unit_reported_at", "received_at"])
def test_nobody_hears_of_it_before_it_happens(
    working: Store[WorkingSession], bureau: Bureau, field: str
) -> None:
    with working.write() as session, pytest.raises(InvalidInput) as wrong:
        recorded(session, bureau, **{field: after(minutes=-1)})
    assert field in wrong.value.fields


@given(st.integers(0, 10**6), st.integers(1, 3))
def test_lateness_is_what_lies_beyond_the_term(seconds: int, hours: int) -> None:
    deadline = BOOK.on(date(2026, 7, 1)).deadline("accident.level_report")
    found = figures.lateness(HAPPENED, HAPPENED + timedelta(seconds=seconds), deadline)
    allowed = 2 * 3600
    assert found.minutes == max(0, -(-(seconds - allowed) // 60)) if seconds > allowed else True
    assert (found.minutes > 0) == (seconds > allowed)


def test_a_level_that_rose_with_the_figures_is_pointed_out(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    def told(docket: Docket) -> list[str]:
        rows = panel(session, bureau, docket, "accident-state", "2026-07-04").rows
        return [row[1].en for row in rows if "higher level" in row[0].en]

    with working.write() as session:
        docket = recorded(session, bureau)
        bureau.act(session, docket, "appoint", "approver", "2026-07-03", TEAM)
        assert told(docket) == []
        more = {"figures_on": "2026-07-04", "deaths": 10}
        bureau.act(session, docket, "correct_figures", "clerk", "2026-07-04", more)
        assert told(docket) == ["Provincial"]
        raised = {
            "upgraded_on": "2026-07-04", "upgraded_level": "province",
            "upgraded_body": "演示省人民政府", "upgrade_ground": "level",
        }  # fmt: skip
        bureau.act(session, docket, "upgrade", "approver", "2026-07-04", raised)
        assert told(docket) == []
