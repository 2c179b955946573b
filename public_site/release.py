"""Validators and lifetimes of public pages.

What is public depends on the gazette's sequence and the day in Shanghai. With the language (in
the address) and the release, which is a hash over the program, the rules and the settings that
lay a page out, they make the ETag. A page that shows records is asked for anew each time, so that
nothing removed is seen from a cache; no lifetime reaches past midnight in Shanghai.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from flask import Flask, Response, current_app, make_response, request
from flask.typing import ResponseReturnValue

from public_site import context
from registry import core
from registry import public as public_side
from registry.core.clock import legal_day, midnight
from registry.core.settings import PublicSettings
from registry.core.web import statics
from registry.core.web.locale import language
from registry.core.web.moment import now

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)
View = Callable[P, ResponseReturnValue]


_PROGRAM = (Path(__file__).parent, Path(core.__file__).parent, Path(public_side.__file__).parent)


def install(app: Flask, settings: PublicSettings) -> None:
    """Compute the release once: what it covers is read at start and never again."""
    own_rules = (settings.rules_dir,) if settings.rules_dir else ()
    shown = f"{settings.base_url} {settings.languages} {settings.demo}"
    digest = hashlib.sha256(shown.encode())
    digest.update(statics.tree_hash((*_PROGRAM, *own_rules)).encode())
    app.extensions["registry.release"] = digest.hexdigest()[:8]


def public(
    *, max_age: int = 0, shared: bool = True, searching: bool = False
) -> Callable[[View[P]], View[P]]:
    """Marks a GET view as dependent on the gazette only: ETag, 304, a lifetime in seconds.

    ``shared=False`` for pages with names on them: no cache between us and the reader keeps them.
    ``searching``: the index follows the gazette, so its position is part of the ETag.
    """

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def answer(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            tag = etag(indexed=searching)
            asked = request.if_none_match
            if not asked.star_tag and asked.contains_weak(tag):
                return _with_validators(Response(status=304), tag, max_age, shared)
            response = make_response(view(*args, **kwargs))
            if response.status_code != 200:
                return response
            return _with_validators(response, tag, max_age, shared)

        return answer

    return decorate


def etag(*, indexed: bool = False) -> str:
    """Sequence and Shanghai day, then what else the page's bytes depend on."""
    at = context.state()
    release = cast(str, current_app.extensions["registry.release"])
    position = f"-{context.index().position()}" if indexed else ""
    return f"{at.sequence}-{at.day.isoformat()}{position}-{language()}-{release}"


def seconds_to_midnight(at: datetime) -> int:
    """Whole seconds until the legal day changes."""
    return int((midnight(legal_day(at) + timedelta(days=1)) - at).total_seconds())


def _with_validators(response: Response, tag: str, max_age: int, shared: bool) -> Response:
    lifetime = min(max_age, seconds_to_midnight(now()))
    scope = "public" if shared else "private"
    response.headers["Cache-Control"] = f"{scope}, max-age={lifetime}, must-revalidate"
    response.set_etag(tag, weak=True)
    return response
