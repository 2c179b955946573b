"""``POST match``: up to 200 counterparties at once, each with its own answer or its own error."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Response

from public_site import context
from public_site.api import bodies
from public_site.api.kit import as_response, asking, gazette, group, page_url, state
from registry.core.clock import rfc3339
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.web.errors import PROBLEM_TYPE, problem
from registry.core.web.forms import flatten
from registry.core.web.locale import language
from registry.core.web.messages import field_messages
from registry.core.web.moment import now
from registry.public.gazette import tree
from registry.public.screening import MATCHER, THRESHOLD, CheckRequest, check
from registry.public.screening.check import CheckResult, Match
from registry.public.screening.subjects import SCREENED_KINDS
from schemas.api.answers import MatchAnswer
from schemas.api.requests import MatchBody, MatchQuery

calls = group(
    "matching",
    N_("Checking counterparties"),
    N_("What is asked is compared and forgotten: it stands in no log."),
)
BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"$ref": "#/components/schemas/MatchBody"},
            "example": {
                "queries": [
                    {"id": "1", "name": "演示省虚岭县一号样例煤矿有限公司（虚构）"},
                    {"id": "2", "code": "91990121XY00000126"},
                ]
            },
        }
    },
}


@asking(
    calls,
    "/match",
    id="match",
    summary=N_("Check up to 200 counterparties"),
    description=N_(
        "A credit code decides; a name alone is never more than `possible`. One wrong query fails"
        " no other. The answer names the state of the log that it holds for."
    ),
    answer=MatchAnswer,
    body=BODY,
)
def match() -> Response:
    asked = _load(MatchBody(), bodies.json_body())
    threshold = THRESHOLD if asked["threshold"] is None else asked["threshold"]
    at = state()
    results = [_answer(place, one, threshold) for place, one in enumerate(asked["queries"])]
    body = {
        "results": results,
        "kinds": list(SCREENED_KINDS),
        "threshold": threshold,
        "sequence": at.sequence,
        "tree_size": at.sequence,
        "root_hash": tree.root(gazette(), at.sequence).hex(),
        "as_of": rfc3339(now()),
        "matcher": MATCHER,
    }
    return as_response(body)


def _load(schema: ma.Schema, data: Any) -> Any:
    try:
        return schema.load(data)
    except ma.ValidationError as error:
        raise InvalidInput(flatten(error.messages)) from error


@functools.cache
def _query_schema() -> ma.Schema:
    return MatchQuery()


def _answer(place: int, asked: object, threshold: float) -> dict[str, Any]:
    """The outcome of one query, or its error; never an exception for what was asked."""
    id = str(place)
    try:
        query = _load(_query_schema(), asked)
        id = id if query["id"] is None else query["id"]
        return {"id": id, **_outcome(_check(query, threshold))}
    except InvalidInput as error:
        given = asked.get("id") if isinstance(asked, dict) else None
        shown = given if isinstance(given, str) and len(given) <= 100 else id
        return {"id": shown, "error": as_problem(error)}


def _check(query: Mapping[str, Any], threshold: float) -> CheckResult:
    request = CheckRequest(
        name=query["name"], code=query["code"], region=query["region"], birth=query["birth"]
    )
    return check(gazette(), request, index=context.screening(), now=now(), threshold=threshold)


def _outcome(found: CheckResult) -> dict[str, Any]:
    return {"outcome": found.outcome, "matches": [_match(one) for one in found.matches]}


def _match(one: Match) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "id": one.id,
        "name": one.name,
        "score": one.score,
        "via": one.via,
        "sequence": one.sequence,
        "url": page_url(one.kind, one.id),
        "explanation": [
            {
                "feature": each.feature,
                "query": each.query,
                "candidate": each.candidate,
                "score": each.score,
                "weight": each.weight,
            }
            for each in one.explanation
        ],
    }


def as_problem(error: InvalidInput) -> dict[str, Any]:
    """RFC 9457 members for one query among many."""
    shown = problem(error.status, code=error.code)
    return {
        "type": PROBLEM_TYPE + shown.code,
        "title": shown.title,
        "status": shown.status,
        "detail": shown.detail,
        "errors": field_messages(error, language()),
    }
