"""Deadlines of a docket: started by what happens, stopped by what is done.

Which event starts which part of a clock stands in the rules (``target_from``, ``breach_from``):
the shorter and the longer term of one deadline may start with different events, as for the
decision on early removal (from the application, from its acceptance). A term in hours ends at an
instant: it counts from the fact ``…_at`` that the table names, else from the instant of the act.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.rules import Rulebook
from registry.office.dockets import hooks
from registry.office.dockets.hooks import Step
from registry.office.dockets.models import DocketClock
from registry.office.dockets.shape import Start


@dataclass
class Due:
    """One clock that an event starts, in whole or in part."""

    code: str
    started_on: date
    target_due: date | None = None
    breach_due: date | None = None
    breach_at: datetime | None = None
    """The exact end of a term in hours."""
    provisional: bool = False


def dues(step: Step, book: Rulebook, starts: Iterable[Start]) -> list[Due]:
    """What the step starts among the clocks of the kind."""
    found: list[Due] = []
    for begin in starts:
        condition = step.table.clocks[begin.code].when
        if condition and hooks.GUARDS[condition](step) is not None:
            continue
        exact = step.instant(begin.day_of) if begin.day_of.endswith("_at") else None
        day = exact and legal_day(exact)
        day = day or (begin.day_of and step.day(begin.day_of)) or step.effective
        due = due_of(begin, day, book, exact or step.at)
        if due.breach_due == day:
            # A day that was set for a party: its time runs from the act that set it.
            due.started_on = min(due.started_on, step.effective)
        if due.target_due or due.breach_due:
            found.append(due)
    return found


def due_of(begin: Start, day: date, book: Rulebook, at: datetime | None = None) -> Due:
    """The part of a clock that its event starts on ``day``, under the rules of that day.

    ``at`` is the exact instant, where it is known: a term in hours counts from it.
    """
    due = Due(begin.code, day)
    deadline = book.on(day).deadlines.get(begin.code)
    if deadline is None:
        return due
    if deadline.target and deadline.target_from == begin.event:
        target = book.due(day, deadline.target)
        due.target_due, due.provisional = target.day, target.provisional
    if deadline.breach and deadline.breach_from == begin.event:
        breach = book.due(day, deadline.breach)
        due.breach_due = breach.day
        due.provisional |= breach.provisional
        if deadline.breach.unit == "hour" and at is not None:
            due.breach_at = book.due_instant(at, deadline.breach)
            due.breach_due = legal_day(due.breach_at)
    return due


def start(session: WorkingSession, docket_id: int, starting: Iterable[Due], now: datetime) -> None:
    """Write the clocks; a part that starts later completes the clock that already runs.

    What runs is never put off: of two days for the same part the earlier one stays.
    """
    for due in starting:
        running = _running(session, docket_id, due.code)
        if running is None:
            session.add(row(docket_id, due, now))
            continue
        running.started_on = min(running.started_on, due.started_on)
        running.target_due = _earliest(running.target_due, due.target_due)
        running.breach_due = _earliest(running.breach_due, due.breach_due)
        ends = [one for one in (running.breach_at, due.breach_at) if one is not None]
        running.breach_at = min(ends, default=None)
        running.provisional = running.provisional or due.provisional
        running.first_due = _earliest(running.target_due, running.breach_due) or running.first_due
        session.add(running)


def row(docket_id: int, due: Due, now: datetime) -> DocketClock:
    """The clock as it is stored."""
    return DocketClock(
        docket_id=docket_id,
        code=due.code,
        started_on=due.started_on,
        target_due=due.target_due,
        breach_due=due.breach_due,
        breach_at=due.breach_at,
        first_due=_earliest(due.target_due, due.breach_due) or due.started_on,
        provisional=due.provisional,
        noted_at=now,
    )


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


def stop(
    session: WorkingSession,
    docket_id: int,
    codes: Collection[str],
    day: date,
    now: datetime,
    at: datetime | None = None,
) -> None:
    """Stop the running clocks of ``codes`` on ``day``, at ``at`` where the instant is known."""
    for code in codes:
        running = _running(session, docket_id, code)
        if running is not None:
            running.stopped_on, running.stopped_at, running.stop_noted_at = day, at, now
            session.add(running)


def stop_all(
    session: WorkingSession,
    docket_id: int,
    day: date,
    now: datetime,
    *,
    keep: Collection[str] = (),
) -> None:
    """Stop whatever still runs: nothing is awaited in a closed case but what closing starts."""
    query = select(DocketClock).where(
        DocketClock.docket_id == docket_id,
        col(DocketClock.stopped_on).is_(None),
        col(DocketClock.code).not_in(keep),
    )
    for running in session.exec(query):
        running.stopped_on, running.stop_noted_at = day, now
        session.add(running)


def _running(session: WorkingSession, docket_id: int, code: str) -> DocketClock | None:
    query = select(DocketClock).where(
        DocketClock.docket_id == docket_id,
        DocketClock.code == code,
        col(DocketClock.stopped_on).is_(None),
    )
    return session.exec(query).first()
