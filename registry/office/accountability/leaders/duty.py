"""How a leader stands with his duty to go underground. Pure.

The term (rule ``leader.underground``) starts when he takes up the post and anew with each visit.
A term that ends without a visit is missed, and the next one starts on the day on which it ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from registry.core.rules.duration import Duration, add_calendar


@dataclass(frozen=True)
class Duty:
    """``due`` is the last day for the next visit; None once the post has ended.

    ``missed`` counts terms that ended without a visit, the one that is overdue now included.
    """

    last: date | None
    due: date | None
    missed: int
    overdue: bool


def standing(
    since: date, until: date | None, visits: Iterable[date], term: Duration, today: date
) -> Duty:
    """The duty of a post held from ``since`` to ``until``, as of ``today``.

    Visits outside of the post, or after ``today``, do not count.
    """
    end = min(until, today) if until else today
    days = sorted(day for day in visits if since <= day <= end)
    missed, start = 0, since
    for day in days:
        missed += _missed(start, day, term)
        start = day
    missed += _missed(start, end, term)
    ended = until is not None and until < today
    due = add_calendar(start, term)
    return Duty(
        last=days[-1] if days else None,
        due=None if ended else due,
        missed=missed,
        overdue=not ended and due < today,
    )


def _missed(start: date, until: date, term: Duration) -> int:
    """Terms from ``start`` on whose last day had passed on ``until``."""
    count, months = 0, start
    while (months := add_calendar(months, term)) < until:
        count += 1
    return count
