"""Certificates of checks: issue one, verify one by uploading it, and what is kept of each.

What is asked travels in the body only, as at ``/check``; the file goes to its holder in the answer
and is kept nowhere here.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from public_site import context
from public_site.pages import check
from public_site.present import certified
from registry.core import keys
from registry.core.codes import qr
from registry.core.codes.public_id import parse_public_id
from registry.core.errors import InvalidInput, NotFound
from registry.core.i18n import N_, describe
from registry.core.web.locale import language
from registry.core.web.moment import now
from registry.public import certificates
from registry.public.agencies.history import PURPOSES
from registry.public.certificates.models import Certificate
from registry.public.certificates.verification import Broken
from registry.public.gazette import checkpoint
from registry.public.screening import CheckRequest

pages = Blueprint("certificates", __name__)


class NothingChosen(Broken):
    code = "no-file"
    message = N_("Choose the file of a certificate.")


@pages.app_template_filter("purpose_word")
def purpose_word(purpose: str) -> str:
    """The words for a purpose; certificates of before 2026-12 carry words of their holder's own."""
    return PURPOSES.get(purpose, purpose)


@pages.before_request
def refuse_other_sites() -> None:
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise CSRFError("cross-site")


@pages.get("/certificates")
def form() -> str:
    return _form("")


@pages.post("/certificates")
def verify() -> ResponseReturnValue:
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise NothingChosen
        verdict = certified.judged(sent.stream.read(certified.MOST + 1))
    except Broken as error:
        return _form(describe(error, language())), error.status
    return render_template(
        "public/certificate_verified.html", verdict=verdict, certificate=verdict.certificate
    )


@pages.post("/certificates/issue")
def issue() -> ResponseReturnValue:
    try:
        asked = check.typed()
        name = asked.get("unit") or asked.get("name")
        issued = certified.issued_for(CheckRequest(name=name, document=asked.get("number")))
    except InvalidInput as error:
        return check.again(error.fields), 422
    return render_template(
        "public/certificate_issued.html",
        certificate=issued.certificate,
        text=issued.text,
        page=certified.page_address(issued.id),
    )


@pages.post("/certificates/file")
def file() -> Response:
    """The file that an issued certificate's page carries, as a download."""
    text = request.form.get("certificate", "")
    found = certified.judged(text.encode(errors="surrogatepass")).certificate
    answer = Response(text, mimetype="application/json")
    name = f"certificate-{found['id']}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.get("/certificates/<id>")
def kept(id: str) -> str:
    row = _kept(id)
    return render_template(
        "public/certificate_kept.html", row=row, page=certified.page_address(row.id)
    )


@pages.get("/certificates/<id>/qr.svg")
def code(id: str) -> Response:
    return Response(qr.svg(certified.page_address(_kept(id).id)), mimetype="image/svg+xml")


def _kept(id: str) -> Certificate:
    wanted = parse_public_id(id)
    found = certificates.kept(context.intake(), wanted) if wanted else None
    if found is None:
        raise NotFound
    return found


def _form(problem: str) -> str:
    key = keys.load_log_public(context.settings().key_dir)
    origin = checkpoint.origin_of(key)
    return render_template(
        "public/certificates.html",
        problem=problem,
        verifier_key=checkpoint.verifier_key(origin, key),
        at=now(),
    )
