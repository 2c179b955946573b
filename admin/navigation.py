"""The desks in the head of every page: those that the officer's roles open."""

from __future__ import annotations

from flask import Flask, current_app, request

from admin.context import officer_at_desk, roles_of
from registry.core.i18n import N_

DESKS = (
    ("today", N_("Today")),
    ("cases", N_("Cases")),
    ("entities", N_("Entities")),
    ("imports", N_("Imports")),
    ("staff", N_("Staff")),
    ("audit", N_("Audit")),
)
"""Blueprint and its name; every desk has a view ``index``."""


def desks() -> list[tuple[str, str, bool]]:
    """(endpoint, label, whether the reader is there) of the desks open to the officer."""
    officer = officer_at_desk()
    if officer is None:
        return []
    found = []
    for name, label in DESKS:
        roles = roles_of(current_app.view_functions.get(f"{name}.index"))
        if roles is not None and (not roles or officer.has(*roles)):
            found.append((f"{name}.index", label, request.blueprint == name))
    return found


def install(app: Flask) -> None:
    """Give the templates the desks."""
    app.jinja_env.globals.update(desks=desks)
