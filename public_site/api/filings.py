"""``reports/filings``: an organization's own system files its reports and follows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Response

from public_site import context
from public_site.api import cursors, repeats
from public_site.api.filing_form import (
    check_pictures,
    documented,
    drop,
    files_of_form,
    receive,
    sheet_of_form,
)
from public_site.api.keyed import holder
from public_site.api.keyed import keyed as needs
from public_site.api.kit import (
    PREFIX,
    asking,
    fitting,
    for_holder,
    group,
    in_path,
    page_url,
    reading,
    with_next,
)
from public_site.intake import draft
from registry.core.clock import rfc3339
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_, Text
from registry.core.web.locale import language, say
from registry.core.web.messages import field_messages
from registry.core.web.moment import now
from registry.public.filings import lifecycle, service
from registry.public.filings.service import HandedIn, NewFiling, Said, Standing
from registry.public.inbox import blobs
from schemas.api.filings import FilingAnswer, FilingsAnswer
from schemas.api.lists import TOKEN_PATTERN, OwnPage

calls = group(
    "filings",
    N_("Filing reports"),
    N_(
        "With a key that is bound to its credit code, a service organization files its own reports:"
        " the sheet and the PDF are checked by the same rules as at the sign-in, and an officer"
        " accepts or returns them. Only this organization's keys see what became of them."
    ),
)
calls.teardown_request(lambda _error: draft.give_turn_back())
ID = [in_path("id", N_("Id of the filing."), pattern=TOKEN_PATTERN)]


@asking(
    calls,
    "/reports/filings",
    id="file_report",
    summary=N_("File a report"),
    description=N_(
        "The answer says that it was received; ask for its state until it is `filed`, or `refused`"
        " with what is wrong by field. Errors in the form of the sheet are answered at once."
    ),
    answer=FilingAnswer,
    body=documented(),
    errors=(409, 503),
    success=202,
    path=[repeats.KEY],
)
@needs("reports")
def create() -> Response:
    desk = receive()
    try:
        sheet, files = sheet_of_form(), files_of_form()
        check_pictures(sheet, sum(one.kind == "image" for one in files))
        row, fresh = _hand_in(sheet, files)
    except RegistryError:
        drop(desk)
        raise
    if fresh:
        blobs.sync(desk.folder)
    else:
        drop(desk)
    answer = _answer(row)
    answer.status_code = 202
    answer.headers["Location"] = f"{PREFIX}/reports/filings/{row.row.token}"
    return answer


def _hand_in(sheet: Mapping[str, Any], files: list[HandedIn]) -> tuple[Standing, bool]:
    said = json.dumps(sheet, sort_keys=True, ensure_ascii=False).encode()
    key, digest = repeats.marks(
        said, *(f"{one.kind} {one.sealed.sha256}".encode() for one in files)
    )
    root, agency = context.agency_key(), holder().agency_id
    new = NewFiling(agency, sheet, files, key, digest)
    with fitting():
        row, fresh = service.hand_in(context.intake(), root, new, now=now())
    return service.standing(context.intake(), root, agency, row.token, now()), fresh


@reading(
    calls,
    "/reports/filings",
    id="list_filings",
    summary=N_("The organization's filings, newest first"),
    args=OwnPage,
    answer=FilingsAnswer,
    errors=(422,),
    validated=False,
)
@needs("reports")
def index(args: Mapping[str, Any]) -> Response:
    agency, limit = holder().agency_id, args["limit"]
    bound = {"of": f"filings:{agency}"}
    start = cursors.number(args["next"], bound)
    rows = service.page(
        context.intake(), context.agency_key(), agency, before=start, limit=limit + 1, now=now()
    )
    shown = rows[:limit]
    following = cursors.pack(str(shown[-1].row.id), bound) if len(rows) > limit else None
    body = {"results": [_told(one) for one in shown], "next": following}
    return for_holder(with_next(body, "reports/filings", {"limit": limit, "next": following}))


@reading(
    calls,
    "/reports/filings/<string:id>",
    id="get_filing",
    summary=N_("Where a filing stands"),
    answer=FilingAnswer,
    path=ID,
    validated=False,
)
@needs("reports")
def one(id: str) -> Response:
    agency = holder().agency_id
    return _answer(service.standing(context.intake(), context.agency_key(), agency, id, now()))


def _answer(found: Standing) -> Response:
    return for_holder(_told(found))


def _told(found: Standing) -> dict[str, Any]:
    row = found.row
    return {
        "id": row.token,
        "state": found.state,
        "title": say(lifecycle.TITLES[found.state]),
        "report_number": row.number,
        "received": rfc3339(row.received),
        "changed": rfc3339(row.changed),
        "sha256": row.sha256,
        "size": row.size,
        "case": row.case_number,
        "record": row.record,
        "url": page_url("report", row.record) if row.record else None,
        "reason": found.said.reason,
        "errors": _errors(found.said),
        "corrects": row.corrects,
        "corrected_by": row.corrected_by,
    }


def _errors(said: Said) -> dict[str, list[str]]:
    """What was wrong, in the reader's language."""
    params = {
        name: Text(**value) if isinstance(value, dict) else value
        for name, value in said.params.items()
    }
    return field_messages(InvalidInput(said.errors, **params), language())
