"""The major hidden danger: its days, who answers for it, what the public reads.

Coal Mine Work Safety Regulation arts 35, 36, 45, 54, 70. One that an enterprise found itself,
reported truthfully and put right in time is marked and exempt from punishment and listing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from registry.core import clock
from registry.core.i18n import N_, Text
from registry.core.rules.duration import subtract_calendar
from registry.office.dockets.hooks import (
    Panel,
    Publication,
    Refusal,
    Step,
    context,
    effect,
    guard,
    panel,
    payload,
)
from registry.office.dockets.models import Docket
from registry.office.enforcement import exemption, levels, procedure, terms
from registry.office.enforcement import lifecycle as _penalty  # noqa: F401 - registers on import
from registry.office.enforcement import surroundings as _surroundings  # noqa: F401 - registers
from registry.office.enforcement.hazards import queries
from registry.office.entities import subjects
from registry.public.gazette.enforcement import HazardPayload


@guard("hazard-days")
def hazard_days(step: Step) -> Refusal | None:
    """A danger is found before it is reported."""
    found = step.day("found_on")
    for name in ("reported_on", "ordered_on"):
        later = step.day(name)
        if found and later and later < found:
            return Refusal(N_("This date lies before the step that it follows."), {}, name)
    return None


@guard("hazard-term")
def hazard_term(step: Step) -> Refusal | None:
    """The day set for putting it right, see ``terms.set_day``."""
    return terms.set_day(step)


@guard("hazard-unordered")
def hazard_unordered(step: Step) -> Refusal | None:
    """Verified is what was not ordered yet."""
    if step.day("ordered_on") is not None:
        return Refusal(N_("It has been ordered that this is put right."))
    return None


@guard("hazard-day-set")
def hazard_day_set(step: Step) -> Refusal | None:
    """Without an order no day is set."""
    if step.day("rectify_by") is None:
        return Refusal(N_("No day is set by which this is put right."))
    return None


@guard("later-day")
def later_day(step: Step) -> Refusal | None:
    """More time is a later day."""
    new, old = step.day("new_rectify_by"), step.day("rectify_by")
    if not step.preview and new is not None and old is not None and new <= old:
        return Refusal(N_("This is no later than the day set before."), {}, "new_rectify_by")
    return terms.set_day(step, "new_rectify_by")


@guard("rectified-in-order")
def rectified_in_order(step: Step) -> Refusal | None:
    """What is said to be put right was found before, and is claimed afterwards."""
    found, done, claimed = (step.day(n) for n in ("found_on", "rectified_on", "claimed_on"))
    if step.preview or done is None:
        return None
    if (found and done < found) or (claimed and claimed < done):
        return Refusal(
            N_("It is put right after it was found and before acceptance is asked for."),
            {},
            "rectified_on",
        )
    return None


@effect("hazard-repeat")
def hazard_repeat(step: Step) -> Mapping[str, Any]:
    """Other dangers of the same place or unit within the period of the rules (art. 70).

    An alert that nobody has verified is none yet.
    """
    found_on = step.day("found_on")
    if found_on is None or step.acting is None:
        return {}
    within = step.acting.book.on(found_on).deadlines.get("hazard.repeat")
    if within is None or within.breach is None:
        return {}
    first = subtract_calendar(found_on, within.breach)
    same = (
        col(Docket.site_id) == step.docket.site_id
        if step.docket.site_id is not None
        else col(Docket.subject_id) == step.docket.subject_id
    )
    query = select(Docket).where(
        Docket.kind == "hazard",
        same,
        col(Docket.id) != step.docket.id,
        col(Docket.state).not_in(queries.DISCARDED),
        ~queries.unverified(),
    )
    days = (first.isoformat(), found_on.isoformat())
    near = (d for d in step.session.exec(query) if days[0] <= d.facts["found_on"] <= days[1])
    others = [one.number for one in near]
    return {"repeat_of": others or None}


@effect("hazard-ordered")
def hazard_ordered(step: Step) -> Mapping[str, Any]:
    """Whether the enterprise found it itself is settled with the order."""
    return {"self_found": step.facts.get("origin") == exemption.SELF_FOUND or None}


@effect("hazard-adopted")
def hazard_adopted(step: Step) -> Mapping[str, Any]:
    """A danger from a file: marked as one that was ordered here, or an alert to be verified."""
    if step.docket.state == "reported":
        since = datetime.fromisoformat(step.facts["alert_at"])
        return {"found_on": step.facts.get("found_on") or clock.legal_day(since).isoformat()}
    subjects.site_published(step)
    return hazard_ordered(step)


@effect("claim-rejected")
def claim_rejected(_step: Step) -> Mapping[str, Any]:
    """It is not put right after all."""
    return {"claimed_on": None, "rectified_on": None}


@effect("hazard-closed")
def hazard_closed(step: Step) -> Mapping[str, Any]:
    """How long it stays public, and whether what was done earns the exemption."""
    rectified, limit = step.day("rectified_on"), step.day("rectify_by")
    kept = rectified is not None and limit is not None and rectified <= limit
    in_time = kept and not exemption.missed(step.session, step.docket)
    truthful = bool(step.facts.get("truthful"))
    own = step.facts.get("origin") == exemption.SELF_FOUND
    return {
        "until": procedure.shown_until(step, "hazard.shown", step.effective),
        "in_time": in_time,
        "exempt": (own and truthful and in_time) or None,
    }


_OWN = Text("企业自查自报", "Found and reported by the enterprise itself")
_SPARED = Text(
    "自查自报、按期整改，依法不予处罚、不列入名单",
    "Put right in time: not punished, not listed",
)
_REPEATED = Text(
    "三个月内重复发现（可提请关闭）", "Repeated within three months (closure may be proposed)"
)


@panel("hazard-state")
def hazard_state(step: Step) -> Panel | None:
    """What marks this danger: self-found, repeated, who supervises it now."""
    facts = step.facts
    rows: list[list[str | Text]] = []
    if facts.get("origin") == exemption.SELF_FOUND:
        rows.append([Text("自查自报", "Self-found"), _SPARED if facts.get("exempt") else _OWN])
    rows += [[_REPEATED, number] for number in facts.get("repeat_of") or ()]
    above = levels.raised_to(step)
    if above is not None:
        rows.append([Text("现由上级督办", "Now supervised by"), above["name"]])
    header = (Text("标记", "Mark"), Text("说明", "Meaning"))
    return Panel(Text("隐患标记", "Marks"), header, rows) if rows else None


@payload("hazard")
def hazard_payload(step: Step) -> Publication:
    """The danger as the gazette shows it. Who answers for it at the unit is not published."""
    facts = step.facts
    shown: HazardPayload = {
        "subject": subjects.subject(step),
        "authority": subjects.authority(step),
        "decision": {
            "number": str(facts.get("order_number") or step.docket.number),
            "date": facts["ordered_on"],
        },
        "hazard_code": facts["hazard_code"],
        "origin": facts["origin"],
        "description": procedure.published_text(facts, "description"),
        "found_on": facts["found_on"],
        "rectify_by": facts["rectify_by"],
        "status": "eliminated" if facts.get("accepted_on") else _status(step),
        "published_on": facts.get("published_on", step.effective.isoformat()),
    }
    requirements = procedure.published_text(facts, "requirements")
    if requirements:
        shown["requirements"] = requirements
    for name in ("rectified_on", "accepted_on"):
        if facts.get(name):
            shown[name] = facts[name]
    if facts.get("exempt"):
        shown["exempt"] = True
    above = levels.raised_to(step)
    if above is not None:
        shown["supervisor"] = above
        shown["raised_on"] = facts.get("lapsed_on") or facts["reported_up_on"]
    place = subjects.site(step)
    if place:
        shown["site"] = place
    until = step.day("until")
    return Publication(shown, clock.publish_until(until) if until else None, subjects.handles(step))


def _status(step: Step) -> Any:
    """Where the danger stands after the act."""
    target = (step.action.to if step.action else "") or step.docket.state
    return "awaiting" if target == "awaiting" else "rectifying"


@context("hazard")
def hazard_context(step: Step) -> dict[str, Any]:
    """What the papers of a danger can say."""
    found = subjects.context(step)
    known = subjects.book(step)
    found["hazard_kind"] = known.title("hazard_codes", step.facts["hazard_code"]).zh
    found["hazard_origin"] = known.title("hazard_origins", step.facts["origin"]).zh
    return found
