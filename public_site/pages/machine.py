"""What programs read: feed, sitemap, robots, security contact, readiness.

Natural persons stand in neither the feed nor the sitemap.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.pages.about import pages as about
from public_site.present.cards import cards
from public_site.present.words import ENDPOINTS
from public_site.release import public
from registry.core.clock import rfc3339
from registry.core.web.locale import languages
from registry.core.web.moment import now
from registry.public.gazette import queries
from registry.public.gazette.kinds import MAPPED, NEWS, about_person, codes
from registry.public.gazette.queries import Record

pages = Blueprint("machine", __name__)
FEED_LENGTH = 50
SITEMAP_LENGTH = 5000
"""Records in the sitemap, newest first; a sitemap may hold 50,000 addresses in all."""
CONTACT_VALID = timedelta(days=180)


@about.get("/feed.atom")
@public()
def feed() -> Response:
    records = _units(codes(NEWS), FEED_LENGTH)
    shown = zip(cards(records, context.rules()), records, strict=True)
    page = render_template(
        "public/feed.xml",
        entries=list(shown),
        base=context.base_url(),
        updated=records[0].updated if records else now(),
    )
    return Response(page, mimetype="application/atom+xml")


@pages.get("/sitemap.xml")
@public()
def sitemap() -> Response:
    records = _units(codes(MAPPED), SITEMAP_LENGTH)
    page = render_template(
        "public/sitemap.xml",
        records=records,
        endpoints=ENDPOINTS,
        base=context.base_url(),
        codes=languages(),
    )
    return Response(page, mimetype="application/xml")


@pages.get("/robots.txt")
def robots() -> Response:
    text = render_template("public/robots.txt", base=context.base_url(), codes=languages())
    return _text(text)


@pages.get("/.well-known/security.txt")
def security() -> Response:
    expires = rfc3339((now() + CONTACT_VALID).replace(microsecond=0))
    return _text(render_template("public/security.txt", base=context.base_url(), expires=expires))


@pages.get("/readyz")
def readyz() -> ResponseReturnValue:
    """503 where the gazette or the rules cannot be read. Ages and positions otherwise."""
    try:
        context.rules()
        at, indexed = context.state(), context.index().position()
    except Exception as error:  # whatever it is, this node is not ready
        return {"ready": False, "reason": type(error).__name__}, 503
    age = (now() - at.recorded).total_seconds() if at.recorded else None
    return {
        "ready": True,
        "sequence": at.sequence,
        "day": at.day.isoformat(),
        "data_age_seconds": None if age is None else max(0, round(age)),
        "indexed": indexed,
        "release": current_app.extensions["registry.release"],
    }


def _units(kinds: tuple[str, ...], limit: int) -> list[Record]:
    found = queries.newest(context.gazette(), kinds, limit, now())
    return [one for one in found if not about_person(one.payload)]


def _text(text: str) -> Response:
    answer = Response(text, mimetype="text/plain")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
