"""The page of a unit's conviction in a case that an authority had referred to the police."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from public_site.present.moments import Moment, Term, term, timeline
from public_site.present.words import day, title
from registry.core.i18n import N_, Text
from registry.core.rules import Rules
from registry.core.web.locale import gettext as _
from registry.public.gazette.outcomes import ReferralPayload
from registry.public.gazette.queries import Record

VERDICTS = {
    "guilty": N_("convicted"),
    "exempt": N_("convicted, exempt from punishment"),
}


@dataclass(frozen=True)
class ReferralView:
    """A conviction worked out for ``today``."""

    payload: ReferralPayload
    offences: list[Text]
    verdict: str
    term: Term | None
    moments: list[Moment]


def referral_view(record: Record, rules: Rules, today: date) -> ReferralView:
    """``record`` as its page shows it."""
    payload = cast(ReferralPayload, record.payload)
    dates = (
        (payload["referred_on"], _("Referred to the police")),
        (payload["filed_on"], _("Criminal case opened")),
        (payload["prosecuted_on"], _("Charges brought")),
        (payload["decision"]["date"], _("Judgment given")),
        (payload["in_force_on"], _("Judgment in force")),
        (payload["term"]["until"], _("Last day of publication")),
    )
    found = [Moment(when, text) for value, text in dates if (when := day(value))]
    since, until = day(payload["term"]["since"]), day(payload["term"]["until"])
    return ReferralView(
        payload=payload,
        offences=[title(rules, "unit_offences", code) for code in payload["offences"]],
        verdict=VERDICTS[payload["verdict"]],
        term=term(since, until, today) if since and until else None,
        moments=timeline(found, today),
    )
