"""The live counts of dangers: from the cases, by authority, with what lies behind each number."""

from __future__ import annotations

from datetime import date

from docket_office import BOOK, Bureau, at
from test_hazards import ACCEPT, CLAIM, ordered, reported

from registry.core.db import Store, WorkingSession
from registry.office.dockets import climbing
from registry.office.enforcement.hazards import queries


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
