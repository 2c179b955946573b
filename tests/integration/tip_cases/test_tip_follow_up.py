"""Follow-up visits against retaliation: due after closing, told at the desk, done by a note."""

from __future__ import annotations

from datetime import date

import pytest
from docket_office import at
from sqlmodel import select
from tip_office import TipOffice

from registry.core.clock import legal_day
from registry.office.dockets import queries as cases
from registry.office.dockets.models import DocketClock
from registry.office.dockets.overdue import deadlines
from registry.office.tips import queries
from registry.public.inbox.service import OBJECTION

DUE = date(2026, 12, 1)
EARLY, SOON, LATE = "2026-11-20", "2026-11-25", "2026-12-10"


@pytest.fixture
def tip(office: TipOffice) -> int:
    """A report found true and closed on the first of September."""
    _, made = office.taken()
    office.found_true(made)
    assert office.do(made, "close", "reviewer") == "closed"
    return made


def told(office: TipOffice, day: str) -> set[str]:
    """Where the visit is told of on ``day``."""
    acting = office.acting("clerk", day)
    today = legal_day(at(day))
    with office.working.read() as session:
        rows = queries.queue(session, acting, "").rows
        found = {"queue"} if [row.due for row in rows] == [DUE] else set()
        desk = cases.desk(session, acting.officer, today)
        for name, heap in (("due", desk.due), ("overdue", desk.overdue)):
            if "tip.follow_up" in {one.clock.code for one in heap.rows if one.clock}:
                found.add(name)
        found |= {row.state for row in deadlines(session, today) if row.due == DUE}
    return found


def test_the_visit_is_told_of_a_week_before_until_it_is_recorded(
    office: TipOffice, tip: int
) -> None:
    assert told(office, EARLY) == set()
    assert told(office, SOON) == {"queue", "due"}
    assert told(office, LATE) == {"queue", "overdue", "breached"}
    assert office.do(tip, "follow_up", day=LATE) == "closed"
    assert told(office, LATE) == set()
    with office.working.read() as session:
        clock = session.exec(select(DocketClock).where(DocketClock.code == "tip.follow_up")).one()
        assert clock.stopped_on == legal_day(at(LATE))


def test_all_else_stops_with_the_case(office: TipOffice, tip: int) -> None:
    with office.working.read() as session:
        query = select(DocketClock.code).where(
            DocketClock.docket_id == tip,
            DocketClock.stopped_on == None,  # noqa: E711
        )
        assert session.exec(query).all() == ["tip.follow_up"]


def test_a_re_check_does_not_put_the_visit_off(office: TipOffice) -> None:
    receipt, tip = office.taken()
    office.found_true(tip)
    office.do(tip, "close", "reviewer")
    office.say(receipt, OBJECTION, "金额不对", "2026-09-10")
    assert office.do(tip, "recheck", "approver", day="2026-09-20") == "closed"
    assert "queue" in told(office, SOON)


def test_a_report_not_accepted_has_no_visit(office: TipOffice) -> None:
    receipt, tip = office.taken()
    office.do(tip, "refuse", "reviewer", why={"refusal": "advice"})
    office.say(receipt, OBJECTION, "事实很清楚", "2026-09-03")
    assert office.do(tip, "recheck", "approver", day="2026-09-04") == "closed"
    with office.working.read() as session:
        query = select(DocketClock).where(DocketClock.docket_id == tip)
        assert {one.code for one in session.exec(query)} == {"tip.accept", "tip.recheck"}
    assert told(office, LATE) == set()
