"""Suggestions of entities, types and properties, with a few words on each, for reconciliation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template

from public_site import context
from public_site.api.extension import LISTS, OF_TYPE, PROPERTIES, about
from public_site.api.kit import as_response, gazette, in_path, reading
from public_site.api.reconcile import NoEntity, calls, description, entity, type_of
from public_site.present.cards import card
from registry.core.i18n import N_
from registry.core.web.locale import gettext as _
from registry.core.web.locale import say
from registry.core.web.moment import now
from registry.public.screening import reconciliation
from registry.public.screening.reconciliation import Suggestion
from registry.public.screening.subjects import SCREENED_KINDS
from schemas.api.requests import FlyoutArgs, ProposeArgs, SuggestArgs


@reading(
    calls,
    "/reconcile/suggest/entity",
    id="suggest_entities",
    summary=N_("Entities whose name begins as typed"),
    args=SuggestArgs,
    answer="Suggestions",
    errors=(422,),
    validated=False,
)
def suggest(args: Mapping[str, Any]) -> Response:
    if not args["prefix"]:
        return as_response({"result": []})
    found = reconciliation.suggest(
        gazette(), context.index(), args["prefix"], now(), skip=args["cursor"]
    )
    return as_response({"result": [_suggestion(one) for one in found]})


def _suggestion(one: Suggestion) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "description": description(one.record),
        "notable": [type_of(one.record.kind)],
    }


@reading(
    calls,
    "/reconcile/properties",
    id="propose_properties",
    summary=N_("Properties that can be added as columns"),
    args=ProposeArgs,
    answer={"type": "object"},
    errors=(422,),
    validated=False,
)
def propose(args: Mapping[str, Any]) -> Response:
    wanted = OF_TYPE.get(args["type"], LISTS)[: args["limit"]]
    told = [{"id": one, "name": _(PROPERTIES[one].name)} for one in wanted]
    return as_response({"type": args["type"], "limit": args["limit"], "properties": told})


@reading(
    calls,
    "/reconcile/suggest/type",
    id="suggest_types",
    summary=N_("Types whose name holds what was typed"),
    args=SuggestArgs,
    answer="Suggestions",
    errors=(422,),
    validated=False,
)
def suggest_type(args: Mapping[str, Any]) -> Response:
    found = [type_of(kind) for kind in SCREENED_KINDS]
    return as_response({"result": _holding(found, args)})


@reading(
    calls,
    "/reconcile/suggest/property",
    id="suggest_properties",
    summary=N_("Properties whose name holds what was typed"),
    args=SuggestArgs,
    answer="Suggestions",
    errors=(422,),
    validated=False,
)
def suggest_property(args: Mapping[str, Any]) -> Response:
    found = [
        {"id": id, "name": _(one.name), "description": about(one)} for id, one in PROPERTIES.items()
    ]
    return as_response({"result": _holding(found, args)})


def _holding(found: list[dict[str, str]], args: Mapping[str, Any]) -> list[dict[str, str]]:
    typed = args["prefix"].casefold()
    fit = [one for one in found if typed in one["id"] or typed in one["name"].casefold()]
    return fit[args["cursor"] :]


@reading(
    calls,
    "/reconcile/flyout/<string:what>",
    id="flyout",
    summary=N_("A few words on a suggestion, to show beside it"),
    args=FlyoutArgs,
    answer={"type": "object"},
    path=[in_path("what", N_("Of what the id is."), enum=["entity", "type", "property"])],
    errors=(422,),
    validated=False,
)
def flyout(args: Mapping[str, Any], what: str) -> Response:
    id = args["id"]
    if what == "entity":
        one = entity(id)
        shown = card(one.record, context.rules())
        lines = [one.name, say(shown.list), say(shown.reason), shown.code, shown.region]
    elif what == "type" and id in SCREENED_KINDS:
        lines = [type_of(id)["name"]]
    elif what == "property" and id in PROPERTIES:
        lines = [_(PROPERTIES[id].name), about(PROPERTIES[id])]
    else:
        raise NoEntity
    html = render_template("public/flyout.html", lines=[line for line in lines if line])
    return as_response({"id": id, "html": html})
