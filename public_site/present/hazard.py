"""The page of a major hidden danger: where it stands today, and who supervises it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from public_site.present.moments import Moment, timeline
from public_site.present.words import day, title
from registry.core.i18n import N_, Text
from registry.core.rules import Rules
from registry.core.web.locale import gettext as _
from registry.public.gazette.enforcement import HazardPayload
from registry.public.gazette.queries import Record

STATES = {
    "rectifying": (N_("being put right"), "warn"),
    "awaiting": (N_("awaiting acceptance"), "warn"),
    "overdue": (N_("overdue"), "bad"),
    "eliminated": (N_("eliminated"), "good"),
}


@dataclass(frozen=True)
class HazardView:
    """A danger worked out for ``today``."""

    payload: HazardPayload
    code: Text
    origin: Text
    state: str
    tone: str
    overdue: bool
    moments: list[Moment]


def hazard_view(record: Record, rules: Rules, today: date) -> HazardView:
    """``record`` as its page shows it."""
    payload = cast(HazardPayload, record.payload)
    limit = day(payload["rectify_by"])
    overdue = payload["status"] == "rectifying" and limit is not None and today > limit
    state, tone = STATES["overdue" if overdue else payload["status"]]
    dates = (
        (payload["found_on"], _("Danger found")),
        (payload["decision"]["date"], _("Ordered to be put right")),
        (payload["rectify_by"], _("Last day set for putting it right")),
        (payload.get("raised_on"), _("Raised to the authority above")),
        (payload.get("rectified_on"), _("Put right, as the unit says")),
        (payload.get("accepted_on"), _("Accepted and closed")),
    )
    found = [Moment(when, text) for value, text in dates if (when := day(value))]
    return HazardView(
        payload=payload,
        code=title(rules, "hazard_codes", payload["hazard_code"]),
        origin=title(rules, "hazard_origins", payload["origin"]),
        state=state,
        tone=tone,
        overdue=overdue,
        moments=timeline(found, today),
    )
