"""One session per store and request, committed by the boundary, only after a good answer.

GET and HEAD get a reader, other methods a writer. The writer commits when the answer's status is
below 400 and rolls back otherwise, whatever the view did. ``independent`` is for the record of a
failure, which must stand although the work it belongs to does not.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, cast

from flask import Flask, Response, current_app, g, request

from registry.core.db import Store, StoreSession

_KEY = "registry.stores"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def bind(app: Flask, name: str, store: Store[Any]) -> None:
    """Give the requests of ``app`` sessions on ``store`` under ``name``."""
    stores: dict[str, Store[Any]] = app.extensions.setdefault(_KEY, {})
    if not stores:
        app.after_request(_settle)
        app.teardown_request(_close)
    stores[name] = store


def store(name: str) -> Store[Any]:
    """The store bound under ``name``."""
    return cast("Store[Any]", current_app.extensions[_KEY][name])


def get(name: str) -> Any:
    """This request's session on the store ``name``; callers annotate its type."""
    held = _held()
    if name not in held:
        bound = store(name)
        writes = request.method not in _READING and not bound.read_only
        held[name] = bound.writer() if writes else bound.reader()
    return held[name]


@contextlib.contextmanager
def independent(name: str) -> Iterator[Any]:
    """A session that commits on its own, also when the request fails.

    A request that writes first gives up its own work on this store (SQLite has one writer); it
    must then end in an error answer, and a success raises ``RuntimeError`` instead of passing for
    one.
    """
    mine = _held().get(name)
    if mine is not None and mine.in_transaction():
        mine.rollback()
        if request.method not in _READING:
            g.given_up = True
    with store(name).write() as session:
        yield session


def _held() -> dict[str, StoreSession]:
    if "stores" not in g:
        g.stores = {}
    return cast("dict[str, StoreSession]", g.stores)


def _settle(response: Response) -> Response:
    good = response.status_code < 400
    writes = request.method not in _READING
    if good and writes and g.get("given_up"):
        g.given_up = False
        raise RuntimeError("the request's work was given up for an independent write")
    for name, session in _held().items():
        if good and writes and not store(name).read_only:
            session.commit()
        else:
            session.rollback()
    return response


def _close(_error: BaseException | None) -> None:
    for session in _held().values():
        session.close()
