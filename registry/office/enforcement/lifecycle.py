"""The penalty: how grave it is, how long it is shown, what the public reads.

Fields follow the national publicity standard for penalties (双公示). Order 36 (NDRC) and
State Council Office Document 2025-22 set the terms; Work Safety Law art. 78 the exposure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import select

from registry.core import clock
from registry.core.i18n import N_
from registry.core.rules import PublicationTerm, Rules
from registry.office.dockets.hooks import (
    Publication,
    Refusal,
    Step,
    context,
    effect,
    guard,
    payload,
)
from registry.office.dockets.models import DocketLink
from registry.office.enforcement import daily as _daily  # noqa: F401 - registers on import
from registry.office.enforcement import exemption as _exemption  # noqa: F401 - registers
from registry.office.enforcement import procedure
from registry.office.enforcement.referrals import lifecycle as _referral  # noqa: F401 - registers
from registry.office.entities import subjects
from registry.public.gazette.payloads import PenaltyPayload


@effect("penalty-term")
def penalty_term(step: Step) -> Mapping[str, Any]:
    """Seriousness from what was imposed, and the term of publicity from the document's date."""
    decided = step.day("decided_on") or step.effective
    rules = _rules(step, decided)
    seriousness = rules.seriousness(
        step.facts.get("categories", ()),
        fine_yuan=int(Decimal(step.facts.get("fine_yuan") or 0)),
        simplified=bool(step.facts.get("simplified")),
    )
    found: dict[str, Any] = {"decided_on": decided, "seriousness": seriousness}
    if step.acting is not None and _published(rules, seriousness):
        term = rules.publication_term(seriousness)
        found |= {"since": decided, "until": step.acting.book.due(decided, term).day}
    return found


def _rules(step: Step, day: date) -> Rules:
    assert step.acting is not None  # noqa: S101 - decisions are officers'
    return step.acting.book.on(day)


def _published(rules: Rules, seriousness: str) -> bool:
    term = rules.table("publication_terms").get(seriousness)
    return isinstance(term, PublicationTerm) and term.published


@guard("penalty-shown")
def penalty_shown(step: Step) -> Refusal | None:
    """Penalties of the minor tier are not published."""
    if step.preview and "seriousness" not in step.facts:
        return None
    seriousness = step.facts.get("seriousness") or penalty_term(step)["seriousness"]
    if step.facts.get("until") or _published(_rules(step, step.effective), seriousness):
        return None
    return Refusal(N_("A minor penalty is not published."))


@guard("penalty-not-shown")
def penalty_not_shown(step: Step) -> Refusal | None:
    """A penalty that must be published cannot be closed unpublished."""
    if penalty_shown(step) is None:
        return Refusal(N_("This penalty must be published."))
    return None


@guard("penalty-content")
def penalty_content(step: Step) -> Refusal | None:
    """Sums belong to the categories that impose them."""
    categories = step.facts.get("categories") or []
    if "fine" in categories and not step.facts.get("fine_yuan"):
        return Refusal(N_("Give the amount of the fine."), {}, "fine_yuan")
    if "confiscation" in categories and not step.facts.get("confiscated_yuan"):
        return Refusal(N_("Give what was confiscated."), {}, "confiscated_yuan")
    if "practice-ban" in categories and not step.facts.get("ban_until"):
        return Refusal(N_("Say until when the ban runs."), {}, "ban_until")
    return None


@guard("penalty-performed")
def penalty_performed(step: Step) -> Refusal | None:
    """No case closes on a fine alone: it is performed and the violation is put right."""
    if not step.facts.get("performed_on"):
        return Refusal(N_("The penalty has not been performed."))
    if not step.facts.get("rectified_on"):
        return Refusal(N_("The violation has not been put right."))
    return None


@guard("referral-settled")
def referral_settled(step: Step) -> Refusal | None:
    """Somebody looked for a crime; where one is suspected, the case was referred.

    State Council Order 310 art. 11: a fine does not take the place of the referral.
    """
    if not step.facts.get("referral_checked_on"):
        return Refusal(N_("It has not been examined whether a crime is suspected."))
    if step.facts.get("crime_suspected") == "yes" and not _referred(step):
        return Refusal(N_("A crime is suspected and the case has not been referred."))
    return None


def _referred(step: Step) -> bool:
    query = select(DocketLink.id).where(
        DocketLink.other_id == step.docket.id, DocketLink.relation == "concerns"
    )
    return step.session.exec(query.limit(1)).first() is not None


@guard("term-over")
def term_over(step: Step) -> Refusal | None:
    """Publicity ends by itself once its last day is past."""
    until = step.day("until")
    if until is None or step.today <= until:
        return Refusal(N_("The term has not ended."))
    return None


@payload("penalty")
def penalty_payload(step: Step) -> Publication:
    """The penalty as the gazette shows it."""
    facts = step.facts
    shown: PenaltyPayload = {
        "subject": subjects.subject(step),
        "authority": subjects.authority(step),
        "decision": {
            "number": facts["decision_number"],
            "date": facts["decided_on"],
            "text": procedure.published_text(facts, "decision_text"),
        },
        "violation_type": facts["violation_type"],
        "facts": procedure.published_text(facts, "violation_facts"),
        "basis": facts["basis"],
        "categories": facts["categories"],
        "content": procedure.published_text(facts, "content"),
        "seriousness": facts["seriousness"],
        "term": {"since": facts["since"], "until": facts["until"]},
        "published_on": facts.get("published_on", step.effective.isoformat()),
    }
    for name in ("fine_yuan", "confiscated_yuan", "licence_revoked", "ban_until", "note"):
        if facts.get(name):
            shown[name] = facts[name]
    people = subjects.persons(step)
    if people:
        shown["persons"] = people
    place = subjects.site(step)
    if place:
        shown["site"] = place
    until = date.fromisoformat(facts["until"])
    return Publication(shown, clock.publish_until(until), subjects.handles(step))


@context("penalty")
def penalty_context(step: Step) -> dict[str, Any]:
    """What the papers of a penalty can say."""
    facts = step.facts
    known = step.acting.book.on(step.effective) if step.acting else None
    found = subjects.context(step)
    if known is not None:
        found["violation_type"] = known.title("violation_types", facts["violation_type"]).zh
        found["categories"] = [
            known.title("penalty_categories", code).zh for code in facts.get("categories", ())
        ]
        method = facts.get("decision_method") or facts.get("notice_method")
        found["service_method"] = known.title("service_methods", method).zh if method else ""
    last = procedure.window(step)
    found["defence_until"] = last.day.isoformat() if last else ""
    return found
