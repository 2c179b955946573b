"""The published figures on joint punishment, as the page of statistics shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry.core.db import GazetteSession
from registry.core.i18n import Text
from registry.core.rules import Rules, UnknownRule
from registry.public.gazette import queries

NAME = "joint-punishment"


@dataclass(frozen=True)
class Line:
    """One measure. None: too few to be told, or nothing to take a median of."""

    title: Text
    told: int | None
    applied: int | None
    days_to_apply: str | None
    lifted: int | None
    days_to_lift: str | None
    overdue: int | None


@dataclass(frozen=True)
class Figures:
    """What was counted, and on which day."""

    day: str
    lines: list[Line]


def latest(session: GazetteSession, rules: Rules, now: datetime) -> Figures | None:
    """The figures that stand published; None before the first."""
    for record in queries.every(session, "statistic", now):
        if record.payload["name"] == NAME:
            lines = [_line(row, rules) for row in record.payload["rows"]]
            return Figures(record.payload["day"], lines)
    return None


def _line(row: dict[str, Any], rules: Rules) -> Line:
    code, cells = row["code"], row["figures"]
    try:
        title = rules.title("measures", code)
    except UnknownRule:
        title = Text(code, code)
    return Line(
        title,
        cells["told"],
        cells["applied"],
        cells["median_days_to_apply"],
        cells["lifted"],
        cells["median_days_to_lift"],
        cells["overdue_lifts"],
    )
