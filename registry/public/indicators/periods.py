"""Periods of statistics: a month, a quarter, half a year, a year. Pure.

A period is written ``2026-09``, ``2026-Q3``, ``2026-H2`` or ``2026``; its days are legal days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from registry.core.errors import InvalidInput
from registry.core.i18n import N_, Text

Length = Literal["month", "quarter", "half", "year"]
LENGTHS: tuple[Length, ...] = get_args(Length)
MONTHS: dict[Length, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
TITLES: dict[Length, str] = {
    "month": N_("Months"),
    "quarter": N_("Quarters"),
    "half": N_("Half-years"),
    "year": N_("Years"),
}
_SHAPE = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?")
FIRST_YEAR = 2000
"""Nothing earlier is on record."""


class UnknownPeriod(InvalidInput):
    """What was given is no period."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """``first`` and ``last`` day, both inclusive."""

    first: date
    last: date
    length: Length

    @property
    def code(self) -> str:
        year, month = f"{self.first:%Y}", self.first.month
        if self.length == "month":
            return f"{year}-{month:02d}"
        if self.length == "quarter":
            return f"{year}-Q{(month + 2) // 3}"
        return f"{year}-H{(month + 5) // 6}" if self.length == "half" else year

    @property
    def title(self) -> Text:
        """What people call it."""
        year, month = self.first.year, self.first.month
        if self.length == "month":
            return Text(f"{year}年{month}月", f"{self.first:%B %Y}")
        if self.length == "quarter":
            number = (month + 2) // 3
            return Text(f"{year}年第{'一二三四'[number - 1]}季度", f"Quarter {number} of {year}")
        if self.length == "half":
            early = month == 1
            return Text(
                f"{year}年{'上' if early else '下'}半年",
                f"{'First' if early else 'Second'} half of {year}",
            )
        return Text(f"{year}年", f"Year {year}")

    def year_before(self) -> Period:
        """The same period of the previous year."""
        return _of(self.first.year - 1, self.first.month, self.length)

    def before(self) -> Period:
        """The period of the same length before this one."""
        return containing(self.first - timedelta(days=1), self.length)


def _of(year: int, month: int, length: Length) -> Period:
    end = month + MONTHS[length]
    following = date(year + end // 13, end - 12 if end > 12 else end, 1)
    return Period(date(year, month, 1), following - timedelta(days=1), length)


def containing(day: date, length: Length) -> Period:
    """The period of ``length`` in which ``day`` lies."""
    months = MONTHS[length]
    return _of(day.year, (day.month - 1) // months * months + 1, length)


def parse(text: str) -> Period:
    """The period that ``text`` names. Raises ``UnknownPeriod`` naming the field ``period``."""
    found = _SHAPE.fullmatch(text.strip().upper())
    if found is None or int(found[1]) < FIRST_YEAR or int(found[1]) > 9998:
        raise UnknownPeriod(
            {"period": [N_("A period is written 2026-09, 2026-Q3, 2026-H2 or 2026.")]}
        )
    year, month, quarter, half = (int(part) if part else 0 for part in found.groups())
    if month:
        return _of(year, month, "month")
    if quarter:
        return _of(year, quarter * 3 - 2, "quarter")
    return _of(year, half * 6 - 5, "half") if half else _of(year, 1, "year")


def ended(today: date, length: Length) -> Period:
    """The last period of ``length`` that is over on ``today``."""
    return containing(today, length).before()
