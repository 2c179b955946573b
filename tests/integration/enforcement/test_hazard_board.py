"""The live counts of dangers: from the cases, by authority, with what lies behind each number."""

from __future__ import annotations

from datetime import date

from docket_office import BOOK, Bureau, at
from test_hazards import ACCEPT, CLAIM, ORDER, ordered, reported

from registry.core.db import Store, WorkingSession
from registry.office.dockets import climbing
from registry.office.enforcement.hazards import queries
from registry.office.enforcement.quarters import lifecycle as quarters


def test_found_open_overdue_and_gone(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        gone = ordered(session, bureau, origin="self-found", reported_on="2026-07-01")
        bureau.act(session, gone, "claim", "clerk", "2026-07-20", CLAIM)
        bureau.act(session, gone, "accept", "reviewer", "2026-07-22", ACCEPT)
        late = ordered(session, bureau)
        dropped = reported(session, bureau)
        bureau.act(session, dropped, "dismiss", "approver", "2026-07-02")
        officer = bureau.officers["parent-approver"]
        (before,) = queries.board(session, officer, date(2026, 7, 31))
        assert (before.found, before.open, before.overdue, before.eliminated) == (2, 1, 0, 1)
        assert before.self_found == 1 and before.lapses == 0
        climbing.climb_due(session, at("2026-08-01"), BOOK)
        rows = queries.board(session, officer, date(2026, 8, 1))
        (after,) = rows
        assert (after.overdue, after.lapses) == (1, 1)
        assert queries.total(rows).found == 2
        behind = queries.listed(session, officer, date(2026, 8, 1), bureau.authority, overdue=True)
        assert [one.id for one in behind] == [late.id]
        own = queries.board(session, bureau.officers["clerk"], date(2026, 8, 1))
        assert [one.authority for one in own] == ["虚岭县样例应急管理局"]


def test_an_alert_counts_once_somebody_looked_at_it(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    """Until then it stands apart, with those past the limit; no enterprise reports on it."""
    day, officer = date(2026, 7, 20), bureau.officers["parent-approver"]
    with working.write() as session:
        reported(session, bureau)
        alert = reported(session, bureau, origin="monitoring", alert_number="YJ-1")
        reported(session, bureau, origin="monitoring", alert_number="YJ-2")
        (row,) = queries.board(session, officer, day)
        assert (row.found, row.open, row.overdue) == (1, 1, 1)
        assert (row.alerts, row.alerts_late) == (2, 2)
        assert queries.total([row, row]).alerts == 4
        (before,) = quarters.missing(session, officer, "2026Q3")
        assert before[1] == 1
        apart = queries.listed(session, officer, day, bureau.authority, overdue=False, alerts=True)
        behind = queries.listed(session, officer, day, bureau.authority, overdue=True)
        assert alert in apart and len(apart) == 2 and alert not in behind
        bureau.act(session, alert, "order", "approver", "2026-07-02", ORDER)
        (row,) = queries.board(session, officer, day)
        assert (row.found, row.open, row.alerts) == (2, 2, 1)
