"""Titles of codes, names of regions and addresses of records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for

from registry.core.codes import regions
from registry.core.i18n import N_, Text
from registry.core.rules import Rules, UnknownRule
from registry.core.web.locale import language
from registry.public.gazette.kinds import KINDS, about_person

ENDPOINTS = {
    "listing": "records.listing",
    "penalty": "records.penalty",
    "provider": "providers.provider",
    "hazard": "records.hazard",
    "suspension": "records.suspension",
    "accident": "records.accident",
    "referral": "records.referral",
    "licence": "records.licence",
    "inspection": "records.inspection",
    "exposure": "records.exposure",
    "finding": "records.finding",
    "report": "reports.report",
    "external": "records.external",
    "site": "sites.site",
    "authority": "authorities.authority",
    "snapshot": "statistics.snapshot",
}
KIND_TITLES = {kind.code: kind.one for kind in KINDS.values()}
KIND_PLURALS = {kind.code: kind.many for kind in KINDS.values()}
STATUS = {
    "valid": N_("valid"),
    "lacking": N_("conditions to be met again"),
    "suspended": N_("suspended"),
    "expired": N_("expired"),
    "revoked": N_("revoked"),
    "cancelled": N_("cancelled"),
    "replaced": N_("replaced"),
    "withdrawn": N_("withdrawn"),
    "inaccurate": N_("found inaccurate"),
    "false": N_("found false"),
}
"""What a qualification, a licence or a report is worth today, in a word or two."""
TONES = {
    "valid": "good",
    "lacking": "warn",
    "suspended": "warn",
    "replaced": "warn",
    "inaccurate": "warn",
}
"""How a status is coloured; ``bad`` where it does not stand here."""
LICENCE_STATES = {
    "in-force": N_("valid"),
    "suspended": N_("suspended"),
    "revoked": N_("revoked"),
    "cancelled": N_("cancelled"),
}


def title(rules: Rules, table: str, code: str) -> Text:
    """The title of a code; the code itself where the rules do not know it."""
    try:
        return rules.title(table, code)
    except UnknownRule:
        return Text(code, code)


def list_title(rules: Rules, code: str) -> Text:
    """Title of one of our lists, or of a list another body keeps."""
    found = title(rules, "list_kinds", code)
    if found.zh != code:
        return found
    return title(rules, "external_lists", code)


def region_name(code: str | None, *, levels: int = 3) -> str:
    """A region with what it lies in, in the reader's language; an unknown code as it is.

    ``levels``: how many names, counted from the smallest region.
    """
    if not code:
        return ""
    if levels == 3:
        return regions.full_name(code, language()) or code
    path = regions.region_path(code)[-levels:]
    names = [found.name(language()) for part in path if (found := regions.region(part))]
    return ("".join(names) if language() == "zh" else ", ".join(reversed(names))) or code


def address(kind: str, id: str) -> str | None:
    """The page of a record, None for kinds that have none."""
    endpoint = ENDPOINTS.get(kind)
    return url_for(endpoint, id=id) if endpoint else None


def name_of(payload: Mapping[str, Any]) -> str:
    """The name a record goes by. Empty for natural persons of our lists."""
    if about_person(payload):
        return ""
    return str(payload.get("project") or payload.get("subject", payload)["name"])


def day(text: str | None) -> date | None:
    """An ISO day of a payload; None where there is none or it is no date."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def status_on(status: str, until: str | None, today: date) -> str:
    """A status as it is today: what was valid is expired once its last day is past."""
    last = day(until)
    return "expired" if status == "valid" and last is not None and last < today else status
