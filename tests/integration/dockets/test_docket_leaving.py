"""Officers come and go, and a party's right is not an officer's deadline."""

from __future__ import annotations

from datetime import date

from docket_office import BOOK, NOTICE, Bureau, at, open_penalty

from registry.core.db import Store, WorkingSession
from registry.office.dockets import casefile, engine, overdue, queries
from registry.office.dockets.replay import replay
from registry.office.staff import service as staff


def test_a_leavers_case_goes_back_to_the_authority(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = open_penalty(session, bureau, "2026-06-01")
        staff.disable(session, None, bureau.officers["clerk"].account_id, at("2026-06-02"))
        session.refresh(docket)
        assert docket.owner_id is None
        assert casefile.timeline(session, docket)[0].event.action == "release"
        assert replay(engine.events(session, docket)).version == docket.version
        colleague = queries.desk(session, bureau.officers["second-clerk"], date(2026, 6, 3))
        assert [item.docket.id for item in colleague.waiting.rows] == [docket.id]
        above = queries.desk(session, bureau.officers["parent-clerk"], date(2026, 6, 3))
        assert not above.waiting.rows


def test_the_end_of_a_partys_time_is_nobodys_breach(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = open_penalty(session, bureau, "2026-06-01")
        notice = {**NOTICE, "notice_served_on": "2026-06-02"}
        bureau.act(session, docket, "notice", "clerk", "2026-06-02", notice)
        later = date(2026, 6, 30)
        states = {view.code: view.state for view in casefile.clocks(session, docket, later, BOOK)}
        assert states["penalty.hearing_request"] == "ended"
        desk = queries.desk(session, bureau.officers["clerk"], later)
        assert not desk.overdue.rows
        assert not [row for row in overdue.deadlines(session, later) if row.number == docket.number]
