"""The page of a licence: what was granted, and what the licence is worth today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from public_site.present.moments import Moment, timeline
from public_site.present.words import STATUS, TONES, day, status_on, title
from registry.core.i18n import N_, Text
from registry.core.rules import Rules
from registry.core.web.locale import gettext as _
from registry.public.gazette.oversight import LicencePayload
from registry.public.gazette.queries import Record

APPLICATIONS = {
    "new": N_("First application"),
    "renewal": N_("Renewal"),
    "change": N_("Change"),
}


@dataclass(frozen=True)
class LicenceView:
    """A licence worked out for ``today``."""

    payload: LicencePayload
    kind: Text
    application: str
    status: str
    state: str
    tone: str
    late: bool
    """The day set for meeting the conditions again has passed."""
    moments: list[Moment]


def licence_view(record: Record, rules: Rules, today: date) -> LicenceView:
    """``record`` as its page shows it."""
    payload = cast(LicencePayload, record.payload)
    status = status_on(payload["status"], payload["term"]["until"], today)
    limit = day(payload.get("put_right_by"))
    granted = payload["decision"]["date"]
    # One that was taken over counts as public from its grant on: that says nothing of its own.
    public = payload["published_on"] if payload["published_on"] != granted else ""
    dates = (
        (granted, _("Granted")),
        (public, _("Made public")),
        (payload["term"]["since"], _("Valid from")),
        (payload.get("lacking_since"), _("Conditions found lacking")),
        (payload.get("put_right_by"), _("Last day set for meeting the conditions again")),
        (payload.get("suspended_on"), _("Suspended")),
        (payload.get("revoked_on"), _("Revoked")),
        ("" if "revoked_on" in payload else payload["term"]["until"], _("Last day of validity")),
    )
    found = [Moment(when, text) for value, text in dates if (when := day(value))]
    return LicenceView(
        payload=payload,
        kind=title(rules, "licence_kinds", payload["licence_kind"]),
        application=APPLICATIONS[payload["application"]],
        status=status,
        state=STATUS[status],
        tone=TONES.get(status, "bad"),
        late=status == "lacking" and limit is not None and today > limit,
        moments=timeline(found, today),
    )
