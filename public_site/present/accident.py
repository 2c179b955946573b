"""The page of an accident: what happened, how it was dealt with, what came of the measures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from public_site.present.moments import Moment, timeline
from public_site.present.words import day, title
from registry.core.i18n import N_, Text
from registry.core.rules import Rules
from registry.core.web.locale import gettext as _
from registry.public.gazette.outcomes import AccidentPayload
from registry.public.gazette.queries import Record

STATES = {
    "measures": (N_("measures under way"), "warn"),
    "overdue": (N_("evaluation overdue"), "bad"),
    "evaluated": (N_("evaluated"), "neutral"),
}
CONCEALMENT = {
    "concealed": N_("The accident was concealed."),
    "false": N_("The accident was reported falsely."),
    "late": N_("The accident was reported late."),
}
"""What a government verified, as a sentence."""
TONES = {"done": "good", "partly": "warn", "not-done": "bad"}
"""How the result of an evaluation is coloured."""


@dataclass(frozen=True)
class AccidentView:
    """An accident worked out for ``today``."""

    payload: AccidentPayload
    level: Text
    state: str
    tone: str
    concealed: str
    """A sentence; empty where nothing was found."""
    investigating_level: Text
    raised_from: Text | None
    result: Text | None
    result_tone: str
    overdue: bool
    moments: list[Moment]


def accident_view(record: Record, rules: Rules, today: date) -> AccidentView:
    """``record`` as its page shows it."""
    payload = cast(AccidentPayload, record.payload)
    due = day(payload["evaluation_due"])
    evaluation = payload.get("evaluation")
    overdue = evaluation is None and due is not None and today > due
    state, tone = STATES["overdue" if overdue else payload["status"]]
    dates = (
        (payload["occurred_on"], _("The accident")),
        (payload["decision"]["date"], _("Reply to the investigation")),
        (payload["published_on"], _("Made public")),
        (
            (evaluation["date"], _("Measures evaluated"))
            if evaluation
            else (payload["evaluation_due"], _("Last day for the evaluation"))
        ),
    )
    found = [Moment(when, text) for value, text in dates if (when := day(value))]
    before = payload.get("raised_from")
    return AccidentView(
        payload=payload,
        level=title(rules, "accident_levels", payload["level"]),
        state=state,
        tone=tone,
        concealed=CONCEALMENT.get(payload.get("concealment", ""), ""),
        investigating_level=title(rules, "levels", payload["investigating_level"]),
        raised_from=title(rules, "levels", before) if before else None,
        result=title(rules, "evaluation_results", evaluation["result"]) if evaluation else None,
        result_tone=TONES.get(evaluation["result"], "neutral") if evaluation else "",
        overdue=overdue,
        moments=timeline(found, today),
    )
