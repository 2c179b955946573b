"""Days are Shanghai's; instants are UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from registry.core.clock import legal_day, midnight, publish_until, rfc3339, system_clock


def test_the_day_begins_eight_hours_before_utc() -> None:
    assert legal_day(datetime(2026, 7, 1, 15, 59, 59, tzinfo=UTC)) == date(2026, 7, 1)
    assert legal_day(datetime(2026, 7, 1, 16, 0, tzinfo=UTC)) == date(2026, 7, 2)
    assert midnight(date(2026, 7, 1)) == datetime(2026, 6, 30, 16, 0, tzinfo=UTC)


def test_a_term_is_shown_throughout_its_last_day() -> None:
    end = publish_until(date(2029, 7, 1))
    assert end == datetime(2029, 7, 1, 16, 0, tzinfo=UTC)
    assert legal_day(end - timedelta(microseconds=1)) == date(2029, 7, 1)


@given(st.dates(min_value=date(1992, 1, 1), max_value=date(2200, 1, 1)))
def test_a_day_is_the_day_of_its_own_midnight(day: date) -> None:
    assert legal_day(midnight(day)) == day
    assert legal_day(midnight(day) - timedelta(microseconds=1)) == day - timedelta(days=1)
    assert publish_until(day) == midnight(day + timedelta(days=1))


def test_rfc3339() -> None:
    eight = timezone(timedelta(hours=8))
    assert rfc3339(datetime(2026, 7, 1, 8, 0, tzinfo=eight)) == "2026-07-01T00:00:00Z"
    assert rfc3339(datetime(2026, 7, 1, 0, 0, 0, 5, UTC)) == "2026-07-01T00:00:00.000005Z"


def test_the_system_clock_is_aware() -> None:
    assert system_clock().utcoffset() == timedelta(0)
