"""The start page."""

from __future__ import annotations

from flask import Blueprint, render_template

from public_site import context
from public_site.present.cards import cards
from public_site.release import public
from registry.core.web.moment import now
from registry.public.gazette import queries
from registry.public.gazette.kinds import NEWS, about_person, codes

pages = Blueprint("home", __name__)
NEWEST = 8


@pages.get("/")
@public()
def index() -> str:
    session, rules = context.gazette(), context.rules()
    found = queries.newest(session, codes(NEWS), NEWEST * 3, now())
    shown = [one for one in found if not about_person(one.payload)][:NEWEST]
    figures = queries.figures(session, now())
    return render_template(
        "public/home.html", newest=cards(shown, rules), figures=figures, rules=rules
    )
