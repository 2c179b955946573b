"""Reports of service organizations: one report, its file, and comparing a copy with it."""

from __future__ import annotations

import hashlib
import re

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.intake import uploads
from public_site.pages.records import UnknownRecord, canonical, find, record_page
from public_site.present.report import Compared, report_view
from public_site.present.wayback import Start, way_back
from public_site.release import public
from registry.core.codes.public_id import parse_public_id
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_
from registry.core.names import fold
from registry.core.web.moment import now, today
from registry.public.files.store import FileStore
from registry.public.gazette import queries
from registry.public.gazette.entry import Handle
from registry.public.gazette.queries import Record

pages = Blueprint("reports", __name__)
LARGEST_COPY = 110 << 20
"""Bytes of a copy that is compared; the largest report that is taken is smaller."""
LONGEST_CODE = 100
_ENDINGS = {"image/jpeg": "jpg", "video/mp4": "mp4", "video/webm": "webm"}
_HASH = re.compile(r"[0-9a-f]{64}")


class NotOffered(RegistryError):  # noqa: N818 - reads as a sentence
    """The record is public, its file no longer is."""

    code = "file-not-offered"
    status = 410
    message = N_("The file of this report is not offered any more. Its page says why.")


@pages.get("/reports")
def index() -> ResponseReturnValue:
    """The library is searched with its facets where everything is."""
    return redirect(url_for("search.results", kind="report"), 302)


@pages.get("/reports/<id>")
@public(shared=False)
def report(id: str) -> ResponseReturnValue:
    if moved := canonical(id, "reports.report"):
        return moved
    record = find(id, "report")
    view = report_view(record, context.rules(), today())
    others = {name: _shown(record.payload.get(name)) for name in ("replaces", "replaced_by")}
    start = Start(record.payload["project"])
    way = way_back(context.gazette(), start, [record], context.rules(), now())
    return record_page("public/report.html", record, view, person=False, others=others, way=way)


def _shown(id: str | None) -> str:
    """The id of a record that can be linked to."""
    found = queries.get(context.gazette(), id, now()) if id else None
    return found.id if isinstance(found, Record) else ""


@pages.get("/reports/<id>/file")
@public(shared=False)
def file(id: str) -> ResponseReturnValue:
    """The public copy, under the report's number as its name."""
    record = find(_proper(id), "report")
    told = record.payload.get("file", {})
    if not told.get("offered") or "public" not in told:
        raise NotOffered
    return _send(told["public"], "application/pdf", f"{record.id}.pdf")


@pages.get("/reports/<id>/images/<int:number>")
@public(shared=False)
def image(id: str, number: int) -> ResponseReturnValue:
    record = find(_proper(id), "report")
    images = record.payload.get("images", [])
    if not 1 <= number <= len(images):
        raise UnknownRecord
    found = images[number - 1]
    media_type = found.get("video", "image/jpeg")
    return _send(found["file"], media_type, f"{record.id}-{number}.{_ENDINGS[media_type]}")


def _proper(id: str) -> str:
    proper = parse_public_id(id)
    if proper is None:
        raise UnknownRecord
    return proper


def _send(digest: str, media_type: str, name: str) -> Response:
    # By its path: the server then answers requests for a part of it, as players and readers send.
    path = FileStore(context.settings().file_dir).path(digest)
    answer = send_file(path, media_type, download_name=name, etag=digest)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@pages.get("/reports/compare")
@public()
def compare() -> ResponseReturnValue:
    return render_template("public/compare.html", result=None, errors={}, code="")


@pages.post("/reports/compare")
def compared() -> ResponseReturnValue:
    """Nothing of what is sent is kept: a file is read once for its hash."""
    request.max_content_length = LARGEST_COPY
    uploads.spool()
    code = request.form.get("code", "").strip()
    sent = request.files.get("file")
    try:
        result = _by_file(sent.stream) if sent and sent.filename else _by_code(code)
    except InvalidInput as error:
        page = render_template("public/compare.html", result=None, errors=error.fields, code=code)
        return page, error.status
    views = [report_view(one, context.rules(), today()) for one in result.records]
    shown = list(zip(result.records, views, strict=True))
    return render_template("public/compare.html", result=result, shown=shown, errors={}, code=code)


def _by_file(stream: object) -> Compared:
    digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    return Compared(digest, True, _known(digest))


def _by_code(code: str) -> Compared:
    if not code:
        raise InvalidInput({"code": [N_("Type the code, or choose a file.")]})
    if len(code) > LONGEST_CODE:
        raise InvalidInput({"code": [N_("This is too long to be a code or a number.")]})
    id = parse_public_id(code)
    if id is not None:
        found = queries.get(context.gazette(), id, now())
        records = [found] if isinstance(found, Record) and found.kind == "report" else []
        return Compared(id, False, records)
    lowered = code.lower().replace(" ", "")
    wanted = lowered if _HASH.fullmatch(lowered) else code
    return Compared(wanted, wanted == lowered, _known(wanted))


def _known(number: str) -> list[Record]:
    found = queries.lookup(context.gazette(), Handle("number", fold(number)), now())
    return [one for one in found if one.kind == "report"]
