"""What a page of the public site works with: the gazette, the index, the rules, the settings."""

from __future__ import annotations

from typing import cast

from flask import current_app, g, request

from registry.core import keys
from registry.core import rules as law
from registry.core.db import GazetteSession, IntakeSession
from registry.core.rules import Rules
from registry.core.settings import PublicSettings
from registry.core.web import sessions
from registry.core.web.moment import now, today
from registry.public.gazette import queries
from registry.public.gazette.queries import State
from registry.public.screening import ScreeningIndex
from registry.public.search.engine import SearchIndex


def gazette() -> GazetteSession:
    """This request's session on the gazette; never committed."""
    return cast(GazetteSession, sessions.get("gazette"))


def intake() -> IntakeSession:
    """This request's session on the intake store; commits after a good answer."""
    return cast(IntakeSession, sessions.get("intake"))


def settings() -> PublicSettings:
    return cast(PublicSettings, current_app.extensions["registry.settings"])


def index() -> SearchIndex:
    return cast(SearchIndex, current_app.extensions["registry.index"])


def screening() -> ScreeningIndex:
    return cast(ScreeningIndex, current_app.extensions["registry.screening"])


def person_key() -> bytes | None:
    """The key by which persons are found by name and document number; a mirror has none."""
    folder = settings().key_dir
    return keys.load_person_key(folder) if (folder / "person.key").exists() else None


def agency_key() -> bytes:
    """The key over what agencies hand in and ask."""
    return keys.load_agency_key(settings().key_dir)


def rules() -> Rules:
    """The rules as they stand today."""
    return law.load(settings().rules_dir, demo=settings().demo).on(today())


def state() -> State:
    """Sequence and day that this answer rests on; asked once per request."""
    if "gazette_state" not in g:
        g.gazette_state = queries.state(gazette(), now())
    return cast(State, g.gazette_state)


def base_url() -> str:
    """The site's own address, for feeds and documents that leave it."""
    return settings().base_url or request.url_root.rstrip("/")
