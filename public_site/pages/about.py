"""Pages about the registry itself: help, privacy, data, the log."""

from __future__ import annotations

from flask import Blueprint, render_template

from public_site import context
from public_site.release import public
from registry.core.web.moment import now
from registry.public.gazette import checkpoint, log_rows, queries, tree

pages = Blueprint("about", __name__)
NEWEST_ROWS = 20


@pages.get("/help")
@public(max_age=300)
def help_page() -> str:
    return render_template("public/help.html", rules=context.rules())


@pages.get("/privacy")
@public(max_age=300)
def privacy() -> str:
    return render_template("public/privacy.html")


@pages.get("/data")
@public()
def data() -> str:
    figures = queries.figures(context.gazette(), now())
    return render_template("public/data.html", figures=figures, rules=context.rules())


@pages.get("/gazette")
@public()
def gazette() -> str:
    session, size = context.gazette(), context.state().sequence
    rows = log_rows.changes(session, max(0, size - NEWEST_ROWS), NEWEST_ROWS, now())
    return render_template(
        "public/gazette.html",
        size=size,
        root=tree.root(session, size).hex(),
        rows=rows[::-1],
        checkpoint=checkpoint.latest(session),
    )
