"""The agency's own history of checks, and what it decided about possible matches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response

from public_site import context
from public_site.api import bodies, cursors, own
from public_site.api.keyed import keyed as needs
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
from public_site.api.match import as_request, usable
from registry.core.clock import rfc3339
from registry.core.errors import Misconfigured
from registry.core.i18n import N_
from registry.core.web.moment import now
from registry.public.agencies import history, judgements
from registry.public.agencies.models import CheckRow, JudgementRow
from registry.public.gazette import queries
from registry.public.screening import THRESHOLD, check, remembered
from registry.public.screening.remembered import Asker, query_hash
from schemas.api.lists import (
    TOKEN_PATTERN,
    FindBody,
    HistoryAnswer,
    JudgementAnswer,
    JudgementBody,
    JudgementsAnswer,
    OwnPage,
)

calls = group(
    "history",
    N_("History and decisions"),
    N_(
        "What the agency asked, when, and what came of it; names are kept nowhere. And its"
        " decisions that a possible match is another, which hold until the record changes."
    ),
)
ID = [in_path("id", N_("Id of the decision."), pattern=TOKEN_PATTERN)]


def _body(schema: str) -> dict[str, Any]:
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    return {"required": True, "content": {"application/json": content}}


def _asker() -> Asker:
    found = own.asker()
    if found is None:
        raise Misconfigured(what="a call behind a key was entered without one")
    return found


def _before(args: dict[str, Any]) -> int | None:
    place = cursors.unpack(args["next"], {"of": _asker().holder})
    if place is not None and not place.isdecimal():
        raise cursors.UnknownPage
    return None if place is None else int(place)


def _page(
    path: str, args: dict[str, Any], rows: Sequence[Any], shown: Sequence[dict[str, Any]]
) -> Response:
    more = len(rows) > args["limit"]
    last = str(rows[args["limit"] - 1].id) if more else ""
    cursor = cursors.pack(last, {"of": _asker().holder}) if more else None
    body = {"results": list(shown[: args["limit"]]), "next": cursor}
    return for_holder(with_next(body, path, {"limit": args["limit"], "next": cursor}))


@reading(
    calls,
    "/match/history",
    id="list_checks",
    summary=N_("Checks that the agency made"),
    answer=HistoryAnswer,
    args=OwnPage,
    validated=False,
    errors=(422,),
)
@needs("history")
def checks(args: dict[str, Any]) -> Response:
    before = _before(args)
    limit = args["limit"] + 1
    rows = history.page(context.intake(), _asker().holder, limit=limit, before=before)
    return _page("match/history", args, rows, [_made(row) for row in rows])


@asking(
    calls,
    "/match/history/find",
    id="find_checks",
    summary=N_("Earlier checks of one counterparty"),
    description=N_("By the keyed hash of the same query; at most the newest hundred."),
    answer=HistoryAnswer,
    body=_body("FindBody"),
    errors=(409,),
)
@needs("history")
def find() -> Response:
    asked = loaded(FindBody(), bodies.json_body())
    with usable():
        wanted = query_hash(context.agency_key(), as_request(asked["query"], with_key=True))
    rows = history.of_query(context.intake(), _asker().holder, wanted)
    return as_response({"results": [_made(row) for row in rows], "next": None})


def _made(row: CheckRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": rfc3339(row.at),
        "outcome": row.outcome,
        "matches": row.matched,
        "sequence": row.sequence,
        "matcher": row.matcher,
        "threshold": row.threshold,
        "purpose": row.purpose,
        "reference": row.reference,
        "key": row.by,
        "job": row.job,
        "certificate": row.certificate,
    }


@asking(
    calls,
    "/match/judgements",
    id="judge",
    summary=N_("Remember that a possible match is another"),
    description=N_(
        "The query is checked again; the decision holds for it and for what the record says now."
        " 409 where the record is no possible match, or a code or document decided."
    ),
    answer=JudgementAnswer,
    body=_body("JudgementBody"),
    errors=(409,),
    success=201,
)
@needs("history")
def judge() -> Response:
    asked = loaded(JudgementBody(), bodies.json_body())
    request = as_request(asked["query"], with_key=True)
    threshold = THRESHOLD if asked["threshold"] is None else asked["threshold"]
    with usable():
        found = check(
            gazette(),
            request,
            index=context.screening(),
            now=now(),
            person_key=context.person_key() if request.document else None,
            threshold=threshold,
        )
    root = context.agency_key()
    row = remembered.judge(context.intake(), _asker(), root, request, found, asked["record"], now())
    answer = as_response(_judged(row, in_force=True))
    answer.status_code = 201
    return answer


@reading(
    calls,
    "/match/judgements",
    id="list_judgements",
    summary=N_("Decisions of the agency"),
    answer=JudgementsAnswer,
    args=OwnPage,
    validated=False,
    errors=(422,),
)
@needs("history")
def listed(args: dict[str, Any]) -> Response:
    before = _before(args)
    limit = args["limit"] + 1
    rows = judgements.page(context.intake(), _asker().holder, limit=limit, before=before)
    records = queries.many(gazette(), [row.record for row in rows], now())
    shown = [
        _judged(
            row,
            in_force=row.record in records and records[row.record].sequence == row.sequence,
        )
        for row in rows
    ]
    return _page("match/judgements", args, rows, shown)


@asking(
    calls,
    "/match/judgements/<string:id>",
    id="revoke_judgement",
    summary=N_("Take a decision back"),
    answer=None,
    body=None,
    success=204,
    method="DELETE",
    path=ID,
)
@needs("history")
def revoke(id: str) -> Response:
    judgements.revoke(context.intake(), _asker().holder, id, now())
    return Response(status=204)


def _judged(row: JudgementRow, *, in_force: bool) -> dict[str, Any]:
    return {
        "id": row.token,
        "record": row.record,
        "sequence": row.sequence,
        "made": rfc3339(row.made),
        "key": row.by,
        "in_force": in_force,
    }
