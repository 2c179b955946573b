"""The rule book: all versions of all rules, and terms counted under its calendar."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from types import MappingProxyType

from registry.core.clock import legal_day, publish_until
from registry.core.rules.as_of import Rules
from registry.core.rules.calendar import WorkCalendar
from registry.core.rules.duration import Clock, DueDay, Duration
from registry.core.rules.values import (
    Deadline,
    Rule,
)

_DAY = timedelta(days=1)


@dataclass(frozen=True, eq=False, repr=False)
class Rulebook:
    """All versions of all rules, oldest first per code. Immutable; compared by identity."""

    versions: Mapping[str, Mapping[str, tuple[Rule, ...]]]
    calendar: WorkCalendar

    def on(self, day: date) -> Rules:
        """The rules as they stand on a legal day."""
        index = bisect_right(self._changes, day)
        found = self._cache.get(index)
        if found is None:
            found = self._cache.setdefault(index, self._resolve(day))
        return found

    def due(self, start: date, duration: Duration) -> DueDay:
        """The last day of a term that starts with an event on ``start``; see ``WorkCalendar``."""
        return self.calendar.due(start, duration)

    def clock(self, deadline: Deadline, events: Mapping[str, date]) -> Clock:
        """Both due days of a deadline, from the days of the events that have happened.

        For a deadline of sense ``ahead`` the event is what follows, and may lie in the future.
        """
        count = self.calendar.ahead if deadline.sense == "ahead" else self.due
        target_from, breach_from = (
            events.get(deadline.target_from),
            events.get(deadline.breach_from),
        )
        target, breach = deadline.target, deadline.breach
        return Clock(
            target=count(target_from, target) if target_from and target else None,
            breach=count(breach_from, breach) if breach_from and breach else None,
        )

    def due_instant(self, start: datetime, duration: Duration) -> datetime:
        """The first instant (UTC) after the term: to the hour for hours, else a midnight."""
        if duration.unit == "hour":
            return start + timedelta(hours=duration.amount)
        return publish_until(self.due(legal_day(start), duration).day)

    @cached_property
    def _cache(self) -> dict[int, Rules]:
        return {}

    @cached_property
    def _changes(self) -> list[date]:
        """Days on which some rule begins, or no longer holds."""
        days: set[date] = set()
        for table in self.versions.values():
            for versions in table.values():
                days.update(rule.since for rule in versions)
                days.update(rule.until + _DAY for rule in versions if rule.until)
        return sorted(days)

    def _resolve(self, day: date) -> Rules:
        current = self._pick(lambda rule: rule.in_force(day))
        known = self._pick(lambda rule: rule.since <= day)
        return Rules(
            MappingProxyType(current),
            MappingProxyType({name: {**known[name], **current[name]} for name in known}),
        )

    def _pick(self, wanted: Callable[[Rule], bool]) -> dict[str, Mapping[str, Rule]]:
        """Per table and code the last version that is wanted."""
        return {
            name: MappingProxyType(
                {
                    code: last
                    for code, versions in table.items()
                    if (last := next(filter(wanted, reversed(versions)), None)) is not None
                }
            )
            for name, table in self.versions.items()
        }
