"""What the public reads of an accident, and when it may (Order 493 art. 34; WSL art. 86).

Cause, responsibility and measures are published in a wording of their own, written for the
public: the working texts of the investigation never leave the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from registry.core import clock
from registry.core.clock import legal_day
from registry.core.i18n import N_
from registry.core.rules.duration import Duration, add_calendar
from registry.office.dockets.hooks import Publication, Refusal, Step, effect, guard, payload
from registry.office.enforcement import anonymity as _anonymity  # noqa: F401 - registers on import
from registry.office.enforcement import lifecycle as _penalty  # noqa: F401 - registers on import
from registry.office.enforcement import procedure
from registry.office.entities import subjects
from registry.public.gazette.outcomes import AccidentPayload, Evaluation

YEAR = Duration(1, "year")
COUNTY = 6
"""Digits of a region's code down to the county."""


@guard("about-a-unit")
def about_a_unit(step: Step) -> Refusal | None:
    """A public record never makes a natural person the one at whom an accident happened."""
    if subjects.is_person(step):
        return Refusal(
            N_("This accident is about a natural person: record that it is kept from the public.")
        )
    return None


@guard("evaluation-told")
def evaluation_told(step: Step) -> Refusal | None:
    """The result of the evaluation is public where the accident is (WSL art. 86)."""
    if step.preview or step.docket.public_id is None or step.facts.get("published_evaluation"):
        return None
    return Refusal(
        N_("The accident is public: say for the public how the evaluation came out."),
        {},
        "published_evaluation",
    )


@effect("accident-shown")
def accident_shown(step: Step) -> Mapping[str, Any]:
    """How long the accident stays public once its measures were evaluated."""
    if step.docket.public_id is None:
        return {}
    return {"until": procedure.shown_until(step, "accident.shown", step.effective)}


@effect("accident-released")
def accident_released(step: Step) -> Mapping[str, Any]:
    """Made public after its evaluation: shown as long as any other, from the day it could be."""
    return {"until": procedure.shown_until(step, "accident.shown", step.effective)}


@effect("withheld-anew")
def withheld_anew(step: Step) -> Mapping[str, Any]:
    """What was found before, that it might be public, no longer holds."""
    return {"released_on": None}


@guard("was-withheld")
def was_withheld(step: Step) -> Refusal | None:
    """The law kept it from the public, and nobody has found since that it may be public."""
    if withheld(step.docket.facts):
        return None
    return Refusal(N_("Nobody found that the law keeps it from the public."))


@guard("not-withheld")
def not_withheld(step: Step) -> Refusal | None:
    """What the law keeps from the public waits until an approver finds that it may be public."""
    if withheld(step.docket.facts):
        return Refusal(N_("The law keeps it from the public. First find that it may be public."))
    return None


def withheld(facts: Mapping[str, Any]) -> bool:
    """Whether the law keeps the accident from the public at present."""
    return bool(facts.get("withheld_on")) and not facts.get("released_on")


def texts(facts: Mapping[str, Any]) -> dict[str, str]:
    """Cause, responsibility and measures as the public reads them."""
    return {
        name: procedure.published_text(facts, f"published_{name}")
        for name in ("cause", "responsibility", "measures")
    }


@payload("accident")
def accident_payload(step: Step) -> Publication:
    """The accident as the gazette shows it. Nothing that an investigator wrote stands in it."""
    facts, told = step.facts, texts(step.facts)
    occurred = step.instant("occurred_at")
    shown: AccidentPayload = {
        "subject": subjects.subject(step),
        "authority": subjects.authority(step),
        "decision": {"number": facts["reply_number"], "date": facts["replied_on"]},
        "occurred_on": legal_day(occurred or step.now).isoformat(),
        "region": step.docket.region[:COUNTY],
        "level": facts["level"],
        "deaths": int(facts.get("deaths") or 0),
        "missing": int(facts.get("missing") or 0),
        "serious_injuries": int(facts.get("serious_injuries") or 0),
        "reporting": _reporting(facts),
        "investigated_by": facts["investigating_body"],
        "investigating_level": facts["investigating_level"],
        "cause": told["cause"],
        "responsibility": told["responsibility"],
        "measures": told["measures"],
        "evaluation_due": _evaluation_due(step).isoformat(),
        "status": "evaluated" if facts.get("evaluated_on") else "measures",
        "published_on": facts.get("published_on", step.effective.isoformat()),
    }
    if facts.get("loss_yuan"):
        shown["loss_yuan"] = facts["loss_yuan"]
    if facts.get("unit_late_minutes"):
        shown["late_minutes"] = facts["unit_late_minutes"]
    if facts.get("concealment"):
        shown["concealment"] = facts["concealment"]
    if facts.get("raised_from"):
        shown["raised_from"] = facts["raised_from"]
    if facts.get("evaluated_on"):
        shown["evaluation"] = _evaluation(facts)
    place = subjects.site(step)
    if place:
        shown["site"] = place
    until = step.day("until")
    return Publication(shown, clock.publish_until(until) if until else None)


def _reporting(facts: Mapping[str, Any]) -> Literal["in-time", "late", "never"]:
    late = facts.get("unit_late_minutes")
    if late is None:
        return "never"
    return "late" if late else "in-time"


def _evaluation_due(step: Step) -> date:
    """The day on which the clock of the evaluation runs out."""
    replied = date.fromisoformat(step.facts["replied_on"])
    if step.acting is None:
        return add_calendar(replied, YEAR)
    rule = step.acting.book.on(replied).deadlines.get("accident.evaluation")
    return step.acting.book.due(replied, rule.breach if rule and rule.breach else YEAR).day


def _evaluation(facts: Mapping[str, Any]) -> Evaluation:
    found: Evaluation = {
        "date": facts["evaluated_on"],
        "result": facts["evaluation_result"],
        "text": procedure.published_text(facts, "published_evaluation"),
    }
    remaining = procedure.published_text(facts, "published_remaining")
    if remaining:
        found["remaining"] = remaining
    return found
