"""The page of a suspension: what is stopped, the measures at the mine, when work went on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from public_site.present.moments import Moment, timeline
from public_site.present.words import day, title
from registry.core.i18n import N_, Text
from registry.core.rules import Rules
from registry.core.web.locale import gettext as _
from registry.public.gazette.enforcement import SuspensionPayload
from registry.public.gazette.queries import Record

STATES = {
    "in-force": (N_("production is suspended"), "bad"),
    "applied": (N_("acceptance under way"), "warn"),
    "resumed": (N_("production resumed"), "good"),
    "closed-down": (N_("closed down"), "neutral"),
}


@dataclass(frozen=True)
class Measure:
    """A line of the checklist."""

    title: Text
    since: str
    lifted_on: str


@dataclass(frozen=True)
class SuspensionView:
    """A suspension worked out for ``today``."""

    payload: SuspensionPayload
    kind: Text
    state: str
    tone: str
    measures: list[Measure]
    signed_by: list[Text]
    moments: list[Moment]


def suspension_view(record: Record, rules: Rules, today: date) -> SuspensionView:
    """``record`` as its page shows it."""
    payload = cast(SuspensionPayload, record.payload)
    state, tone = STATES[payload["status"]]
    dates = (
        (payload["decision"]["date"], _("Production ordered to stop")),
        (payload["published_on"], _("Public notice given")),
        (payload.get("resumed_on"), _("Production resumed")),
        (payload.get("closed_on"), _("Mine closed down")),
    )
    found = [Moment(when, text) for value, text in dates if (when := day(value))]
    measures = [
        Measure(
            title(rules, "suspension_measures", one["measure"]),
            one.get("since", ""),
            one.get("lifted_on", ""),
        )
        for one in payload["measures"]
    ]
    return SuspensionView(
        payload=payload,
        kind=title(rules, "suspension_kinds", payload["suspension_kind"]),
        state=state,
        tone=tone,
        measures=measures,
        signed_by=[
            title(rules, "signing_capacities", code) for code in payload.get("signed_by", [])
        ],
        moments=timeline(found, today),
    )
