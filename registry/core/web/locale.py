"""Languages of the web: ``/zh/…`` and ``/en/…``, ``g.language``, ``_()`` and ``t()`` in Jinja.

Blueprints of pages are registered through ``mount``; ``url_for`` then puts the reader's language
into the address by itself. An address without a language is redirected by Accept-Language.
"""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, Response, current_app, g, has_request_context, redirect, request
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from registry.core.i18n import LOCALE_TAGS, Text, catalogue, translate

LANGUAGE_NAMES = {"zh": "中文", "en": "English"}
_KEY = "registry.languages"


def install(app: Flask, languages: tuple[str, ...]) -> None:
    """Languages offered by ``app``, the first is the default. Unknown ones raise ``KeyError``."""
    for code in languages:
        catalogue(code)
    app.extensions[_KEY] = languages
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.before_request(_add_language)
    app.jinja_env.globals.update(
        _=gettext, t=say, language_links=language_links, sentences=sentences
    )
    app.jinja_env.filters["zh"] = official
    app.context_processor(_context)


def mount(app: Flask, blueprint: Blueprint, *, url_prefix: str = "") -> None:
    """Register a blueprint of pages under every language's prefix."""
    choices = ",".join(languages(app))
    app.register_blueprint(blueprint, url_prefix=f"/<any({choices}):language>{url_prefix}")


def languages(app: Flask | None = None) -> tuple[str, ...]:
    return cast("tuple[str, ...]", (app or current_app).extensions[_KEY])


def language() -> str:
    """The reader's language: of the address, else the one his browser prefers."""
    if not has_request_context():
        return languages()[0]
    if "language" not in g:
        g.language = _of_path(request.path) or preferred()
    return cast(str, g.language)


def language_tag() -> str:
    """BCP 47 tag for the ``lang`` attribute."""
    return LOCALE_TAGS[language()]


def preferred() -> str:
    """The language offered that the browser's Accept-Language likes best."""
    offered = languages()
    wanted = [value.partition("-")[0].lower() for value, _ in request.accept_languages]
    return next((code for code in wanted if code in offered), offered[0])


def gettext(message: str, /, **params: object) -> str:
    """``message`` in the reader's language; markup among the parameters stays markup."""
    if any(hasattr(value, "__html__") for value in params.values()):
        return Markup(escape(translate(language(), message))).format(**params)  # noqa: S704
    return translate(language(), message, **params)


def say(text: Text | str | None) -> str:
    """A rule's text in the reader's language; a string is taken as a message."""
    if text is None:
        return ""
    return text.in_(language()) if isinstance(text, Text) else translate(language(), text)


def official(text: str | None) -> str:
    """Official Chinese text: marked as Chinese on a page in another language."""
    if not text or language() == "zh":
        return text or ""
    return Markup('<span lang="zh-CN">{}</span>').format(text)


def sentences(*parts: str) -> str:
    """Sentences one after the other: with a space between them, which Chinese does without."""
    given = [part for part in parts if part]
    return Markup("" if language() == "zh" else " ").join(given)  # noqa: S704


def language_links() -> list[tuple[str, str, str]]:
    """(tag, name, address) of this same page and query in the other languages."""
    rest = request.path[3:] if _of_path(request.path) else "/"
    return [
        (LOCALE_TAGS[code], LANGUAGE_NAMES[code], f"/{code}{quote(rest or '/')}{_query()}")
        for code in languages()
        if code != language()
    ]


def go_to(address: str) -> Response:
    """A temporary redirect, as this app's response class."""
    return cast(Response, redirect(address))


def vary_on_language(response: Response) -> Response:
    response.headers.add("Vary", "Accept-Language")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _of_path(path: str) -> str | None:
    first = path[1:].partition("/")[0]
    return first if first in languages() else None


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "language" in values:
        g.language = values.pop("language")


def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    expects = current_app.url_map.is_endpoint_expecting(endpoint, "language")
    if "language" not in values and expects:
        values["language"] = language()


def _add_language() -> Response | None:
    """Send ``/listings/L-…`` on to ``/zh/listings/L-…``, where there is such a page."""
    if request.routing_exception is None or _of_path(request.path) or request.method != "GET":
        return None
    target = f"/{preferred()}{request.path}"
    try:
        current_app.url_map.bind("").match(target, method="GET")
    except MethodNotAllowed:
        return None
    except HTTPException as other:
        if other.code == 404:
            return None
    return vary_on_language(go_to(quote(target) + _query()))


def _query() -> str:
    """The request's query string, newly encoded: what came may hold raw bytes."""
    pairs = list(request.args.items(multi=True))
    return f"?{urlencode(pairs)}" if pairs else ""


def _context() -> dict[str, object]:
    return {"language": language(), "lang": language_tag()}
