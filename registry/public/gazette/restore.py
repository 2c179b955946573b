"""After a restore from a backup: what had been removed since must not come back to light.

``restore`` replays DELs before it serves. The removals come from a newer copy of the log
(``removals``) or from the working store's outbox, whichever survived.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from registry.core.db import GazetteSession
from registry.public.gazette import log
from registry.public.gazette.entry import Entry
from registry.public.gazette.models import Content, LogRow, RecordRow

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Removal:
    """A DEL as it stood in another copy of the log."""

    event_id: UUID
    kind: str
    id: str
    reason: str
    effective: datetime


def removals(session: GazetteSession, *, after: int = 0) -> list[Removal]:
    """All DELs of a log after sequence ``after``, in order."""
    query = (
        select(LogRow, Content.payload)
        .join(Content, col(Content.sequence) == LogRow.sequence)
        .where(LogRow.op == "DEL", LogRow.sequence > after)
        .order_by(col(LogRow.sequence))
    )
    return [
        Removal(row.event_id, row.kind, row.id, json.loads(payload)["reason"], row.effective)
        for row, payload in session.exec(query)
    ]


def replay(session: GazetteSession, wanted: Iterable[Removal], *, recorded: datetime) -> list[str]:
    """Remove what this older copy still shows; gives the ids, in the order of their removal.

    Ids unknown here or removed already are passed over, so replaying twice changes nothing. The
    caller erases physically with ``erasure.finish`` before it serves.
    """
    removals_here = list(wanted)
    shown = _shown(session, [one.id for one in removals_here])
    entries = [
        Entry(one.event_id, "DEL", one.kind, one.id, one.effective, {"reason": one.reason})
        for one in removals_here
        if one.id in shown
    ]
    return [row.id for row in log.append(session, entries, recorded=recorded)]


def _shown(session: GazetteSession, ids: list[str]) -> set[str]:
    shown: set[str] = set()
    for start in range(0, len(ids), CHUNK):
        query = select(RecordRow.id).where(
            col(RecordRow.id).in_(ids[start : start + CHUNK]), col(RecordRow.reason).is_(None)
        )
        shown.update(session.exec(query))
    return shown
