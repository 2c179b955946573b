"""Puts the pages for reporters and for parties into the site."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from flask import Flask, Response, request

from public_site.intake.gate import Gate
from public_site.intake.tokens import Spent
from public_site.intake.uploads import SealingRequest
from public_site.pages import procedures, procedures_status, tips, tips_rewards, tips_track
from registry.core.settings import PublicSettings
from registry.core.web import locale


def install(app: Flask, settings: PublicSettings) -> None:
    """Mount the pages. Their forms carry a sealed token of their own in place of a cookie's."""
    app.request_class = SealingRequest
    app.extensions["registry.tip-gate"] = Gate()
    app.extensions["registry.tip-tries"] = Spent(settings.rate_limit_url)
    for page in (tips, tips_track, tips_rewards, procedures, procedures_status):
        locale.mount(app, page.pages)
        app.extensions["registry.csrf"].exempt(page.pages)
    if settings.onion_url:
        app.after_request(_onion(settings.onion_url))


def _onion(address: str) -> Callable[[Response], Response]:
    """Tell browsers that can of the same page as an onion service."""

    def tell(response: Response) -> Response:
        if request.method == "GET" and response.mimetype == "text/html":
            response.headers["Onion-Location"] = address + quote(request.path)
        return response

    return tell
