"""Figures on paid rewards as a record of the gazette: by month and kind, small cells left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.codes.public_id import new_public_id
from registry.core.db import WorkingSession
from registry.core.rules.duration import add_months
from registry.office.publisher import service as publisher
from registry.office.publisher.models import OutboxRow
from registry.office.rewards.figures import Cell, Shown, suppressed
from registry.office.rewards.lifecycle import yuan
from registry.office.rewards.queries import paid_in_month
from registry.public.gazette.payloads import StatisticPayload, StatisticRow

KIND, NAME = "statistic", "rewards"
ORIGIN = f"statistics:{NAME}"
MONTHS = 12
"""Whole months shown, the present one not among them: an unfinished one would tell each payment."""


def rows(session: WorkingSession, today: date) -> list[StatisticRow]:
    """``YYYY-MM:CATEGORY`` and ``YYYY-MM`` for the total, newest month first."""
    first = today.replace(day=1)
    found: list[StatisticRow] = []
    for back in range(1, MONTHS + 1):
        month = add_months(first, -back)
        cells = paid_in_month(session, month, add_months(month, 1))
        if cells:
            found += _month(f"{month:%Y-%m}", suppressed(cells))
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
    today = legal_day(now)
    payload: StatisticPayload = {
        "name": NAME,
        "day": today.isoformat(),
        "rows": rows(session, today),
    }
    last = _last(session)
    if not payload["rows"] or (last and _told(last) == payload["rows"]):
        return False
    publisher.publish(
        session,
        kind=KIND,
        id=last.public_id if last else new_public_id(KIND),
        payload=payload,
        effective=now,
        publish_until=None,
        now=now,
        docket_id=None,
        # Last month's figures beside this one's would tell what a suppressed cell hides.
        forget_previous=True,
        origin=ORIGIN,
    )
    return True


def _last(session: WorkingSession) -> OutboxRow | None:
    query = select(OutboxRow).where(OutboxRow.origin == ORIGIN, col(OutboxRow.refused).is_(None))
    return session.exec(query.order_by(col(OutboxRow.id).desc()).limit(1)).first()


def _told(row: OutboxRow) -> object:
    content: Mapping[str, object] = json.loads(row.payload) if row.payload else {}
    return content.get("rows")
