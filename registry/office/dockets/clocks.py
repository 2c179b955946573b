"""Deadlines of a docket: started by what happens, stopped by what is done.

Which event starts which part of a clock stands in the rules (``target_from``, ``breach_from``):
the shorter and the longer term of one deadline may start with different events, as for the
decision on early removal (from the application, from its acceptance).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.rules import Rulebook
from registry.office.dockets import hooks
from registry.office.dockets.hooks import Step
from registry.office.dockets.kinds import Start
from registry.office.dockets.models import DocketClock


@dataclass
class Due:
    """One clock that an event starts, in whole or in part."""

    code: str
    started_on: date
    target_due: date | None = None
    breach_due: date | None = None
    provisional: bool = False


def dues(step: Step, book: Rulebook, starts: Iterable[Start]) -> list[Due]:
    """What the step starts among the clocks of the kind."""
    found: list[Due] = []
    for begin in starts:
        condition = step.table.clocks[begin.code].when
        if condition and hooks.GUARDS[condition](step) is not None:
            continue
        due = _due(begin, (begin.day_of and step.day(begin.day_of)) or step.effective, book)
        if due.target_due or due.breach_due:
            found.append(due)
    return found


def _due(begin: Start, day: date, book: Rulebook) -> Due:
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
    return due


def start(session: WorkingSession, docket_id: int, starting: Iterable[Due]) -> None:
    """Write the clocks; a part that starts later completes the clock that already runs."""
    for due in starting:
        running = _running(session, docket_id, due.code)
        if running is None:
            session.add(row(docket_id, due))
            continue
        running.target_due = due.target_due or running.target_due
        running.breach_due = due.breach_due or running.breach_due
        running.provisional = running.provisional or due.provisional
        running.first_due = _earlier(running.target_due, running.breach_due)
        session.add(running)


def row(docket_id: int, due: Due) -> DocketClock:
    """The clock as it is stored."""
    return DocketClock(
        docket_id=docket_id,
        code=due.code,
        started_on=due.started_on,
        target_due=due.target_due,
        breach_due=due.breach_due,
        first_due=_earlier(due.target_due, due.breach_due),
        provisional=due.provisional,
    )


def _earlier(*days: date | None) -> date:
    return min(day for day in days if day is not None)


def stop(session: WorkingSession, docket_id: int, codes: Collection[str], day: date) -> None:
    """Stop the running clocks of ``codes`` on ``day``."""
    for code in codes:
        running = _running(session, docket_id, code)
        if running is not None:
            running.stopped_on = day
            session.add(running)


def stop_all(session: WorkingSession, docket_id: int, day: date) -> None:
    """Stop whatever still runs: nothing is awaited in a closed case."""
    query = select(DocketClock).where(
        DocketClock.docket_id == docket_id, col(DocketClock.stopped_on).is_(None)
    )
    for running in session.exec(query):
        running.stopped_on = day
        session.add(running)


def _running(session: WorkingSession, docket_id: int, code: str) -> DocketClock | None:
    query = select(DocketClock).where(
        DocketClock.docket_id == docket_id,
        DocketClock.code == code,
        col(DocketClock.stopped_on).is_(None),
    )
    return session.exec(query).first()
