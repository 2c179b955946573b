"""The form in which a report is filed: documented, taken in, read part by part."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import g, request
from werkzeug.datastructures import FileStorage

from public_site import context
from public_site.api import bodies, handing
from public_site.api.kit import (
    PREFIX,
    Unfit,
    fitting,
    loaded,
)
from public_site.intake import draft, uploads
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_
from registry.core.papers import NotPdf
from registry.core.web.moment import now
from registry.public.filings import service
from registry.public.filings.service import HandedIn
from registry.public.inbox import blobs
from registry.public.inbox.filesealing import SealedFile
from schemas.api.filings import FilingSheet, KnownSheet
from schemas.fields import under

SHEET = "metadata"

PARTS = {"file": "original", "redacted": "redacted", "image": "image"}
"""Parts of the request that hold files, and what each is."""

_PDF_TYPES = {"application/pdf", "application/octet-stream"}
"""What the beginning of a PDF may look like; the worker looks closer."""

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


def documented() -> dict[str, Any]:
    """The form as the OpenAPI document has it."""

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


def check_pictures(sheet: Mapping[str, Any], sent: int) -> None:
    """Raises ``InvalidInput`` for too many, ``Unfit`` where captions and pictures do not agree."""
    most = context.settings().report_pictures
    if sent > most or len(sheet["captions"]) > most:
        field = "image" if sent > most else "captions"
        raise InvalidInput({field: [N_("At most {most} pictures can be sent.")]}, most=most)
    if len(sheet["captions"]) != sent:
        raise Unfit({"captions": [N_("Say of each picture what it shows.")]})


def receive() -> uploads.Desk:
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
        drop(desk)
        raise InvalidInput({"file": list(desk.problems)})
    return desk


def sheet_of_form() -> dict[str, Any]:
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


def files_of_form() -> list[HandedIn]:
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


def drop(desk: uploads.Desk) -> None:
    """Throw away what the request sent in."""
    for one in desk.files:
        blobs.discard(Path(desk.folder), one.id)
