"""The page of a service organization in one field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from public_site.present.moments import Moment, Term, term, timeline
from public_site.present.words import day, status_on, title
from registry.core.i18n import N_, Text
from registry.core.rules import Rules, UnknownRule
from registry.core.web.locale import say
from registry.public.gazette.providers import ProviderPayload
from registry.public.gazette.queries import Record

EVENTS = {
    "registered": N_("Entered in the register"),
    "changed": N_("Particulars changed"),
    "renewed": N_("Qualification renewed"),
    "suspended": N_("Qualification suspended"),
    "resumed": N_("Resumed"),
    "revoked": N_("Qualification revoked"),
    "cancelled": N_("Cancelled"),
    "expired": N_("The validity ended"),
}
MEANING = {
    "valid": N_("It may work in this field and within the scopes below."),
    "suspended": N_("It may not work in this field until further notice."),
    "expired": N_("The validity has ended. It may not work in this field until it is renewed."),
    "revoked": N_("Its qualification was revoked. It may not work in this field."),
    "cancelled": N_("It has given this field up. It may no longer work in it."),
}


@dataclass(frozen=True)
class ProviderView:
    """A qualification worked out for ``today``."""

    payload: ProviderPayload
    field: Text
    statutory: bool
    needed: bool
    """Whether the field needs a qualification by law."""
    scopes: list[Text]
    status: str
    meaning: str
    term: Term | None
    moments: list[Moment]
    roles: dict[str, Text]


def provider_view(record: Record, rules: Rules, today: date) -> ProviderView:
    payload = cast(ProviderPayload, record.payload)
    held = payload.get("qualification")
    since, until = (day(held["since"]), day(held.get("until"))) if held else (None, None)
    status = status_on(payload["status"], held.get("until") if held else None, today)
    statutory, needed = _law(rules, payload["field"])
    moments = [
        Moment(on, say(EVENTS[one["event"]]), one.get("number", ""))
        for one in payload["history"]
        if (on := day(one["on"]))
    ]
    if until is not None and status == "valid":
        moments.append(Moment(until, say(N_("Last day of the validity"))))
    return ProviderView(
        payload=payload,
        field=title(rules, "provider_fields", payload["field"]),
        statutory=statutory,
        needed=needed,
        scopes=[title(rules, "provider_scopes", code) for code in payload["scopes"]],
        status=status,
        meaning=MEANING[status],
        term=term(since, until, today) if since and until else None,
        moments=timeline(moments, today),
        roles={
            one["role"]: title(rules, "roles", one["role"]) for one in payload.get("persons", [])
        },
    )


def _law(rules: Rules, code: str) -> tuple[bool, bool]:
    try:
        found = rules.provider_field(code)
    except UnknownRule:
        return False, False
    return found.statutory, found.qualification
