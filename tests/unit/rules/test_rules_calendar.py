"""Working days against two packages, and the properties of counting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.rules import Duration, WorkCalendar, load
from registry.core.rules.duration import add_months

BOOK = load()
CALENDAR = BOOK.calendar
YEARS = range(2015, 2027)
covered = st.dates(date(2015, 1, 1), date(2026, 6, 30))
any_day = st.dates(date(1990, 1, 1), date(2060, 12, 31))
counts = st.integers(1, 60)


def test_every_day_agrees_with_both_packages() -> None:
    other = holidays.country_holidays("CN", years=YEARS)
    day = date(2015, 1, 1)
    while day.year <= 2026:
        ours = CALENDAR.is_working_day(day)
        assert ours == chinese_calendar.is_workday(day), f"chinesecalendar differs on {day}"
        assert ours == other.is_working_day(day), f"holidays differs on {day}"
        day += timedelta(days=1)


def test_covered_years_are_those_with_a_notice() -> None:
    assert frozenset(YEARS) == CALENDAR.years


@given(any_day, counts)
def test_a_count_never_lands_on_a_day_off(day: date, n: int) -> None:
    assert CALENDAR.is_working_day(CALENDAR.add_working_days(day, n).day)


@given(any_day, st.integers(0, 60))
def test_a_longer_count_ends_later(day: date, n: int) -> None:
    here = CALENDAR.add_working_days(day, n).day
    assert here < CALENDAR.add_working_days(day, n + 1).day or n == 0
    assert here <= CALENDAR.add_working_days(day, n + 1).day


@given(any_day, any_day, counts)
def test_a_later_start_never_ends_earlier(one: date, other: date, n: int) -> None:
    first, second = sorted((one, other))
    ends = [CALENDAR.add_working_days(day, n).day for day in (first, second)]
    assert ends == sorted(ends)


@given(any_day, counts)
def test_counting_back_what_was_counted(day: date, n: int) -> None:
    end = CALENDAR.add_working_days(day, n).day
    assert CALENDAR.working_days_between(day, end) == n
    assert CALENDAR.working_days_between(day, end - timedelta(days=1)) == n - 1


@given(any_day, counts, counts)
def test_counts_add_up(day: date, n: int, m: int) -> None:
    halfway = CALENDAR.add_working_days(day, n).day
    assert CALENDAR.add_working_days(halfway, m).day == CALENDAR.add_working_days(day, n + m).day


@given(any_day, st.integers(0, 40))
def test_notice_ahead_is_the_last_working_day_that_is_in_time(event: date, n: int) -> None:
    notice = CALENDAR.working_days_ahead(event, n).day
    assert CALENDAR.is_working_day(notice)
    assert CALENDAR.working_days_between(notice, event) >= n
    later = CALENDAR.add_working_days(notice, 1).day
    assert later > event or CALENDAR.working_days_between(later, event) < n


@given(covered, counts)
def test_covered_counts_are_final(day: date, n: int) -> None:
    assert not CALENDAR.add_working_days(day, n).provisional


@given(st.dates(date(2027, 1, 1), date(2060, 1, 1)), counts)
def test_counts_past_the_notices_are_provisional(day: date, n: int) -> None:
    assert CALENDAR.add_working_days(day, n).provisional


def test_a_count_into_an_uncovered_year_is_provisional_from_its_first_day_on() -> None:
    assert not CALENDAR.add_working_days(date(2026, 12, 30), 1).provisional
    assert CALENDAR.add_working_days(date(2026, 12, 30), 2).provisional
    assert CALENDAR.working_days_ahead(date(2027, 1, 4), 2).provisional


def test_calendar_terms_are_never_provisional_unless_they_run_on() -> None:
    assert not BOOK.due(date(2026, 12, 1), Duration(3, "year")).provisional
    assert BOOK.due(date(2026, 12, 1), Duration(3, "year", rolls=True)).provisional


@given(any_day, st.integers(0, 400), st.integers(0, 400))
def test_calendar_days_add_up(day: date, n: int, m: int) -> None:
    halfway = BOOK.due(day, Duration(n, "day")).day
    assert BOOK.due(halfway, Duration(m, "day")).day == day + timedelta(days=n + m)


@given(any_day, st.integers(0, 120))
def test_months_end_on_the_corresponding_day_or_the_last(day: date, n: int) -> None:
    end = add_months(day, n)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == n
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)


@given(any_day, st.integers(0, 20))
def test_years_are_twelve_months(day: date, n: int) -> None:
    assert BOOK.due(day, Duration(n, "year")) == BOOK.due(day, Duration(12 * n, "month"))


@given(any_day, st.integers(0, 90))
def test_a_term_that_runs_on_ends_on_the_first_working_day_from_its_end(day: date, n: int) -> None:
    plain = BOOK.due(day, Duration(n, "day")).day
    rolled = BOOK.due(day, Duration(n, "day", rolls=True)).day
    assert CALENDAR.is_working_day(rolled)
    assert CALENDAR.working_days_between(plain - timedelta(days=1), rolled) == 1


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 7, 1), date(2029, 7, 1)),
        (date(2024, 2, 29), date(2027, 2, 28)),
    ],
)
def test_three_years(start: date, end: date) -> None:
    assert BOOK.due(start, Duration(3, "year")).day == end


def test_instants() -> None:
    start = datetime(2026, 7, 1, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai
    assert BOOK.due_instant(start, Duration(24, "hour")) == start + timedelta(hours=24)
    assert BOOK.due_instant(start, Duration(3, "working-day")) == datetime(
        2026, 7, 6, 16, tzinfo=UTC
    )
    assert BOOK.due(date(2026, 7, 1), Duration(1, "hour")).day == date(2026, 7, 2)


@given(st.sampled_from(["working-day", "day", "month", "year", "hour"]), st.integers(0, 9999))
def test_durations_read_what_they_write(unit: str, amount: int) -> None:
    text = f"{amount} {unit}s"
    assert Duration.parse(str(Duration.parse(text))) == Duration.parse(text)


@pytest.mark.parametrize("text", ["", "3", "3 weeks", "-3 days", "3  days", "three days", "1 Day"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        Duration.parse(text)


def test_negative_counts_are_refused() -> None:
    empty = WorkCalendar(frozenset(), frozenset(), frozenset())
    with pytest.raises(ValueError, match="not negative"):
        empty.add_working_days(date(2026, 1, 1), -1)
    with pytest.raises(ValueError, match="not negative"):
        empty.working_days_ahead(date(2026, 1, 1), -1)
