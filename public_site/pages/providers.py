"""The register of service organizations."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.pages.records import canonical, find, record_page
from public_site.present.chronicle import chronicle
from public_site.present.provider import provider_view
from public_site.present.wayback import MOST_REPORTS, Start, way_back
from public_site.release import public
from registry.core.web.moment import now, today
from registry.public.gazette import queries

pages = Blueprint("providers", __name__)


@pages.get("/providers")
def index() -> ResponseReturnValue:
    """The register is searched with its facets where everything is."""
    return redirect(url_for("search.results", kind="provider"), 302)


@pages.get("/providers/<id>")
@public(shared=False)
def provider(id: str) -> ResponseReturnValue:
    if moved := canonical(id, "providers.provider"):
        return moved
    record = find(id, "provider")
    view = provider_view(record, context.rules(), today())
    code, session = record.payload["subject"].get("code", ""), context.gazette()
    told = chronicle(session, code, context.rules(), now(), today()) if code else None
    reports, _ = queries.newest_by_code(session, code, "report", MOST_REPORTS, now())
    start = Start(record.payload["subject"]["name"])
    way = way_back(session, start, reports, context.rules(), now())
    return record_page("public/provider.html", record, view, person=False, chronicle=told, way=way)
