"""The register of service organizations."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.pages.records import canonical, find, record_page
from public_site.present.cards import cards
from public_site.present.provider import provider_view
from public_site.release import public
from registry.core.web.moment import now, today
from registry.public.gazette import queries
from registry.public.gazette.queries import Record

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
    others = cards(_others(record), context.rules())
    return record_page("public/provider.html", record, view, person=False, cards=others)


def _others(record: Record) -> list[Record]:
    """What else is public on the organization: other fields, reports, penalties, listings."""
    code = record.payload["subject"].get("code")
    found = queries.by_entity(context.gazette(), code, now()) if code else []
    return [one for one in found if one.id != record.id and one.kind != "site"]
