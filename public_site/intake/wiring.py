"""Puts the pages for reporters into the site."""

from __future__ import annotations

from flask import Flask

from public_site.intake.gate import Gate
from public_site.intake.uploads import SealingRequest
from public_site.pages import tips, tips_rewards, tips_track
from registry.core.web import locale


def install(app: Flask) -> None:
    """Mount the pages. Their forms carry a sealed token of their own in place of a cookie's."""
    app.request_class = SealingRequest
    app.extensions["registry.tip-gate"] = Gate()
    for page in (tips, tips_track, tips_rewards):
        locale.mount(app, page.pages)
        app.extensions["registry.csrf"].exempt(page.pages)
