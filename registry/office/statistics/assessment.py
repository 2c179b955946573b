"""The sheet for a mid-term or yearly assessment: units and their indicators beside the year before.

Everything comes from dated snapshots, so that the sheet can be made again. What is missing is said:
no snapshot of the period, none of the year before, an indicator that its edition did not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import col

from registry.core.db import WorkingSession
from registry.core.i18n import Text
from registry.office.staff.auditing import audited
from registry.office.staff.models import Authority
from registry.office.staff.officer import Acting
from registry.office.statistics import queries
from registry.office.statistics.models import Cell, Snapshot
from registry.office.statistics.queries import Value
from registry.public.indicators.definition import UNIT_TITLES, Indicator, Indicators, load
from registry.public.indicators.periods import Period


@dataclass(frozen=True)
class Line:
    """One indicator of one unit. ``before`` is None where the year before cannot be told."""

    indicator: Indicator
    now: Value
    before: Value | None

    @property
    def change(self) -> float | None:
        """Now less the year before, in the unit that people read."""
        if self.before is None or self.now.number is None or self.before.number is None:
            return None
        return self.now.number - self.before.number

    @property
    def percent(self) -> float | None:
        """The change in per cent of the year before; None of nothing, and for shares."""
        if self.change is None or self.indicator.unit == "share":
            return None
        base = self.before.number if self.before else None
        return 100 * self.change / base if base else None

    @property
    def nothing(self) -> bool:
        """Whether there was nothing of it, now and the year before."""
        return not self.now.number and (self.before is None or not self.before.number)

    @property
    def remark(self) -> Text | None:
        """Why something is missing."""
        if self.now.number is None:
            return Text("没有可供计算的事项", "There is nothing to divide by")
        if self.before is None:
            return Text("上年同期无数据", "The year before is not known")
        return None


@dataclass(frozen=True)
class Unit:
    """An authority with its subtree, or (``alone``) without it."""

    authority: Authority
    alone: bool
    lines: Sequence[Line]


@dataclass(frozen=True)
class Sheet:
    """What is assessed: a unit as a whole, then itself alone and each unit directly below it."""

    period: Period
    definitions: Indicators
    now: Snapshot
    before: Snapshot | None
    units: Sequence[Unit]


def sheet(session: WorkingSession, unit: Authority, period: Period) -> Sheet | None:
    """The sheet of a unit; None while the period has no closing snapshot."""
    now = queries.closing(session, period)
    if now is None:
        return None
    before = queries.closing(session, period.year_before())
    definitions = load(now.edition)
    below = queries.subtree(session, unit.path)
    here, there = _cells(session, now), _cells(session, before) if before else None
    children = [one for one in below.values() if one.parent_id == unit.id]
    wanted = [(unit, False), *([(unit, True)] if children else []), *((c, False) for c in children)]
    units = []
    for one, alone in wanted:
        ids = (
            {one.id or 0} if alone else {i for i, a in below.items() if a.path.startswith(one.path)}
        )
        units.append(Unit(one, alone, list(_lines(definitions, ids, here, there, before))))
    return Sheet(period, definitions, now, before, units)


def _cells(session: WorkingSession, found: Snapshot) -> dict[tuple[str, int], int]:
    query = (
        select_columns(col(Cell.indicator), col(Cell.authority_id), func.sum(Cell.amount))
        .where(col(Cell.snapshot_id) == found.id)
        .group_by(col(Cell.indicator), col(Cell.authority_id))
    )
    return {(code, unit): int(amount) for code, unit, amount in session.execute(query)}


def _lines(
    definitions: Indicators,
    ids: set[int],
    here: dict[tuple[str, int], int],
    there: dict[tuple[str, int], int] | None,
    before: Snapshot | None,
) -> Iterator[Line]:
    now = queries.values(definitions, _sums(here, ids))
    old = load(before.edition) if before else None
    then = queries.values(old, _sums(there, ids)) if old and there is not None else {}
    for code, one in definitions.all.items():
        # An indicator that meant something else then is not compared.
        same = old is not None and code in old.all and old.all[code].count == one.count
        yield Line(one, now[code], then[code] if same else None)


def _sums(cells: dict[tuple[str, int], int], ids: set[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for (code, unit), amount in cells.items():
        if unit in ids:
            found[code] = found.get(code, 0) + amount
    return found


HEADER = (
    Text("单位", "Authority"),
    Text("行政区划代码", "Region code"),
    Text("统计范围", "Range"),
    Text("统计期", "Period"),
    Text("指标分类", "Group"),
    Text("指标代码", "Code of the indicator"),
    Text("指标", "Indicator"),
    Text("计量单位", "Unit"),
    Text("本期", "This period"),
    Text("上年同期", "The year before"),
    Text("增减", "Difference"),
    Text("增减%", "Difference in per cent"),
    Text("说明", "Remark"),
    Text("口径", "What is counted"),
    Text("版次", "Edition"),
    Text("数据截至", "Entered by"),
)
WHOLE = Text("含下级", "With those below")
ALONE = Text("仅本级", "Itself alone")


def as_rows(found: Sheet, language: str, translate: dict[str, str]) -> Iterator[list[object]]:
    """The sheet's rows for a file. ``translate``: the titles of units in the reader's language."""
    known = found.now.computed_at.isoformat(timespec="minutes")
    for unit in found.units:
        for line in unit.lines:
            one = line.indicator
            yield [
                unit.authority.name,
                unit.authority.region,
                (ALONE if unit.alone else WHOLE).in_(language),
                found.period.code,
                found.definitions.groups[one.group].in_(language),
                one.code,
                one.title.in_(language),
                translate[UNIT_TITLES[one.unit]],
                plain(line.now.number),
                plain(line.before.number if line.before else None),
                plain(line.change),
                plain(line.percent),
                line.remark.in_(language) if line.remark else "",
                one.what.in_(language),
                found.definitions.edition,
                known,
            ]


def plain(value: float | None) -> object:
    """A number as a sheet takes it; nothing for nothing."""
    if value is None:
        return ""
    return int(value) if value == int(value) else round(value, 2)


def note_export(session: WorkingSession, acting: Acting, found: Sheet, form: str) -> None:
    """Say in the audit who took the sheet away."""
    audited(
        session,
        acting,
        "statistics:assessment:exported",
        f"authority:{found.units[0].authority.id}",
        {"period": found.period.code, "form": form},
    )
