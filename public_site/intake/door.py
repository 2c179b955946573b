"""What stands before every page that takes something in: the sender counted, his files expected."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, g, request
from flask_wtf.csrf import CSRFError

from public_site.intake import draft as drafts
from public_site.intake.gate import Gate, TooOften
from registry.core.web.moment import now

WAITS = {429: "600", 503: "10"}
"""Seconds after which to try again, by the status of a refusal."""


def gate() -> Gate:
    """The gate of this process."""
    found: Gate = current_app.extensions["registry.tip-gate"]
    return found


def guard(pages: Blueprint, purpose: str) -> None:
    """Guard all that is posted to ``pages``; its senders are counted for ``purpose`` (``Gate``)."""

    def prepare() -> None:
        """Count the sender and set the desk for his files, before the body is read."""
        if request.method != "POST":
            return
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            raise CSRFError("cross-site")
        try:
            gate().count(purpose, request.remote_addr or "", now())
        except TooOften as error:
            g.too_often = error
        drafts.open_desk(accepting="too_often" not in g)
        drafts.take_turn()

    def clear(_error: BaseException | None) -> None:
        drafts.give_turn_back()

    pages.before_request(prepare)
    pages.teardown_request(clear)
    pages.after_request(_when_again)


def _when_again(response: Response) -> Response:
    """Who is turned away is told when to come back."""
    if response.status_code in WAITS:
        response.headers.setdefault("Retry-After", WAITS[response.status_code])
    return response
