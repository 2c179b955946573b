"""``reports/filings``: an organization's own system files its reports and follows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Response, g, request
from werkzeug.datastructures import FileStorage

from public_site import context
from public_site.api import bodies, cursors, handing, repeats
from public_site.api.keyed import holder
from public_site.api.keyed import keyed as needs
from public_site.api.kit import (
    PREFIX,
    Unfit,
    asking,
    fitting,
    for_holder,
    group,
    in_path,
    loaded,
    page_url,
    reading,
    with_next,
)
from public_site.intake import draft, uploads
from registry.core.clock import rfc3339
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_, Text
from registry.core.papers import NotPdf
from registry.core.web.locale import language, say
from registry.core.web.messages import field_messages
from registry.core.web.moment import now
from registry.public.filings import lifecycle, service
from registry.public.filings.service import HandedIn, NewFiling, Said, Standing
from registry.public.inbox import blobs
from registry.public.inbox.filesealing import SealedFile
from schemas.api.filings import FilingAnswer, FilingsAnswer, FilingSheet, KnownSheet
from schemas.api.lists import TOKEN_PATTERN, OwnPage
from schemas.fields import under

SHEET = "metadata"
PARTS = {"file": "original", "redacted": "redacted", "image": "image"}
"""Parts of the request that hold files, and what each is."""
_PDF_TYPES = {"application/pdf", "application/octet-stream"}
"""What the beginning of a PDF may look like; the worker looks closer."""

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


EXAMPLE = {
    SHEET: {
        "type": "status-evaluation",
        "report_number": "PJ-2026-0007",
        "project": "一号样例煤矿安全现状评价",
        "client_code": "91990121XY00000126",
        "issued_on": "2026-03-09",
        "signatures": [{"role": "project-leader", "name": "王样例", "signed_on": "2026-03-08"}],
    },
    "file": "%PDF-1.7 …",
}


class NotMultipart(RegistryError):  # noqa: N818 - reads as a sentence
    """Another media type than the one that carries files."""

    code = "unsupported-media-type"
    status = 415
    message = N_("Send the body as {type}.")


def _body() -> dict[str, Any]:
    def binary(told: str) -> dict[str, Any]:
        return {
            "type": "string",
            "contentMediaType": "application/octet-stream",
            "minLength": 1,
            "description": told,
        }

    sheet = {
        "allOf": [{"$ref": "#/components/schemas/FilingSheet"}],
        "description": N_("The sheet as JSON text, sent as a field of the form and not as a file."),
    }
    pictures = {
        "type": "array",
        "items": binary(N_("A picture of the site: JPEG or PNG.")),
        "description": N_("Pictures of the site, as parts that all have this name."),
    }
    schema = {
        "type": "object",
        "properties": {
            SHEET: sheet,
            "file": binary(N_("The report: a PDF without script or password.")),
            "redacted": binary(N_("The copy without trade secrets, where the sheet says so.")),
            "image": pictures,
        },
        "required": [SHEET, "file"],
        "additionalProperties": False,
    }
    encoding = {SHEET: {"contentType": "application/json"}}
    content = {"schema": schema, "encoding": encoding, "example": EXAMPLE}
    return {"required": True, "content": {"multipart/form-data": content}}


def complete(found: dict[str, Any], pictures: int) -> None:
    """Put into the OpenAPI document what the installation decides: how many pictures it takes."""
    body = found["paths"][f"{PREFIX}/reports/filings"]["post"]["requestBody"]["content"]
    body["multipart/form-data"]["schema"]["properties"]["image"]["maxItems"] = pictures
    sheet = found["components"]["schemas"]["FilingSheet"]
    sheet["properties"]["captions"]["maxItems"] = pictures


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
    body=_body(),
    errors=(409, 503),
    success=202,
    path=[repeats.KEY],
)
@needs("reports")
def create() -> Response:
    desk = _receive()
    try:
        sheet, files = _sheet(), _files()
        _check_pictures(sheet, sum(one.kind == "image" for one in files))
        row, fresh = _hand_in(sheet, files)
    except RegistryError:
        _discard(desk)
        raise
    if fresh:
        blobs.sync(desk.folder)
    else:
        _discard(desk)
    answer = _answer(row)
    answer.status_code = 202
    answer.headers["Location"] = f"{PREFIX}/reports/filings/{row.row.token}"
    return answer


def _check_pictures(sheet: Mapping[str, Any], sent: int) -> None:
    """Raises ``InvalidInput`` for too many, ``Unfit`` where captions and pictures do not agree."""
    most = context.settings().report_pictures
    if sent > most or len(sheet["captions"]) > most:
        field = "image" if sent > most else "captions"
        raise InvalidInput({field: [N_("At most {most} pictures can be sent.")]}, most=most)
    if len(sheet["captions"]) != sent:
        raise Unfit({"captions": [N_("Say of each picture what it shows.")]})


def _receive() -> uploads.Desk:
    """Read the body; its files are sealed as they arrive, and no larger than they may be."""
    settings = context.settings()
    if request.mimetype != "multipart/form-data":
        raise NotMultipart(type="multipart/form-data")
    folder = service.folder(settings.sealed_dir)
    handing.make_room(folder)
    largest = settings.max_report_bytes
    # One more than there may be: that there are too many is then said of the pictures.
    most = settings.report_pictures + 3
    limits = uploads.Limits(most, largest, 2 * largest, settings.tip_free_bytes)
    desk = g.sealing_desk = uploads.Desk(folder, limits, now())
    request.max_content_length = 2 * largest + bodies.LARGEST
    request.max_form_memory_size = bodies.LARGEST
    request.max_form_parts = most + 7
    draft.take_turn()
    _ = request.files
    if desk.problems:
        _discard(desk)
        raise InvalidInput({"file": list(desk.problems)})
    return desk


def _sheet() -> dict[str, Any]:
    """The sheet as JSON values. Raises ``InvalidInput``, ``Unfit`` by field, ``UnreadableBody``."""
    unknown = set(request.form) - {SHEET}
    if unknown:
        raise InvalidInput({name: [N_("Unknown field.")] for name in sorted(unknown)})
    if SHEET not in request.form:
        raise InvalidInput({SHEET: [N_("Send the sheet as JSON in this field of the form.")]})
    said = bodies.parse(request.form[SHEET].encode(errors="replace"))
    loaded(FilingSheet(), said)
    with under(context.rules()), fitting():
        found = loaded(KnownSheet(), said)
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else value


def _files() -> list[HandedIn]:
    """The files by what they are. Raises ``InvalidInput`` at the part that is wrong."""
    wrong: dict[str, list[str]] = {}
    found: list[HandedIn] = []
    for name, sent in request.files.items(multi=True):
        sealed = _sealed(sent)
        if name not in PARTS:
            wrong[name] = [N_("Unknown field.")]
        elif sealed is None or not sealed.size:
            wrong[name] = [N_("Choose a file.")]
        elif name != "image" and any(one.kind == PARTS[name] for one in found):
            wrong[name] = [N_("Send one file here.")]
        elif name != "image" and sealed.type not in _PDF_TYPES:
            wrong[name] = [NotPdf.message]
        else:
            found.append(HandedIn(PARTS[name], sealed))
    if "file" not in request.files:
        wrong["file"] = [N_("Choose a file.")]
    if wrong:
        raise InvalidInput(wrong)
    return found


def _sealed(sent: FileStorage) -> SealedFile | None:
    sink = sent.stream
    return sink.sealed if isinstance(sink, uploads.Sink) else None


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


def _discard(desk: uploads.Desk) -> None:
    for one in desk.files:
        blobs.discard(Path(desk.folder), one.id)


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
