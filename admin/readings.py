"""Every page that shows natural persons leaves one row in the audit, naming their ids.

Nothing is left to the views: the request's session notes which persons it loads, and before the
page goes out that is written down. Where it cannot be written, the page does not go out.
"""

from __future__ import annotations

from flask import Flask, Response, request

from admin.context import acting, opened_session
from registry.core.web import sessions as stores
from registry.office.entities import readings

_ELSEWHERE = frozenset({404, 500, 503})
"""Pages that show nothing of what was asked for."""


def note(response: Response) -> Response:
    """After every request: audit whom the page shows."""
    session = opened_session()
    persons = readings.seen(session) if session is not None else frozenset()
    redirected = 300 <= response.status_code < 400
    if session is None or not persons or redirected or response.status_code in _ELSEWHERE:
        return response
    where = {name: value for name, value in (request.view_args or {}).items() if type(value) is int}
    page = request.endpoint or "unknown"
    if request.method == "POST" and response.status_code < 400:
        readings.record(session, acting(), persons, page, **where)
    else:
        # The request's own session only reads, or gives up what a refused form had begun.
        with stores.independent("working") as own:
            readings.record(own, acting(), persons, page, **where)
    return response


def install(app: Flask) -> None:
    """Let no page with persons out unrecorded."""
    app.after_request(note)
