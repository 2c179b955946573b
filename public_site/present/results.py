"""A page of search results: cards, facets, filters in force, pages, order, downloads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from flask import url_for

from public_site.present.cards import Card, cards, ground_title
from public_site.present.words import (
    KIND_PLURALS,
    STATUS,
    list_title,
    name_of,
    region_name,
    title,
)
from registry.core.i18n import N_, Text
from registry.core.rules import Rules
from registry.core.web.formats import day as format_day
from registry.core.web.locale import gettext as _
from registry.core.web.locale import say
from registry.public.gazette.queries import Record
from registry.public.search.highlight import Fragments, excerpt, highlight
from registry.public.search.query import Query
from registry.public.search.service import SearchRequest, SearchResult
from schemas.public.search import FORMATS, SORTS

PAGE_SIZE = 20
FACETS = {
    "kind": N_("Kind of record"),
    "list": N_("List"),
    "ground": N_("Cause"),
    "region": N_("Region"),
    "field": N_("Field of service, kind of site or licence"),
    "scope": N_("Business scope"),
    "status": N_("Status"),
    "validity": N_("Valid until"),
    "authority": N_("Authority"),
}
_TABLES = {
    "ground": (
        "hazard_codes",
        "suspension_kinds",
        "inspection_types",
        "exposure_kinds",
        "accident_levels",
        "unit_offences",
    ),
    "field": ("site_types", "provider_fields", "licence_kinds"),
    "scope": ("provider_scopes", "report_types"),
}
"""Rule tables that may know the value of a facet."""
FACET_VALUES = 12
"""Values shown of one facet, the most frequent first."""

Wanted = Mapping[str, Any]
"""A loaded ``SearchQuery``."""


@dataclass(frozen=True)
class FacetValue:
    label: str
    count: int
    address: str
    chosen: bool


@dataclass(frozen=True)
class ResultsView:
    """What the results page shows."""

    wanted: Wanted
    total: int
    cards: list[Card]
    names: Mapping[str, Fragments]
    """By id: the name in pieces, with what was searched for marked."""
    excerpts: Mapping[str, Fragments]
    """By id: where in its text what was searched for stands."""
    facets: list[tuple[str, list[FacetValue]]]
    filters: list[tuple[str, str]]
    """(words, address without this filter) of the filters in force."""
    suggestions: list[tuple[str, str]]
    sorts: list[tuple[str, str, bool]]
    downloads: list[tuple[str, str]]
    page: int
    pages: int

    def page_address(self, page: int) -> str:
        return _address(self.wanted, page=page)


def request_of(wanted: Wanted, *, size: int = PAGE_SIZE, after: str | None = None) -> SearchRequest:
    """What the search service is asked."""
    return SearchRequest(
        q=wanted["q"],
        **{name: wanted[name] for name in FACETS},
        date_from=wanted["from_"],
        date_to=wanted["to"],
        sort=wanted["sort"],
        page=wanted["page"],
        size=size,
        after=after,
    )


def results_view(found: SearchResult, wanted: Wanted, rules: Rules) -> ResultsView:
    return ResultsView(
        wanted=wanted,
        total=found.total,
        cards=cards(found.records, rules),
        names={
            one.id: highlight(name, found.query, "name")
            for one in found.records
            if (name := name_of(one.payload))
        },
        excerpts={
            one.id: pieces for one in found.records if (pieces := _excerpt(one, found.query))
        },
        facets=[
            (say(heading), values)
            for name, heading in FACETS.items()
            if (values := _values(name, found.facets.get(name, {}), wanted, rules))
        ],
        filters=_filters(wanted, rules),
        suggestions=[(text, _address({}, q=text)) for text in found.suggestions],
        sorts=[
            (say(label), _address(wanted, sort=code, page=None), code == wanted["sort"])
            for code, label in SORTS.items()
        ],
        downloads=[
            (label, _address(wanted, format=code, page=None)) for code, label in FORMATS.items()
        ],
        page=wanted["page"],
        pages=found.pages,
    )


def _excerpt(record: Record, query: Query) -> Fragments:
    """The first running text of a record that holds what was searched for; empty without one."""
    payload: Any = record.payload
    decision = payload.get("decision", {})
    texts = [payload.get(key) for key in ("summary", "facts", "content", "remarks", "cause")]
    for text in [*texts, decision.get("text")]:
        pieces = excerpt(text, query) if text else []
        if any(hit for _, hit in pieces):
            return pieces
    return []


def _values(name: str, counts: Mapping[str, int], wanted: Wanted, rules: Rules) -> list[FacetValue]:
    chosen = wanted[name]
    if len(counts) < 2 and not chosen:
        return []
    ordered = sorted(counts.items(), key=lambda item: (item[0] != chosen, -item[1], item[0]))
    return [
        FacetValue(
            label=say(_label(name, value, rules)),
            count=count,
            address=_address(wanted, **{name: None if value == chosen else value, "page": None}),
            chosen=value == chosen,
        )
        for value, count in ordered[:FACET_VALUES]
    ]


def _label(facet: str, value: str, rules: Rules) -> Text | str:
    """What a facet's value is called."""
    if facet == "kind":
        return KIND_PLURALS.get(value, value)
    if facet == "list":
        return list_title(rules, value)
    if facet == "ground":
        of_lists = (ground_title(rules, code, value) for code in rules.list_kinds)
        return _first(chain(of_lists, _titles(facet, value, rules)), value)
    if facet == "status":
        return STATUS.get(value, value)
    if facet in _TABLES:
        return _first(_titles(facet, value, rules), value)
    return region_name(value, levels=2) if facet == "region" else Text(value, value)


def _titles(facet: str, value: str, rules: Rules) -> Iterator[Text]:
    return (title(rules, table, value) for table in _TABLES[facet])


def _first(titles: Iterable[Text], value: str) -> Text:
    """The first that is more than the bare code."""
    return next((one for one in titles if one.zh != value), Text(value, value))


def _filters(wanted: Wanted, rules: Rules) -> list[tuple[str, str]]:
    found = [
        (say(_label(name, wanted[name], rules)), _address(wanted, **{name: None, "page": None}))
        for name in FACETS
        if wanted[name]
    ]
    if wanted["from_"]:
        words = _("from {day}", day=format_day(wanted["from_"]))
        found.append((words, _address(wanted, from_=None, page=None)))
    if wanted["to"]:
        words = _("until {day}", day=format_day(wanted["to"]))
        found.append((words, _address(wanted, to=None, page=None)))
    return found


def _address(wanted: Wanted, **changes: object) -> str:
    """This search with some of it changed; None takes a part away."""
    whole = {**wanted, **changes}
    arguments = {
        "from" if name == "from_" else name: str(value)
        for name, value in whole.items()
        if value not in (None, "") and not (name == "page" and value == 1)
    }
    if "format" not in changes:
        arguments.pop("format", None)
    return url_for("search.results", **arguments)  # type: ignore[arg-type]
