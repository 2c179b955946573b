"""The invented casework of the benchmarks is casework: logs, clocks and desks fit together."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

import admin.cli  # noqa: F401 - the command imports the benchmarks
from admin.benchmarks import caseload
from registry.core import rules
from registry.core.db import Store, WorkingSession
from registry.office.dockets import kinds, overdue, queries
from registry.office.dockets.models import Docket, DocketClock, DocketEvent
from registry.office.dockets.replay import replay
from registry.office.staff import queries as staff

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.mark.sqlite_only
def test_invented_cases_are_whole(working: Store[WorkingSession]) -> None:
    load = caseload.fill(working, 400, now=NOW, book=rules.load(demo=True))
    with working.read() as session:
        dockets = session.exec(select(Docket)).all()
        logs: dict[int, list[DocketEvent]] = {docket.id or 0: [] for docket in dockets}
        for event in session.exec(select(DocketEvent).order_by(DocketEvent.ordinal)):  # type: ignore[arg-type]
            logs[event.docket_id].append(event)
        for docket in dockets:
            told = replay(logs[docket.id or 0])
            assert (told.state, told.version) == (docket.state, docket.version)
            assert kinds.get(docket.kind).states[docket.state].closed == bool(docket.closed_at)
        running = session.exec(select(DocketClock).where(DocketClock.stopped_on == None)).all()  # noqa: E711
        assert not [c for c in running if {d.id: d for d in dockets}[c.docket_id].closed_at]
        assert list(overdue.deadlines(session, date(2026, 11, 20)))
        officer = staff.officer(session, load.accounts["province", "approver"], date(2026, 11, 20))
        view = queries.desk(session, officer, date(2026, 11, 20))
        assert view.waiting.total and view.due.total
