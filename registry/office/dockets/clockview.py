"""A clock as a reader sees it on a day. Pure: overdue is computed, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from registry.core import rules
from registry.core.i18n import Text
from registry.core.rules import Rulebook, UnknownRule
from registry.office.dockets import kinds
from registry.office.dockets.models import DocketClock

DUE_SOON = timedelta(days=7)
"""How far ahead the desk looks."""

ClockState = Literal["running", "due", "target-missed", "breached", "met", "late", "ended"]


class ClockDates(Protocol):
    """What of a clock is asked to judge it: a ``DocketClock``, or just these columns of it."""

    @property
    def code(self) -> str: ...
    @property
    def started_on(self) -> date: ...
    @property
    def target_due(self) -> date | None: ...
    @property
    def breach_due(self) -> date | None: ...
    @property
    def first_due(self) -> date: ...
    @property
    def provisional(self) -> bool: ...
    @property
    def stopped_on(self) -> date | None: ...
    @property
    def breach_at(self) -> datetime | None: ...
    @property
    def stopped_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class ClockView:
    """A clock as a reader sees it on a day. ``done`` is the share of the term that has passed."""

    code: str
    title: Text
    state: ClockState
    started_on: date
    target_due: date | None
    breach_due: date | None
    provisional: bool
    stopped_on: date | None
    done: int
    breach_at: datetime | None = None
    """The exact end of a term in hours."""
    stopped_at: datetime | None = None


def clock_view(
    row: DocketClock, today: date, book: Rulebook | None, now: datetime | None = None
) -> ClockView:
    """``row`` on ``today``; titles come from ``book``, or from the packaged rules.

    With ``now`` a term in hours is judged to the minute, without it by the day.
    """
    until = row.breach_due or row.first_due
    length = max((until - row.started_on).days, 1)
    passed = ((row.stopped_on or today) - row.started_on).days
    return ClockView(
        code=row.code,
        title=clock_title(row, book),
        state=clock_state(row, today, now),
        started_on=row.started_on,
        target_due=row.target_due,
        breach_due=row.breach_due,
        provisional=row.provisional,
        stopped_on=row.stopped_on,
        done=min(max(100 * passed // length, 0), 100),
        breach_at=row.breach_at,
        stopped_at=row.stopped_at,
    )


def clock_title(row: ClockDates, book: Rulebook | None) -> Text:
    """What the clock is called in the rules of the day on which it started."""
    try:
        return (book or rules.load()).on(row.started_on).deadline(row.code).title
    except UnknownRule:
        return Text(row.code, row.code)


def clock_state(row: ClockDates, today: date, now: datetime | None = None) -> ClockState:
    """How a clock stands on ``today``. On a provisional day nothing is breached.

    A party's right is used or has ended; it is never late.
    """
    last = row.breach_due or row.first_due
    if row.stopped_on is not None:
        exact = row.breach_at is not None and row.stopped_at is not None
        late = row.stopped_at > row.breach_at if exact else row.stopped_on > last  # type: ignore[operator]
        return "late" if late else "met"
    if row.code in kinds.rights():
        return "ended" if today > last else "running"
    over = now > row.breach_at if now and row.breach_at else today > last
    if over and not row.provisional:
        return "breached"
    if row.target_due is not None and today > row.target_due:
        return "target-missed"
    return "due" if row.first_due <= today + DUE_SOON else "running"
