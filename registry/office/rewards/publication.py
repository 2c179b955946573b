"""Figures on paid rewards as a record of the gazette: by month and kind, small cells left out."""

from __future__ import annotations

from datetime import date, datetime

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.rules.duration import add_months
from registry.office.publisher.figures import publish_changed
from registry.office.rewards.figures import Cell, Shown, suppressed
from registry.office.rewards.lifecycle import yuan
from registry.office.rewards.queries import paid_in_month
from registry.public.gazette.payloads import StatisticRow
from registry.public.indicators import definition

MONTHS = 12
"""Whole months shown, the present one not among them: an unfinished one would tell each payment."""


def rows(session: WorkingSession, today: date) -> list[StatisticRow]:
    """``YYYY-MM:CATEGORY`` and ``YYYY-MM`` for the total, newest month first."""
    first, below = today.replace(day=1), definition.load().below
    found: list[StatisticRow] = []
    for back in range(1, MONTHS + 1):
        month = add_months(first, -back)
        cells = paid_in_month(session, month, add_months(month, 1))
        if cells:
            found += _month(f"{month:%Y-%m}", suppressed(cells, below))
    return found


def _month(month: str, shown: Shown) -> list[StatisticRow]:
    by_kind: list[StatisticRow] = [
        {"code": f"{month}:{kind}", "figures": _cells(cell)}
        for kind, cell in sorted(shown.cells.items())
    ]
    return [*by_kind, {"code": month, "figures": _cells(shown.total)}]


def _cells(cell: Cell | None) -> dict[str, str | int | None]:
    return {
        "count": cell.count if cell else None,
        "yuan": f"{yuan(cell.fen):.2f}" if cell else None,
    }


def publish_figures(session: WorkingSession, now: datetime) -> bool:
    """Publish the figures where they differ from those published last."""
    return publish_changed(session, "rewards", rows(session, legal_day(now)), now)
