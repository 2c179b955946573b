"""Calls that need an agency's key: ``Authorization: Bearer …``, looked up once per request."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Response, g, request

from public_site import context
from registry.core.clock import legal_day
from registry.core.db import IntakeSession, Store
from registry.core.web import sessions
from registry.core.web.moment import now
from registry.public.agencies import keys
from registry.public.agencies.keys import AgencyKey, KeyMissing, KeyRefused

SCHEME = "agencyKey"
"""Name of the security scheme in the OpenAPI document."""
View = TypeVar("View", bound=Callable[..., Any])


def keyed(scope: str) -> Callable[[View], View]:
    """Declare that a view needs a key with ``scope``; ``holder()`` is then its holder.

    Stands below ``reading`` and ``asking``, which see to it that the key is looked at before
    anything else and that the document says so.
    """
    if scope not in keys.SCOPES:
        raise KeyError(scope)

    def decorate(view: View) -> View:
        guarded = guard(view, scope)
        vars(guarded)["scope"] = scope
        return guarded

    return decorate


def optionally(scope: str) -> Callable[[View], View]:
    """Declare that anybody may call a view, and that whoever sends a key needs ``scope``."""
    if scope not in keys.SCOPES:
        raise KeyError(scope)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def call(*args: Any, **kwargs: Any) -> Any:
            if _found() is not None:
                holder().require(scope)
            return view(*args, **kwargs)

        vars(call)["optional_scope"] = scope
        return cast(View, call)

    return decorate


def guard(view: View, scope: str) -> View:
    """``view`` behind the key; raises 401 and 403 before it is entered."""

    @functools.wraps(view)
    def call(*args: Any, **kwargs: Any) -> Any:
        holder().require(scope)
        return view(*args, **kwargs)

    return cast(View, call)


def scope_of(view: object) -> str | None:
    """The scope that a view needs; None where anybody may call it."""
    return cast("str | None", getattr(view, "scope", None))


def optional_scope_of(view: object) -> str | None:
    """The scope that a key needs where one is sent; None where a key makes no difference."""
    return cast("str | None", getattr(view, "optional_scope", None))


def held() -> AgencyKey | None:
    """The good key that came with this request, whether or not one was needed."""
    found = _found()
    return found if isinstance(found, AgencyKey) else None


def shows_none() -> bool:
    """Whether the request carries nothing of the shape of a key."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() != "bearer" or keys.split(token) is None


def holder() -> AgencyKey:
    """The key of this request. Raises ``KeyMissing`` or ``KeyRefused``."""
    found = _found()
    if found is None:
        raise KeyMissing
    if isinstance(found, KeyRefused):
        raise found
    return found


def challenge(response: Response) -> None:
    """Say by which scheme one is let in (RFC 6750)."""
    refused = isinstance(_found(), KeyRefused)
    response.headers["WWW-Authenticate"] = (
        'Bearer realm="registry", error="invalid_token"' if refused else 'Bearer realm="registry"'
    )


def _found() -> AgencyKey | KeyRefused | None:
    if "agency_key" not in g:
        g.agency_key = _look_up()
    return cast("AgencyKey | KeyRefused | None", g.agency_key)


def _look_up() -> AgencyKey | KeyRefused | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    store = cast("Store[IntakeSession]", sessions.store("intake"))
    try:
        with store.read() as session:
            demo = context.settings().demo
            found = keys.authenticate(session, token, now(), demo=demo)
    except KeyRefused as refused:
        return refused
    if found.last_used != legal_day(now()):
        with store.write() as session:
            keys.note_use(session, found.id, now())
    return found
