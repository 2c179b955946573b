"""Reading the outbox."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.office.publisher.models import OutboxRow
from registry.public.gazette.restore import Removal


def waiting(session: WorkingSession, limit: int = 1000) -> Sequence[OutboxRow]:
    """Rows that wait for the publisher, in their order."""
    query = select(OutboxRow).where(col(OutboxRow.done).is_(None)).order_by(col(OutboxRow.id))
    return session.exec(query.limit(limit)).all()


def oldest_waiting(session: WorkingSession) -> datetime | None:
    """When the longest waiting row was decided; None when nothing waits."""
    query = select(OutboxRow.created).where(col(OutboxRow.done).is_(None))
    return session.exec(query.order_by(col(OutboxRow.id)).limit(1)).first()


def refused(session: WorkingSession, limit: int = 1000) -> Sequence[OutboxRow]:
    """Rows that the log would not take, newest first."""
    query = select(OutboxRow).where(col(OutboxRow.refused).is_not(None))
    return session.exec(query.order_by(col(OutboxRow.id).desc()).limit(limit)).all()


def of_docket(session: WorkingSession, docket_id: int) -> Sequence[OutboxRow]:
    """What a docket has sent out, in order."""
    query = select(OutboxRow).where(OutboxRow.docket_id == docket_id)
    return session.exec(query.order_by(col(OutboxRow.id))).all()


def removals(session: WorkingSession) -> list[Removal]:
    """Every removal that was ever decided, in order: for ``gazette.restore.replay``."""
    query = select(OutboxRow).where(OutboxRow.op == "DEL", col(OutboxRow.refused).is_(None))
    return [
        Removal(
            row.event_id,
            row.kind,
            row.public_id,
            json.loads(row.payload or "{}")["reason"],
            row.effective,
        )
        for row in session.exec(query.order_by(col(OutboxRow.id)))
    ]


def is_withdrawn(session: WorkingSession, public_id: str) -> bool:
    """Whether ``public_id`` has been withdrawn for good, published or not yet."""
    query = select(OutboxRow.id).where(
        OutboxRow.public_id == public_id, OutboxRow.op == "DEL", col(OutboxRow.refused).is_(None)
    )
    return session.exec(query.limit(1)).first() is not None
