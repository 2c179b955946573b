"""What has been told to whom, and how long it took to be heard."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from registry.core.db import IntakeSession
from registry.public.webhooks.models import Delivery, Endpoint

RECENT = timedelta(days=30)


@dataclass(frozen=True)
class Lag:
    """Of one endpoint over the last 30 days."""

    waiting: int
    heard: int
    median_seconds: float | None
    """From the event to its being heard."""
    slowest_seconds: float | None
    last_heard: datetime | None


def lag(session: IntakeSession, endpoint_id: int, now: datetime) -> Lag:
    """How far an endpoint is behind."""
    mine = Delivery.endpoint_id == endpoint_id
    waiting = session.exec(
        select(func.count()).select_from(Delivery).where(mine, col(Delivery.open).is_(True))
    ).one()
    query = select(Delivery.created, Delivery.delivered).where(
        mine, col(Delivery.delivered).is_not(None), col(Delivery.created) > now - RECENT
    )
    heard = [(created, at) for created, at in session.exec(query) if at is not None]
    seconds = [(at - created).total_seconds() for created, at in heard]
    return Lag(
        waiting=waiting,
        heard=len(heard),
        median_seconds=statistics.median(seconds) if seconds else None,
        slowest_seconds=max(seconds, default=None),
        last_heard=max((at for _, at in heard), default=None),
    )


def every(session: IntakeSession) -> list[Endpoint]:
    """All endpoints, for the desk."""
    return list(session.exec(select(Endpoint).order_by(col(Endpoint.agency_id), col(Endpoint.id))))
