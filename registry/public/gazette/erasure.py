"""Forgetting: what a DEL or a correction erases, and when its bytes are really gone.

Erasing has two steps. ``erase_contents`` and ``erase_handles`` overwrite in the transaction that
records the DEL: from its commit no reader can show them. ``finish`` then removes the bytes: on
SQLite by moving the journal into the file and truncating it, on PostgreSQL by VACUUM. The worker
calls it after every publication and until ``pending`` is empty.

Why overwriting and not deleting: SQLite's ``secure_delete`` zeroes the cell that is deleted, but
not the copies that page splits and merges leave in the slack of other pages (found by test). A
table that only grows at its end never splits a page that holds data, and an update of the same
length rewrites the cell where it stands. Hence blanks of equal length, and an index over
``handle`` that holds 20 bits of a hash and no names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, update
from sqlmodel import col, select

from registry.core.db import GazetteSession, Store
from registry.public.gazette import leaf
from registry.public.gazette.entry import NO_BUCKET
from registry.public.gazette.models import Content, Erasure, HandleRow, LogRow

CHUNK = 500
_VACUUMED = ("content", "handle", "record")


@dataclass(frozen=True)
class ErasureFigures:
    """How forgetting keeps up with its promise (60 s on SQLite, 24 h on PostgreSQL)."""

    total: int
    pending: int
    oldest_pending: timedelta | None
    longest: timedelta | None
    """The longest time between recording and physical erasure so far."""


def erase_contents(session: GazetteSession, ids: Iterable[str], before: int) -> None:
    """Overwrite payload and salt of every row of ``ids`` up to sequence ``before``."""
    wanted = sorted(set(ids))
    blanks: list[dict[str, Any]] = []
    for start in range(0, len(wanted), CHUNK):
        query = (
            select(Content.sequence, Content.payload)
            .join(LogRow, col(LogRow.sequence) == Content.sequence)
            .where(
                col(LogRow.id).in_(wanted[start : start + CHUNK]),
                LogRow.sequence <= before,
                col(Content.erased).is_(False),
            )
        )
        blanks.extend(
            {
                "sequence": sequence,
                "payload": _blank(payload),
                "salt": bytes(leaf.SALT_BYTES),
                "erased": True,
            }
            for sequence, payload in session.exec(query)
        )
    if blanks:
        session.execute(update(Content), blanks)


def erase_handles(session: GazetteSession, rows: Sequence[HandleRow]) -> None:
    """Overwrite ``rows`` so that nothing can be found through them."""
    blanks = [{"id": row.id, "bucket": NO_BUCKET, "value": _blank(row.value)} for row in rows]
    if blanks:
        session.execute(update(HandleRow), blanks)


def _blank(text: str) -> str:
    return " " * len(text.encode())


def finish(store: Store[GazetteSession], *, now: datetime) -> int:
    """Physically remove what has been erased; gives how many erasures are complete by it.

    0 with ``figures(...).pending > 0`` means that a reader still holds an old view (SQLite):
    call again soon. Cheap when nothing is pending.
    """
    with store.read() as session:
        waiting = session.exec(
            select(Erasure.sequence, Erasure.recorded).where(col(Erasure.finished).is_(None))
        ).all()
    if not waiting:
        return 0
    if not clean(store, _VACUUMED):
        return 0
    with store.write() as session:
        done = [
            {
                "sequence": sequence,
                "finished": now,
                "seconds": max(0.0, (now - recorded).total_seconds()),
            }
            for sequence, recorded in waiting
        ]
        session.execute(update(Erasure), done)
    return len(waiting)


def truncate_journal(store: Store[Any]) -> bool:
    """SQLite: move the journal into the file and empty it. False while a reader is in the way."""
    # Not inside a transaction, which Session and Connection would open: hence the driver's own.
    connection = store.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        answer = cursor.fetchone()
        cursor.close()
    finally:
        connection.close()
    return answer is not None and answer[0] == 0


def clean(store: Store[GazetteSession], tables: Sequence[str]) -> bool:
    """Make what was overwritten in ``tables`` physically gone. False while a reader is in the way.

    SQLite: the journal; PostgreSQL: the old versions of the rows.
    """
    if store.is_sqlite:
        return truncate_journal(store)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"VACUUM {', '.join(tables)}")
    return True


def pending(session: GazetteSession) -> list[datetime]:
    """When each erasure that is not yet physical was recorded, oldest first."""
    query = select(Erasure.recorded).where(col(Erasure.finished).is_(None))
    return list(session.exec(query.order_by(col(Erasure.recorded))))


def figures(session: GazetteSession, *, now: datetime) -> ErasureFigures:
    """How many erasures there were, what waits and how long they took."""
    total = session.exec(select(func.count()).select_from(Erasure)).one()
    waiting, oldest = session.exec(
        select(func.count(), func.min(Erasure.recorded)).where(col(Erasure.finished).is_(None))
    ).one()
    longest = session.exec(select(func.max(Erasure.seconds))).one()
    return ErasureFigures(
        total=total,
        pending=waiting,
        oldest_pending=now - oldest if oldest is not None else None,
        longest=timedelta(seconds=longest) if longest is not None else None,
    )
