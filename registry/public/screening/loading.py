"""The screening index of a gazette: built from the published records, kept current by sequence.

The index only proposes; ``check`` reads every record again. An ended term therefore needs no work
here, and a DEL takes the names out at the next refresh.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from registry.core.db import GazetteSession
from registry.public.gazette.models import Content, LogRow, RecordRow
from registry.public.screening.index import Candidate, NameIndex
from registry.public.screening.subjects import SCREENED_KINDS, names_of

_CHUNK = 2_000


class _Change(NamedTuple):
    id: str
    names: tuple[str, ...]
    """Empty for a removed record."""


class ScreeningIndex:
    """Names of published records and the sequence up to which they are complete.

    One per process, shared by its threads.
    """

    def __init__(self) -> None:
        self.names = NameIndex()
        self.sequence = 0
        self._writing = threading.Lock()

    def candidates(self, name: str, limit: int) -> list[Candidate]:
        """The likeliest records for ``name``."""
        return self.names.candidates(name, limit)

    def likely(self, name: str, threshold: float) -> list[str]:
        """Records with an indexed name that reaches ``threshold``: what is worth reading again.

        Nothing is lost: what else a request says can only lower the score of a name.
        """
        return self.names.likely(name, threshold)

    def refresh(self, session: GazetteSession, now: datetime) -> int:
        """Takes in what the log has beyond ``sequence``; how many records changed.

        Cheap when nothing did: one look at the end of the log.
        """
        end = _end(session)
        if end <= self.sequence:
            return 0
        with self._writing:
            if end <= self.sequence:
                # Another request was faster, and may have come further.
                return 0
            if self.sequence == 0:
                return self._load(session, end, now)
            changed = {one.id: one.names for one in _changes(session, self.sequence, end, now)}
            self.names.put_all(changed.items())
            self.sequence = end
            return len(changed)

    def _load(self, session: GazetteSession, end: int, now: datetime) -> int:
        entries = ((change.id, change.names) for change in _changes(session, 0, end, now))
        self.names = NameIndex(entries)
        self.sequence = end
        return len(self.names)


def load_index(session: GazetteSession, now: datetime) -> ScreeningIndex:
    """An index of all that is published on the screened lists (about 10 s per 100,000 names)."""
    index = ScreeningIndex()
    index.refresh(session, now)
    return index


def _end(session: GazetteSession) -> int:
    return session.execute(select(func.max(col(LogRow.sequence)))).scalar_one() or 0


def _changes(session: GazetteSession, since: int, end: int, now: datetime) -> Iterator[_Change]:
    """The records whose present state entered the log after ``since`` and up to ``end``."""
    while True:
        # Columns, not entities: the session is the request's, and its identity map stays small.
        query = (
            select(
                col(RecordRow.id),
                col(RecordRow.kind),
                col(RecordRow.sequence),
                col(RecordRow.publish_until),
                col(Content.payload),
            )
            .outerjoin(Content, _standing())
            .where(
                col(RecordRow.kind).in_(SCREENED_KINDS),
                col(RecordRow.sequence) > since,
                col(RecordRow.sequence) <= end,
            )
            .order_by(col(RecordRow.sequence))
            .limit(_CHUNK)
        )
        rows = session.execute(query).all()
        for id, kind, _, until, payload in rows:
            ended = until is not None and until <= now
            shown = payload is not None and not ended
            yield _Change(id, names_of(kind, json.loads(payload)) if shown else ())
        if len(rows) < _CHUNK:
            return
        since = rows[-1][2]


def _standing() -> ColumnElement[bool]:
    """The content of a record that has not been removed."""
    return (col(Content.sequence) == RecordRow.sequence) & col(RecordRow.reason).is_(None)
