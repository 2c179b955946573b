"""What an engine must do, and which there are.

An engine takes documents and our query tree and gives ids. It never decides what is shown: pages
re-read the records. It is rebuilt from the gazette at any time, so it may lose what it has but
never say that it has more than it has (``position``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, cast

from registry.core.errors import Conflict, Misconfigured
from registry.core.i18n import N_
from registry.public.search.documents import IndexDocument
from registry.public.search.query import Query

Sort: TypeAlias = Literal["relevance", "newest", "oldest"]
Source: TypeAlias = Callable[[], Iterable[IndexDocument]]
"""Gives a part of all documents. Picklable: it may be called in another process."""
Counts: TypeAlias = Mapping[str, Mapping[str, int]]
"""Facet to value to number of records."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Ids in order. ``next`` continues after the last of them; None: there are no more."""

    ids: tuple[str, ...]
    next: str | None = None


class SearchIndex(Protocol):
    """One index in one directory: one process writes, any number read.

    ``put``, ``remove`` and ``clear`` are staged; ``commit`` makes all of them visible at once,
    together with ``position``. Whatever stands at ``publish_until`` is gone from every answer.
    The order of ``find`` is total and depends on the documents alone, so that pages are stable.
    """

    def put(self, documents: Iterable[IndexDocument]) -> None: ...

    def remove(self, ids: Iterable[str]) -> None: ...

    def clear(self) -> None: ...

    def commit(self, position: int) -> None:
        """Publish what was staged. Raises ``IndexBusy`` where another process is writing; what was
        staged is forgotten then: by the time he is done it may be outdated."""

    def rebuild(self, sources: Sequence[Source], position: int, *, processes: int = 1) -> None:
        """Replace everything by what ``sources`` give. Readers see the old index until then."""

    def compact(self) -> None:
        """Make what was removed or replaced vanish from the files."""

    def has_remains(self) -> bool:
        """Whether the files still hold something that was removed or replaced."""

    def position(self) -> int:
        """Up to which sequence of the gazette the index is built; 0 for an empty one."""

    def size(self) -> int:
        """Number of documents, those past their ``publish_until`` included."""

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
        """Hits ``skip`` to ``skip + limit``, counted after the mark ``after`` where given.

        An ``after`` that no engine gave is ignored.
        """

    def count(self, query: Query, now: datetime) -> int: ...

    def facets(self, query: Query, names: Sequence[str], now: datetime) -> Counts: ...

    def suggest(self, text: str, limit: int, now: datetime) -> tuple[str, ...]:
        """Ids of records whose name is written or sounds much like ``text``, likest first."""

    def close(self) -> None: ...


class IndexBusy(Conflict):
    """Two processes may not write one index; the other one will be done soon."""

    code = "index-busy"
    message = N_("Another process is writing the search index.")


ENGINES: dict[str, str] = {
    "whoosh": "registry.public.search.whoosh_engine.index:WhooshIndex",
}
"""Name to class; imported when opened, so that an engine not chosen need not be installed."""


def open_index(engine: str, directory: Path) -> SearchIndex:
    """The index in ``directory``; an empty one where there is none yet. Writes nothing.

    Raises ``Misconfigured`` for an unknown engine.
    """
    if engine not in ENGINES:
        raise Misconfigured(what=f"REGISTRY_SEARCH_ENGINE must be one of {', '.join(ENGINES)}")
    module, _, name = ENGINES[engine].partition(":")
    return cast(SearchIndex, getattr(import_module(module), name)(directory))
