"""Search, lists, single records, and all that is public on one credit code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Response

from public_site import context
from public_site.api import cursors
from public_site.api.kit import (
    NotHere,
    described,
    gazette,
    group,
    in_path,
    reading,
    state,
    with_next,
)
from public_site.pages.records import UnknownRecord, find
from public_site.present.entity import names_of
from registry.core.codes.public_id import parse_public_id
from registry.core.i18n import N_
from registry.core.names import InvalidCreditCode, parse_identifier
from registry.core.web.moment import now
from registry.public.gazette import queries
from registry.public.gazette.kinds import KINDS, LISTED, RecordKind, about_person
from registry.public.gazette.queries import Record
from registry.public.search import lists
from registry.public.search.service import SearchRequest, search
from schemas.api.requests import CODE_PATTERN, ID_PATTERN, ListArgs, SearchArgs

calls = group(
    "records",
    N_("Published records"),
    N_("What is published. Natural persons on our own lists are found by their address only."),
)
_ID = in_path("id", N_("Id of the record."), pattern=ID_PATTERN)
_CODE = in_path(
    "code", N_("Unified social credit code or registration number."), pattern=CODE_PATTERN
)
_FILTERS = (
    "kind",
    "list",
    "region",
    "ground",
    "field",
    "scope",
    "status",
    "validity",
    "authority",
)


class UnknownCode(NotHere):
    """What stands in the address is not a credit code; the reason is in ``why``."""

    code = "not-a-code"
    message = N_("This is not a credit code or registration number: check each character.")


@reading(
    calls,
    "/search",
    id="search",
    summary=N_("Search"),
    description=N_(
        "Full-text search with facets. Results are complete up to `sequence`, which the search"
        " index reaches within seconds of a publication."
    ),
    args=SearchArgs,
    answer="RecordList",
    errors=(422,),
    indexed=True,
)
def search_records(args: Mapping[str, Any]) -> Response:
    asked = {name: args[name] for name in ("q", *_FILTERS, "from_", "to", "sort")}
    place = cursors.unpack(args["next"], asked)
    request = SearchRequest(
        q=args["q"],
        **{name: args[name] for name in _FILTERS},
        date_from=args["from_"],
        date_to=args["to"],
        sort=args["sort"] or ("relevance" if args["q"] else "newest"),
        size=args["limit"],
        after=place,
    )
    found = search(gazette(), context.index(), request, now())
    body = {
        "sequence": min(found.sequence, state().sequence),
        "total": found.total,
        "results": [described(record) for record in found.records],
        "facets": found.facets,
        "next": cursors.pack(found.next, asked) if found.next is not None else None,
    }
    shown = {"from" if name == "from_" else name: value for name, value in asked.items()}
    return with_next(body, "search", {**shown, "limit": args["limit"], "next": body["next"]})


def _list(kind: str, args: Mapping[str, Any]) -> Response:
    asked = {"kind": kind, "list": args["list"]}
    place = cursors.unpack(args["next"], asked)
    if place is not None and not re.fullmatch("[0-9]{1,15}", place):
        raise cursors.UnknownPage
    session, before = gazette(), int(place) if place else None
    found = lists.page(
        session, kind, now(), list_kind=args["list"], before=before, size=args["limit"]
    )
    total, facets = lists.counts(session, context.index(), kind, now(), list_kind=args["list"])
    following = cursors.pack(str(found.next), asked) if found.next is not None else None
    body = {
        "sequence": state().sequence,
        "total": total,
        "results": [described(record) for record in found.records],
        "facets": facets,
        "next": following,
    }
    arguments = {"list": args["list"], "limit": args["limit"], "next": following}
    return with_next(body, KINDS[kind].plural, arguments)


def _one(kind: str, id: str) -> dict[str, Any]:
    proper = parse_public_id(id)
    if proper is None:
        raise UnknownRecord
    return described(find(proper, kind))


def _add(kind: RecordKind) -> None:
    """The two calls of a kind."""
    plural, shape = kind.plural, kind.schema

    @reading(
        calls,
        f"/{plural}",
        id=f"list_{plural}",
        summary=kind.newest,
        description=N_(
            "The order is that of first publication, so that while you page through it everything"
            " that stays published appears exactly once."
        ),
        args=ListArgs,
        answer=f"{shape}List",
        errors=(422,),
        indexed=True,
    )
    def listed(args: Mapping[str, Any]) -> Response:
        return _list(kind.code, args)

    @reading(
        calls,
        f"/{plural}/<string:id>",
        id=f"get_{kind.code}",
        summary=kind.one,
        path=[_ID],
        answer=shape,
        errors=(410,),
    )
    def single(id: str) -> dict[str, Any]:
        return _one(kind.code, id)


for _kind in LISTED:
    _add(_kind)


@reading(
    calls,
    "/entities/<string:code>",
    id="get_entity",
    summary=N_("All that is public on one credit code"),
    description=N_(
        "Records about the unit, and sites that it works or worked. The answer for a unit that"
        " was never published is the same as for one that no longer is."
    ),
    path=[_CODE],
    answer="EntityRecords",
)
def entity(code: str) -> dict[str, Any]:
    try:
        proper = parse_identifier(code).value
    except InvalidCreditCode:
        raise UnknownCode from None
    found = queries.by_entity(gazette(), proper, now())
    records = [one for one in found if KINDS[one.kind].listed and not about_person(one.payload)]
    name = names_of(records, proper).present
    return {
        "code": proper,
        **({"name": name} if name else {}),
        "sequence": state().sequence,
        "total": len(records),
        "results": [described(record) for record in records],
        "facets": {"kind": _kinds(records)},
        "next": None,
    }


def _kinds(records: list[Record]) -> dict[str, int]:
    found: dict[str, int] = {}
    for record in records:
        found[record.kind] = found.get(record.kind, 0) + 1
    return found
