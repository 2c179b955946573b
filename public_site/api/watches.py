"""Counterparties that an agency has watched."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Response

from public_site import context
from public_site.api import bodies, cursors
from public_site.api.keyed import holder, keyed
from public_site.api.kit import (
    as_response,
    asking,
    for_holder,
    gazette,
    group,
    in_path,
    loaded,
    reading,
    with_next,
)
from public_site.api.match import as_problem
from registry.core.clock import rfc3339
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.web.moment import now
from registry.public.agencies import history
from registry.public.screening import CheckRequest
from registry.public.watches import service
from registry.public.watches.models import Watch as WatchRow
from registry.public.watches.service import Wanted
from schemas.api.requests import ID_PATTERN
from schemas.api.telling import WatchArgs, WatchesAnswer, WatchesBody, WatchesPage, WatchQuery

calls = group(
    "watches",
    N_("Watches"),
    N_(
        "Counterparties that are looked at again at every change that could concern them; the"
        " agency is told by the events `watch.hit` and `watch.cleared`. Names are kept sealed, and"
        " given back to nobody."
    ),
)
ID = [in_path("id", N_("Id of the watch."), pattern=ID_PATTERN)]
BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"$ref": "#/components/schemas/WatchesBody"},
            "example": {"watches": [{"code": "91990121XY00000126", "reference": "licence-17"}]},
        }
    },
}


@asking(
    calls,
    "/watches",
    id="add_watches",
    summary=N_("Watch up to 200 counterparties"),
    description=N_("The answer says where each stands now. One wrong counterparty fails no other."),
    answer=WatchesAnswer,
    body=BODY,
    errors=(409,),
    success=201,
)
@keyed("watches")
def add() -> Response:
    asked = loaded(WatchesBody(), bodies.json_body())["watches"]
    wanted = [_wanted(one) for one in asked]
    good = [one for one in wanted if isinstance(one, Wanted)]
    added = iter(
        service.add(
            context.intake(),
            gazette(),
            holder().agency_id,
            good,
            root=context.agency_key(),
            index=context.screening(),
            now=now(),
        )
    )
    found = [next(added) if isinstance(one, Wanted) else one for one in wanted]
    answer = as_response({"results": _told(found)})
    answer.status_code = 201
    return answer


@reading(
    calls,
    "/watches",
    id="list_watches",
    summary=N_("The agency's watches and where each stands"),
    args=WatchArgs,
    answer=WatchesPage,
    errors=(400, 422),
    validated=False,
)
@keyed("watches")
def page(args: Mapping[str, Any]) -> Response:
    agency, limit = holder().agency_id, args["limit"]
    bound = {"of": f"watches:{agency}", "outcome": args["outcome"]}
    start = cursors.number(args["next"], bound)
    session = context.intake()
    rows = service.page(session, agency, outcome=args["outcome"], after=start, limit=limit + 1)
    shown = rows[:limit]
    following = cursors.pack(str(shown[-1].id), bound) if len(rows) > limit else None
    body = {"results": _told(shown), "next": following}
    asked = {"outcome": args["outcome"], "limit": limit, "next": following}
    return for_holder(with_next(body, "watches", asked))


@asking(
    calls,
    "/watches/<string:id>",
    id="delete_watch",
    summary=N_("Watch a counterparty no more"),
    answer=None,
    body=None,
    success=204,
    method="DELETE",
    path=ID,
)
@keyed("watches")
def delete(id: str) -> Response:
    service.remove(context.intake(), holder().agency_id, id)
    return Response(status=204)


@functools.cache
def _schema() -> ma.Schema:
    return WatchQuery()


def _wanted(asked: object) -> Wanted | InvalidInput:
    try:
        said = loaded(_schema(), asked)
        reference = history.checked_reference(said["reference"])
    except InvalidInput as error:
        return error
    request = CheckRequest(name=said["name"], code=said["code"], region=said["region"])
    return Wanted(request, reference)


def _told(found: list[Any]) -> list[dict[str, Any]]:
    rows = [one for one in found if isinstance(one, WatchRow)]
    matches = service.matches(context.intake(), [one.id or 0 for one in rows])
    return [
        _watch(one, matches.get(one.id or 0, []))
        if isinstance(one, WatchRow)
        else {"error": as_problem(one)}
        for one in found
    ]


def _watch(one: WatchRow, matches: list[Any]) -> dict[str, Any]:
    return {
        "id": one.token,
        "reference": one.reference,
        "outcome": one.outcome,
        "changed": rfc3339(one.changed),
        "records": [
            {
                "id": each.record,
                "kind": each.told["kind"],
                "via": each.told["via"],
                "score": each.told["score"],
            }
            for each in matches
        ],
    }
