"""How a case or a clock stands at the end of a day, as conditions of a query.

Lists, counts and figures share them, so that "open" and "overdue" mean one thing everywhere; a
single clock is judged by ``clockview``. Days are legal days in Shanghai. A day before today is
answered from the same rows: when a case was opened and closed, when a clock ran and stopped.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, union_all
from sqlmodel import col, select

from registry.core.clock import publish_until
from registry.office.dockets import kinds
from registry.office.dockets.clockview import DUE_SOON
from registry.office.dockets.models import Docket, DocketClock


def end_of(day: date) -> datetime:
    """The first instant after ``day``."""
    return publish_until(day)


def is_open(day: date, today: date) -> ColumnElement[bool]:
    """Cases that were open when ``day`` ended; ``today`` those that are open now."""
    if day >= today:
        return col(Docket.closed_at).is_(None)
    after = end_of(day)
    still = or_(col(Docket.closed_at).is_(None), col(Docket.closed_at) >= after)
    return and_(col(Docket.opened_at) < after, still)


def limit() -> ColumnElement[date]:
    """The last day of a clock: the legal limit, or the target where no text sets one."""
    return func.coalesce(col(DocketClock.breach_due), col(DocketClock.first_due))


def is_overdue(day: date, today: date) -> ColumnElement[bool]:
    """Clocks whose limit had passed on ``day`` and that nobody had stopped.

    Neither a party's right nor a provisional day is ever overdue (``clockview.clock_state``).
    """
    return _running(day, today, past_limit(day))


def past_limit(day: date) -> ColumnElement[bool]:
    """Clocks whose limit lies before ``day``, whether they still run or not."""
    return and_(
        col(DocketClock.first_due) < day, limit() < day, col(DocketClock.provisional).is_(False)
    )


def is_due_soon(day: date, today: date) -> ColumnElement[bool]:
    """Clocks that run out from ``day`` on, within the time that a desk looks ahead."""
    soon = and_(limit() >= day, col(DocketClock.first_due) <= day + DUE_SOON)
    return _running(day, today, soon)


def _running(day: date, today: date, which: ColumnElement[bool]) -> ColumnElement[bool]:
    duty = col(DocketClock.code).not_in(sorted(kinds.rights()))
    if day >= today:
        return and_(col(DocketClock.stopped_on).is_(None), duty, which)
    # Two ways into indexes, each narrowed before they meet; asked for with "or" the whole table
    # would be read.
    asked = and_(col(DocketClock.started_on) <= day, duty, which)
    ways = (col(DocketClock.stopped_on).is_(None), col(DocketClock.stopped_on) > day)
    found = (select(DocketClock.id).where(way, asked) for way in ways)
    return col(DocketClock.id).in_(union_all(*found))
