"""The instant of a request: read once from the clock that the app was given."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from flask import Flask, current_app, g

from registry.core.clock import Clock, legal_day

_KEY = "registry.clock"


def install(app: Flask, clock: Clock) -> None:
    app.extensions[_KEY] = clock


def now() -> datetime:
    """The instant at which this request began to ask; the same throughout the request."""
    if "now" not in g:
        g.now = cast(Clock, current_app.extensions[_KEY])()
    return cast(datetime, g.now)


def today() -> date:
    """The legal day (Shanghai) of this request."""
    return legal_day(now())
