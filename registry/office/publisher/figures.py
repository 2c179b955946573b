"""Figures that stand in the gazette as one record by name, renewed when they change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.codes.public_id import new_public_id
from registry.core.db import WorkingSession
from registry.office.publisher import service as publisher
from registry.office.publisher.models import OutboxRow
from registry.public.gazette.payloads import StatisticPayload, StatisticRow

KIND = "statistic"


def publish_changed(
    session: WorkingSession, name: str, rows: Sequence[StatisticRow], now: datetime
) -> bool:
    """Publish ``rows`` as the figures called ``name`` where they differ from those published last.

    Whether anything was published. The earlier ones are forgotten: beside these they would tell
    what a suppressed cell hides.
    """
    origin = f"statistics:{name}"
    last = _last(session, origin)
    if not rows or (last and _rows(last) == list(rows)):
        return False
    payload: StatisticPayload = {
        "name": name,
        "day": legal_day(now).isoformat(),
        "rows": list(rows),
    }
    publisher.publish(
        session,
        kind=KIND,
        id=last.public_id if last else new_public_id(KIND),
        payload=payload,
        effective=now,
        publish_until=None,
        now=now,
        docket_id=None,
        forget_previous=True,
        origin=origin,
    )
    return True


def _last(session: WorkingSession, origin: str) -> OutboxRow | None:
    query = select(OutboxRow).where(OutboxRow.origin == origin, col(OutboxRow.refused).is_(None))
    return session.exec(query.order_by(col(OutboxRow.id).desc()).limit(1)).first()


def _rows(row: OutboxRow) -> object:
    return json.loads(row.payload)["rows"] if row.payload else None
