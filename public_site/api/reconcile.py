"""The W3C Reconciliation Service API 0.2, for OpenRefine and its relatives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import Response, redirect, render_template, request

from public_site import context
from public_site.api import bodies, extension
from public_site.api.kit import (
    NotHere,
    api_url,
    as_response,
    asking,
    gazette,
    group,
    page_url,
    reading,
)
from public_site.api.match import as_problem
from public_site.present.cards import card
from public_site.present.words import KIND_TITLES
from registry.core.errors import InvalidInput
from registry.core.i18n import N_, translate
from registry.core.web.headers import CONTENT_SECURITY_POLICY
from registry.core.web.locale import gettext as _
from registry.core.web.locale import say
from registry.core.web.moment import now
from registry.public.gazette import queries
from registry.public.gazette.queries import Record
from registry.public.screening import reconciliation
from registry.public.screening.check import Match
from registry.public.screening.reconciliation import PROPERTIES, Suggestion
from registry.public.screening.subjects import SCREENED_KINDS
from schemas.api.requests import MOST_QUERIES, EntityArgs, ReconcileArgs

calls = group(
    "reconciliation",
    N_("Reconciliation"),
    N_("W3C Reconciliation Service API 0.2: paste the address of `reconcile` into OpenRefine."),
)
BATCH = 50
"""Queries that a client should send at once."""
PREVIEW = (430, 260)
"""Width and height of a preview, in pixels."""
_FORM = "application/x-www-form-urlencoded"
BODY = {
    "required": True,
    "content": {
        _FORM: {
            "schema": {
                "type": "object",
                "properties": {
                    "queries": {"$ref": "#/components/schemas/ReconciliationBatch"},
                    "extend": {
                        "type": "object",
                        "description": N_("A data extension as JSON text: see `DataExtension`."),
                    },
                },
            },
            "encoding": {
                "queries": {"contentType": "application/json"},
                "extend": {"contentType": "application/json"},
            },
        }
    },
}
MOST_IN_ADDRESS = 10
"""Queries in an address, which a server cuts off at some thousand characters."""
_BATCH_IN_ADDRESS = {
    "allOf": [{"$ref": "#/components/schemas/ReconciliationBatch"}],
    "maxProperties": MOST_IN_ADDRESS,
}
_QUERIES = {
    "in": "query",
    "name": "queries",
    "required": False,
    "description": N_("A batch of queries as JSON; more than ten go into a body (POST)."),
    "content": {"application/json": {"schema": _BATCH_IN_ADDRESS}},
}
_EXTEND = {
    "in": "query",
    "name": "extend",
    "required": False,
    "description": N_("A data extension as JSON; more than ten ids go into a body (POST)."),
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DataExtension"}}},
}
_VALUE = {"type": ["string", "number", "boolean", "object", "array"]}
SCHEMAS: dict[str, dict[str, Any]] = {
    "ReconciliationQuery": {
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": N_("Name or credit code.")},
            "type": {"description": N_("`listing` or `external`, or several of them.")},
            "limit": {"type": "number", "description": N_("How many candidates at most.")},
            "properties": {
                "type": "array",
                "description": N_("Properties known: `code`, `region`, `birth`."),
                "items": {
                    "type": "object",
                    "properties": {"pid": {"type": "string"}, "v": _VALUE},
                    "required": ["pid", "v"],
                },
            },
            "type_strict": {"type": "string", "enum": ["any", "should", "all"]},
        },
    },
    # Any query is taken: what is wrong with one is the answer to that one.
    "ReconciliationBatch": {
        "type": "object",
        "maxProperties": MOST_QUERIES,
        "additionalProperties": {
            "anyOf": [{"$ref": "#/components/schemas/ReconciliationQuery"}, {}]
        },
    },
    "ReconciliationAnswer": {
        "type": "object",
        "description": N_("The manifest, by query id what was found, or `meta` and `rows`."),
    },
    "DataExtension": {
        "type": "object",
        "properties": {
            "ids": {
                "type": "array",
                "maxItems": MOST_IN_ADDRESS,
                "items": {"type": "string"},
                "description": N_("Entities whose properties are wanted."),
            },
            "properties": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"id": {"type": "string", "enum": list(extension.PROPERTIES)}},
                    "required": ["id"],
                },
            },
        },
        "required": ["ids", "properties"],
    },
    "Suggestions": {
        "type": "object",
        "properties": {
            "result": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
                    "required": ["id", "name"],
                },
            }
        },
        "required": ["result"],
    },
}


class NoEntity(NotHere):
    """No published record of a screened kind has this id."""

    code = "no-entity"
    message = N_("There is no entity with this id.")


@reading(
    calls,
    "/reconcile",
    id="reconciliation_manifest",
    summary=N_("The manifest; with `queries`, candidates; with `extend`, properties"),
    args=ReconcileArgs,
    parameters=[_QUERIES, _EXTEND],
    answer="ReconciliationAnswer",
    errors=(400, 413, 422),
    validated=False,
)
def manifest_or_batch(args: Mapping[str, Any]) -> Response:
    return _answer(args, MOST_IN_ADDRESS)


@asking(
    calls,
    "/reconcile",
    id="reconcile",
    summary=N_("Candidates for a batch of queries, or properties of entities"),
    description=N_(
        "`match` is true only where a credit code met a listing: a name alone never decides, so"
        " that OpenRefine asks a person."
    ),
    answer="ReconciliationAnswer",
    body=BODY,
)
def batch() -> Response:
    request.max_content_length = bodies.LARGEST
    if request.mimetype not in {_FORM, "multipart/form-data"}:
        raise bodies.NotJson(type=_FORM)
    return _answer(request.form)


def _answer(given: Mapping[str, Any], most: int = MOST_QUERIES) -> Response:
    wanted = given.get("extend")
    # What is asked beside a batch is not answered, but what is wrong with it is said.
    extended = None if wanted is None else extension.read(wanted, most)
    if (queries := given.get("queries")) is not None:
        return as_response(_batch(queries, most))
    if extended is not None:
        return as_response(extension.extend(extended))
    return as_response(manifest())


def _batch(text: str, most: int = MOST_QUERIES) -> dict[str, Any]:
    asked = bodies.parse(text.encode(errors="surrogatepass"))
    if not isinstance(asked, dict):
        raise InvalidInput({"queries": [N_("A batch is an object of queries.")]})
    if len(asked) > most:
        raise InvalidInput({"queries": [N_("A batch has at most {limit} queries.")]}, limit=most)
    return {key: _result(value) for key, value in asked.items()}


def _result(value: object) -> dict[str, Any]:
    """Candidates of one query. A wrong one has none and says why; the others are not touched."""
    try:
        query = reconciliation.read_query(value)
        found = reconciliation.candidates(gazette(), query, context.screening(), now())
    except InvalidInput as error:
        return {"result": [], "error": as_problem(error)}
    records = queries.many(gazette(), [match.id for match in found], now())
    return {
        "result": [_candidate(match, records[match.id]) for match in found if match.id in records]
    }


def _candidate(match: Match, record: Record) -> dict[str, Any]:
    return {
        "id": match.id,
        "name": match.name,
        "description": description(record),
        "score": round(100 * match.score, 2),
        "match": reconciliation.is_certain(match),
        "type": [type_of(match.kind)],
        "features": [{"id": one.feature, "value": one.score} for one in match.explanation],
    }


def type_of(kind: str) -> dict[str, str]:
    return {"id": kind, "name": say(KIND_TITLES[kind])}


def description(record: Record) -> str:
    """What tells namesakes apart: list, code or reference, region, day."""
    shown = card(record, context.rules())
    return " · ".join(
        part for part in (say(shown.list), shown.code, shown.region, shown.day) if part
    )


def manifest() -> dict[str, Any]:
    name = translate("zh", N_("Work Safety Credit Registry"))
    width, height = PREVIEW
    base = context.base_url()
    return {
        "versions": ["0.2"],
        "name": f"{name} / Work Safety Credit Registry",
        "identifierSpace": f"{base}/",
        "schemaSpace": api_url("openapi.json"),
        "documentation": api_url("docs"),
        "defaultTypes": [type_of(kind) for kind in SCREENED_KINDS],
        "view": {"url": api_url("reconcile/view") + "?id={{id}}"},
        "preview": {
            "url": api_url("reconcile/preview") + "?id={{id}}",
            "width": width,
            "height": height,
        },
        "suggest": extension.suggest_services(),
        "extend": extension.settings(),
        "batchSize": BATCH,
        "properties": [
            {"id": pid, "name": _(extension.PROPERTIES[pid].name)} for pid in PROPERTIES
        ],
    }


@reading(
    calls,
    "/reconcile/preview",
    id="preview_entity",
    summary=N_("A small page on one entity, for a frame"),
    args=EntityArgs,
    answer={"type": "string"},
    content_type="text/html",
    errors=(422,),
    validated=False,
)
def preview(args: Mapping[str, Any]) -> Response:
    one = entity(args["id"])
    page = render_template(
        "public/preview.html",
        card=card(one.record, context.rules()),
        name=one.name,
        address=page_url(one.record.kind, one.id),
    )
    answer = Response(page, mimetype="text/html")
    # It is made to be shown inside the pages of others; it holds no control to be misused there.
    framed = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
    answer.headers["Content-Security-Policy"] = framed
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["X-Robots-Tag"] = "noindex, noarchive"
    return answer


@reading(
    calls,
    "/reconcile/view",
    id="view_entity",
    summary=N_("To the page of one entity"),
    args=EntityArgs,
    success=302,
    errors=(422,),
    validated=False,
)
def view(args: Mapping[str, Any]) -> Response:
    one = entity(args["id"])
    return cast(Response, redirect(page_url(one.record.kind, one.id)))


def entity(id: str) -> Suggestion:
    found = queries.get(gazette(), id, now())
    one = reconciliation.entity(found) if isinstance(found, Record) else None
    if one is None:
        raise NoEntity
    return one
