"""An authority that keeps records here: what it is, which stand above and below it, its records."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.pages.records import UnknownRecord, canonical, find
from public_site.present.cards import cards
from public_site.present.proof import proof_of
from public_site.release import public
from registry.core.codes.authorities import KINDS, LEVELS
from registry.core.names import parse_identifier
from registry.core.names.creditcode import InvalidCreditCode
from registry.core.web.moment import now
from registry.public.gazette import queries
from registry.public.gazette.payloads import AuthorityPayload
from registry.public.gazette.queries import Record
from registry.public.search.service import SearchRequest, search

pages = Blueprint("authorities", __name__)
NEWEST = 10


@pages.get("/authorities/<id>")
@public(shared=False)
def authority(id: str) -> ResponseReturnValue:
    known = by_code(id)
    if known is not None:
        return redirect(url_for("authorities.authority", id=known.id))
    if moved := canonical(id, "authorities.authority"):
        return moved
    record, session = find(id, "authority"), context.gazette()
    payload = cast(AuthorityPayload, record.payload)
    above = queries.many(session, [payload["parent"]] if "parent" in payload else [], now())
    below = queries.by_authority(session, id, now())
    asked = SearchRequest(authority=payload["code"], sort="newest", size=NEWEST)
    found = search(session, context.index(), asked, now())
    return render_template(
        "public/authority.html",
        record=record,
        kind=KINDS.get(payload["line"], payload["line"]),
        level=LEVELS.get(payload["level"], payload["level"]),
        above=next(iter(above.values()), None),
        below=below,
        cards=cards(found.records, context.rules()),
        total=found.total,
        proof=proof_of(session, record, now()),
    )


def by_code(code: str) -> Record | None:
    """The published authority with this credit code: as a record names it."""
    try:
        value = parse_identifier(code).value
    except InvalidCreditCode:
        return None
    found = queries.by_code(context.gazette(), value, "authority", now())
    if not found:
        raise UnknownRecord
    return found[0]


def link(reference: object) -> str | None:
    """The address of the page of an authority that a record names; None while it has none."""
    code = reference.get("code") if isinstance(reference, dict) else None
    if not code:
        return None
    found = queries.by_code(context.gazette(), str(code), "authority", now())
    return url_for("authorities.authority", id=found[0].id) if found else None
