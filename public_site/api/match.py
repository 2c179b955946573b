"""``POST match``: up to 200 counterparties at once, each with its own answer or its own error."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask import Response

from public_site import context
from public_site.api import bodies, keyed, own
from public_site.api.kit import as_response, asking, gazette, group, page_url, state
from registry.core.clock import rfc3339
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_
from registry.core.web.errors import PROBLEM_TYPE, problem
from registry.core.web.forms import flatten
from registry.core.web.locale import language
from registry.core.web.messages import field_messages
from registry.core.web.moment import now
from registry.public.gazette import tree
from registry.public.screening import MATCHER, THRESHOLD, CheckRequest
from registry.public.screening.check import CheckResult, Match, check_many
from registry.public.screening.remembered import Asker
from registry.public.screening.subjects import SCREENED_KINDS
from schemas.api.answers import MatchAnswer
from schemas.api.requests import MatchBody, PartyQuery

calls = group(
    "matching",
    N_("Checking counterparties"),
    N_(
        "What is asked is compared and forgotten: it stands in no log. With a key, the agency's"
        " history keeps that a check was made and what it came to, without whom it was about."
    ),
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
@keyed.optionally("match")
def match() -> Response:
    asked = _load(MatchBody(), bodies.json_body())
    asker = own.asker(asked["purpose"], asked["reference"])
    threshold = THRESHOLD if asked["threshold"] is None else asked["threshold"]
    at = state()
    queries = [_read(place, one, asker is not None) for place, one in enumerate(asked["queries"])]
    body = {
        "results": _answers(queries, threshold, asker),
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
    return PartyQuery()


@dataclass(frozen=True)
class _Query:
    """A query with its id: what is asked, or what is wrong with it."""

    id: str
    asked: CheckRequest | InvalidInput


def _read(place: int, asked: object, with_key: bool) -> _Query:
    """Never an exception for what was asked."""
    try:
        query = _load(_query_schema(), asked)
        id = str(place) if query["id"] is None else query["id"]
        return _Query(id, as_request(query, with_key=with_key))
    except InvalidInput as error:
        given = asked.get("id") if isinstance(asked, dict) else None
        shown = given if isinstance(given, str) and len(given) <= 100 else str(place)
        return _Query(shown, error)


class UnusableQuery(InvalidInput):
    """A well-formed query that nothing can be compared with: no name, a wrong check character."""

    code = "unusable-query"
    status = 409
    message = N_("The query cannot be checked as it stands.")


@contextmanager
def usable() -> Iterator[None]:
    """What is wrong with the one query of a call is ``UnusableQuery``."""
    try:
        yield
    except InvalidInput as error:
        raise UnusableQuery(error.fields, **error.params) from error


def as_request(query: Mapping[str, Any], *, with_key: bool) -> CheckRequest:
    """The check that a loaded query asks for. Raises ``InvalidInput``."""
    document = query.get("document")
    if document and not with_key:
        raise InvalidInput({"document": [N_("Persons are searched by document with a key only.")]})
    return CheckRequest(
        name=query["name"],
        code=query["code"],
        region=query["region"],
        birth=query["birth"],
        document=document,
    )


def _answers(
    queries: Sequence[_Query], threshold: float, asker: Asker | None
) -> list[dict[str, Any]]:
    good = [one.asked for one in queries if isinstance(one.asked, CheckRequest)]
    checked = check_many(
        gazette(),
        good,
        index=context.screening(),
        now=now(),
        person_key=context.person_key() if any(one.document for one in good) else None,
        threshold=threshold,
    )
    pairs = list(zip(good, checked, strict=True))
    told = iter(own.told(asker, pairs) if asker else [{} for _ in pairs])
    found = iter(checked)
    answers = []
    for one in queries:
        answer = one.asked if isinstance(one.asked, InvalidInput) else next(found)
        beside = {} if isinstance(one.asked, InvalidInput) else next(told)
        answers.append({"id": one.id, **_outcome(answer, beside)})
    return answers


def _outcome(found: CheckResult | RegistryError, beside: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(found, RegistryError):
        return {"error": as_problem(found)}
    decided = beside.get("decided")
    matches = [_match(one) for one in found.matches]
    if decided is not None:
        matches = [{**one, "decided": one["id"] in decided} for one in matches]
    more = {key: value for key, value in beside.items() if key != "decided"}
    if not found.persons:
        more["persons_searched"] = False
    return {"outcome": found.outcome, "matches": matches, **more}


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


def as_problem(error: RegistryError) -> dict[str, Any]:
    """RFC 9457 members for one query among many."""
    shown = problem(error.status, code=error.code)
    told = {
        "type": PROBLEM_TYPE + shown.code,
        "title": shown.title,
        "status": shown.status,
        "detail": shown.detail,
    }
    if isinstance(error, InvalidInput):
        return {**told, "errors": field_messages(error, language())}
    return told
