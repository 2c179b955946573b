"""A search as a page or the API asks it: ids from the engine, records from the gazette.

What the engine says is a hint: every record is read again from the gazette, and what may not be
shown now is dropped. What was removed or corrected since the index was written is taken out of
the question itself, so that neither a count nor a facet tells of it. An exact credit code, full
name or decision number does not wait for the index: it goes through the database and comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from rapidfuzz import fuzz

from registry.core.db import GazetteSession
from registry.core.names import fold
from registry.public.gazette import log_rows, queries
from registry.public.gazette.entry import Handle
from registry.public.gazette.queries import Record
from registry.public.search.documents import FACETS, document
from registry.public.search.engine import Counts, SearchIndex, Sort
from registry.public.search.forms import code_form, name_form
from registry.public.search.parsing import parse_query
from registry.public.search.parts import AUTHORITY_CODE
from registry.public.search.query import And, Dated, Filter, Ids, Not, Or, Phrase, Prefix, Query

LARGEST_PAGE = 200
DEEPEST = 10_000
"""Results that can be reached by page number; those behind them by ``after`` only."""
SUGGESTIONS = 5
_EXACT, _RANKED = "x", "r"
"""What ``next`` begins with: still among the exact hits, or among those of the engine."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is asked. An empty field asks for nothing.

    ``authority``: name or credit code. ``date_from``, ``date_to``: day of the decision, both
    included. ``page`` counts from 1; ``after`` (``next`` of the answer before) wins over it.
    """

    q: str = ""
    kind: str = ""
    list: str = ""
    region: str = ""
    ground: str = ""
    field: str = ""
    scope: str = ""
    status: str = ""
    validity: str = ""
    authority: str = ""
    date_from: date | None = None
    date_to: date | None = None
    sort: Sort = "relevance"
    page: int = 1
    after: str | None = None
    size: int = 20


@dataclass(frozen=True, slots=True)
class SearchResult:
    """``records`` of one page; ``total`` and ``facets`` of all results.

    ``next``: for ``after`` of the next request, None on the last page. ``pages``: how many can be
    reached by number. ``query``: for ``highlight``. ``suggestions``: names of published records
    much like ``q``, where nothing was found. ``sequence``: how far the index had come.
    """

    total: int
    records: tuple[Record, ...]
    facets: Counts
    next: str | None
    pages: int
    query: Query
    suggestions: tuple[str, ...]
    sequence: int


def search(
    session: GazetteSession, index: SearchIndex, request: SearchRequest, now: datetime
) -> SearchResult:
    """One page of what answers ``request`` at ``now``."""
    text = parse_query(request.q)
    filters = _filters(request)
    hidden = log_rows.forgotten_since(session, index.position())
    unsaid = (Not(Ids(hidden)),) if hidden else ()
    query: Query = And((text, *filters, *unsaid)) if filters or hidden else text
    exact: list[Record] = []
    if request.sort == "relevance":
        exact = [r for r in _exact(session, request.q, text, now) if _passes(r, filters)]
    rest = And((query, Not(Ids(tuple(r.id for r in exact))))) if exact else query
    total = len(exact) + index.count(rest, now)
    pager = _Pager(session, index, rest=rest, exact=exact, request=request, now=now)
    records, following = pager.page()
    return SearchResult(
        total=total,
        records=tuple(records),
        facets=index.facets(query, FACETS, now),
        next=following,
        pages=max(1, -(-min(total, DEEPEST) // pager.size)),
        query=text,
        suggestions=() if total else _suggestions(session, index, request.q, now),
        sequence=index.position(),
    )


def whole(
    session: GazetteSession, index: SearchIndex, request: SearchRequest, now: datetime, most: int
) -> tuple[list[Record], int]:
    """Records that answer ``request``, at most ``most``, and how many there are: for exports."""
    asked = replace(request, page=1, after=None, size=LARGEST_PAGE)
    records: list[Record] = []
    while True:
        found = search(session, index, asked, now)
        records += found.records
        if found.next is None or len(records) >= most:
            return records[:most], found.total
        asked = replace(asked, after=found.next)


class _Pager:
    """The exact hits, then the engine's, as one list."""

    def __init__(
        self,
        session: GazetteSession,
        index: SearchIndex,
        *,
        rest: Query,
        exact: Sequence[Record],
        request: SearchRequest,
        now: datetime,
    ) -> None:
        self.session, self.index, self.now = session, index, now
        self.rest, self.exact, self.sort = rest, exact, request.sort
        self.size = max(1, min(request.size, LARGEST_PAGE))
        self.skip = min(max(request.page, 1) - 1, DEEPEST // self.size) * self.size
        self.mark: str | None = None
        kind, mark = (request.after or "")[:1], (request.after or "")[1:]
        if kind == _EXACT and mark.isdecimal() and len(mark) < 9:
            self.skip = int(mark)
        elif kind == _RANKED:
            self.skip, self.mark = len(exact), mark or None

    def page(self) -> tuple[list[Record], str | None]:
        """The records of the page and where the next one begins."""
        records = list(self.exact[self.skip : self.skip + self.size])
        end = self.skip + len(records)
        if end < len(self.exact):
            return records, f"{_EXACT}{end}"
        if len(records) == self.size:
            return records, _RANKED if self.index.count(self.rest, self.now) else None
        return self._fill(records, max(0, self.skip - len(self.exact)))

    def _fill(self, records: list[Record], skip: int) -> tuple[list[Record], str | None]:
        """Go on with the engine's hits until the page is full of records that may be shown."""
        mark = self.mark
        while len(records) < self.size:
            hits = self.index.find(
                self.rest,
                self.now,
                sort=self.sort,
                limit=self.size - len(records),
                skip=skip,
                after=mark,
            )
            records.extend(queries.many(self.session, hits.ids, self.now).values())
            skip, mark = 0, hits.next
            if mark is None:
                return records, None
        return records, f"{_RANKED}{mark}"


def _filters(request: SearchRequest) -> tuple[Query, ...]:
    wanted = [
        ("kind", request.kind),
        ("list", request.list),
        ("region", request.region),
        ("ground", request.ground),
        ("field", request.field),
        ("scope", request.scope),
        ("status", request.status),
        ("validity", request.validity),
    ]
    filters: list[Query] = [Filter(facet, (value,)) for facet, value in wanted if value]
    if request.authority:
        by_name = Filter("authority", (request.authority,))
        filters.append(Or((by_name, Filter(AUTHORITY_CODE, (request.authority.upper(),)))))
    if request.date_from or request.date_to:
        filters.append(Dated(request.date_from, request.date_to))
    return tuple(filters)


def _exact(session: GazetteSession, q: str, query: Query, now: datetime) -> list[Record]:
    """Records with this code, full name or number, newest first, straight from the database."""
    field = None
    if isinstance(query, Phrase | Prefix):
        q, field = query.text, query.field
    name, code = fold(q), code_form(q).upper()
    handles: list[Handle] = []
    if len(name) > 1 and field in {None, "name"}:
        handles.append(Handle("name", name))
    if len(name) > 1 and field in {None, "number"}:
        handles.append(Handle("number", name))
    if len(code) in {15, 18} and code.isascii() and field in {None, "code"}:
        handles.append(Handle("code", code))
    found = {r.id: r for handle in handles for r in queries.lookup(session, handle, now)}
    return sorted(found.values(), key=lambda r: -r.sequence)


def _passes(record: Record, filters: Sequence[Query]) -> bool:
    """Whether a record that did not come from the engine may stand among its hits."""
    found = document(record)
    if found is None:
        return False

    def one(query: Query) -> bool:
        if isinstance(query, Filter):
            return bool(set(found.keywords.get(query.facet, ())) & set(query.values))
        if isinstance(query, Or):
            return any(map(one, query.parts))
        if isinstance(query, Dated):
            first, last = query.first or date.min, query.last or date.max
            return found.date is not None and first <= found.date <= last
        raise TypeError(query)

    return all(map(one, filters))


def _suggestions(
    session: GazetteSession, index: SearchIndex, q: str, now: datetime
) -> tuple[str, ...]:
    """Names of records that may be shown now, likest to ``q`` first."""
    form = name_form(q)
    names: list[str] = []
    ids = index.suggest(q, 4 * SUGGESTIONS, now)
    for record in queries.many(session, ids, now).values():
        found = document(record)
        if found is not None:
            names.append(max(found.names, key=lambda name: fuzz.ratio(form, name_form(name))))
    return tuple(dict.fromkeys(names))[:SUGGESTIONS]
