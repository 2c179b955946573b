"""Looking again: at each stretch of the log, at the watches that it could concern, and no others.

A watch is concerned by a change of a record that it meets, that has its code, or whose names are
like its name (``watched``); then it is checked like any counterparty. Term ends come as removals,
which the worker appends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from registry.core.db import GazetteSession, IntakeSession
from registry.core.errors import RegistryError
from registry.core.keys import SealBroken
from registry.core.names import fold
from registry.public.gazette import queries
from registry.public.gazette.handles import handles_of
from registry.public.gazette.models import LogRow
from registry.public.gazette.queries import Record
from registry.public.screening import (
    CheckRequest,
    CheckResult,
    Match,
    ScreeningIndex,
    check_many,
)
from registry.public.screening.index import NameIndex
from registry.public.screening.subjects import SCREENED_KINDS, names_of
from registry.public.watches import sealing
from registry.public.watches.models import Watch, WatchMatch
from registry.public.watches.service import match_row
from registry.public.watches.watched import WatchedNames
from registry.public.webhooks import service as webhooks
from registry.public.webhooks.models import Cursor

CURSOR = "watches"
BATCH = 500
"""Rows of the log at one look."""
_SURE = frozenset({"code", "document"})


@dataclass(frozen=True)
class _Changed:
    """A stretch of the log: which records changed, and those of them that are shown."""

    ids: frozenset[str]
    shown: Mapping[str, Record]
    index: ScreeningIndex
    end: int


def look_again(
    session: IntakeSession,
    gazette: GazetteSession,
    *,
    names: WatchedNames,
    root: bytes,
    now: datetime,
) -> int:
    """Go through the next stretch of the log; how many watches stand otherwise since.

    One at a time (the caller holds a lock). ``session`` must be a writer.
    """
    cursor = session.get(Cursor, CURSOR)
    if cursor is None:
        cursor = Cursor(name=CURSOR)
        session.add(cursor)
    fresh = list(session.exec(select(Watch).where(col(Watch.settled).is_(False))))
    low = min([cursor.sequence, *(one.sequence for one in fresh)])
    end = queries.state(gazette, now).sequence
    changed = _changed(gazette, low, end, now)
    moved = 0
    if changed.ids:
        names.refresh(session, root)
        for watch, asked in _concerned(session, changed, names, root):
            moved += _look(session, gazette, watch, asked, changed, now)
    cursor.sequence = max(cursor.sequence, changed.end)
    if changed.end >= cursor.sequence:
        for one in fresh:
            one.settled = True
    session.flush()
    return moved + (1 if changed.end < end else 0)


def behind(session: IntakeSession, gazette: GazetteSession, now: datetime) -> bool:
    """Whether there is anything to look at; cheap, without a lock."""
    cursor = session.get(Cursor, CURSOR)
    at = cursor.sequence if cursor else 0
    unsettled = session.exec(select(Watch.id).where(col(Watch.settled).is_(False)).limit(1)).first()
    return unsettled is not None or at < queries.state(gazette, now).sequence


def _changed(gazette: GazetteSession, low: int, end: int, now: datetime) -> _Changed:
    query = (
        select(LogRow.sequence, LogRow.id)
        .where(LogRow.sequence > low, LogRow.sequence <= end, col(LogRow.kind).in_(SCREENED_KINDS))
        .order_by(col(LogRow.sequence))
        .limit(BATCH)
    )
    rows = gazette.exec(query).all()
    upto = rows[-1][0] if len(rows) == BATCH else end
    ids = list(dict.fromkeys(id for _, id in rows))
    shown = queries.many(gazette, ids, now)
    index = ScreeningIndex()
    index.names = NameIndex(
        (record.id, names_of(record.kind, record.payload)) for record in shown.values()
    )
    # It knows the changed records only; ``check_many`` must not fill it with all others.
    index.sequence = end
    return _Changed(frozenset(ids), shown, index, upto)


def _concerned(
    session: IntakeSession, changed: _Changed, watched: WatchedNames, root: bytes
) -> Iterable[tuple[Watch, CheckRequest]]:
    """The watches that the changes could concern, opened."""
    every = (name for one in changed.shown.values() for name in names_of(one.kind, one.payload))
    names = {fold(name): name for name in every}
    wanted = _by_record(session, changed.ids) | _by_code(session, changed, root)
    for part in _parts(Watch.token, sorted(watched.like(names.values()))):
        wanted.update(one or 0 for one in session.exec(select(Watch.id).where(part)))
    for part in _parts(Watch.id, sorted(wanted)):
        for watch in session.exec(select(Watch).where(part).order_by(col(Watch.id))).all():
            try:
                yield watch, sealing.unseal(root, watch.token, watch.asked)
            except SealBroken:
                continue


def _parts(column: object, values: Sequence[object]) -> Iterable[ColumnElement[bool]]:
    """Conditions of bounded length that ``column`` is one of ``values``."""
    for start in range(0, len(values), BATCH):
        yield col(column).in_(values[start : start + BATCH])


def _by_record(session: IntakeSession, ids: frozenset[str]) -> set[int]:
    found: set[int] = set()
    for part in _parts(WatchMatch.record, sorted(ids)):
        found.update(session.exec(select(WatchMatch.watch_id).where(part)))
    return found


def _by_code(session: IntakeSession, changed: _Changed, root: bytes) -> set[int]:
    codes = {
        handle.value
        for record in changed.shown.values()
        for handle in handles_of(record.kind, record.payload)
        if handle.type == "code"
    }
    found: set[int] = set()
    for part in _parts(Watch.code_hash, [sealing.code_hash(root, code) for code in sorted(codes)]):
        found.update(one or 0 for one in session.exec(select(Watch.id).where(part)))
    return found


def _look(
    session: IntakeSession,
    gazette: GazetteSession,
    watch: Watch,
    asked: CheckRequest,
    changed: _Changed,
    now: datetime,
) -> int:
    """Compare what the watch met with what it meets; tell the agency what is new or gone."""
    (result,) = check_many(gazette, [asked], index=changed.index, now=now)
    if isinstance(result, RegistryError):
        return 0
    query = select(WatchMatch).where(WatchMatch.watch_id == watch.id)
    before = {one.record: one for one in session.exec(query)}
    met = {one.id: one for one in result.matches}
    gone = sorted(id for id in before if id in changed.ids and id not in met)
    new = [one for one in met.values() if _is_news(one, before.get(one.id))]
    for id in gone:
        session.delete(before[id])
    session.flush()
    for one in new:
        session.merge(match_row(watch.id or 0, one))
    session.flush()
    watch.outcome = _outcome(before, gone, met)
    if gone or new:
        watch.changed = now
    _tell(session, watch, gone, [one.id for one in new], result, now)
    return 1 if gone or new else 0


def _is_news(match: Match, before: WatchMatch | None) -> bool:
    return before is None or int(before.told.get("sequence", "0")) < match.sequence


def _outcome(
    before: Mapping[str, WatchMatch], gone: Sequence[str], met: Mapping[str, Match]
) -> str:
    stays = {id: (one.told["kind"], one.told["via"]) for id, one in before.items()}
    stays = {id: told for id, told in stays.items() if id not in gone}
    stays |= {id: (one.kind, one.via) for id, one in met.items()}
    if any(kind == "listing" and via in _SURE for kind, via in stays.values()):
        return "listed"
    return "possible" if stays else "clear"


def _tell(
    session: IntakeSession,
    watch: Watch,
    gone: Sequence[str],
    new: Sequence[str],
    result: CheckResult,
    now: datetime,
) -> None:
    said: dict[str, Any] = {
        "watch": watch.token,
        "reference": watch.reference,
        "outcome": watch.outcome,
        "sequence": result.sequence,
    }
    for event, records in (("watch.cleared", gone), ("watch.hit", new)):
        if records:
            told = {**said, "records": list(records)}
            webhooks.emit(session, event, told, now=now, agencies=[watch.agency_id])
