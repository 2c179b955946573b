"""What is open, due, overdue, returned and let lie, and what lies behind each number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from docket_office import BOOK, NOTICE, Bureau, at, open_penalty
from sqlmodel import select
from test_hazards import ordered, reported

from registry.core.db import Store, WorkingSession
from registry.core.errors import NotFound
from registry.office.accountability import behind, overdue, standings
from registry.office.accountability.standings import Span, Whose
from registry.office.dockets import climbing
from registry.office.dockets.models import Docket, DocketClock

LATE = date(2026, 8, 2)


def span(day: date = LATE, since: str = "2026-01-01", today: date = LATE) -> Span:
    return Span(day, today, date.fromisoformat(since))


def returned(session: WorkingSession, bureau: Bureau) -> Docket:
    """A penalty whose draft the approver sent back to the clerk."""
    docket = open_penalty(session, bureau, "2026-05-06")
    bureau.act(session, docket, "notice", "clerk", "2026-05-07",
               {**NOTICE, "notice_served_on": "2026-05-07"})  # fmt: skip
    draft = {"decision_number": "（虚）应急罚〔2026〕1号", "decision_text": "决定罚款。"}
    bureau.act(session, docket, "draft_decision", "second-clerk", "2026-05-18", draft)
    bureau.act(session, docket, "return", "approver", "2026-05-19", reason="事实不清")
    return docket


def test_each_number_and_the_cases_behind_it(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        late = ordered(session, bureau)
        fresh = reported(session, bureau)
        sent_back = returned(session, bureau)
        climbing.climb_due(session, at("2026-08-01"), BOOK)
        head = bureau.officers["parent-approver"]
        (county,) = standings.units(session, head, span())
        assert county.authority_id == bureau.authority, "the office above has no work of its own"
        # The hazard that nobody verified is late, too.
        assert (county.open, county.overdue, county.returned) == (3, 2, 1)
        assert county.lapsed == 2 and county.oldest is not None and county.oldest < LATE
        unit = Whose(bureau.authority)
        for what, number in (("open", 3), ("overdue", 2), ("returned", 1), ("lapsed", 2)):
            found = behind.rows(session, unit, span(), what)  # type: ignore[arg-type]
            assert found.total == number == len(found.rows), what
        (row,) = behind.rows(session, unit, span(), "returned").rows
        assert (row.docket.id, row.reason) == (sent_back.id, "事实不清")
        first = behind.rows(session, unit, span(), "overdue").rows[0]
        assert first.docket.id in {late.id, fresh.id}
        only = behind.rows(session, unit, span(), "open", kind="penalty")
        assert [one.docket.id for one in only.rows] == [sent_back.id]


def test_a_return_counts_for_who_had_submitted(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        returned(session, bureau)
        lines = {one.name: one for one in standings.officers(session, bureau.authority, span())}
        assert lines["second-clerk甲"].returned == 1 and lines["second-clerk甲"].open == 0
        assert lines["clerk甲"].returned == 0 and lines["clerk甲"].open == 1
        second = bureau.officers["second-clerk"]
        whose = Whose(bureau.authority, second.account_id)
        assert standings.of(session, whose, span()).returned == 1
        assert behind.rows(session, whose, span(), "returned").total == 1
        docket = session.exec(select(Docket).where(Docket.kind == "penalty")).one()
        draft = {"decision_number": "2", "decision_text": "决定罚款。"}
        bureau.act(session, docket, "draft_decision", "clerk", "2026-05-20", draft)
        bureau.act(session, docket, "return", "approver", "2026-05-21", reason="仍不清")
        lines = {one.name: one for one in standings.officers(session, bureau.authority, span())}
        assert (lines["clerk甲"].returned, lines["second-clerk甲"].returned) == (1, 1)
        before = span(date(2026, 5, 18))
        assert standings.of(session, whose, before).returned == 0
        assert standings.of(session, whose, span(since="2026-05-20")).returned == 0


def test_as_of_an_earlier_day(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        hazard = ordered(session, bureau)
        unit = Whose(bureau.authority)
        due = date.fromisoformat(hazard.facts["rectify_by"])
        assert standings.of(session, unit, span(due)).overdue == 0
        assert standings.of(session, unit, span(LATE)).overdue == 1
        claim = {
            "claimed_on": "2026-08-05", "rectified_on": "2026-08-04", "rectification_text": "完成",
        }  # fmt: skip
        bureau.act(session, hazard, "claim", "clerk", "2026-08-05", claim)
        later = date(2026, 8, 10)
        assert standings.of(session, unit, span(later, today=later)).overdue == 0
        assert standings.of(session, unit, span(LATE, today=later)).overdue == 1, "it was then"
        opened = date(2026, 6, 1)
        assert standings.of(session, unit, span(opened, today=later)).open == 0


def test_a_limit_has_passed_once_its_last_day_is_over(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    """Past the target and on the last day of the legal limit nothing is overdue yet."""
    with working.write() as session:
        docket = open_penalty(session, bureau, "2026-05-06")
        clock = DocketClock(
            docket_id=docket.id or 0, code="hazard.rectification", started_on=date(2026, 5, 6),
            target_due=date(2026, 5, 8), breach_due=date(2026, 5, 12), first_due=date(2026, 5, 8),
        )  # fmt: skip
        session.add(clock)
        session.flush()
        unit, last = Whose(bureau.authority), date(2026, 5, 12)
        on_day = standings.of(session, unit, span(last, today=last))
        assert (on_day.due, on_day.overdue) == (1, 0)
        after = date(2026, 5, 13)
        assert standings.of(session, unit, span(after, today=after)).overdue == 1
        clock.provisional = True
        session.flush()
        assert standings.of(session, unit, span(after, today=after)).overdue == 0


def test_who_may_look(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.read() as session:
        clerk = bureau.officers["clerk"]
        own = Whose(bureau.authority, clerk.account_id)
        unit, above = Whose(bureau.authority), Whose(bureau.parent)
        standings.may_read(session, clerk, own)
        standings.may_read(session, bureau.officers["approver"], own)
        standings.may_read(session, bureau.officers["parent-auditor"], unit)
        for who, whose in (
            ("second-clerk", own), ("clerk", unit), ("approver", above),
            ("reviewer", unit), ("parent-clerk", own),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                standings.may_read(session, bureau.officers[who], whose)
        administrator = replace(bureau.officers["approver"], roles=frozenset({"administrator"}))
        with pytest.raises(NotFound):
            standings.may_read(session, administrator, unit)


def test_overdue_by_the_unit_that_has_it_now(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        ordered(session, bureau)
        other = ordered(session, bureau)
        day = date(2026, 8, 1)
        (before,) = overdue.report(session, span(day, today=day))
        assert (before.cases, before.climbed) == (2, 0)
        assert before.answerable_id == before.authority_id == bureau.authority
        assert before.days == (day - before.oldest).days
        climbing.climb_due(session, at("2026-08-01"), BOOK)
        (after,) = overdue.report(session, span())
        assert (after.cases, after.climbed) == (2, 2)
        assert (after.authority_id, after.answerable_id) == (bureau.authority, bureau.parent)
        assert after.title.en == "Major hidden danger"
        rows = list(overdue.as_rows([after], LATE, "zh"))
        assert rows[1][1] == "演示省样例矿监机构" and rows[1][3] == "2"
        assert overdue.for_officer(session, bureau.officers["clerk"], span()) == ()
        own = overdue.for_officer(session, bureau.officers["approver"], span())
        assert [line.cases for line in own] == [2]
        elsewhere = replace(bureau.officers["approver"], authority_path="/999/")
        assert list(overdue.for_officer(session, elsewhere, span())) == []
        assert other.authority_id == bureau.authority
