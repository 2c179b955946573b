"""The public site: reads the gazette, and writes what comes in to the intake store."""

from __future__ import annotations

import contextlib
from pathlib import Path

from flask import Flask

from public_site import api, context, limits, release
from public_site.intake import wiring
from public_site.pages import (
    about,
    authorities,
    certificates,
    check,
    entities,
    home,
    lists,
    machine,
    providers,
    records,
    reports,
    search,
    sites,
    statistics,
)
from public_site.present import export, words
from registry.core import keys
from registry.core.clock import Clock, system_clock
from registry.core.db import GazetteSession, IntakeSession, Store
from registry.core.settings import PublicSettings
from registry.core.web import locale, moment, sessions
from registry.core.web.factory import base_app
from registry.public.agencies.models import LOOK_ONLY
from registry.public.gazette.kinds import KINDS, about_person
from registry.public.inbox.models import INSERT_ONLY
from registry.public.procedures.models import INSERT_ONLY as FILINGS
from registry.public.screening import ScreeningIndex
from registry.public.screening.loading import path_in
from registry.public.search.engine import open_index

TEMPLATES = Path(__file__).parent / "templates"
MAX_BODY = 256 * 1024
"""Largest body: forms of a few fields. Pages that take files raise it for themselves."""
PAGES = (
    home,
    search,
    records,
    providers,
    entities,
    authorities,
    sites,
    check,
    lists,
    reports,
    certificates,
    about,
    statistics,
)


def create_app(settings: PublicSettings, clock: Clock = system_clock) -> Flask:
    """The site over the gazette named by ``settings.gazette_read_url``.

    It has no address of the working store, and opens the gazette to read only.
    """
    app = base_app(
        __name__,
        site="public",
        settings=settings,
        clock=clock,
        secret_key=settings.secret_key or keys.load_site_secret(settings.key_dir, "public"),
        templates=TEMPLATES,
        error_template="public/error.html",
        max_body_bytes=MAX_BODY,
    )
    app.extensions["registry.settings"] = settings
    gazette = Store(settings.gazette_read_url, GazetteSession, read_only=True)
    sessions.bind(app, "gazette", gazette)
    intake = Store(
        settings.intake_url, IntakeSession, insert_only=INSERT_ONLY | FILINGS, look_only=LOOK_ONLY
    )
    sessions.bind(app, "intake", intake)
    app.extensions["registry.screening"] = ScreeningIndex(path_in(settings.index_dir))
    app.extensions["registry.index"] = open_index(settings.search_engine, settings.index_dir)
    app.jinja_env.globals.update(
        kind_title=words.KIND_TITLES.__getitem__,
        kind_plural=words.KIND_PLURALS.__getitem__,
        region_name=words.region_name,
        removal_reason=lambda code: words.title(context.rules(), "removal_reasons", code),
        record_address=words.address,
        authority_address=authorities.link,
        is_person=about_person,
        record_kinds=tuple(KINDS.values()),
        status_words=words.STATUS,
        status_tones=words.TONES,
        status_today=lambda status, until: words.status_on(status, until, moment.today()),
        export_limit=export.LIMIT,
        list_title=lambda code: words.list_title(context.rules(), code),
    )
    release.install(app, settings)
    for page in PAGES:
        locale.mount(app, page.pages)
    app.register_blueprint(machine.pages)
    app.extensions["registry.csrf"].exempt(check.pages)
    app.extensions["registry.csrf"].exempt(lists.pages)
    app.extensions["registry.csrf"].exempt(reports.pages)
    app.extensions["registry.csrf"].exempt(certificates.pages)
    wiring.install(app, settings)
    api.install(app)
    limits.install(app, settings)
    api.install_limits(app)
    return app


def warm(app: Flask) -> None:
    """Load what the first check would otherwise wait for. A failure shows at the first request."""
    with app.app_context(), contextlib.suppress(Exception):
        store = sessions.store("gazette")
        with store.read() as session:
            context.screening().refresh(session, moment.now())
