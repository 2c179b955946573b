"""Leaders underground: entered, visited, overdue; a danger found becomes a case in one step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from docket_office import BOOK, Bureau
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.office.accountability.leaders import queries, service
from registry.office.accountability.leaders.models import LeaderVisit
from registry.office.audit.models import AuditEntry
from registry.office.dockets.models import Docket
from registry.office.entities import sites
from registry.office.entities.drafts import SiteDraft
from registry.office.staff import leaders
from registry.office.staff.officer import Acting

LEADER: dict[str, Any] = {
    "name": "寅样例", "post": "government-deputy", "body": "虚岭县人民政府（虚构）",
    "since": date(2026, 1, 5), "until": None,
}  # fmt: skip
VISIT: dict[str, Any] = {
    "visited_on": date(2026, 3, 2), "shift": "night", "minutes": 190, "seen": "检查回风巷。",
}  # fmt: skip
DANGER = {"hazard_code": "H05", "description": "局部通风机未自动切换。"}


def administrator(acting: Acting) -> Acting:
    return replace(acting, officer=replace(acting.officer, roles=frozenset({"administrator"})))


def mine(session: WorkingSession, bureau: Bureau, *, operated: bool = True) -> int:
    acting = bureau.acting("clerk", "2026-01-02")
    site = sites.add_site(session, acting, SiteDraft("coal-mine", "样例煤矿", region="990121"))
    if operated:
        sites.add_operator(
            session, acting, site.id or 0, site.version, bureau.firm, since=date(2020, 1, 1)
        )
    return site.id or 0


def test_due_overdue_and_visited(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        place = mine(session, bureau)
        one = leaders.add(session, bureau.acting("clerk", "2026-01-05"), LEADER)
        clerk = bureau.officers["clerk"]
        (line,) = queries.board(session, clerk, BOOK, date(2026, 3, 5))
        assert line.duty.due == date(2026, 3, 5) and not line.duty.overdue
        (line,) = queries.board(session, clerk, BOOK, date(2026, 3, 6))
        assert line.duty.overdue and line.duty.missed == 1
        service.visit(session, bureau.acting("reviewer", "2026-03-06"), one.id or 0, place, VISIT)
        (line,) = queries.board(session, clerk, BOOK, date(2026, 3, 6))
        assert (line.duty.due, line.visits, line.duty.missed) == (date(2026, 5, 2), 1, 0)
        (seen,) = queries.visits_of(session, one.id or 0)
        assert (seen.site.id, seen.visit.minutes, seen.hazard) == (place, 190, None)
        when = bureau.acting("clerk", "2026-04-01")
        with pytest.raises(Forbidden):
            leaders.end(session, when, one.id or 0, date(2026, 3, 31))
        leaders.end(session, administrator(when), one.id or 0, date(2026, 3, 31))
        (line,) = queries.board(session, clerk, BOOK, date(2026, 9, 1))
        assert line.duty.due is None and not line.duty.overdue


def test_a_danger_becomes_a_case_at_once(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        place = mine(session, bureau)
        one = leaders.add(session, bureau.acting("clerk", "2026-01-05"), LEADER)
        made = service.visit(
            session, bureau.acting("clerk", "2026-03-02"), one.id or 0, place, VISIT | DANGER
        )
        hazard = session.get(Docket, made.hazard_id)
        assert hazard is not None and hazard.kind == "hazard"
        assert (hazard.subject_id, hazard.site_id) == (bureau.firm, place)
        assert hazard.facts["found_on"] == "2026-03-02" and hazard.facts["hazard_code"] == "H05"
        tags = session.exec(select(AuditEntry.action)).all()
        assert "accountability:visit:added" in tags and "dockets:docket:opened" in tags


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"visited_on": date(2026, 3, 3)}, "visited_on"),
        ({"visited_on": date(2026, 1, 4)}, "visited_on"),
        ({"hazard_code": "H05"}, "description"),
        ({"description": "有隐患"}, "hazard_code"),
    ],
    ids=["future", "before-the-post", "no-description", "no-code"],
)
def test_what_is_wrong_is_named_and_nothing_kept(
    working: Store[WorkingSession], bureau: Bureau, more: dict[str, Any], field: str
) -> None:
    with working.write() as session:
        place = mine(session, bureau)
        one = leaders.add(session, bureau.acting("clerk", "2026-01-05"), LEADER)
        with pytest.raises(InvalidInput) as wrong:
            service.visit(
                session, bureau.acting("clerk", "2026-03-02"), one.id or 0, place, VISIT | more
            )
        assert set(wrong.value.fields) == {field}
        assert session.exec(select(LeaderVisit)).all() == []


def test_a_post_without_the_duty_is_due_for_nothing(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        place = mine(session, bureau)
        acting = bureau.acting("clerk", "2026-01-05")
        other = leaders.add(session, acting, LEADER | {"post": "other-leader", "title": "局长"})
        (line,) = queries.board(session, bureau.officers["clerk"], BOOK, date(2026, 9, 1))
        assert not line.obliged and line.duty.due is None and not line.duty.overdue
        when = bureau.acting("clerk", "2026-03-02")
        with pytest.raises(InvalidInput) as wrong:
            service.visit(session, when, other.id or 0, place, VISIT)
        assert "oblige" in wrong.value.fields["visited_on"][0]
        with pytest.raises(InvalidInput) as twice:
            leaders.add(session, acting, LEADER | {"post": "other-leader"})
        assert set(twice.value.fields) == {"name"}
        with pytest.raises(Forbidden):
            leaders.add(session, acting, LEADER | {"authority": bureau.parent})
        with pytest.raises(NotFound):
            leaders.add(session, administrator(acting), LEADER | {"authority": bureau.parent})


def test_who_may_and_for_whom(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        idle = mine(session, bureau, operated=False)
        one = leaders.add(session, bureau.acting("clerk", "2026-01-05"), LEADER)
        above = leaders.add(session, bureau.acting("parent-clerk", "2026-01-05"), LEADER)
        leader_id = one.id or 0
        with pytest.raises(Forbidden):
            leaders.add(session, bureau.acting("auditor", "2026-01-05"), LEADER)
        with pytest.raises(Forbidden):
            service.visit(session, bureau.acting("auditor", "2026-03-02"), leader_id, idle, VISIT)
        with pytest.raises(NotFound):
            service.visit(session, bureau.acting("clerk", "2026-03-02"), above.id or 0, idle, VISIT)
        for who in ("reviewer", "clerk"):
            # A reviewer opens no case; and nobody works this mine.
            with pytest.raises(InvalidInput) as wrong:
                service.visit(
                    session, bureau.acting(who, "2026-03-02"), leader_id, idle, VISIT | DANGER
                )
            assert set(wrong.value.fields) == {"hazard_code"}
        with pytest.raises(InvalidInput):
            early = LEADER | {"until": date(2025, 12, 31)}
            leaders.add(session, bureau.acting("clerk", "2026-01-05"), early)
        own = queries.board(session, bureau.officers["clerk"], BOOK, date(2026, 2, 1))
        assert [line.leader.id for line in own] == [one.id]
        assert len(queries.board(session, bureau.officers["parent-clerk"], BOOK,
                                 date(2026, 2, 1))) == 2  # fmt: skip
