"""What every page of the admin site shows: the desks open to the officer, and small helpers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from admin.context import officer_at_desk, roles_of
from registry.core.clock import SHANGHAI
from registry.core.codes.authorities import KINDS, LEVELS
from registry.core.i18n import N_, translate
from registry.core.rules.reward_formula import STEPS
from registry.core.web.locale import language, say
from registry.office.dockets import kinds
from registry.office.staff.models import Deputy
from registry.office.staff.officer import ROLE_TITLES, Officer

GROUPS = (
    (
        N_("Casework"),
        (
            ("today", N_("Today")),
            ("cases", N_("Cases")),
            ("procedures", N_("Filed by parties")),
            ("hazards", N_("Dangers")),
            ("leaders", N_("Leaders")),
            ("opinions", N_("Opinions to governments")),
            ("imports", N_("Imports")),
            ("platform", N_("Files for the credit platform")),
        ),
    ),
    (
        N_("Reports by the public"),
        (
            ("tips", N_("Reports by the public")),
            ("awards", N_("Rewards")),
        ),
    ),
    (
        N_("Registers"),
        (
            ("entities", N_("Entities")),
            ("providers", N_("Service organizations")),
            ("reports", N_("Reports")),
            ("filing", N_("Our reports")),
            ("certificates", N_("Certificates of persons")),
            ("signatories", N_("Signatories")),
            ("experts", N_("Experts")),
        ),
    ),
    (
        N_("Checks and measures"),
        (
            ("checks", N_("Checks")),
            ("measures", N_("Measures")),
        ),
    ),
    (
        N_("Oversight"),
        (
            ("accountability", N_("Accountability")),
            ("statistics", N_("Statistics")),
            ("audit", N_("Audit")),
        ),
    ),
    (
        N_("Administration"),
        (
            ("staff", N_("Staff")),
            ("duty", N_("Duty roster")),
            ("agencies", N_("Agencies")),
        ),
    ),
)
"""Groups of desks: blueprint and its name; every desk has a view ``index``."""
WITHIN = {"samples": "reports", "sites": "entities", "tip_entry": "tips", "tip_asks": "tips"}
"""Blueprints without an entry of their own: whoever is there is at that desk."""

AUDIT_PROBLEMS = {
    "gap": N_("A row is missing before it, or it was put in."),
    "link": N_("It does not carry the hash of the row before it."),
    "content": N_("Its content was changed."),
    "unchained": N_("It was written past the chain."),
    "cut": N_("The head noted earlier is not in the chain."),
}


@dataclass(frozen=True)
class Link:
    """One entry of the navigation. ``desks``: what stands under it, of a group."""

    endpoint: str
    label: str
    here: bool
    desks: tuple[Link, ...] = ()


def desks() -> list[Link]:
    """The groups with the desks open to the officer; a group of one goes by its desk's name."""
    officer = officer_at_desk()
    if officer is None:
        return []
    groups = []
    for label, members in GROUPS:
        found = tuple(_open(members, officer))
        if found:
            name = label if len(found) > 1 else found[0].label
            here = any(one.here for one in found)
            groups.append(Link(found[0].endpoint, name, here, found))
    return groups


def _open(members: Iterable[tuple[str, str]], officer: Officer) -> Iterator[Link]:
    here = WITHIN.get(request.blueprint or "", request.blueprint)
    for name, label in members:
        roles = roles_of(current_app.view_functions.get(f"{name}.index"))
        if roles is not None and (not roles or officer.has(*roles)):
            yield Link(f"{name}.index", label, here == name)


def csrf() -> Markup:
    """The hidden field that every form of the site carries."""
    field = Markup('<input type="hidden" name="csrf_token" value="{}">')
    return field.format(generate_csrf())


def stamp(value: datetime | None) -> str:
    """An instant to the second in Beijing time, for columns of tables."""
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if value else ""


def detail(text: str) -> list[tuple[str, str]]:
    """An audit row's detail as pairs; codes and ids as they stand."""
    found: dict[str, object] = json.loads(text)
    return [
        (name, ", ".join(map(str, value)) if isinstance(value, list) else str(value).strip())
        for name, value in found.items()
    ]


def _own_end(row: Deputy) -> str | None:
    officer = officer_at_desk()
    own = officer is not None and row.absent_id == officer.account_id
    return url_for("account.end_deputy", deputy_id=row.id) if own else None


def _staff_end(account_id: int) -> Callable[[Deputy], str]:
    return lambda row: url_for("staff.end_deputy", account_id=account_id, deputy_id=row.id)


NOTES = {
    "open": N_("Opened"),
    "award": N_("Reckoning of a reward"),
    "award-special": N_("Proposal of a special award"),
    "ask-identity": N_("Asked for the identity"),
    "ask-original": N_("Asked for an original"),
    "ask-purge": N_("Proposed the destruction"),
}
"""Sealed notes that belong to no step of the table."""


def note_title(action: str) -> str:
    """What a sealed note of a report belongs to."""
    known = kinds.get("tip").actions
    return say(known[action].title) if action in known else say(NOTES.get(action, action))


def step_words(step: Mapping[str, Any]) -> str:
    """A step of a reckoning in words."""
    words = STEPS[step["step"]]
    return translate(language(), words, **step["params"])


def install(app: Flask) -> None:
    """Give the templates what they show."""
    app.jinja_env.globals.update(
        desks=desks,
        csrf=csrf,
        detail=detail,
        role_title=ROLE_TITLES.__getitem__,
        kind_title=KINDS.__getitem__,
        level_title=LEVELS.__getitem__,
        problem_title=AUDIT_PROBLEMS.__getitem__,
        own_end=_own_end,
        staff_end=_staff_end,
        no_end=lambda _row: None,
        note_title=note_title,
        step_words=step_words,
    )
    app.jinja_env.filters["stamp"] = stamp
