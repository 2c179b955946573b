"""The live counts of dangers: from the cases, by authority, with what lies behind each number."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from docket_office import BOOK, Bureau, at
from sqlalchemy import event
from sqlmodel import select
from test_hazards import ACCEPT, CLAIM, FACTS, ORDER, ordered, reported

from registry.core.db import Store, WorkingSession
from registry.office import dockets
from registry.office.dockets import climbing
from registry.office.dockets.models import Docket
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


def test_how_it_was_found_is_counted_whichever_way_the_case_came(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    """Entered, changed afterwards, or taken over from a file: the column follows the facts."""
    officer, day = bureau.officers["parent-approver"], date(2026, 7, 20)
    with working.write() as session:
        own = reported(session, bureau, origin="self-found", reported_on="2026-07-01")
        changed = reported(session, bureau)
        assert (own.counted_as, changed.counted_as) == ("self-found", "inspection")
        mended = {**FACTS, "origin": "self-found", "reported_on": "2026-07-01"}
        bureau.act(session, changed, "edit", "clerk", "2026-07-02", mended)
        case = dockets.Adopted(
            title="样例案", region="990121", facts=mended | ORDER, authority_id=bureau.authority,
            effective_on=date(2026, 7, 2), subject_id=bureau.firm,
        )  # fmt: skip
        dockets.adopt(
            session, "hazard", "rectifying", [case], bureau.acting("approver", "2026-07-03"),
            batch_id=None, drafted_by=bureau.officers["clerk"].account_id,
        )  # fmt: skip
        (row,) = queries.board(session, officer, day)
        assert (row.found, row.self_found) == (3, 3)
        told = session.exec(select(Docket.counted_as).where(Docket.kind == "hazard")).all()
        assert told == ["self-found"] * 3


@pytest.mark.sqlite_only
def test_the_board_counts_without_reading_the_cases(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    """The count of all is answered from the index alone; facts are read of unverified ones only."""
    asked: list[tuple[str, Any]] = []

    def listen(*args: Any) -> None:
        asked.append((args[2], args[3]))

    with working.read() as session:
        event.listen(working.engine, "before_cursor_execute", listen)
        queries.board(session, bureau.officers["parent-approver"], date(2026, 7, 20))
        quarters.missing(session, bureau.officers["parent-approver"], "2026Q3")
        event.remove(working.engine, "before_cursor_execute", listen)
        plans = [
            "\n".join(
                row[-1]
                for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {told}", given)
            )
            for told, given in asked
            if "FROM docket" in told and "docket_lapse" not in told
        ]
    every, alerts, _, reports = plans
    assert "USING COVERING INDEX ix_docket_counted " in every
    assert "ix_docket_desk (kind=? AND state=?" in alerts
    assert "ix_docket_counted_as (kind=? AND counted_as=?" in reports
