"""Working days: weekends, statutory holidays and make-up days as the State Council announces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from registry.core.rules.duration import DueDay, Duration, add_calendar, subtract_calendar

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked.

    ``days_off``: weekdays on which nobody works; ``worked``: Saturdays and Sundays made up for.
    ``years``: those whose notice is known; in others Monday to Friday are taken as worked and
    every result that touches them is provisional.
    """

    days_off: frozenset[date]
    worked: frozenset[date]
    years: frozenset[int]

    def is_working_day(self, day: date) -> bool:
        if day.weekday() < 5:
            return day not in self.days_off
        return day in self.worked

    def is_covered(self, day: date) -> bool:
        """Whether the year's holidays are known."""
        return day.year in self.years

    def next_working_day(self, day: date) -> DueDay:
        """``day`` itself where it is worked, else the first worked day after it."""
        provisional = not self.is_covered(day)
        while not self.is_working_day(day):
            day += _DAY
            provisional |= not self.is_covered(day)
        return DueDay(day, provisional)

    def add_working_days(self, day: date, n: int) -> DueDay:
        """The ``n``-th working day after ``day``, which itself is not counted.

        Nought is the first working day from ``day`` on. Raises ``ValueError`` below nought.
        """
        if n < 0:
            raise ValueError("a number of working days is not negative")
        if n == 0:
            return self.next_working_day(day)
        provisional = False
        while n:
            day += _DAY
            provisional |= not self.is_covered(day)
            n -= self.is_working_day(day)
        return DueDay(day, provisional)

    def working_days_ahead(self, day: date, n: int) -> DueDay:
        """The last working day on which a notice still leaves ``n`` working days up to ``day``.

        The day of the notice is not counted, ``day`` is. Raises ``ValueError`` below nought.
        """
        if n < 0:
            raise ValueError("a number of working days is not negative")
        provisional = not self.is_covered(day)
        while n or not self.is_working_day(day):
            n -= n > 0 and self.is_working_day(day)
            day -= _DAY
            provisional |= not self.is_covered(day)
        return DueDay(day, provisional)

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; nought if it is not later."""
        return sum(self.is_working_day(day) for day in _days(start + _DAY, end))

    def due(self, start: date, duration: Duration) -> DueDay:
        """The last day of a term that starts with an event on ``start``."""
        if duration.unit == "working-day":
            return self.add_working_days(start, duration.amount)
        end = add_calendar(start, duration)
        return self.next_working_day(end) if duration.rolls else DueDay(end)

    def ahead(self, event: date, duration: Duration) -> DueDay:
        """The last day for what must lie a term before an event on ``event``."""
        if duration.unit == "working-day":
            return self.working_days_ahead(event, duration.amount)
        return DueDay(subtract_calendar(event, duration))


def _days(first: date, last: date) -> Iterable[date]:
    while first <= last:
        yield first
        first += _DAY
