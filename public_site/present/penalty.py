"""The page of an administrative penalty (national 双公示 fields)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from public_site.present.moments import Moment, Term, term, timeline
from public_site.present.words import day, title
from registry.core.i18n import N_, Text
from registry.core.rules import Rules
from registry.core.web.locale import gettext as _
from registry.public.gazette.payloads import PenaltyPayload
from registry.public.gazette.queries import Record

SERIOUSNESS = {
    "minor": N_("minor"),
    "general": N_("general"),
    "serious": N_("serious"),
}


@dataclass(frozen=True)
class PenaltyView:
    """A penalty worked out for ``today``."""

    payload: PenaltyPayload
    violation: Text
    categories: list[Text]
    seriousness: str
    term: Term | None
    moments: list[Moment]
    roles: dict[str, Text]


def penalty_view(record: Record, rules: Rules, today: date) -> PenaltyView:
    payload = cast(PenaltyPayload, record.payload)
    since, until = day(payload["term"]["since"]), day(payload["term"]["until"])
    decided, published = day(payload["decision"]["date"]), day(payload["published_on"])
    ban = day(payload.get("ban_until"))
    moments = [
        Moment(decided, _("Penalty decision")) if decided else None,
        Moment(published, _("Published here")) if published else None,
        Moment(ban, _("Last day of the ban from the trade or post")) if ban else None,
        Moment(until, _("Last day of publication")) if until else None,
    ]
    return PenaltyView(
        payload=payload,
        violation=title(rules, "violation_types", payload["violation_type"]),
        categories=[title(rules, "penalty_categories", code) for code in payload["categories"]],
        seriousness=SERIOUSNESS[payload["seriousness"]],
        term=term(since, until, today) if since and until else None,
        moments=timeline(moments, today),
        roles={
            one["role"]: title(rules, "roles", one["role"]) for one in payload.get("persons", [])
        },
    )
