"""All records of one kind, newest publication first, page by page.

Pages go by the sequence under which an id was first published. That never changes, so whatever
stays published while someone pages through, corrected or not, appears exactly once. Natural
persons as subjects of our own lists are left out: they have their address, and no list leads
there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from registry.core.db import GazetteSession
from registry.public.gazette import queries
from registry.public.gazette.kinds import KINDS, about_person
from registry.public.gazette.models import RecordRow
from registry.public.gazette.queries import Record
from registry.public.search.documents import FACETS, document
from registry.public.search.engine import Counts, SearchIndex
from registry.public.search.query import And, Filter

LARGEST_PAGE = 200
COUNTED_HERE = 5_000
"""Up to this many records are counted by reading them while the index lags behind."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """``next`` is where the next page begins: for ``before``; None on the last page."""

    records: tuple[Record, ...]
    next: int | None


def page(
    session: GazetteSession,
    kind: str,
    now: datetime,
    *,
    list_kind: str = "",
    before: int | None = None,
    size: int = 20,
) -> ListPage:
    """At most ``size`` records of ``kind``, and of the list ``list_kind``, that may be shown."""
    found: list[tuple[int, Record]] = []
    for first, record in _newest(session, kind, now, list_kind, before, size + 1):
        if about_person(record.payload):
            continue
        found.append((first, record))
        if len(found) > size:
            break
    more = len(found) > size
    return ListPage(
        tuple(record for _, record in found[:size]), found[size - 1][0] if more else None
    )


def counts(
    session: GazetteSession, index: SearchIndex, kind: str, now: datetime, *, list_kind: str = ""
) -> tuple[int, Counts]:
    """How many records the list has in all, and how many for each value of each facet.

    By the search index; while that lags behind the gazette, and the list is not long, by reading.
    A kind that is not searched has no facets.
    """
    if not KINDS[kind].searched:
        return queries.figures(session, now).by_kind.get(kind, 0), {name: {} for name in FACETS}
    if index.position() < queries.state(session, now).sequence:
        shown = queries.figures(session, now).by_kind.get(kind, 0)
        if shown <= COUNTED_HERE:
            return _counted(session, kind, now, list_kind)
    filters = [Filter("kind", (kind,))] + ([Filter("list", (list_kind,))] if list_kind else [])
    query = And(tuple(filters))
    return index.count(query, now), index.facets(query, FACETS, now)


def _newest(
    session: GazetteSession,
    kind: str,
    now: datetime,
    list_kind: str,
    before: int | None,
    step: int,
) -> Iterator[tuple[int, Record]]:
    while True:
        query = (
            select(RecordRow.id, RecordRow.first_sequence)
            .where(RecordRow.kind == kind, col(RecordRow.reason).is_(None))
            .order_by(col(RecordRow.first_sequence).desc())
            .limit(step)
        )
        if list_kind:
            query = query.where(RecordRow.list == list_kind)
        if before is not None:
            query = query.where(RecordRow.first_sequence < before)
        rows = session.exec(query).all()
        records = queries.many(session, [id for id, _ in rows], now)
        yield from ((first, records[id]) for id, first in rows if id in records)
        if len(rows) < step:
            return
        before = rows[-1][1]


def _counted(
    session: GazetteSession, kind: str, now: datetime, list_kind: str
) -> tuple[int, dict[str, dict[str, int]]]:
    total = 0
    facets: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for record in queries.every(session, kind, now):
        shown = document(record)
        if shown is None or (list_kind and list_kind not in shown.keywords.get("list", ())):
            continue
        total += 1
        for name in FACETS:
            facets[name].update(shown.keywords.get(name, ()))
    return total, {name: dict(found) for name, found in facets.items()}
