"""The figures on joint punishment as a record of the gazette: counted here, read by anybody."""

from __future__ import annotations

from datetime import datetime

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.office.publisher.figures import publish_changed
from registry.office.punishments.queries import Figure, figures
from registry.public.gazette.payloads import StatisticRow


def publish_figures(session: WorkingSession, now: datetime) -> bool:
    """Publish today's figures where they differ from those published last."""
    rows = [_row(one) for one in figures(session, legal_day(now))]
    return publish_changed(session, "joint-punishment", rows, now)


def _row(one: Figure) -> StatisticRow:
    """Medians as text: a decimal that every reader of JSON keeps as it is."""
    figures: dict[str, str | int | None] = {
        "told": one.told,
        "applied": one.applied,
        "median_days_to_apply": _text(one.median_days_to_apply),
        "lifted": one.lifted,
        "median_days_to_lift": _text(one.median_days_to_lift),
        "overdue_lifts": one.overdue_lifts,
    }
    return {"code": one.measure, "figures": figures}


def _text(days: float | None) -> str | None:
    return None if days is None else f"{days:g}"
