"""The negative example: a case told to all, in which no person can be recognised by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry.core import clock
from registry.office.dockets.hooks import (
    Publication,
    Step,
    context,
    effect,
    payload,
)
from registry.office.enforcement import anonymity, procedure
from registry.office.enforcement import lifecycle as _penalty  # noqa: F401 - registers on import
from registry.office.enforcement import surroundings as _surroundings  # noqa: F401
from registry.office.entities import subjects
from registry.public.gazette.enforcement import ExposurePayload

TEXTS = ("headline", "story", "lesson")


def masked(name: str) -> str:
    """``张某``: what remains of a person's name."""
    return f"{name[:1]}某"


@effect("exposure-term")
def exposure_term(step: Step) -> Mapping[str, Any]:
    """How long it is shown, from the day of publication."""
    return {"until": procedure.shown_until(step, "exposure.shown", step.effective)}


@payload("exposure")
def exposure_payload(step: Step) -> Publication:
    """The example as the gazette shows it: the unit by name, persons by their family name."""
    facts = step.facts
    shown: ExposurePayload = {
        "name": procedure.published_text(facts, "headline"),
        "authority": subjects.authority(step),
        "decision": {"number": step.docket.number, "date": facts["approved_on"]},
        "exposure_kind": facts["exposure_kind"],
        "story": procedure.published_text(facts, "story"),
        "published_on": facts.get("published_on", step.effective.isoformat()),
        "term": {"since": step.effective.isoformat(), "until": facts["until"]},
    }
    lesson = procedure.published_text(facts, "lesson")
    if lesson:
        shown["lesson"] = lesson
    if step.docket.subject_id is not None and not subjects.is_person(step):
        shown["unit"] = subjects.subject(step)
    people = [{"name": masked(name), "role": role} for name, role in anonymity.people(step)]
    if people:
        shown["persons"] = [{"name": one["name"], "role": one["role"]} for one in people]
    until = step.day("until")
    return Publication(shown, clock.publish_until(until) if until else None)


@context("exposure")
def exposure_context(step: Step) -> dict[str, Any]:
    """What the sheet of the review can say."""
    found = subjects.context(step)
    known = subjects.book(step)
    found["exposure_kind"] = known.title("exposure_kinds", step.facts["exposure_kind"]).zh
    found["published"] = {name: procedure.published_text(step.facts, name) for name in TEXTS}
    return found
