"""Published figures of periods, as the pages of statistics show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from flask import current_app

from public_site import context
from public_site.present.charts import Chart, chart
from public_site.present.words import day, region_name
from registry.core.web.formats import number, yuan
from registry.core.web.locale import gettext as _
from registry.core.web.locale import say
from registry.public.gazette import queries
from registry.public.gazette.queries import Record
from registry.public.indicators import periods
from registry.public.indicators.definition import UNIT_TITLES, Indicator, Indicators, load, quotient
from registry.public.indicators.periods import LENGTHS, Length, Period

SHOWN: Mapping[Length, int] = {"month": 13, "quarter": 9, "half": 6, "year": 6}
"""How many periods a chart goes back: one more than a year, where that can be."""
READ = 160
"""Records read for a page: periods of all lengths over some seven years."""
DASH = "–"


@dataclass(frozen=True)
class Cell:
    """A value in words and as a number; neither where it is hidden or nothing is known."""

    words: str
    number: float | None = None
    hidden: bool = False


NOTHING = Cell("")


@dataclass(frozen=True)
class Told:
    """One published period."""

    record: Record
    period: Period
    definitions: Indicators
    amounts: Mapping[str, int | None]
    regions: Mapping[str, Mapping[str, int | None]]

    def cell(self, one: Indicator) -> Cell:
        """An indicator's value. Empty where it is not published for such periods."""
        if one.ratio:
            parts = quotient(one.ratio, self.amounts)
            return _divided(one, parts) if parts else Cell(DASH)
        if one.code not in self.amounts:
            return NOTHING
        return cell(one, self.amounts[one.code])

    def by_region(self, one: Indicator) -> list[tuple[str, Cell]]:
        """An indicator's values by region, in the order of their codes."""
        found = self.regions.get(one.code, {})
        return [(region_name(code, levels=2), cell(one, found[code])) for code in sorted(found)]


def cell(one: Indicator, amount: int | None) -> Cell:
    """An amount as people read it."""
    if amount is None:
        return Cell(DASH, hidden=True)
    if one.unit == "yuan":
        return Cell(yuan(Decimal(amount) / 100), amount / 100)
    return Cell(number(amount), float(amount))


def _divided(one: Indicator, parts: tuple[int, int]) -> Cell:
    of, by = parts
    value = (100 if one.unit == "share" else 1) * of / by
    words = number(Decimal(f"{value:.1f}"))
    return Cell(f"{words} %" if one.unit == "share" else words, round(value, 1))


def unit(one: Indicator) -> str:
    """The unit in the reader's language."""
    return say(UNIT_TITLES[one.unit])


def told(record: Record) -> Told:
    """A record worked out."""
    payload: Mapping[str, Any] = record.payload
    found = payload["figures"]
    return Told(
        record,
        periods.parse(payload["period"]),
        load(payload["edition"]),
        {one["code"]: one["amount"] for one in found},
        {one["code"]: {r["region"]: r["amount"] for r in one["regions"]} for one in found},
    )


def all_told(now: datetime) -> dict[Length, list[Told]]:
    """What is published, by length of period, the oldest first."""
    found: dict[Length, list[Told]] = {length: [] for length in LENGTHS}
    for one in _read(now):
        found[one.period.length].append(one)
    return {length: sorted(every, key=lambda t: t.period.first) for length, every in found.items()}


def _read(now: datetime) -> list[Told]:
    """The newest records; what was made of one is kept until it changes."""
    session = context.gazette()
    kept: dict[tuple[str, int], Told] = current_app.extensions.setdefault("registry.figures", {})
    wanted = queries.newest_states(session, "snapshot", READ, now)
    fresh = [id for id, sequence in wanted if (id, sequence) not in kept]
    for record in queries.many(session, fresh, now).values():
        kept[record.id, record.sequence] = told(record)
    for key in kept.keys() - set(wanted):
        kept.pop(key, None)
    return [kept[key] for key in wanted if key in kept]


@dataclass(frozen=True)
class Series:
    """An indicator over the last periods, the oldest first, with its chart."""

    indicator: Indicator
    points: Sequence[tuple[Period, Cell]]
    chart: Chart | None


def series(one: Indicator, found: Sequence[Told], length: Length) -> Series:
    """The last periods without a gap: one that was never published stands empty."""
    if not found or length not in one.lengths:
        return Series(one, (), None)
    known = {entry.period: entry for entry in found}
    period, points = found[-1].period, []
    for _place in range(SHOWN[length]):
        if period < found[0].period:
            break
        points.append((period, known[period].cell(one) if period in known else NOTHING))
        period = period.before()
    points.reverse()
    drawn = [(say(p.title), c.number, c.words or _("not known"), c.hidden) for p, c in points]
    return Series(one, points, chart(drawn))


@dataclass(frozen=True)
class Line:
    """An indicator of the newest period beside the same period of the year before."""

    indicator: Indicator
    now: Cell
    before: Cell
    change: str


def lines(group: Sequence[Indicator], here: Told, before: Told | None) -> Iterator[Line]:
    """The published indicators of a group."""
    for one in group:
        if not one.public or here.period.length not in one.lengths:
            continue
        now, then = here.cell(one), before.cell(one) if before else NOTHING
        yield Line(one, now, then, _change(one, now, then))


def _change(one: Indicator, now: Cell, then: Cell) -> str:
    if now.number is None or then.number is None:
        return ""
    by = now.number - then.number
    sign = "+" if by > 0 else "−" if by < 0 else "±"
    size = Decimal(f"{abs(by):.1f}").normalize()
    return f"{sign}{yuan(size) if one.unit == 'yuan' else number(size)}"


def year_before(here: Told, found: Sequence[Told]) -> Told | None:
    """The same period of the previous year, if it is published."""
    wanted = here.period.year_before()
    return next((one for one in found if one.period == wanted), None)


@dataclass(frozen=True)
class Dangers:
    """Published dangers as they stand today."""

    found: int
    open: int
    overdue: int
    eliminated: int


@dataclass
class _Kept:
    state: tuple[int, date] | None = None
    dangers: Dangers | None = None


def dangers(now: datetime) -> Dangers:
    """Counted from the published records; anew whenever something was published, and every day."""
    kept = cast(_Kept, current_app.extensions.setdefault("registry.dangers", _Kept()))
    at = context.state()
    if kept.dangers is None or kept.state != (at.sequence, at.day):
        counted = _counted(now, at.day)
        kept.state, kept.dangers = (at.sequence, at.day), counted
    return kept.dangers


def _counted(now: datetime, today: date) -> Dangers:
    found = gone = late = 0
    for record in queries.every(context.gazette(), "hazard", now):
        found += 1
        if record.payload["status"] == "eliminated":
            gone += 1
            continue
        limit = day(record.payload["rectify_by"])
        late += record.payload["status"] == "rectifying" and limit is not None and limit < today
    return Dangers(found, found - gone, late, gone)


CSV = ("period", "first", "last", "known_at", "indicator", "title", "region", "region_name",
       "amount", "unit")  # fmt: skip
"""Columns of an indicator's file. An empty amount is hidden: small, or it would tell one."""


def csv_rows(one: Indicator, found: Mapping[Length, Sequence[Told]]) -> Iterator[Sequence[object]]:
    """All periods of an indicator, as a whole and by region."""
    for length in LENGTHS:
        for entry in found[length]:
            if not one.ratio and one.code not in entry.amounts:
                continue
            payload = entry.record.payload
            start = (entry.period.code, payload["first"], payload["last"], payload["known_at"])
            whole = entry.cell(one).number
            yield (*start, one.code, say(one.title), "", "", _plain(one, whole), unit(one))
            for code, amount in sorted(entry.regions.get(one.code, {}).items()):
                value = cell(one, amount).number
                place = (code, region_name(code, levels=2))
                yield (*start, one.code, say(one.title), *place, _plain(one, value), unit(one))


def _plain(one: Indicator, value: float | None) -> object:
    if value is None:
        return ""
    return f"{value:.2f}" if one.unit == "yuan" else int(value) if value.is_integer() else value
