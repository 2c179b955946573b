"""The Whoosh engine: segments put together to one ``SearchIndex``."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from registry.public.search.documents import IndexDocument
from registry.public.search.engine import Counts, Hits, IndexBusy, Sort, Source
from registry.public.search.query import Query
from registry.public.search.whoosh_engine import bits, files, ranking
from registry.public.search.whoosh_engine.build import (
    MOST,
    Builder,
    build_source,
    microseconds,
    row,
)
from registry.public.search.whoosh_engine.counting import Counting
from registry.public.search.whoosh_engine.matching import Matcher
from registry.public.search.whoosh_engine.segment import SegmentReader
from registry.public.search.whoosh_engine.suggesting import suggestions

TIERS = (200, 2_000, MOST // 2)
"""Segments of one size class are merged when there are more than ``MOST_ALIKE`` of them."""
MOST_ALIKE = 6
_ATTEMPTS = 20


class _Open:
    """An open segment with what was found in it before."""

    def __init__(self, directory: Path, segment: files.Segment) -> None:
        self.segment = SegmentReader(directory, segment)
        self.matcher = Matcher(self.segment)
        self.counting = Counting(self.segment)


@dataclass(frozen=True, slots=True)
class _View:
    """A segment at one commit."""

    part: files.Part
    open: _Open
    live: int

    def shown(self, now: int) -> int:
        """Documents neither deleted nor ended at ``now``."""
        return self.live & ~self.open.segment.ended(now)

    def hits(self, query: Query, now: int) -> int:
        return self.open.matcher.matching(query) & self.shown(now)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    generation: int = -1
    position: int = 0
    views: tuple[_View, ...] = ()


class WhooshIndex:
    """See ``SearchIndex``. Readers follow the last commit; segments already open stay open."""

    def __init__(self, directory: Path) -> None:
        self.path = directory
        self._directory = files.Directory(directory)
        self._snapshot = _Snapshot()
        self._refreshing = threading.Lock()
        self._staged: dict[str, IndexDocument] = {}
        self._removed: set[str] = set()
        self._cleared = False

    # Writing

    def writing(self) -> AbstractContextManager[None]:
        """Holds the writer's lock. Raises ``IndexBusy`` where another process does."""
        return self._directory.lock()

    def put(self, documents: Iterable[IndexDocument]) -> None:
        for document in documents:
            self._staged[document.id] = document
            self._removed.add(document.id)

    def remove(self, ids: Iterable[str]) -> None:
        for id in ids:
            self._staged.pop(id, None)
            self._removed.add(id)

    def clear(self) -> None:
        self._staged.clear()
        self._removed.clear()
        self._cleared = True

    def commit(self, position: int) -> None:
        try:
            self._commit(position)
        finally:
            self._staged.clear()
            self._removed.clear()
            self._cleared = False
        self._refresh()

    def _commit(self, position: int) -> None:
        with self.writing():
            snapshot = self._refresh()
            parts = [] if self._cleared else self._without(snapshot.views, self._removed)
            builder = Builder(self.path)
            for document in self._staged.values():
                builder.add(row(document))
            builder.flush()
            self._directory.commit([*parts, *builder.written], position)
            self._merge_small()

    def _without(self, views: Sequence[_View], ids: set[str]) -> list[files.Part]:
        parts: list[files.Part] = []
        for view in views:
            numbers = view.open.segment.numbers if ids else {}
            deleted = view.part.deleted | {numbers[id] for id in ids if id in numbers}
            if len(deleted) < view.open.segment.count:
                parts.append(replace(view.part, deleted=frozenset(deleted)))
        return parts

    def _merge_small(self) -> None:
        """Merge a size class that has grown too long, so that a search opens few segments."""
        snapshot = self._refresh()
        for limit in TIERS:
            alike = [view for view in snapshot.views if view.live.bit_count() < limit]
            if len(alike) > MOST_ALIKE:
                self._rewrite(snapshot, alike)
                snapshot = self._refresh()

    def _rewrite(self, snapshot: _Snapshot, views: Sequence[_View]) -> None:
        """Write the live documents of ``views`` anew, in segments of their own."""
        builder = Builder(self.path)
        for view in views:
            segment = view.open.segment
            for one in segment.rows(bits.documents(view.live, segment.count)):
                builder.add(one)
        builder.flush()
        gone = {view.part.id for view in views}
        kept = [view.part for view in snapshot.views if view.part.id not in gone]
        self._directory.commit([*kept, *builder.written], snapshot.position)

    def compact(self) -> None:
        with self.writing():
            snapshot = self._refresh()
            views = [view for view in snapshot.views if view.part.deleted]
            if views:
                self._rewrite(snapshot, views)
        self._refresh()

    def has_remains(self) -> bool:
        return any(view.part.deleted for view in self._refresh().views)

    def rebuild(self, sources: Sequence[Source], position: int, *, processes: int = 1) -> None:
        with self.writing():
            if processes > 1 and len(sources) > 1:
                # A fresh interpreter: nothing of this process (connections, locks) is inherited.
                context = get_context("spawn")
                with ProcessPoolExecutor(min(processes, len(sources)), mp_context=context) as pool:
                    built = list(pool.map(build_source, [self.path] * len(sources), sources))
            else:
                built = [build_source(self.path, source) for source in sources]
            self._directory.commit([part for parts in built for part in parts], position)
        self._refresh()

    # Reading

    def position(self) -> int:
        return self._refresh().position

    def size(self) -> int:
        return sum(view.live.bit_count() for view in self._refresh().views)

    def find(
        self,
        query: Query,
        now: datetime,
        *,
        sort: Sort = "relevance",
        limit: int = 20,
        skip: int = 0,
        after: str | None = None,
    ) -> Hits:
        instant = microseconds(now)
        start = ranking.read_mark(sort, after)
        most = skip + limit + 1
        found: list[tuple[ranking.Key, str]] = []
        for view in self._refresh().views:
            hits = view.hits(query, instant)
            if hits:
                best = ranking.top(
                    view.open.matcher, query, hits, sort=sort, most=most, after=start
                )
                found += [(key, key[3]) for key, _ in best]
        found.sort()
        page = found[skip : skip + limit]
        more = len(found) > skip + limit and bool(page)
        return Hits(tuple(id for _, id in page), ranking.mark(sort, page[-1][0]) if more else None)

    def count(self, query: Query, now: datetime) -> int:
        instant = microseconds(now)
        return sum(view.hits(query, instant).bit_count() for view in self._refresh().views)

    def facets(self, query: Query, names: Sequence[str], now: datetime) -> Counts:
        instant = microseconds(now)
        totals: dict[str, Counter[str]] = {name: Counter() for name in names}
        for view in self._refresh().views:
            hits = view.hits(query, instant)
            for name, counter in totals.items():
                counter.update(view.open.counting.counts(name, hits))
        return totals

    def suggest(self, text: str, limit: int, now: datetime) -> tuple[str, ...]:
        instant = microseconds(now)
        found = [
            (-likeness, view.open.segment.ids[document])
            for view in self._refresh().views
            for likeness, document in suggestions(view.open.matcher, text, view.shown(instant))
        ]
        return tuple(id for _, id in sorted(found)[:limit])

    def close(self) -> None:
        views, self._snapshot = self._snapshot.views, _Snapshot()
        for view in views:
            view.open.segment.close()

    # Following commits

    def _refresh(self) -> _Snapshot:
        """The last commit, opened. Cheap where nothing has changed."""
        if self._directory.generation() == self._snapshot.generation:
            return self._snapshot
        with self._refreshing:
            for _ in range(_ATTEMPTS):
                contents = self._directory.read()
                try:
                    self._snapshot = self._opened(contents)
                except FileNotFoundError:
                    continue  # a writer has just merged it away
                except files.Damaged:
                    # As if there were no index: the indexer then begins anew.
                    self._snapshot = _Snapshot(contents.generation)
                return self._snapshot
        raise IndexBusy

    def _opened(self, contents: files.Contents) -> _Snapshot:
        known = {view.part.id: view.open for view in self._snapshot.views}
        views: list[_View] = []
        for part in contents.parts:
            opened = known.get(part.id) or _Open(self.path, part.segment)
            segment = opened.segment
            live = segment.all & ~bits.from_documents(part.deleted, segment.count)
            views.append(_View(part, opened, live))
        return _Snapshot(contents.generation, contents.position, tuple(views))
