"""Every two months underground: due, missed and overdue, from the days of the visits alone."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from registry.core.rules.duration import Duration, add_calendar
from registry.office.accountability.leaders.duty import standing

TERM = Duration(2, "month")
START = date(2026, 1, 31)


def test_the_term_starts_with_the_post_and_anew_with_each_visit() -> None:
    fresh = standing(START, None, [], TERM, date(2026, 3, 31))
    assert (fresh.last, fresh.due, fresh.missed, fresh.overdue) == (
        None, date(2026, 3, 31), 0, False,
    )  # fmt: skip
    late = standing(START, None, [], TERM, date(2026, 4, 1))
    assert (late.missed, late.overdue) == (1, True)
    met = standing(START, None, [date(2026, 3, 31)], TERM, date(2026, 4, 1))
    assert (met.due, met.missed, met.overdue) == (date(2026, 5, 31), 0, False)


def test_missed_terms_stay_missed() -> None:
    found = standing(START, None, [date(2026, 8, 1)], TERM, date(2026, 8, 2))
    assert (found.missed, found.overdue, found.due) == (3, False, date(2026, 10, 1))
    ended = standing(START, date(2026, 4, 15), [], TERM, date(2027, 1, 1))
    assert (ended.missed, ended.overdue, ended.due) == (1, False, None)


def test_only_visits_of_the_post_count() -> None:
    days = [date(2025, 12, 1), date(2026, 3, 1), date(2026, 9, 1)]
    found = standing(START, None, days, TERM, date(2026, 3, 15))
    assert found.last == date(2026, 3, 1) and found.due == date(2026, 5, 1)


DAYS = st.integers(0, 1200).map(lambda n: START + timedelta(days=n))


@given(st.lists(DAYS, max_size=12), DAYS)
def test_the_order_of_entry_does_not_matter_and_overdue_means_past_due(
    visits: list[date], today: date
) -> None:
    found = standing(START, None, visits, TERM, today)
    assert found == standing(START, None, list(reversed(visits)), TERM, today)
    assert found.due is not None and found.overdue == (found.due < today)
    assert found.missed >= int(found.overdue)
    assert found.due == add_calendar(found.last or START, TERM)


@given(st.lists(DAYS, max_size=12), DAYS, DAYS)
def test_a_further_visit_never_makes_it_worse(visits: list[date], more: date, today: date) -> None:
    before = standing(START, None, visits, TERM, today)
    after = standing(START, None, [*visits, more], TERM, today)
    assert after.missed <= before.missed
