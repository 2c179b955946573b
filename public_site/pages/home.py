"""The start page."""

from __future__ import annotations

from flask import Blueprint, render_template

from public_site import context
from public_site.present.cards import cards
from public_site.present.words import is_person
from public_site.release import public
from registry.core.web.moment import now
from registry.public.gazette import queries

pages = Blueprint("home", __name__)
NEWEST = 8


@pages.get("/")
@public()
def index() -> str:
    session, rules = context.gazette(), context.rules()
    found = queries.newest(session, ("listing", "penalty"), NEWEST * 3, now())
    shown = [one for one in found if not is_person(one.kind, one.payload)][:NEWEST]
    figures = queries.figures(session, now())
    return render_template(
        "public/home.html", newest=cards(shown, rules), figures=figures, rules=rules
    )
