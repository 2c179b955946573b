"""The screening index of a gazette: built from the published records, kept current by sequence.

The index only proposes; ``check`` reads every record again. An ended term therefore needs no work
here, and a DEL takes the names out at the next refresh.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from registry.core.db import GazetteSession
from registry.public.gazette import log_rows
from registry.public.gazette.models import Content, LogRow, RecordRow
from registry.public.screening import stored
from registry.public.screening.index import Candidate, NameIndex
from registry.public.screening.subjects import SCREENED_KINDS, names_of

FEWEST = 5_000
"""Rows of the log below which no file is kept: so few names are read faster than written."""
REOPEN = 2_000
"""Rows behind which a reader looks for a newer file."""
_CHUNK = 2_000


class _Change(NamedTuple):
    id: str
    names: tuple[str, ...]
    """Empty for a removed record."""


class ScreeningIndex:
    """Names of published records and the sequence up to which they are complete.

    One per process, shared by its threads. ``path`` is the file that the worker keeps (see
    ``stored``); without one the names are read from the gazette.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.names = NameIndex()
        self._path = path
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
            if end - self.sequence > REOPEN:
                self._reopen(session, end)
            if self.sequence == 0:
                return self._load(session, end, now)
            changed = {one.id: one.names for one in _changes(session, self.sequence, end, now)}
            self.names.put_all(changed.items())
            self.sequence = end
            return len(changed)

    def _reopen(self, session: GazetteSession, end: int) -> None:
        """Takes the file if it is this gazette's and further than what is held."""
        found = stored.read(self._path) if self._path else None
        if found is None or not self.sequence < found.state.sequence <= end:
            return
        if leaf_at(session, found.state.sequence) == found.state.leaf:
            self.names = NameIndex.of(found.segment)
            self.sequence = found.state.sequence

    def _load(self, session: GazetteSession, end: int, now: datetime) -> int:
        entries = ((change.id, change.names) for change in _changes(session, 0, end, now))
        self.names = NameIndex(entries)
        self.sequence = end
        return len(self.names)


def load_index(session: GazetteSession, now: datetime, path: Path | None = None) -> ScreeningIndex:
    """An index of all that is published on the screened lists.

    Some seconds per 100,000 names, or what came since the file at ``path`` was written.
    """
    index = ScreeningIndex(path)
    index.refresh(session, now)
    return index


def path_in(index_dir: Path) -> Path:
    """Where the worker keeps the file, beside the search index."""
    return index_dir / "names.idx"


class NamesFile:
    """The file of names as the worker keeps it. One process at a time may write."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def must_forget(self, session: GazetteSession) -> bool:
        """Whether something was removed or corrected that the file may still hold."""
        state = stored.state_of(self._path)
        return state is not None and bool(log_rows.forgotten_since(session, state.erased))

    def forget(self, session: GazetteSession) -> None:
        """Wipes out what was removed or corrected since the last time."""
        state, end = stored.state_of(self._path), _end(session)
        if state is not None:
            stored.erase(self._path, log_rows.forgotten_since(session, state.erased), end)

    def is_due(self, session: GazetteSession) -> bool:
        """Whether the file is missing, another gazette's or far behind; never for few names."""
        state, end = stored.state_of(self._path), _end(session)
        if state is None or leaf_at(session, state.sequence) != state.leaf:
            return end >= FEWEST
        return end - state.sequence > max(FEWEST, state.sequence // 20)

    def write(self, session: GazetteSession, now: datetime) -> None:
        """Writes the file anew from the gazette."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        index = load_index(session, now)
        leaf = leaf_at(session, index.sequence) or ""
        state = stored.State(index.sequence, leaf, index.sequence)
        stored.write(self._path, index.names.merged(), state)


def leaf_at(session: GazetteSession, sequence: int) -> str | None:
    """The leaf hash of a row of the log, in hex."""
    found = log_rows.leaf_hashes(session, [sequence]).get(sequence)
    return found.hex() if found else None


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
