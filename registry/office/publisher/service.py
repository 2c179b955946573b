"""The only bridge outward: decisions enter the outbox, the publisher carries them to the log.

Exactly once. The gazette's transaction commits first and ignores events it knows; the outbox is
marked after. A crash between the two repeats the batch, which then adds nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zlib import crc32

from sqlalchemy import text, update
from sqlmodel import col, select

from registry.core.db import GazetteSession, Store, WorkingSession, exclusive
from registry.office.publisher.models import OutboxRow
from registry.public.gazette import leaf, log
from registry.public.gazette.entry import AlreadyRemoved, Entry, Handle, check_removal_reason
from registry.public.gazette.shapes import check_payload

BATCH = 500
"""Rows of one gazette transaction."""
STRIPES = 512
"""Locks over which the public ids are spread (PostgreSQL)."""
FEW = 50
"""Up to this many ids of one publication are locked without asking which are new."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication of many; the fields are ``publish``'s."""

    kind: str
    id: str
    payload: Mapping[str, Any]
    effective: datetime
    publish_until: datetime | None
    docket_id: int | None
    person_handles: Sequence[Handle] = ()
    forget_previous: bool = False
    origin: str = ""


def publish(
    session: WorkingSession,
    *,
    kind: str,
    id: str,
    payload: Mapping[str, Any],
    effective: datetime,
    publish_until: datetime | None,
    now: datetime,
    docket_id: int | None,
    person_handles: Iterable[Handle] = (),
    forget_previous: bool = False,
    origin: str = "",
) -> OutboxRow:
    """Publish record ``id`` when the caller's transaction commits.

    ``person_handles`` must be given with every publication of the record, for each replaces the
    one before. Raises ``AlreadyRemoved`` if the id has been withdrawn, ``WrongShape`` for a
    payload that its kind does not have, ``ValueError`` for a number that JSON cannot carry.
    """
    one = Publication(
        kind=kind,
        id=id,
        payload=payload,
        effective=effective,
        publish_until=publish_until,
        docket_id=docket_id,
        person_handles=tuple(person_handles),
        forget_previous=forget_previous,
        origin=origin,
    )
    return publish_many(session, [one], now=now)[0]


def publish_many(
    session: WorkingSession, publications: Iterable[Publication], *, now: datetime
) -> list[OutboxRow]:
    """As ``publish``, for many records with three statements: for imports and snapshots."""
    wanted = list(publications)
    for one in wanted:
        check_payload(one.kind, one.id, one.payload)
    ids = sorted({one.id for one in wanted})
    _in_order(session, ids)
    for id in _withdrawn_among(session, ids):
        raise AlreadyRemoved(id=id)
    rows = [_row(one, now) for one in wanted]
    session.add_all(rows)
    session.flush()
    return rows


def _row(one: Publication, now: datetime) -> OutboxRow:
    return OutboxRow(
        event_id=uuid4(),
        op="PUT",
        kind=one.kind,
        public_id=one.id,
        payload=leaf.canonical(one.payload),
        person_handles=[handle.value for handle in one.person_handles],
        effective=one.effective,
        publish_until=one.publish_until,
        forget_previous=one.forget_previous,
        created=now,
        docket_id=one.docket_id,
        origin=one.origin,
    )


def withdraw(
    session: WorkingSession,
    *,
    kind: str,
    id: str,
    reason: str,
    effective: datetime,
    now: datetime,
    docket_id: int | None,
    origin: str = "",
) -> OutboxRow:
    """Remove record ``id`` for good when the caller's transaction commits.

    A second withdrawal gives the first one's row. Raises ``InvalidInput`` for a reason outside
    the closed list.
    """
    payload = {"reason": check_removal_reason(reason)}
    _in_order(session, [id])
    earlier = _withdrawn(session, id)
    if earlier is not None:
        return earlier
    row = OutboxRow(
        event_id=uuid4(),
        op="DEL",
        kind=kind,
        public_id=id,
        payload=leaf.canonical(payload),
        effective=effective,
        created=now,
        docket_id=docket_id,
        origin=origin,
    )
    session.add(row)
    session.flush()
    return row


def run_once(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    *,
    now: datetime,
    lock_dir: Path,
    limit: int = BATCH,
) -> int:
    """Carry up to ``limit`` outbox rows into the log; gives how many it dealt with.

    0 when nothing waits or another publisher is at work. A row that the log refuses is marked
    with the error's code and holds nobody up.
    """
    with exclusive(working, "publisher", lock_dir=lock_dir) as alone:
        if not alone:
            return 0
        with working.read() as session:
            waiting = session.exec(
                select(OutboxRow)
                .where(col(OutboxRow.done).is_(None))
                .order_by(col(OutboxRow.id))
                .limit(limit)
            ).all()
        if not waiting:
            return 0
        with gazette.write() as public:
            outcome = log.append_each(public, [_entry(row) for row in waiting], recorded=now)
            sequences = {**outcome.known, **{row.event_id: row.sequence for row in outcome.rows}}
        refused = {event: error.code for event, error in outcome.refused.items()}
        with working.write() as session:
            _mark(session, waiting, sequences, refused, now)
        return len(waiting)


def _in_order(session: WorkingSession, ids: Sequence[str]) -> None:
    """Lets transactions that publish the same id pass one after the other.

    The publisher takes rows by outbox id; on PostgreSQL ids are given out before commit, so two
    open transactions could otherwise be carried over in the wrong order. SQLite has one writer.

    Ids share ``STRIPES`` locks: the server's table of locks has room for some thousands, and an
    import publishes more in one transaction. Of many ids those never sent before were made by
    this transaction, and nobody else can wait for them. Locks are taken in their order, so that
    two transactions do not block each other in a ring.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    shared = ids if len(ids) <= FEW else _sent_among(session, ids)
    keys = sorted({crc32(id.encode()) % STRIPES for id in shared})
    lock = text(
        "SELECT count(pg_advisory_xact_lock(hashtext('registry.outbox'), key))"
        " FROM unnest(CAST(:keys AS int[])) AS wanted (key)"
    )
    session.execute(lock, {"keys": keys})


def _sent_among(session: WorkingSession, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(ids), BATCH):
        part = col(OutboxRow.public_id).in_(ids[start : start + BATCH])
        found.update(session.exec(select(OutboxRow.public_id).where(part)))
    return found


def _withdrawn(session: WorkingSession, id: str) -> OutboxRow | None:
    query = select(OutboxRow).where(
        OutboxRow.public_id == id, OutboxRow.op == "DEL", col(OutboxRow.refused).is_(None)
    )
    return session.exec(query).first()


def _withdrawn_among(session: WorkingSession, ids: Sequence[str]) -> list[str]:
    found: list[str] = []
    for start in range(0, len(ids), BATCH):
        query = select(OutboxRow.public_id).where(
            col(OutboxRow.public_id).in_(ids[start : start + BATCH]),
            OutboxRow.op == "DEL",
            col(OutboxRow.refused).is_(None),
        )
        found.extend(session.exec(query))
    return found


def _entry(row: OutboxRow) -> Entry:
    if row.payload is None:
        raise RuntimeError("an unpublished outbox row has lost its payload")
    return Entry(
        event_id=row.event_id,
        op="DEL" if row.op == "DEL" else "PUT",
        kind=row.kind,
        id=row.public_id,
        effective=row.effective,
        payload=json.loads(row.payload),
        publish_until=row.publish_until,
        handles=tuple(Handle("person", value) for value in row.person_handles),
        forget_previous=row.forget_previous,
    )


def _mark(
    session: WorkingSession,
    rows: Sequence[OutboxRow],
    sequences: Mapping[UUID, int],
    refused: Mapping[UUID, str],
    now: datetime,
) -> None:
    marks = [
        {
            "id": row.id,
            "done": now,
            "sequence": sequences.get(row.event_id),
            "refused": refused.get(row.event_id),
        }
        for row in rows
    ]
    session.execute(update(OutboxRow), marks)
    for row in rows:
        if row.event_id in sequences and (row.op == "DEL" or row.forget_previous):
            _forget(session, row)


def _forget(session: WorkingSession, row: OutboxRow) -> None:
    earlier = update(OutboxRow).where(
        col(OutboxRow.public_id) == row.public_id,
        col(OutboxRow.id) < row.id,
        col(OutboxRow.op) == "PUT",
        col(OutboxRow.done).is_not(None),
    )
    session.execute(earlier.values(payload=None, person_handles=[]))


def reopen(session: WorkingSession, size: int) -> int:
    """After the gazette was restored to ``size`` rows: let later publications go out again.

    Gives how many. They enter the log anew, with new salts: whoever followed the lost part sees
    that it was replaced. A publication that has been forgotten since stays lost.
    """
    later = [col(OutboxRow.sequence) > size, col(OutboxRow.done).is_not(None)]
    forgotten = update(OutboxRow).where(*later, col(OutboxRow.payload).is_(None))
    session.execute(forgotten.values(sequence=None, refused="forgotten"))
    again = select(OutboxRow.id).where(*later)
    ids = session.exec(again).all()
    session.execute(update(OutboxRow).where(*later).values(done=None, sequence=None))
    return len(ids)
