"""Search: results with facets, order and pages, and the same result to take away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from public_site import context, limits
from public_site.limits import limiter
from public_site.present import export, results
from public_site.release import public
from registry.core.errors import InvalidInput
from registry.core.web import forms
from registry.core.web.moment import now
from registry.public.search import SearchRequest, search
from schemas.fields import under
from schemas.public.search import SearchQuery

pages = Blueprint("search", __name__)


@pages.get("/search")
@limiter.limit(limits.SEARCH)
@limiter.limit(limits.EXPORT, exempt_when=lambda: not request.args.get("format"))
@public(shared=False, searching=True)
def results_page() -> ResponseReturnValue:
    schema = SearchQuery()
    try:
        with under(context.rules()):
            wanted = forms.load(schema, request.args)
    except InvalidInput as error:
        return _refused(schema, error), 422
    if wanted["format"]:
        return _export(wanted)
    found = search(context.gazette(), context.index(), results.request_of(wanted), now())
    view = results.results_view(found, wanted, context.rules())
    return render_template("public/search.html", view=view, errors={}, fields=[])
