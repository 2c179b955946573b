"""What the public reads of a listing, and what its papers say (Order 11 arts 9, 10, 12)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from registry.core import clock
from registry.core.i18n import Text
from registry.core.rules import ListKind
from registry.office.dockets.hooks import Publication, Step, context, payload
from registry.office.dockets.kinds import BACK
from registry.office.dockets.replay import came_from
from registry.office.enforcement import procedure
from registry.office.entities import subjects
from registry.office.listings.lifecycle import basis_of, ground, list_kind
from registry.public.gazette.payloads import ListingPayload

Status = Literal["in-force", "repair-applied", "repair-accepted"]


@payload("listing")
def listing_payload(step: Step) -> Publication:
    """The entry. What the list's rules do not make public is left out."""
    facts = step.facts
    shown: ListingPayload = {
        "list": facts["list"],
        "ground": facts["ground"],
        "subject": subjects.subject(step),
        "authority": subjects.authority(step),
        "decision": {"number": facts["decision_number"], "date": facts["decided_on"]},
        "term": {"since": facts["since"], "until": facts["until"]},
        "status": _status(step),
        "published_on": facts.get("published_on", step.effective.isoformat()),
    }
    text = procedure.published_text(facts, "decision_text")
    if text:
        shown["decision"]["text"] = text
    summary = procedure.published_text(facts, "summary")
    if summary:
        shown["summary"] = summary
    for name in ("entered_on", "measures", "early_removal_from", "reported_by", "source"):
        if facts.get(name):
            shown[name] = facts[name]
    _relations(step, shown)
    _only_public(step, shown)
    until = date.fromisoformat(facts["until"])
    return Publication(shown, clock.publish_until(until), subjects.handles(step))


def _status(step: Step) -> Status:
    after = (step.action.to if step.action else "") or step.docket.state
    if after == BACK:
        after = came_from(step.events)
    if after == "repair-applied":
        return "repair-applied"
    return "repair-accepted" if after == "repair-accepted" else "in-force"


def _relations(step: Step, shown: ListingPayload) -> None:
    people = subjects.persons(step)
    if people:
        shown["persons"] = people
    place = subjects.site(step)
    if place:
        shown["site"] = place
    penalty = basis_of(step)
    if penalty is not None and penalty.public_id:
        shown["penalty"] = penalty.public_id
    number = penalty.facts.get("decision_number") if penalty else step.facts.get("penalty_number")
    if number:
        shown["penalty_number"] = number


def _only_public(step: Step, shown: ListingPayload) -> None:
    """Drops what the list's own order does not have published."""
    kind = list_kind(step, date.fromisoformat(step.facts["decided_on"]))
    if kind is None:
        return
    public = frozenset(kind.published_fields)
    if "address" not in public:
        shown["subject"].pop("address", None)
    if "persons" not in public:
        shown.pop("persons", None)
    if "documents-masked" not in public:
        shown["subject"].pop("document", None)
        for person in shown.get("persons", []):
            person.pop("document", None)


@context("listing")
def listing_context(step: Step) -> dict[str, Any]:
    """What the papers of a listing can say, in official Chinese."""
    found = subjects.context(step)
    kind, why = list_kind(step), ground(step)
    penalty = basis_of(step)
    found["penalty"] = penalty.facts if penalty else {}
    last = procedure.window(step)
    found["defence_until"] = last.day.isoformat() if last else ""
    found["planned"] = step.facts.get("planned_on_text") or "陈述申辩期限届满并完成审核后"
    found["subject_number"] = found["subject"].get("code") or found["subject"].get("document")
    if kind is None or why is None or step.acting is None:
        return found
    known = step.acting.book.on(step.effective)
    codes = step.facts.get("measures") or kind.measures
    method = step.facts.get("decision_method") or step.facts.get("notice_method")
    reason = step.facts.get("removal_reason")
    return found | {
        "list": {"title": kind.title.zh, "order": kind.order.zh, "term": kind.term.text.zh},
        "ground": {"code": why.code, "title": why.title.zh, "basis": why.basis.zh},
        "measures": [known.title("measures", code).zh for code in codes],
        "repair": _repair(kind),
        "remedies": [_remedy(step, remedy.title, remedy.deadline) for remedy in kind.remedies],
        "removal": {"reason": known.title("removal_reasons", reason).zh if reason else ""},
        "service_method": known.title("service_methods", method).zh if method else "",
    }


def _repair(kind: ListKind) -> dict[str, Any]:
    wait = kind.early_removal_after
    return {
        "conditions": [condition.zh for condition in kind.early_removal_conditions],
        "after": wait.text.zh if wait else "",
    }


def _remedy(step: Step, title: Text, deadline: str) -> dict[str, str]:
    assert step.acting is not None  # noqa: S101 - papers are officers'
    rule = step.acting.book.on(step.effective).deadline(deadline)
    return {"title": title.zh, "within": rule.breach.text.zh if rule.breach else ""}
