"""The admin site: desks for the officers who keep the registry."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import cast

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from admin import account, context, navigation, readings, session
from registry.core import keys, rules
from registry.core.clock import Clock, system_clock
from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession
from registry.core.settings import OfficeSettings, office_settings
from registry.core.web import locale, sessions
from registry.core.web.factory import base_app, settled
from registry.office.staff.door import Door
from registry.public.screening import ScreeningIndex
from registry.public.screening.loading import path_in

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
DESKS = (
    "admin.today",
    "admin.cases",
    "admin.procedures",
    "admin.tips",
    "admin.tip_asks",
    "admin.tip_entry",
    "admin.awards",
    "admin.duty",
    "admin.entities",
    "admin.sites",
    "admin.checks",
    "admin.providers",
    "admin.measures",
    "admin.reports",
    "admin.samples",
    "admin.filing",
    "admin.imports",
    "admin.platform",
    "admin.hazards",
    "admin.certificates",
    "admin.signatories",
    "admin.accountability",
    "admin.statistics",
    "admin.leaders",
    "admin.opinions",
    "admin.experts",
    "admin.staff",
    "admin.agencies",
    "admin.audit",
)
"""Modules with a Blueprint called ``desk``."""
SIGN_IN_LIMIT = "20 per minute;200 per hour"
"""Attempts per address; the lock-out of an account counts beside it."""


def create_app(settings: OfficeSettings, clock: Clock = system_clock) -> Flask:
    """The admin site over the stores that ``settings`` names.

    Raises ``Misconfigured`` where a key is missing.
    """
    app = base_app(
        __name__,
        site="admin",
        settings=settings,
        clock=clock,
        secret_key=settings.secret_key or keys.load_site_secret(settings.key_dir, "admin"),
        templates=TEMPLATES,
        static=STATIC,
        error_template="admin/error.html",
    )
    store = Store(settings.working_url, WorkingSession)
    sessions.bind(app, "working", store)
    sessions.bind(app, "intake", Store(settings.intake_url, IntakeSession))
    sessions.bind(app, "gazette", Store(settings.gazette_read_url, GazetteSession, read_only=True))
    context.install(
        app,
        {
            "registry.settings": settings,
            "registry.screening": ScreeningIndex(path_in(settings.index_dir)),
            "registry.door": Door(store, keys.load_vault(settings.key_dir), settings.demo),
            "registry.rules": rules.load(settings.rules_dir, demo=settings.demo),
        },
    )
    for module in (session, account, *(import_module(name) for name in DESKS)):
        locale.mount(app, module.desk, url_prefix=module.desk.url_prefix or "")
    navigation.install(app)
    readings.install(app)
    _limit(app, settings.rate_limit_url)
    return app


def _limit(app: Flask, storage: str) -> None:
    limiter = Limiter(get_remote_address, app=app, storage_uri=storage, headers_enabled=True)
    limit = limiter.limit(SIGN_IN_LIMIT, methods=["POST"])
    for endpoint in ("session.sign_in", "session.code"):
        view = app.view_functions[endpoint]
        app.view_functions[endpoint] = cast("Callable[..., ResponseReturnValue]", limit(view))


def from_environ() -> Flask:
    """The site as the process's environment configures it: what the server starts."""
    return settled(create_app(office_settings()))
