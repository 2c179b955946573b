"""All that is public on one credit code."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.present.cards import cards
from public_site.present.entity import names_of
from public_site.release import public
from registry.core.names import parse_identifier
from registry.core.web.moment import now
from registry.public.gazette import queries

pages = Blueprint("entities", __name__)


@pages.get("/entities/<code>")
@public(shared=False)
def entity(code: str) -> ResponseReturnValue:
    """The same answer for a unit never published and for one no longer published."""
    proper = parse_identifier(code).value
    if proper != code:
        return redirect(url_for("entities.entity", code=proper), 301)
    records = queries.by_entity(context.gazette(), proper, now())
    return render_template(
        "public/entity.html",
        code=proper,
        names=names_of(records, proper),
        cards=cards(records, context.rules()),
    )
