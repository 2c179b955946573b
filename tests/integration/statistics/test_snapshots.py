"""Dated snapshots: counted from events, counted again to the same figures, explained where later
entries change them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from docket_office import BOOK, Bureau, at, decided_penalty
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select
from test_hazards import ACCEPT, CLAIM, ORDER, ordered, reported

from registry.core.db import Store, WorkingSession
from registry.core.errors import NotFound
from registry.office.dockets import climbing
from registry.office.dockets.models import DocketEvent
from registry.office.statistics import queries, service
from registry.office.statistics.counting import Scope, rows
from registry.office.statistics.models import Cell, Snapshot
from registry.public.indicators.definition import load
from registry.public.indicators.periods import UnknownPeriod, parse

Working = Store[WorkingSession]
JULY = parse("2026-07")


def _figures(session: WorkingSession, snapshot: Snapshot) -> dict[str, int]:
    return queries.amounts(session, snapshot)


def _july(session: WorkingSession, bureau: Bureau) -> None:
    """One danger gone, one that goes overdue, one that was none; a penalty with a fine."""
    gone = ordered(session, bureau, origin="self-found", reported_on="2026-07-01")
    bureau.act(session, gone, "claim", "clerk", "2026-07-20", CLAIM)
    bureau.act(session, gone, "accept", "reviewer", "2026-07-22", ACCEPT)
    ordered(session, bureau)
    dropped = reported(session, bureau)
    bureau.act(session, dropped, "dismiss", "approver", "2026-07-02")
    decided_penalty(session, bureau, ["2026-06-01", "2026-06-02", "2026-06-20", "2026-07-10"])


def test_a_month_is_counted_from_its_events(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        _july(session, bureau)
        climbing.climb_due(session, at("2026-08-02"), BOOK)
        told = _figures(session, service.make(session, JULY, at("2026-08-05")))
        assert told["hazards-found"] == 2 and told["hazards-self-found"] == 1
        assert told["hazards-closed"] == 1 and told["hazards-open"] == 1
        assert told["hazards-in-time"] == 1 and "hazards-late" not in told
        assert told["penalties-decided"] == 1 and told["fines-decided"] == 120_000_000
        assert "hazards-overdue" not in told  # its last day was the 31st
        august = _figures(session, service.make(session, parse("2026-08"), at("2026-09-05")))
        assert august["hazards-overdue"] == 1 and august["lapses"] >= 1
        assert august["hazards-open"] == 1 and "hazards-found" not in august
        year = queries.values(
            load(), _figures(session, service.make(session, parse("2026"), at("2026-12-01")))
        )
        assert year["hazards-in-time-share"].number == 100.0
        assert year["filing-days-average"].number is None


def test_what_is_entered_later_is_told_and_the_old_figures_still_follow(
    working: Working, bureau: Bureau
) -> None:
    with working.write() as session:
        _july(session, bureau)
        late = reported(session, bureau, "2026-07-03")
        kept = service.make(session, JULY, at("2026-08-05"))
        clean = service.verify(session, kept, at("2026-08-06"))
        assert clean.same and not clean.differences and not clean.moved
        # Entered on 10 August with its day in July: a late entry.
        order = {**ORDER, "ordered_on": "2026-07-04", "rectify_by": "2026-08-30"}
        bureau.act(session, late, "order", "approver", "2026-08-10", order)
        found = service.verify(session, kept, at("2026-08-11"))
        assert found.same and not found.moved
        (one,) = [d for d in found.differences if d.indicator == "hazards-found"]
        assert (one.stored, one.now, one.later, one.gone) == (2, 3, 1, 0)
        again = service.make(session, JULY, at("2026-08-11"))
        assert _figures(session, again)["hazards-found"] == 3
        assert _figures(session, kept)["hazards-found"] == 2


def test_a_deadline_stopped_later_with_an_earlier_day_was_not_known(
    working: Working, bureau: Bureau
) -> None:
    with working.write() as session:
        docket = ordered(session, bureau)
        kept = service.make(session, parse("2026-08"), at("2026-09-05"))
        assert _figures(session, kept)["hazards-overdue"] == 1
        bureau.act(session, docket, "claim", "clerk", "2026-09-10", CLAIM)
        found = service.verify(session, kept, at("2026-09-11"))
        assert found.same
        (one,) = [d for d in found.differences if d.indicator == "hazards-overdue"]
        # Its acceptance, overdue since, takes the place of the rectification.
        assert (one.gone, one.later) == (1, 1)


def test_what_was_annulled_counts_no_more(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        days = ["2026-06-01", "2026-06-02", "2026-06-20", "2026-07-10"]
        docket = decided_penalty(session, bureau, days)
        kept = service.make(session, JULY, at("2026-08-05"))
        why = {
            "annulled_on": "2026-08-10",
            "annulled_by": "复议机关",
            "annulment_number": "（虚）1号",
        }
        bureau.act(session, docket, "propose_annulment", "clerk", "2026-08-10", why)
        bureau.act(session, docket, "annul", "approver", "2026-08-11")
        found = {
            d.indicator: d for d in service.verify(session, kept, at("2026-08-12")).differences
        }
        assert (found["penalties-decided"].stored, found["penalties-decided"].now) == (1, 0)
        assert found["fines-decided"].gone == 1
        again = _figures(session, service.make(session, parse("2026-08"), at("2026-09-05")))
        assert again["penalties-annulled"] == 1


def test_changed_figures_and_a_changed_log_are_noticed(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        _july(session, bureau)
        kept = service.make(session, JULY, at("2026-08-05")).id or 0
    with working.write() as session:
        with pytest.raises(RuntimeError):
            session.delete(session.exec(select(Cell)).first())
            session.flush()
        session.rollback()
    with working.write() as session:
        change = "UPDATE statistic_cell SET amount = amount + 1 WHERE indicator = 'hazards-found'"
        session.execute(text(change))
    with working.read() as session:
        found = service.verify(session, queries.snapshot(session, kept), at("2026-08-06"))
        assert not found.same
        assert [key[0] for key in found.moved] == ["hazards-found"]
    with working.write() as session:
        session.execute(
            text("UPDATE statistic_cell SET amount = amount - 1 WHERE indicator = 'hazards-found'")
        )
        one = session.exec(select(DocketEvent).where(DocketEvent.action == "accept")).one()
        change = "UPDATE docket_event SET effective_on = '2026-08-01' WHERE id = :id"
        session.execute(text(change).bindparams(id=one.id))
    with working.read() as session:
        found = service.verify(session, queries.snapshot(session, kept), at("2026-08-06"))
        assert not found.same and "hazards-closed" in {key[0] for key in found.moved}


def test_periods_are_due_once_and_only_after_their_end(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        assert service.due(session, at("2026-08-04")) == [], "nothing was done here yet"
        decided_penalty(session, bureau, ["2025-12-01", "2025-12-02", "2025-12-20", "2026-07-10"])
        before = {period.code for period in service.due(session, at("2026-08-04"))}
        assert before == {"2026-06", "2026-Q2", "2026-H1", "2025"}
        due = service.due(session, at("2026-08-06"))
        assert [period.code for period in due] == ["2026-07", "2026-Q2", "2026-H1", "2025"]
        service.make(session, JULY, at("2026-07-20"))  # unfinished: does not count as closed
        assert JULY in service.due(session, at("2026-08-06"))
        for period in due:
            service.make(session, period, at("2026-08-06"))
        assert service.due(session, at("2026-08-20")) == []
        with pytest.raises(UnknownPeriod):
            service.make(session, parse("2027"), at("2026-08-06"))


def test_rows_behind_a_figure_end_at_the_subtree(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        _july(session, bureau)
        kept = service.make(session, JULY, at("2026-08-05"))
        one = queries.indicator(kept, "hazards-found")
        parent, own = bureau.officers["parent-approver"], bureau.officers["clerk"]
        above = queries.behind(session, parent, kept, one, bureau.parent)
        assert above.total == above.amount == 2
        assert all(docket is not None and docket.kind == "hazard" for _, docket in above.rows)
        assert queries.behind(session, own, kept, one, bureau.authority).total == 2
        with pytest.raises(NotFound):
            queries.behind(session, own, kept, one, bureau.parent)
        with pytest.raises(NotFound):
            tips = queries.indicator(kept, "tips-received")
            queries.behind(session, parent, kept, tips, bureau.parent)


steps = st.lists(
    st.tuples(st.integers(0, 40), st.booleans(), st.booleans()), min_size=1, max_size=3
)


@pytest.mark.sqlite_only
def test_figures_are_the_sums_of_their_rows_and_come_out_the_same_again(
    working: Working, bureau: Bureau
) -> None:
    """Whatever was done when, and whenever it is counted."""

    @settings(max_examples=3, deadline=None)
    @given(walks=steps, known=st.integers(0, 80))
    def check(walks: list[tuple[int, bool, bool]], known: int) -> None:
        with working.writer() as session:
            for begun, claimed, accepted in walks:
                _walk(session, bureau, date(2026, 7, 1) + timedelta(days=begun), claimed, accepted)
            _add_up(session, at("2026-07-02") + timedelta(days=known))
            session.rollback()

    check()


def _add_up(session: WorkingSession, known: datetime) -> None:
    counted = load().additive()
    for period in (parse("2026-07"), parse("2026-Q3")):
        kept = service.make(session, period, known)
        assert service.verify(session, kept, at("2027-01-01")).same
        told = _figures(session, kept)
        for one in counted:
            assert sum(r.amount for r in rows(session, one, Scope(period, known))) == told.get(
                one.code, 0
            )
    whole = _sums(session, "2026-Q3")
    parts = [_sums(session, code) for code in ("2026-07", "2026-08", "2026-09")]
    for code in (one.code for one in counted if not one.at_end):
        assert whole.get(code, 0) == sum(part.get(code, 0) for part in parts)


def _sums(session: WorkingSession, code: str) -> dict[str, int]:
    return _figures(session, service.make(session, parse(code), at("2026-12-01")))


def _walk(
    session: WorkingSession, bureau: Bureau, start: date, claimed: bool, accepted: bool
) -> None:
    def day(more: int) -> str:
        return (start + timedelta(days=more)).isoformat()

    docket = reported(session, bureau, day(0), found_on=day(0))
    order = {**ORDER, "ordered_on": day(1), "rectify_by": day(15)}
    bureau.act(session, docket, "order", "approver", day(2), order)
    if claimed:
        claim = {**CLAIM, "claimed_on": day(20), "rectified_on": day(19)}
        bureau.act(session, docket, "claim", "clerk", day(22), claim)
        if accepted:
            accept = {**ACCEPT, "accepted_on": day(23)}
            bureau.act(session, docket, "accept", "reviewer", day(25), accept)
