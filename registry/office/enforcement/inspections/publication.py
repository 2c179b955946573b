"""What the public reads of an inspection: its result, and neither its cause nor who was there.

An inspection that a report by the public led to reads like any other: nothing typed for the office
is published, and an unannounced visit is called a special inspection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlmodel import col, select

from registry.core import clock
from registry.core.i18n import N_
from registry.office.dockets.hooks import Publication, Refusal, Step, effect, guard, payload
from registry.office.dockets.models import Docket
from registry.office.dockets.redaction import personal_numbers
from registry.office.dockets.replay import entered_by
from registry.office.enforcement import procedure
from registry.office.entities import subjects
from registry.public.gazette.oversight import InspectedFinding, InspectionPayload

SHOWN_AS = {"covert": "special"}
"""Kinds of inspection that the public reads as another one: what is unannounced has a cause."""
FROM_A_TIP = "tip"
"""Origin of a danger (rules/hazard_origins) whose record says that somebody reported it."""


def findings_of(step: Step) -> list[dict[str, Any]]:
    """The findings of the inspection, in the order of their numbers."""
    return [dict(one) for one in step.facts.get("findings") or ()]


def departments(facts: Mapping[str, Any]) -> list[str]:
    """The departments that inspect together, beside the one whose case it is."""
    return _lines(facts.get("joint_departments"))


def _lines(text: object) -> list[str]:
    return list(dict.fromkeys(one.strip() for one in str(text or "").split("\n") if one.strip()))


@guard("finding-known")
def finding_known(step: Step) -> Refusal | None:
    """There is a finding with this number."""
    numbers = [one["number"] for one in findings_of(step)]
    if step.preview:
        return None if numbers else Refusal(N_("There is no finding yet."))
    field = "new_finding" if "new_finding" in step.data else "finding"
    if step.data.get(field) not in numbers:
        return Refusal(N_("There is no finding with this number."), {}, field)
    return None


@guard("finding-wording-clean")
def finding_wording_clean(step: Step) -> Refusal | None:
    """What is written for the public names nobody who was there, and holds no person's number."""
    field = "new_public_text" if "new_public_text" in step.data else "public_text"
    text = str(step.data.get(field) or "")
    if personal_numbers(text):
        return Refusal(N_("This holds a person's number. Leave it out."), {}, field)
    there = [*_lines(step.facts.get("inspectors")), *_lines(step.facts.get("unit_representative"))]
    signed = step.facts.get("co_signatures") or {}
    there += [str(one.get("name") or "") for one in signed.values()]
    if any(len(name) > 1 and name in text for name in there):
        return Refusal(N_("This names somebody who was there. Leave it out."), {}, field)
    return None


@effect("keep-wording")
def keep_wording(step: Step) -> Mapping[str, Any]:
    """What the public will read of the finding."""
    return _worded(step, "finding", "public_text")


@effect("new-wording")
def new_wording(step: Step) -> Mapping[str, Any]:
    """The proposed words take the place of the old ones."""
    return _worded(step, "new_finding", "new_public_text")


def _worded(step: Step, which: str, words: str) -> Mapping[str, Any]:
    number, text = step.facts.get(which), {"public_text": step.facts.get(words) or ""}
    found = [one | text if one["number"] == number else one for one in findings_of(step)]
    return {"findings": found, which: None, words: None}


@effect("inspection-over")
def inspection_over(step: Step) -> Mapping[str, Any]:
    """How long the finished inspection stays public."""
    until = procedure.shown_until(step, "inspection.shown", step.effective)
    return {"finished_on": step.effective, "until": until}


def _ended(step: Step) -> tuple[date, date]:
    """When a finished inspection was finished, and the last day on which it is public."""
    entered = entered_by(step.events)
    day = step.day("finished_on") or (entered.effective_on if entered else step.effective)
    return day, procedure.shown_until(step, "inspection.shown", day)


@guard("inspection-owed")
def inspection_owed(step: Step) -> Refusal | None:
    """What would have left the public by now is not made public any more."""
    return procedure.still_owed(step, _ended(step)[1])


@effect("inspection-over-before")
def inspection_over_before(step: Step) -> Mapping[str, Any]:
    """An inspection made public after its end stays public as long as any other: from its end."""
    day, last = _ended(step)
    return {"finished_on": day, "until": last}


@payload("inspection")
def inspection_payload(step: Step) -> Publication:
    """The result as the gazette shows it."""
    facts, found = step.facts, findings_of(step)
    records = _records(step, [str(one["case"]) for one in found if one.get("case")])
    kind = facts["inspection_type"]
    shown: InspectionPayload = {
        "subject": subjects.subject(step),
        "authority": subjects.authority(step),
        "decision": {"number": step.docket.number, "date": facts["recorded_on"]},
        "inspection_type": SHOWN_AS.get(kind, kind),
        "inspected_on": facts["visited_on"],
        "findings": [_finding(one, records) for one in found],
        "unit_signed": facts["unit_signed"],
        "status": "finished" if facts.get("finished_on") else "open",
        "published_on": facts.get("published_on", step.effective.isoformat()),
    }
    together = departments(facts)
    if together:
        shown["joint_with"] = together
    if facts.get("finished_on"):
        shown["finished_on"] = facts["finished_on"]
    place = subjects.site(step)
    if place:
        shown["site"] = place
    until = step.day("until")
    return Publication(shown, clock.publish_until(until) if until else None, subjects.handles(step))


def _finding(one: Mapping[str, Any], records: Mapping[str, str]) -> InspectedFinding:
    became = "put-right" if one.get("fixed_on") else "own-case" if one.get("case") else "open"
    shown: InspectedFinding = {"severity": one["severity"], "became": became}  # type: ignore[typeddict-item]
    if one.get("public_text"):
        shown["text"] = one["public_text"]
    for name in ("fix_by", "fixed_on"):
        if one.get(name):
            shown[name] = one[name]
    record = records.get(str(one.get("case")))
    if record:
        shown["record"] = record
    return shown


def _records(step: Step, numbers: Iterable[str]) -> dict[str, str]:
    """Public ids by case number of what came out of it, where a record stands that names no tip."""
    query = select(Docket).where(
        col(Docket.number).in_(sorted(numbers)), col(Docket.public_id).is_not(None)
    )
    return {
        one.number: one.public_id or ""
        for one in step.session.exec(query)
        if one.facts.get("origin") != FROM_A_TIP
    }
