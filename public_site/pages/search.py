"""Search: results with facets, order and pages, and the same result to take away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.present import export
from public_site.present.cards import cards
from public_site.present.results import request_of, results_view
from public_site.present.words import address
from public_site.release import public
from registry.core.errors import InvalidInput
from registry.core.web import forms
from registry.core.web.moment import now
from registry.public.search.service import search, whole
from schemas.public.search import SearchQuery

pages = Blueprint("search", __name__)


@pages.get("/search")
@public(shared=False, searching=True)
def results() -> ResponseReturnValue:
    try:
        wanted = forms.load(SearchQuery(), request.args)
    except InvalidInput as error:
        return _refused(error), error.status
    if wanted["format"]:
        return _file(wanted)
    found = search(context.gazette(), context.index(), request_of(wanted), now())
    view = results_view(found, wanted, context.rules())
    return render_template("public/search.html", view=view, values=request.args, errors={})


def _refused(error: InvalidInput) -> str:
    """The search form as it was filled in, with what is wrong."""
    return render_template(
        "public/search.html",
        view=None,
        fields=forms.describe(SearchQuery()),
        values=request.args,
        errors=error.fields,
    )


def _file(wanted: Mapping[str, Any]) -> Response:
    """The whole result as a file, up to ``export.LIMIT`` records."""
    asked = request_of({**wanted, "page": 1})
    records, total = whole(context.gazette(), context.index(), asked, now(), export.LIMIT)
    base, sequence = context.base_url(), context.state().sequence
    links = [base + (address(one.kind, one.id) or "") for one in records]
    if wanted["format"] == "atom":
        shown = list(zip(cards(records, context.rules()), records, strict=True))
        page = render_template("public/feed.xml", entries=shown, base=base, updated=now())
        return _download(page, "application/atom+xml", "atom")
    if wanted["format"] == "json":
        text = export.json_file(records, links, sequence=sequence, total=total)
        return _download(text, "application/json", "json")
    return _download(export.csv_file(records, links), "text/csv; charset=utf-8", "csv")


def _download(text: str, mimetype: str, suffix: str) -> Response:
    answer = Response(text, content_type=mimetype)
    if suffix != "atom":
        name = f"registry-{context.state().sequence}.{suffix}"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
