"""The figures on joint punishment as a record of the gazette: counted here, read by anybody."""

from __future__ import annotations

import json
from datetime import datetime

from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.codes.public_id import new_public_id
from registry.core.db import WorkingSession
from registry.office.publisher import service as publisher
from registry.office.publisher.models import OutboxRow
from registry.office.punishments.queries import Figure, figures
from registry.public.gazette.payloads import StatisticPayload

KIND, NAME = "statistic", "joint-punishment"
ORIGIN = f"statistics:{NAME}"


def publish_figures(session: WorkingSession, now: datetime) -> bool:
    """Publish today's figures where they differ from those published last."""
    today = legal_day(now)
    counted = figures(session, today)
    payload: StatisticPayload = {
        "name": NAME,
        "day": today.isoformat(),
        "rows": [{"code": one.measure, "figures": _cells(one)} for one in counted],
    }
    last = _last(session)
    if not payload["rows"] or (last and _rows(last) == payload["rows"]):
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
        # Yesterday's figures beside today's would tell what a suppressed cell hides.
        forget_previous=True,
        origin=ORIGIN,
    )
    return True


def _cells(one: Figure) -> dict[str, str | int | None]:
    """Medians as text: a decimal that every reader of JSON keeps as it is."""
    return {
        "told": one.told,
        "applied": one.applied,
        "median_days_to_apply": _text(one.median_days_to_apply),
        "lifted": one.lifted,
        "median_days_to_lift": _text(one.median_days_to_lift),
        "overdue_lifts": one.overdue_lifts,
    }


def _text(days: float | None) -> str | None:
    return None if days is None else f"{days:g}"


def _last(session: WorkingSession) -> OutboxRow | None:
    query = select(OutboxRow).where(OutboxRow.origin == ORIGIN, col(OutboxRow.refused).is_(None))
    return session.exec(query.order_by(col(OutboxRow.id).desc()).limit(1)).first()


def _rows(row: OutboxRow) -> object:
    return json.loads(row.payload)["rows"] if row.payload else None
