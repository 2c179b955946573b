"""Telling of every listing that was published or removed, from the log; removals first."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from registry.core.clock import rfc3339
from registry.core.db import GazetteSession, IntakeSession
from registry.public.gazette import queries
from registry.public.gazette.models import LogRow, RecordRow
from registry.public.webhooks import service
from registry.public.webhooks.models import Cursor, Endpoint

CURSOR = "listings"
KIND = "listing"
BATCH = 500


def behind(session: IntakeSession, gazette: GazetteSession, now: datetime) -> bool:
    """Whether the log has gone on; cheap, without a lock."""
    cursor = session.get(Cursor, CURSOR)
    return (cursor.sequence if cursor else 0) < queries.state(gazette, now).sequence


def tell(session: IntakeSession, gazette: GazetteSession, now: datetime) -> int:
    """Queue messages about the next stretch of the log; how many rows it had.

    Whoever has no endpoint yet hears of what comes after he has one. One at a time.
    """
    cursor = session.get(Cursor, CURSOR)
    if cursor is None:
        cursor = Cursor(name=CURSOR)
        session.add(cursor)
    end = queries.state(gazette, now).sequence
    if session.exec(select(Endpoint.id).limit(1)).first() is None:
        cursor.sequence = end
        session.flush()
        return 0
    query = (
        select(LogRow, RecordRow.first_sequence)
        .join(RecordRow, col(RecordRow.id) == LogRow.id)
        .where(LogRow.sequence > cursor.sequence, LogRow.kind == KIND)
        .order_by(col(LogRow.sequence))
        .limit(BATCH)
    )
    rows = gazette.exec(query).all()
    for row, _ in rows:
        if row.op == "DEL":
            _tell(session, "listing.lifted", row, now)
    for row, first in rows:
        if row.op == "PUT" and row.sequence == first:
            _tell(session, "listing.published", row, now)
    cursor.sequence = rows[-1][0].sequence if len(rows) == BATCH else end
    session.flush()
    return len(rows)


def _tell(session: IntakeSession, event: str, row: LogRow, now: datetime) -> None:
    said = {
        "id": row.id,
        "sequence": row.sequence,
        "recorded": rfc3339(row.recorded),
        "leaf_hash": row.leaf_hash.hex(),
    }
    service.emit(session, event, said, now=now)
