"""The app that both sites start from."""

from __future__ import annotations

import gc
from pathlib import Path

from flask import Flask, Response
from flask_wtf import CSRFProtect
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, Undefined
from werkzeug.middleware.proxy_fix import ProxyFix

from registry.core.clock import Clock
from registry.core.settings import Settings
from registry.core.web import errors, formats, forms, headers, locale, logs, moment, statics

TEMPLATES = Path(__file__).parent / "templates"


class Unprintable(Undefined):
    """What a payload leaves out may be asked for, but not printed: a misspelt name is an error."""

    __str__ = Undefined._fail_with_undefined_error
    __iter__ = Undefined._fail_with_undefined_error
    __len__ = Undefined._fail_with_undefined_error


def settled(app: Flask) -> Flask:
    """``app``, with all that was loaded for it left out of later garbage collections.

    Programs, rules and texts live as long as the process. Looking through their 260,000 objects
    took 160 ms, in the middle of whichever request came by.
    """
    gc.collect()
    gc.freeze()
    return app


def base_app(
    import_name: str,
    *,
    site: str,
    settings: Settings,
    clock: Clock,
    secret_key: str,
    templates: Path,
    static: Path | None = None,
    error_template: str = "web/error.html",
    max_body_bytes: int | None = None,
) -> Flask:
    """A Flask app with languages, headers, errors, CSRF, static files and filters in place.

    ``site`` is "public" or "admin"; it names the cookie, so that two sites on one host do not
    take each other's. ``templates`` is the site's own folder, looked up before the shared one.
    """
    app = Flask(import_name, static_folder=None, template_folder=None)
    app.config.update(
        SECRET_KEY=secret_key,
        SESSION_COOKIE_NAME=f"__Host-{site}" if settings.https else f"registry-{site}",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=max_body_bytes or settings.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2000,
        # A clerk may think over a form for a morning; the token dies with his session.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.https,
        ERROR_TEMPLATE=error_template,
        PROPAGATE_EXCEPTIONS=False,
    )
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]
    app.jinja_loader = _loader(templates)
    app.jinja_env.undefined = Unprintable
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    logs.configure()
    moment.install(app, clock)
    locale.install(app, settings.languages)
    formats.install(app)
    forms.install(app)
    statics.install(app, *([static] if static else []))
    errors.install(app)
    headers.install(app, site=site, https=settings.https)
    app.extensions["registry.csrf"] = CSRFProtect(app)
    app.context_processor(
        lambda: {"demo": settings.demo, "site_kind": site, "today": moment.today()}
    )
    app.add_url_rule("/", "root", _root)
    app.add_url_rule("/healthz", "healthz", lambda: Response("ok\n", mimetype="text/plain"))
    return app


def _loader(templates: Path) -> BaseLoader:
    return ChoiceLoader([FileSystemLoader(templates), FileSystemLoader(TEMPLATES)])


def _root() -> Response:
    return locale.vary_on_language(locale.go_to(f"/{locale.preferred()}/"))
