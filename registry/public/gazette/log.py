"""Appending to the log: the only way in which the gazette changes.

One writer at a time (``registry.office.publisher`` sees to it); a second one would collide on
``sequence``, lose its transaction and harm nothing. Appending is idempotent by ``event_id``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import col, select

from registry.core.db import GazetteSession
from registry.core.errors import RegistryError
from registry.public.gazette import erasure, leaf, merkle, tree
from registry.public.gazette.entry import (
    NO_BUCKET,
    AlreadyRemoved,
    Entry,
    Handle,
    KindChanged,
    NotPublished,
    WrongShape,
    check_removal_reason,
)
from registry.public.gazette.handles import handles_of
from registry.public.gazette.models import Content, Erasure, HandleRow, LogRow, RecordRow

CHUNK = 500
"""Ids in one IN list."""


@dataclass
class Outcome:
    """What became of each entry, by ``event_id``."""

    rows: list[LogRow] = field(default_factory=list)
    """Newly appended."""
    known: dict[UUID, int] = field(default_factory=dict)
    """Sequence of events that were in the log before."""
    refused: dict[UUID, RegistryError] = field(default_factory=dict)


def append(
    session: GazetteSession, entries: Iterable[Entry], *, recorded: datetime
) -> list[LogRow]:
    """Append ``entries`` in their order, ignoring events already in the log.

    Gives the new rows. ``recorded`` is raised to the last row's where it lies before it: the
    log's own time never runs backwards. Raises ``AlreadyRemoved``, ``NotPublished``,
    ``KindChanged`` or ``InvalidInput`` (a reason not in the closed list) for the first entry
    that cannot be appended; the caller's transaction must then be rolled back.
    """
    outcome = append_each(session, entries, recorded=recorded)
    for error in outcome.refused.values():
        raise error
    return outcome.rows


def append_each(
    session: GazetteSession, entries: Iterable[Entry], *, recorded: datetime
) -> Outcome:
    """As ``append``, but an entry that cannot be appended is left out and named."""
    wanted = list(entries)
    outcome = Outcome(known=_known_events(session, [entry.event_id for entry in wanted]))
    size, last = _end(session)
    writer = _Writer(session, size, max(recorded, last) if last else recorded)
    writer.load(entry.id for entry in wanted if entry.event_id not in outcome.known)
    taken: set[UUID] = set()
    for entry in wanted:
        if entry.event_id in outcome.known or entry.event_id in taken:
            continue
        taken.add(entry.event_id)
        try:
            outcome.rows.append(writer.add(entry))
        except RegistryError as error:
            outcome.refused[entry.event_id] = error
    writer.flush()
    return outcome


def _known_events(session: GazetteSession, events: Sequence[UUID]) -> dict[UUID, int]:
    known: dict[UUID, int] = {}
    for start in range(0, len(events), CHUNK):
        query = select(LogRow.event_id, LogRow.sequence).where(
            col(LogRow.event_id).in_(events[start : start + CHUNK])
        )
        known.update(dict(session.exec(query).all()))
    return known


def _end(session: GazetteSession) -> tuple[int, datetime | None]:
    query = select(LogRow.sequence, LogRow.recorded).order_by(col(LogRow.sequence).desc()).limit(1)
    row = session.exec(query).first()
    return (row[0], row[1]) if row else (0, None)


class _Writer:
    """Collects the effects of one batch and writes each table once."""

    def __init__(self, session: GazetteSession, size: int, recorded: datetime) -> None:
        self.session = session
        self.size = size
        self.recorded = recorded
        self.records: dict[str, RecordRow] = {}
        self.rows: list[LogRow] = []
        self.contents: dict[int, dict[str, Any]] = {}
        self.handles: dict[str, set[Handle]] = {}
        self.erasures: list[Erasure] = []

    def load(self, ids: Iterable[str]) -> None:
        """Fetch the present state of all ids of the batch."""
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), CHUNK):
            query = select(RecordRow).where(col(RecordRow.id).in_(wanted[start : start + CHUNK]))
            self.records.update({record.id: record for record in self.session.exec(query)})

    def add(self, entry: Entry) -> LogRow:
        record = self.records.get(entry.id)
        _check(entry, record)
        handles = _handles(entry)
        row, content = self._seal(entry)
        self.rows.append(row)
        if entry.op == "DEL" or entry.forget_previous:
            self._forget(entry.id, row.sequence)
        self.contents[row.sequence] = content
        if record is None:
            record = self.records[entry.id] = _new_record(row)
            self.session.add(record)
        record.sequence, record.updated, record.effective = (
            row.sequence,
            row.recorded,
            row.effective,
        )
        record.publish_until = row.publish_until
        self.handles[entry.id] = handles
        if entry.op == "DEL":
            record.reason = str(entry.payload["reason"])
        else:
            listed = entry.payload.get("list")
            record.list = listed if isinstance(listed, str) else None
        return row

    def _seal(self, entry: Entry) -> tuple[LogRow, dict[str, Any]]:
        sequence = self.size + len(self.rows) + 1
        payload = leaf.canonical(entry.payload)
        salt = leaf.new_salt()
        text = leaf.event(
            sequence=sequence,
            op=entry.op,
            kind=entry.kind,
            id=entry.id,
            effective=entry.effective,
            recorded=self.recorded,
            payload=payload,
        )
        commitment = leaf.commitment(salt, text)
        row = LogRow(
            sequence=sequence,
            event_id=entry.event_id,
            op=entry.op,
            kind=entry.kind,
            id=entry.id,
            effective=entry.effective,
            recorded=self.recorded,
            publish_until=None if entry.op == "DEL" else entry.publish_until,
            commitment=commitment,
            leaf_hash=merkle.leaf_hash(commitment),
        )
        return row, {"sequence": sequence, "payload": payload, "salt": salt, "erased": False}

    def _forget(self, id: str, sequence: int) -> None:
        """What this batch said of the id is never written; what stood before is erased."""
        for row in self.rows:
            if row.id == id:
                self.contents.pop(row.sequence, None)
        self.erasures.append(
            Erasure(sequence=sequence, record_id=id, recorded=self.recorded, finished=None)
        )

    def flush(self) -> None:
        if not self.rows:
            return
        session = self.session
        erasure.erase_contents(session, [one.record_id for one in self.erasures], self.size)
        session.add_all(self.rows)
        session.add_all(self.erasures)
        session.flush()
        if self.contents:
            session.execute(insert(Content), list(self.contents.values()))
        self._write_handles()
        tree.extend(session, self.size, [row.leaf_hash for row in self.rows])

    def _write_handles(self) -> None:
        """Handles that stay are left alone; those that went are erased; new ones go to the end."""
        kept: set[tuple[str, str, str]] = set()
        gone: list[HandleRow] = []
        wanted = {id: {(h.type, h.value) for h in hs} for id, hs in self.handles.items()}
        ids = list(wanted)
        for start in range(0, len(ids), CHUNK):
            query = select(HandleRow).where(
                col(HandleRow.record_id).in_(ids[start : start + CHUNK]),
                HandleRow.bucket != NO_BUCKET,
            )
            for row in self.session.exec(query):
                if (row.type, row.value) in wanted[row.record_id]:
                    kept.add((row.record_id, row.type, row.value))
                else:
                    gone.append(row)
        erasure.erase_handles(self.session, gone)
        rows: list[dict[str, Any]] = [
            {"bucket": one.bucket, "type": one.type, "value": one.value, "record_id": id}
            for id, handles in self.handles.items()
            for one in sorted(handles, key=lambda one: (one.type, one.value))
            if (id, one.type, one.value) not in kept
        ]
        if rows:
            self.session.execute(insert(HandleRow), rows)


def _check(entry: Entry, record: RecordRow | None) -> None:
    if record is not None and record.reason is not None:
        raise AlreadyRemoved(id=entry.id)
    if record is not None and record.kind != entry.kind:
        raise KindChanged(id=entry.id)
    if entry.op == "DEL":
        if record is None:
            raise NotPublished(id=entry.id)
        check_removal_reason(entry.payload.get("reason"))


def _handles(entry: Entry) -> set[Handle]:
    if entry.op == "DEL":
        return set()
    own = [Handle("site", entry.id)] if entry.kind == "site" else []
    try:
        return {*handles_of(entry.kind, entry.payload), *own, *entry.handles}
    except (KeyError, TypeError, AttributeError):
        # The office checks shapes before it decides; a row that slipped by stops itself only.
        raise WrongShape(id=entry.id, kind=entry.kind, field="") from None


def _new_record(row: LogRow) -> RecordRow:
    return RecordRow(
        id=row.id,
        kind=row.kind,
        sequence=row.sequence,
        first_sequence=row.sequence,
        effective=row.effective,
        published=row.recorded,
        updated=row.recorded,
    )
