"""Reading the gazette. Every reader here shows only what may be shown at ``now``.

A record may be shown while it has not been removed and its ``publish_until`` has not come: at
00:00 Shanghai after the last day of its term it is gone, whether or not a job ran.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import GazetteSession
from registry.public.gazette.entry import Handle, HandleType
from registry.public.gazette.models import Content, HandleRow, LogRow, RecordRow

CHUNK = 500
"""Ids in one IN list."""


@dataclass(frozen=True, slots=True)
class Record:
    """A published record as it stands. ``payload`` has the shape that its kind has in payloads."""

    id: str
    kind: str
    sequence: int
    payload: Mapping[str, Any]
    publish_until: datetime | None
    effective: datetime
    published: datetime
    """When the id first entered the log."""
    updated: datetime
    """When what it says now entered the log."""


@dataclass(frozen=True, slots=True)
class Removed:
    """That something stood here. ``reason`` is from the closed list; nobody is named."""

    id: str
    kind: str
    sequence: int
    reason: str
    effective: datetime
    recorded: datetime | None
    """None where the term has ended and the DEL is still to come."""


@dataclass(frozen=True, slots=True)
class State:
    """On what a public answer depends: the log's length and the day in Shanghai."""

    sequence: int
    day: date
    recorded: datetime | None
    """When the last row entered the log; None for an empty log."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of what is shown now."""

    sequence: int
    by_kind: Mapping[str, int]
    by_list: Mapping[str, int]
    last_published: datetime | None

    @property
    def total(self) -> int:
        return sum(self.by_kind.values())


def get(session: GazetteSession, id: str, now: datetime) -> Record | Removed | None:
    """The record ``id``, the trace of its removal, or None if there never was one."""
    found = session.exec(_with_content().where(RecordRow.id == id)).first()
    if found is not None:
        record, payload = found
        return _record(record, payload) if is_shown(record, now) else _removed(record)
    return None


def many(session: GazetteSession, ids: Sequence[str], now: datetime) -> dict[str, Record]:
    """The records of ``ids``, in their order, without those that may not be shown."""
    found: dict[str, Record] = {}
    for start in range(0, len(ids), CHUNK):
        query = _with_content().where(
            _shown(now), col(RecordRow.id).in_(ids[start : start + CHUNK])
        )
        found.update({row.id: _record(row, payload) for row, payload in session.exec(query)})
    return {id: found[id] for id in dict.fromkeys(ids) if id in found}


def lookup(session: GazetteSession, handle: Handle, now: datetime) -> list[Record]:
    """All records that answer to ``handle`` exactly, newest first."""
    return _by_handles(session, [handle], now)


def ids_under(session: GazetteSession, handles: Sequence[Handle]) -> dict[Handle, list[str]]:
    """The ids of records that answer to each of ``handles``, whether or not they may be shown."""
    found: dict[Handle, list[str]] = {handle: [] for handle in handles}
    buckets = sorted({handle.bucket for handle in handles})
    for start in range(0, len(buckets), CHUNK):
        query = select(HandleRow.type, HandleRow.value, HandleRow.record_id).where(
            col(HandleRow.bucket).in_(buckets[start : start + CHUNK])
        )
        for type, value, id in session.exec(query):
            if (ids := found.get(Handle(cast(HandleType, type), value))) is not None:
                ids.append(id)
    return found


def by_entity(session: GazetteSession, code: str, now: datetime) -> list[Record]:
    """All that is public on one credit code: about the unit, or of a site that it works."""
    value = code.strip().upper()
    return _by_handles(session, [Handle("code", value), Handle("entity", value)], now)


def by_code(session: GazetteSession, code: str, kind: str, now: datetime) -> list[Record]:
    """Records of one kind whose own credit code this is."""
    found = _by_handles(session, [Handle("code", code.strip().upper())], now)
    return [record for record in found if record.kind == kind]


def newest_by_code(
    session: GazetteSession, code: str, kind: str, limit: int, now: datetime
) -> tuple[list[Record], int]:
    """The latest records of one kind whose own credit code this is, and how many there are."""
    handle = Handle("code", code.strip().upper())
    mine = (
        select(HandleRow.record_id)
        .where(
            HandleRow.bucket == handle.bucket,
            HandleRow.type == handle.type,
            HandleRow.value == handle.value,
        )
        .distinct()
    )
    wanted = (col(RecordRow.id).in_(mine), RecordRow.kind == kind, _shown(now))
    total = session.exec(select(func.count()).select_from(RecordRow).where(*wanted)).one()
    newest_first = col(RecordRow.first_sequence).desc()
    query = _with_content().where(*wanted).order_by(newest_first).limit(limit)
    return [_record(row, payload) for row, payload in session.exec(query)], total


def by_authority(session: GazetteSession, authority_id: str, now: datetime) -> list[Record]:
    """The authorities that stand directly below the one with this public id."""
    found = _by_handles(session, [Handle("entity", authority_id)], now)
    return [record for record in found if record.kind == "authority"]


def by_site(session: GazetteSession, site_id: str, now: datetime) -> list[Record]:
    """The site itself and all records that name it."""
    return _by_handles(session, [Handle("site", site_id)], now)


def naming(session: GazetteSession, ids: Iterable[str], now: datetime) -> list[Record]:
    """Records that name one of ``ids`` as of the same case, newest first."""
    return _by_handles(session, [Handle("record", id) for id in ids], now)


def newest(
    session: GazetteSession, kinds: Iterable[str], limit: int, now: datetime
) -> list[Record]:
    """The latest published records of ``kinds``. A correction does not make a record new."""
    found: list[Record] = []
    firsts: dict[str, int] = {}
    for kind in dict.fromkeys(kinds):
        query = (
            _with_content()
            .where(RecordRow.kind == kind, _shown(now))
            .order_by(col(RecordRow.first_sequence).desc())
            .limit(limit)
        )
        for row, payload in session.exec(query):
            found.append(_record(row, payload))
            firsts[row.id] = row.first_sequence
    return sorted(found, key=lambda record: -firsts[record.id])[:limit]


def newest_states(
    session: GazetteSession, kind: str, limit: int, now: datetime
) -> list[tuple[str, int]]:
    """Id and present sequence of the latest published records of ``kind``, without their content.

    For readers that keep what they made of a record until it changes.
    """
    query = (
        select(RecordRow.id, RecordRow.sequence)
        .where(RecordRow.kind == kind, _shown(now))
        .order_by(col(RecordRow.first_sequence).desc())
        .limit(limit)
    )
    return list(session.exec(query).all())


def every(session: GazetteSession, kind: str, now: datetime) -> Iterator[Record]:
    """All records of ``kind`` that may be shown, in the order of their present sequence."""
    last = 0
    while True:
        query = (
            _with_content()
            .where(RecordRow.kind == kind, _shown(now), col(RecordRow.sequence) > last)
            .order_by(col(RecordRow.sequence))
            .limit(CHUNK)
        )
        page = [_record(row, payload) for row, payload in session.exec(query)]
        yield from page
        if len(page) < CHUNK:
            return
        last = page[-1].sequence


def figures(session: GazetteSession, now: datetime) -> Figures:
    """How many records are shown, by kind and by list, and when the last was published."""
    query = (
        select(RecordRow.kind, RecordRow.list, func.count())
        .where(_shown(now))
        .group_by(col(RecordRow.kind), col(RecordRow.list))
    )
    by_kind: dict[str, int] = {}
    by_list: dict[str, int] = {}
    for kind, listed, count in session.exec(query):
        by_kind[kind] = by_kind.get(kind, 0) + count
        if listed is not None:
            by_list[listed] = by_list.get(listed, 0) + count
    at = state(session, now)
    return Figures(at.sequence, by_kind, by_list, at.recorded)


def state(session: GazetteSession, now: datetime) -> State:
    """The log's length and today's legal day: the ETag of everything public."""
    query = select(LogRow.sequence, LogRow.recorded).order_by(col(LogRow.sequence).desc()).limit(1)
    last = session.exec(query).first()
    sequence, recorded = last if last is not None else (0, None)
    return State(sequence, legal_day(now), recorded)


def expired(session: GazetteSession, now: datetime, limit: int = 1000) -> list[tuple[str, str]]:
    """``(kind, id)`` of records whose term has ended and that have no DEL yet, oldest first."""
    query = (
        select(RecordRow.kind, RecordRow.id)
        .where(col(RecordRow.publish_until) <= now)
        .order_by(col(RecordRow.publish_until), col(RecordRow.id))
        .limit(limit)
    )
    return list(session.exec(query).all())


def removed(
    session: GazetteSession, *, kind: str | None = None, before: int | None = None, limit: int = 100
) -> list[Removed]:
    """Traces of removals, newest first; ``before`` is the sequence of the last one seen."""
    query = select(RecordRow).where(col(RecordRow.reason).is_not(None))
    if kind is not None:
        query = query.where(RecordRow.kind == kind)
    if before is not None:
        query = query.where(RecordRow.sequence < before)
    rows = session.exec(query.order_by(col(RecordRow.sequence).desc()).limit(limit))
    return [_removed(row) for row in rows]


def _shown(now: datetime) -> ColumnElement[bool]:
    until = col(RecordRow.publish_until)
    return col(RecordRow.reason).is_(None) & or_(until.is_(None), until > now)


def is_shown(record: RecordRow, now: datetime) -> bool:
    """Whether a row may be shown: what the condition of every query here says of it."""
    until = record.publish_until
    return record.reason is None and (until is None or until > now)


def _with_content() -> Any:
    """Select of ``(RecordRow, payload text)``. Typed loosely: SQLModel has no type for it."""
    return select(RecordRow, Content.payload).join(
        Content, col(Content.sequence) == RecordRow.sequence
    )


def _by_handles(session: GazetteSession, handles: Sequence[Handle], now: datetime) -> list[Record]:
    ids: list[str] = []
    for handle in handles:
        query = select(HandleRow.record_id).where(
            HandleRow.bucket == handle.bucket,
            HandleRow.type == handle.type,
            HandleRow.value == handle.value,
        )
        ids.extend(session.exec(query))
    return sorted(many(session, ids, now).values(), key=lambda record: -record.sequence)


def _record(row: RecordRow, payload: str) -> Record:
    return Record(
        id=row.id,
        kind=row.kind,
        sequence=row.sequence,
        payload=json.loads(payload),
        publish_until=row.publish_until,
        effective=row.effective,
        published=row.published,
        updated=row.updated,
    )


def _removed(row: RecordRow) -> Removed:
    if row.reason is None:
        ended = row.publish_until or row.effective
        return Removed(row.id, row.kind, row.sequence, "expired", ended, None)
    return Removed(row.id, row.kind, row.sequence, row.reason, row.effective, row.updated)
