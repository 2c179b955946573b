"""``imports``: platforms hand in rows for the imports desk and follow what becomes of them."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from flask import Response, request

from public_site import context
from public_site.api import bodies, handing, repeats
from public_site.api.keyed import holder
from public_site.api.keyed import keyed as needs
from public_site.api.kit import PREFIX, asking, for_holder, group, in_path, reading
from public_site.intake import draft
from registry.core.clock import rfc3339
from registry.core.errors import NotFound
from registry.core.i18n import N_
from registry.core.sheets.problems import EmptyFile, Problem, UnusableFile
from registry.core.web.locale import language, say
from registry.core.web.moment import now
from registry.public.deliveries import lifecycle, service
from registry.public.deliveries.service import NewDelivery, Standing
from registry.public.inbox import blobs
from schemas.api.imports import KIND_PATTERN, DeliveryAnswer
from schemas.api.lists import TOKEN_PATTERN

FEWEST = {"text/csv": 2, "application/x-ndjson": 1}
"""Lines that are not blank: a heading and a row; a row. The worker looks at what they say."""
_EXAMPLE = "企业名称,统一社会信用代码\n一号样例煤矿有限公司,91990121XY00000126\n"
_LINE = r"[^\t-\r ]"
_FILLED = {2: rf"{_LINE}[\s\S]*[\n\r][\s\S]*{_LINE}", 1: _LINE}

calls = group(
    "imports",
    N_("Handing in rows"),
    N_(
        "Platforms and monitoring networks hand in what they know as rows of a file. They are"
        " checked row by row like an officer's file and wait at the imports desk: one officer"
        " submits them, a second one approves; nothing changes before."
    ),
)
calls.teardown_request(lambda _error: draft.give_turn_back())
KIND = in_path(
    "kind",
    N_("What the rows are, such as `hazards`: a kind that `registry import` names."),
    pattern=KIND_PATTERN,
)
ID = in_path("id", N_("Id that the answer to the rows named."), pattern=TOKEN_PATTERN)
_BODY = {
    "required": True,
    "content": {
        media: {
            "schema": {
                "type": "string",
                "pattern": _FILLED[fewest],
                "description": N_("A heading and rows as CSV, or one JSON object a line."),
            },
            **({"example": _EXAMPLE} if media == "text/csv" else {}),
        }
        for media, fewest in FEWEST.items()
    },
}


class NoRows(UnusableFile):
    """A file with a heading at most: nothing is kept of it, and no worker troubled."""

    code = "no-rows"
    message = N_("There are no rows in this file. A CSV file has a heading and at least one row.")


@asking(
    calls,
    "/imports/<string:kind>",
    id="hand_in_rows",
    summary=N_("Hand in rows"),
    description=N_(
        "The answer says that they were received; ask for their state until it is `checked`, or"
        " `refused` with what is wrong row by row. A kind that the registry does not know is"
        " refused so, too."
    ),
    answer=DeliveryAnswer,
    body=_BODY,
    errors=(409, 503),
    success=202,
    path=[KIND, repeats.KEY],
)
@needs("imports")
def create(kind: str) -> Response:
    if not re.fullmatch(KIND_PATTERN, kind):
        raise NotFound
    if request.mimetype not in FEWEST:
        raise bodies.NotJson(type=" / ".join(FEWEST))
    settings, session, root = context.settings(), context.intake(), context.agency_key()
    folder = service.folder(settings.sealed_dir)
    lines = handing.Lines(FEWEST[request.mimetype])
    sealed = handing.sealed_body(folder, settings.max_upload_bytes, lines.see)
    fresh = False
    try:
        if not sealed.size:
            raise EmptyFile
        if lines.found < lines.enough:
            raise NoRows
        key, digest = repeats.marks(kind.encode(), sealed.sha256.encode())
        new = NewDelivery(holder().agency_id, kind, sealed, key, digest)
        row, fresh = service.hand_in(session, root, new, now=now())
    finally:
        if not fresh:
            blobs.discard(folder, sealed.id)
    blobs.sync(folder)
    found = service.standing(session, root, row.agency_id, row.token, now())
    answer = _answer(found)
    answer.status_code = 202
    answer.headers["Location"] = f"{PREFIX}/imports/{row.kind}/{row.token}"
    return answer


@reading(
    calls,
    "/imports/<string:kind>/<string:id>",
    id="get_rows",
    summary=N_("Where rows stand that were handed in"),
    answer=DeliveryAnswer,
    path=[KIND, ID],
    validated=False,
)
@needs("imports")
def one(kind: str, id: str) -> Response:
    agency = holder().agency_id
    found = service.standing(context.intake(), context.agency_key(), agency, id, now())
    if found.row.kind != kind:
        raise NotFound
    return _answer(found)


def _answer(found: Standing) -> Response:
    row, said = found.row, found.said
    return for_holder(
        {
            "id": row.token,
            "kind": row.kind,
            "state": found.state,
            "title": say(lifecycle.TITLES[found.state]),
            "received": rfc3339(row.received),
            "changed": rfc3339(row.changed),
            "sha256": row.sha256,
            "size": row.size,
            "counts": said.counts,
            "problems": [_told(one) for one in said.problems],
            "problems_left_off": said.left_off,
            "batch": row.case_number,
            "reason": said.reason,
        }
    )


def _told(problem: Problem) -> dict[str, Any]:
    parts = {name: asdict(problem)[name] for name in ("line", "field", "code", "value", "severity")}
    return {**parts, "message": problem.message(language())}
