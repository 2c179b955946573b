"""Lengths of legal terms, as the texts state them."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, cast

from registry.core.i18n import Text

Unit = Literal["working-day", "day", "month", "year", "hour"]

_FORM = re.compile(r"(\d{1,4}) (working-day|day|month|year|hour)s?")
_WORDS: dict[str, tuple[str, str]] = {
    "working-day": ("个工作日", "working day"),
    "day": ("日", "day"),
    "month": ("个月", "month"),
    "year": ("年", "year"),
    "hour": ("小时", "hour"),
}


@dataclass(frozen=True, slots=True)
class Duration:
    """So many working days, calendar days, months, years or hours.

    ``rolls``: a term that ends on a day off runs to the end of the next working day. True only
    where the law says so; a working-day term ends on a working day anyway.
    """

    amount: int
    unit: Unit
    rolls: bool = False

    def __post_init__(self) -> None:
        if self.amount < 0 or self.unit not in _WORDS:
            raise ValueError(f"not a duration: {self.amount} {self.unit}")

    def __str__(self) -> str:
        """As :meth:`parse` reads it: ``3 working-days``."""
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"

    @classmethod
    def parse(cls, text: str, *, rolls: bool = False) -> Duration:
        """Reads ``20 working-days``, ``1 year``. Raises ``ValueError``."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"not a duration: {text!r}")
        return cls(int(found[1]), cast("Unit", found[2]), rolls)

    @property
    def text(self) -> Text:
        """For a reader: ``20个工作日``, ``20 working days``; nought means at once."""
        if self.amount == 0:
            return Text("立即", "at once")
        zh, en = _WORDS[self.unit]
        return Text(f"{self.amount}{zh}", f"{self.amount} {en}{'' if self.amount == 1 else 's'}")


@dataclass(frozen=True, slots=True, order=True)
class DueDay:
    """The last day of a term, inclusive.

    ``provisional``: the count went through a year whose holidays are not announced yet, so the
    day may still move, and nothing may lapse on it.
    """

    day: date
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """The two due days of one deadline; a clock that has not started, or is not set, is None."""

    target: DueDay | None
    breach: DueDay | None

    @property
    def first(self) -> DueDay | None:
        """Whichever comes first."""
        return min((due for due in (self.target, self.breach) if due), default=None)


def add_months(day: date, months: int) -> date:
    """The corresponding day so many months on, or the last of the month where there is none.

    Civil Code art. 202.
    """
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_calendar(day: date, duration: Duration) -> date:
    """The last day of a calendar term that starts with an event on ``day``.

    The day of the event is not counted (Civil Code art. 201). Of a term in hours this is the
    latest day on which it can end; the exact instant needs the instant of the event.
    Raises ``ValueError`` for working days, which need a calendar.
    """
    return _shift(day, duration, 1)


def subtract_calendar(day: date, duration: Duration) -> date:
    """The last day that lies the whole calendar term before ``day``; as :func:`add_calendar`."""
    return _shift(day, duration, -1)


def _shift(day: date, duration: Duration, sign: int) -> date:
    if duration.unit == "working-day":
        raise ValueError("working days need a calendar")
    if duration.unit == "month":
        return add_months(day, sign * duration.amount)
    if duration.unit == "year":
        return add_months(day, sign * duration.amount * 12)
    days = duration.amount if duration.unit == "day" else -(-duration.amount // 24)
    return day + timedelta(days=sign * days)
