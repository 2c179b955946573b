"""Dates of birth as lists write them, and how well two of them go together.

Lists give a day, a month or only a year, "circa", spans, and several dates for one person; often
1 January stands where nothing but the year is known. Who enters a date swaps day and month, or
mistypes one digit. So a date is compared by what both sides say, and a contradiction is graded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol


class Dated(Protocol):
    """A date, or as much of one as is known (``datetime.date`` is one)."""

    @property
    def year(self) -> int: ...
    @property
    def month(self) -> int | None: ...
    @property
    def day(self) -> int | None: ...
    def isoformat(self) -> str: ...


class PartialDate(NamedTuple):
    """A date of reduced precision (ISO 8601-1, 5.2.2.2): a year, a month, or a day."""

    year: int
    month: int | None = None
    day: int | None = None

    def isoformat(self) -> str:
        """``1962``, ``1962-03`` or ``1962-03-19``."""
        parts = (f"{self.year:04}", *(f"{one:02}" for one in (self.month, self.day) if one))
        return "-".join(parts)


class Born(NamedTuple):
    """A date that a list gives; ``about``: it says itself that it is not certain."""

    date: PartialDate
    about: bool = False


PATTERN = (
    r"^[12][0-9]{3}(-((0[1-9]|1[0-2])|(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])"
    r"|(0[13-9]|1[0-2])-30|(0[13578]|1[02])-31))?$"
)
"""What ``parse_birth`` takes: a year, year and month, or a day."""

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_ABOUT = re.compile(r"circa|approx|about|\bca?\.|约|左右|前后", re.IGNORECASE)
_SPAN = re.compile(r"\b([12][0-9]{3})\s*(?:to|-|–|至|~)\s*([12][0-9]{3})\b")
_WRITINGS = (
    # 1962-03-19, 1962/3, 1962.3.19, 1962年3月19日
    re.compile(
        r"(?P<y>[12][0-9]{3})\s*[-/.年]\s*(?P<m>[0-9]{1,2})(?:\s*[-/.月]\s*(?P<d>[0-9]{1,2}))?"
    ),
    # 19 Mar 1962, Mar 1962
    re.compile(r"(?:(?P<d>[0-9]{1,2})\s+)?(?P<n>[A-Za-z]{3})[a-z]*\.?\s+(?P<y>[12][0-9]{3})"),
    # March 19, 1962
    re.compile(r"(?P<n>[A-Za-z]{3})[a-z]*\.?\s+(?P<d>[0-9]{1,2}),?\s+(?P<y>[12][0-9]{3})"),
    re.compile(r"(?P<y>[12][0-9]{3})"),
)
_LONGEST_SPAN = 20
"""Years; a longer one says nothing."""


def parse_birth(text: str) -> PartialDate:
    """A date of birth in ISO writing, whole or in part. Raises ``ValueError``."""
    if not re.fullmatch(PATTERN, text):
        raise ValueError("not a date of birth")
    return PartialDate(*map(int, text.split("-")))


def read_births(texts: Iterable[str]) -> list[Born]:
    """The dates that ``texts`` give; what cannot be read says nothing."""
    return [born for text in texts for born in _read(text)]


def _read(text: str) -> Iterator[Born]:
    about = bool(_ABOUT.search(text))
    span = _SPAN.search(text)
    if span and 0 <= int(span[2]) - int(span[1]) <= _LONGEST_SPAN:
        yield from (
            Born(PartialDate(year), about) for year in range(int(span[1]), int(span[2]) + 1)
        )
        return
    for writing in _WRITINGS:
        if (match := writing.search(text)) and (date := _date(match.groupdict())):
            yield Born(date, about)
            return


def _date(parts: dict[str, str | None]) -> PartialDate | None:
    name, month = parts.get("n"), parts.get("m")
    number = _MONTHS.get(name.lower()) if name else int(month) if month else None
    day = int(parts.get("d") or 0) or None
    if name and number is None:
        return None
    if (number is not None and not 1 <= number <= 12) or (day is not None and day > 31):
        return PartialDate(int(parts["y"] or 0))
    return PartialDate(int(parts["y"] or 0), number, day)


SAME, COARSER, SWAPPED, NEW_YEAR, ABOUT = 1.0, 0.95, 0.9, 0.9, 0.9
ONE_PART, NEAR_YEAR, SAME_YEAR = 0.7, 0.6, 0.4


def likeness(asked: Dated, given: Born) -> float:
    """How well the dates go together, from 0 (two persons) to 1.

    1: the same day; or all that both sides say, where neither says a day.
    0.95: the same as far as the coarser one goes.
    0.9: day and month swapped; the same year and 1 January on a side; a year within two of "circa".
    0.7: the same year, and month or day.
    0.6: the same day and month, the year one off.
    0.4: the same year, and both other parts different.
    0: other years.
    """
    date = given.date
    if asked.year != date.year:
        return _other_year(asked, given)
    ours, theirs = (asked.month, asked.day), (date.month, date.day)
    if ours == theirs:
        return SAME
    if given.about:
        return ABOUT
    if ours[0] is None or theirs[0] is None:
        return COARSER
    return _within_year(ours, theirs)


def _other_year(asked: Dated, given: Born) -> float:
    date = given.date
    apart = abs(asked.year - date.year)
    if given.about and apart <= 2:
        return ABOUT
    same_day = date.day is not None and (asked.month, asked.day) == (date.month, date.day)
    return NEAR_YEAR if same_day and apart == 1 else 0.0


def _within_year(
    ours: tuple[int | None, int | None], theirs: tuple[int | None, int | None]
) -> float:
    same_month, both_days = ours[0] == theirs[0], ours[1] is not None and theirs[1] is not None
    if same_month and not both_days:
        return COARSER
    if (1, 1) in (ours, theirs):
        return NEW_YEAR
    if both_days and ours == theirs[::-1]:
        return SWAPPED
    same_day = both_days and ours[1] == theirs[1]
    return ONE_PART if same_month or same_day else SAME_YEAR
