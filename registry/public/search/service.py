"""A search as a page or the API asks it: ids from the engine, records from the gazette.

What the engine says is a hint: every record is read again from the gazette, and what may not be
shown now is dropped. An exact credit code, full name or decision number does not wait for the
index: it goes through the database and comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from registry.core.db import GazetteSession
from registry.core.names import fold
from registry.public.gazette import queries
from registry.public.gazette.entry import Handle
from registry.public.gazette.queries import Record
from registry.public.search.documents import AUTHORITY_CODE, FACETS, IndexDocument, document
from registry.public.search.engine import Counts, SearchIndex, Sort
from registry.public.search.forms import code_form
from registry.public.search.parsing import LONGEST, parse_query
from registry.public.search.query import (
    EVERYTHING,
    And,
    Dated,
    Filter,
    Ids,
    Leaf,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
)

LARGEST_PAGE = 200
DEEPEST = 10_000
"""Results that can be reached by page number; behind them only by ``after``."""
SUGGESTIONS = 5
_EXACT = "x"
_IN_ORDER = "i"


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

    ``suggestions``: names of published records much like ``q``, where nothing was found.
    ``next``: for ``after`` of the next request, None on the last page. ``query``: for
    ``highlight``.
    """

    total: int
    records: tuple[Record, ...]
    facets: Counts
    next: str | None
    query: Query
    suggestions: tuple[str, ...] = ()
    pages: int = 1
    sequence: int = 0
    """Up to which row of the gazette the index was built."""
    _fields: Mapping[str, str] = field(default_factory=dict, repr=False)


def search(
    session: GazetteSession, index: SearchIndex, request: SearchRequest, now: datetime
) -> SearchResult:
    """One page of what answers ``request`` at ``now``."""
    size = max(1, min(request.size, LARGEST_PAGE))
    text = parse_query(request.q)
    filters = _filters(request)
    query: Query = And((text, *filters)) if filters else text
    exact = _exact(session, request, filters, now)
    rest = And((query, Not(Ids(tuple(one.id for one in exact))))) if exact else query
    total = len(exact) + index.count(rest, now)
    pages = max(1, -(-min(total, DEEPEST) // size))
    start = _start(request, size)
    records, following = _page(session, index, rest, exact, request.sort, start, size, now)
    return SearchResult(
        total=total,
        records=tuple(records),
        facets=index.facets(query, FACETS, now),
        next=following,
        query=text,
        suggestions=_suggestions(session, index, request.q, now) if not total else (),
        pages=pages,
        sequence=index.position(),
    )
