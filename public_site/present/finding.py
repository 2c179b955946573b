"""The page of a finding on a service organization."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from public_site.present.moments import Moment, timeline
from public_site.present.words import day, title
from registry.core.i18n import N_, Text
from registry.core.rules import Rules
from registry.core.web.locale import say
from registry.public.gazette.findings import FindingPayload
from registry.public.gazette.queries import Record

MEANING = {
    "false": N_("An authority found a report of this organization false."),
    "inaccurate": N_("An authority found a report of this organization inaccurate."),
    "conduct": N_("An authority found fault with how this organization worked."),
}
UPHELD = N_("The organization objected; the finding was upheld.")
UNCONTESTED = N_("The organization did not object in the time that it had.")
_TONES = {"false": "bad", "inaccurate": "warn", "conduct": "warn"}


@dataclass(frozen=True)
class FindingView:
    """A finding worked out for ``today``."""

    payload: FindingPayload
    meaning: str
    tone: str
    contest: str
    """What became of an objection, as a message."""
    found: list[Text]
    moments: list[Moment]


def finding_view(record: Record, rules: Rules, today: date) -> FindingView:
    """``record`` as its page shows it."""
    payload = cast(FindingPayload, record.payload)
    known = [
        (payload["found_on"], N_("Found")),
        (payload["told_on"], N_("The organization was told")),
        (payload.get("contested_on"), N_("The organization objected")),
        (payload["decision"]["date"], N_("Confirmed by a second officer")),
        (payload["term"]["until"], N_("Last day on which it is shown")),
    ]
    return FindingView(
        payload=payload,
        meaning=MEANING[payload["group"]],
        tone=_TONES[payload["group"]],
        contest=contest(payload),
        found=[title(rules, "finding_codes", code) for code in payload["codes"]],
        moments=timeline(
            [Moment(on, say(words)) for text, words in known if (on := day(text))], today
        ),
    )


def contest(payload: FindingPayload) -> str:
    """What became of an objection, as a message."""
    return UPHELD if "contested_on" in payload else UNCONTESTED
