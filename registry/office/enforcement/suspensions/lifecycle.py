"""The suspension: its four measures as a checklist, the signatures to resume, the public notice.

Coal Mine Work Safety Regulation arts 48, 49, 73; Work Safety Law art. 70 (power and explosives).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from registry.core import clock
from registry.core.clock import midnight
from registry.core.i18n import N_, Text
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
from registry.office.enforcement import lifecycle as _penalty  # noqa: F401 - registers on import
from registry.office.enforcement import procedure
from registry.office.enforcement import surroundings as _surroundings  # noqa: F401
from registry.office.enforcement.signatories import hooks as _signatures  # noqa: F401
from registry.office.entities import site_licences, subjects
from registry.public.gazette.enforcement import MeasureState, SuspensionPayload

POWER = "power-stopped"
CLOSURE = "closure"
LICENCE = "licence-suspended"
LICENCE_KIND = "safety"
"""The licence that the measure is about, a code of rules/licence_kinds."""


@guard("measure-fits")
def measure_fits(step: Step) -> Refusal | None:
    """A measure was ordered, is not in place yet, and power is cut after a notice only."""
    if step.preview:
        return None
    code = step.data["measure"]
    if code not in (step.facts.get("measures") or ()):
        return Refusal(N_("This measure was not ordered."), {}, "measure")
    known = _checklist(step).get(code)
    if known is not None and not known.get("lifted_on"):
        return Refusal(N_("This measure is already in place."), {}, "measure")
    # Sent back after the acceptance, the mine is closed off anew.
    if known is not None and step.effective.isoformat() < known["lifted_on"]:
        return Refusal(N_("This date lies before the step that it follows."), {}, "measure_on")
    return _power_announced(step) if code == POWER else None


def _power_announced(step: Step) -> Refusal | None:
    """Work Safety Law art. 70: notice before the power is cut, unless it is urgent."""
    if step.data.get("urgent"):
        return None
    told = step.instant("power_notice_at")
    if told is None:
        return Refusal(
            N_("Say when the unit was told, or that it was urgent."), {}, "power_notice_at"
        )
    rule = (
        step.acting.book.on(step.effective).deadlines.get("suspension.power_cut_notice")
        if step.acting
        else None
    )
    ahead = timedelta(hours=rule.breach.amount) if rule and rule.breach else timedelta()
    if told + ahead > midnight(step.effective + timedelta(days=1)):
        return Refusal(
            N_("Power is cut {hours} hours after the notice at the earliest."),
            {"hours": int(ahead.total_seconds() // 3600)},
            "power_notice_at",
        )
    return None


@guard("measure-stands")
def measure_stands(step: Step) -> Refusal | None:
    """Only what is in place can be lifted, and not before it was."""
    if step.preview:
        return None
    known = _checklist(step).get(step.data["measure"])
    if known is None or known.get("lifted_on"):
        return Refusal(N_("This measure is not in place."), {}, "measure")
    if step.effective.isoformat() < known["done_on"]:
        return Refusal(N_("This date lies before the step that it follows."), {}, "lifted_on")
    return None


def _checklist(step: Step) -> dict[str, dict[str, str]]:
    return dict(step.facts.get("checklist") or {})


@effect("measure-in-place")
def measure_in_place(step: Step) -> Mapping[str, Any]:
    """The measure with the day and who carried it out."""
    by = str(step.data["carried_out_by"])
    entry = {"done_on": step.effective.isoformat(), "by": by}
    return _without_form(step) | {"checklist": _checklist(step) | {step.data["measure"]: entry}}


@effect("measure-lifted")
def measure_lifted(step: Step) -> Mapping[str, Any]:
    """The day on which the measure ended."""
    known = _checklist(step)
    code = step.data["measure"]
    entry = {**known[code], "lifted_on": step.effective.isoformat()}
    return _without_form(step) | {"checklist": known | {code: entry}}


@effect("licence-suspended")
def licence_suspended(step: Step) -> Mapping[str, Any]:
    """The safety licence of the mine is suspended with the measure, from its day (art. 73)."""
    if step.data["measure"] == LICENCE:
        _switch(step, "in-force", "suspended")
    return {}


@effect("licence-back")
def licence_back(step: Step) -> Mapping[str, Any]:
    """The licence is in force again with the lifting, unless another suspension holds it.

    One that was revoked meanwhile stays so.
    """
    lifted = step.data.get("measure", LICENCE) == LICENCE
    if lifted and LICENCE in _checklist(step) and not _held_elsewhere(step):
        _switch(step, "suspended", "in-force")
    return {}


def _switch(step: Step, before: str, after: str) -> None:
    docket = step.docket
    if docket.site_id is not None and step.acting is not None:
        site_licences.switch_licences(
            step.session, step.acting, docket.site_id, LICENCE_KIND, before, after,
            on=step.effective, docket_id=docket.id,
        )  # fmt: skip


def _held_elsewhere(step: Step) -> bool:
    """Whether another open suspension of the same mine has the measure in place."""
    query = select(Docket).where(
        Docket.kind == "suspension",
        col(Docket.site_id) == step.docket.site_id,
        col(Docket.id) != step.docket.id,
        col(Docket.closed_at).is_(None),
    )
    entries = (one.facts.get("checklist", {}).get(LICENCE) for one in step.session.exec(query))
    return any(entry and not entry.get("lifted_on") for entry in entries)


def _without_form(step: Step) -> dict[str, None]:
    """The next measure's form begins empty."""
    return dict.fromkeys(("measure", "carried_out_by", "urgent", "measure_on", "lifted_on"))


@guard("closure-planned")
def closure_planned(step: Step) -> Refusal | None:
    """Only what stands in the yearly plan has a day by which it is closed down."""
    if step.day("close_by") is None:
        return Refusal(N_("No yearly plan sets a day for this."))
    return None


@guard("closure-day")
def closure_day(step: Step) -> Refusal | None:
    """A plan sets a day after its own, and it plans closures."""
    until, planned = step.day("close_by"), step.day("planned_on")
    if until is None:
        return None
    if planned is not None and until < planned:
        return Refusal(N_("The day set lies before the plan that sets it."), {}, "close_by")
    if step.facts.get("suspension_kind") != CLOSURE:
        return Refusal(N_("A plan of closures holds nothing else."), {}, "suspension_kind")
    return None


@guard("measures-lifted")
def measures_lifted(step: Step) -> Refusal | None:
    """Nobody produces behind guards: what is in place is lifted before."""
    lifted = [entry.get("lifted_on", "") for entry in _checklist(step).values()]
    if not all(lifted):
        return Refusal(N_("Measures at the mine are still in place."))
    if max(lifted, default="") > step.effective.isoformat():
        return Refusal(N_("Measures at the mine were lifted after that day."), {}, "resumed_on")
    return None


@guard("hazard-settled")
def hazard_settled(step: Step) -> Refusal | None:
    """The danger for which production was stopped is eliminated."""
    ids = step.links.get("for-hazard", ())
    for one in step.session.exec(select(Docket).where(col(Docket.id).in_(ids))):
        if one.closed_at is None:
            return Refusal(N_("The hidden danger {number} is still open."), {"number": one.number})
    return None


@guard("no-closure")
def no_closure(step: Step) -> Refusal | None:
    """A mine that is to be closed does not apply to resume."""
    if step.facts.get("suspension_kind") == CLOSURE:
        return Refusal(N_("This is a closure."))
    return None


@guard("is-closure")
def is_closure(step: Step) -> Refusal | None:
    """Only a closure ends with the mine closed down."""
    if step.facts.get("suspension_kind") != CLOSURE:
        return Refusal(N_("This is not a closure."))
    return None


@effect("suspension-ended")
def suspension_ended(step: Step) -> Mapping[str, Any]:
    """How long the lifted suspension stays public."""
    return {"until": procedure.shown_until(step, "suspension.shown", step.effective)}


@panel("suspension-measures")
def measures_panel(step: Step) -> Panel | None:
    """The checklist: ordered, in place, lifted."""
    if step.acting is None:
        return None
    titles, done = step.acting.rules.titles("suspension_measures"), _checklist(step)
    rows: list[list[str | Text]] = [
        [
            titles.get(code, Text(code, code)),
            done.get(code, {}).get("done_on", "—"),
            done.get(code, {}).get("by", ""),
            done.get(code, {}).get("lifted_on", "—"),
        ]
        for code in step.facts.get("measures") or ()
    ]
    header = (
        Text("措施", "Measure"),
        Text("到位日期", "In place since"),
        Text("落实单位", "Carried out by"),
        Text("解除日期", "Lifted"),
    )
    return Panel(Text("管控措施清单", "Measures at the mine"), header, rows)


@payload("suspension")
def suspension_payload(step: Step) -> Publication:
    """The suspension as the gazette shows it."""
    facts = step.facts
    shown: SuspensionPayload = {
        "subject": subjects.subject(step),
        "authority": subjects.authority(step),
        "decision": {
            "number": str(facts.get("order_number") or step.docket.number),
            "date": facts["ordered_on"],
        },
        "suspension_kind": facts["suspension_kind"],
        "reason": procedure.published_text(facts, "order_reason"),
        "basis": facts["basis"],
        "measures": [_measure(code, _checklist(step)) for code in facts.get("measures") or ()],
        "status": _status(step),
        "published_on": facts.get("published_on", step.effective.isoformat()),
    }
    if facts.get("suspension_scope"):
        shown["scope"] = facts["suspension_scope"]
    if facts.get("resumed_on"):
        shown["resumed_on"] = facts["resumed_on"]
        shown["signed_by"] = sorted(facts.get("signoffs") or ())
    if facts.get("closed_on"):
        shown["closed_on"] = facts["closed_on"]
    place = subjects.site(step)
    if place:
        shown["site"] = place
    until = step.day("until")
    return Publication(shown, clock.publish_until(until) if until else None, subjects.handles(step))


def _measure(code: str, done: Mapping[str, Mapping[str, str]]) -> MeasureState:
    found: MeasureState = {"measure": code}
    entry = done.get(code, {})
    if "done_on" in entry:
        found["since"] = entry["done_on"]
    if "lifted_on" in entry:
        found["lifted_on"] = entry["lifted_on"]
    return found


def _status(step: Step) -> Any:
    """Where the case stands after the act."""
    target = (step.action.to if step.action else "") or step.docket.state
    return target if target in {"applied", "resumed", "closed-down"} else "in-force"


@context("suspension")
def suspension_context(step: Step) -> dict[str, Any]:
    """What the papers of a suspension can say."""
    found = subjects.context(step)
    known = subjects.book(step)
    found["suspension_kind"] = known.title("suspension_kinds", step.facts["suspension_kind"]).zh
    found["measures"] = [
        known.title("suspension_measures", code).zh for code in step.facts.get("measures") or ()
    ]
    found["signed"] = [
        {"capacity": known.title("signing_capacities", code).zh, **entry}
        for code, entry in (step.facts.get("signoffs") or {}).items()
    ]
    return found
