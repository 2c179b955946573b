"""Keeping an index up with the gazette, outside any request.

The index says how far it is (``position``), together with what it holds, so the indexer can be
killed at any time: it goes on from there, and taking in a row twice changes nothing. Every row
says only *which* record changed; what it says now is read from the gazette.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import col, select

from registry.core.db import GazetteSession, Store
from registry.core.errors import NotFound
from registry.public.files.store import FileStore
from registry.public.gazette import queries
from registry.public.gazette.models import LogRow, RecordRow
from registry.public.search.documents import IndexDocument, document
from registry.public.search.engine import IndexBusy, SearchIndex, Source

CHUNK = 1000
"""Rows of the log per commit of the index."""
WORTH_REBUILDING = 20_000
"""Rows behind from which an empty index is built at once rather than in steps."""
TIDY_AFTER = timedelta(seconds=20)
"""How long removed text may stay in the index's files before they are written anew. A removal
must be physical within 60 s; collecting removals for a while spares most of the writing."""


class Indexer:
    """One gazette, one index. Any number may run: one writes, the others leave it to him."""

    def __init__(
        self,
        gazette: Store[GazetteSession],
        index: SearchIndex,
        *,
        processes: int = 2,
        files: Path | None = None,
    ) -> None:
        """``files``: where the published files lie whose text is searched, too."""
        self._gazette = gazette
        self._index = index
        self._processes = processes
        self._files = files
        self._remains_since: datetime | None = None
        self._started = False

    def catch_up(self, now: datetime, limit: int | None = None) -> int:
        """Take in what the gazette has and the index lacks; gives the number of rows.

        Takes at most ``limit`` rows, so that a worker can turn to other things in between. Does
        nothing while another process writes the index.
        """
        try:
            done = self._catch_up(now, limit)
            self._tidy(now)
        except IndexBusy:
            return 0
        return done

    def _catch_up(self, now: datetime, limit: int | None) -> int:
        position, head = self._index.position(), self._head(now)
        if position > head or (position == 0 and head >= WORTH_REBUILDING):
            # Ahead of the gazette: an older copy of it has been restored.
            return self.rebuild(now)
        done = 0
        while limit is None or done < limit:
            rows = self._step(now, CHUNK if limit is None else min(CHUNK, limit - done))
            done += rows
            if not rows:
                break
        return done

    def _step(self, now: datetime, most: int) -> int:
        position = self._index.position()
        with self._gazette.read() as session:
            query = (
                select(LogRow.sequence, LogRow.id)
                .where(LogRow.sequence > position)
                .order_by(col(LogRow.sequence))
                .limit(most)
            )
            rows = session.exec(query).all()
            if not rows:
                return 0
            ids = list(dict.fromkeys(id for _, id in rows))
            records = queries.many(session, ids, now)
        found = {
            id: document(record, text_of(record, self._files)) for id, record in records.items()
        }
        self._index.put(one for one in found.values() if one is not None)
        self._index.remove(id for id in ids if found.get(id) is None)
        self._index.commit(rows[-1][0])
        return len(rows)

    def rebuild(self, now: datetime) -> int:
        """Build the index anew from all that is published; gives the gazette's length."""
        head = self._head(now)
        url, shares = self._gazette.url, max(1, self._processes)
        sources: list[Source] = [
            Share(url, now, head, shares, one, self._files) for one in range(shares)
        ]
        self._index.rebuild(sources, head, processes=self._processes)
        self._remains_since = None
        return head

    def behind(self, now: datetime) -> int:
        """How many rows of the log the index lacks."""
        return max(0, self._head(now) - self._index.position())

    def _head(self, now: datetime) -> int:
        with self._gazette.read() as session:
            return queries.state(session, now).sequence

    def _tidy(self, now: datetime) -> None:
        """Write segments anew once removed text has stood in them for ``TIDY_AFTER``.

        After a start nobody knows how long that has been, so it is done at once.
        """
        first, self._started = not self._started, True
        if not self._index.has_remains():
            self._remains_since = None
        elif first or (self._remains_since and now - self._remains_since >= TIDY_AFTER):
            self._index.compact()
            self._remains_since = None
        elif self._remains_since is None:
            self._remains_since = now


def text_of(record: queries.Record, files: Path | None) -> str:
    """The text of the record's own file; empty where it has none or it is not here."""
    digest = record.payload.get("file", {}).get("text")
    if files is None or not digest:
        return ""
    try:
        with FileStore(files).open(digest) as file:
            return file.read().decode("utf-8", errors="replace")
    except NotFound:
        return ""


@dataclass(frozen=True, slots=True)
class Share:
    """The ``part``-th of ``parts`` shares of all that is published up to ``head``.

    Callable in a process of its own. What changes meanwhile has a later sequence and is left
    to ``catch_up``, so no record can come twice.
    """

    url: str
    now: datetime
    head: int
    parts: int
    part: int
    files: Path | None = None

    def __call__(self) -> Iterator[IndexDocument]:
        store = Store(self.url, GazetteSession)
        try:
            with store.read() as session:
                for record in self._records(session):
                    found = document(record, text_of(record, self.files))
                    if found is not None:
                        yield found
        finally:
            store.close()

    def _records(self, session: GazetteSession) -> Iterator[queries.Record]:
        last = 0
        while True:
            query = (
                select(RecordRow.sequence, RecordRow.id)
                .where(
                    RecordRow.sequence > last,
                    RecordRow.sequence <= self.head,
                    col(RecordRow.reason).is_(None),
                    col(RecordRow.sequence) % self.parts == self.part,
                )
                .order_by(col(RecordRow.sequence))
                .limit(CHUNK)
            )
            rows = session.exec(query).all()
            if not rows:
                return
            last = rows[-1][0]
            yield from queries.many(session, [id for _, id in rows], self.now).values()
