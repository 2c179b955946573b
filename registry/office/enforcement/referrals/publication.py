"""What the public reads of a referral: the conviction of a unit, in force, and nothing before it.

Whoever is suspected is innocent until a court has said otherwise and the judgment is in force, and
an investigation is not public. Of natural persons nothing is told at all, not even how many there
were: beside a penalty that names one, a number would point at him. docs/decisions/0051.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select

from registry.core import clock
from registry.core.clock import legal_day
from registry.core.i18n import N_
from registry.office.dockets.hooks import Publication, Refusal, Step, effect, guard, payload
from registry.office.dockets.models import Docket, DocketLink
from registry.office.enforcement import procedure
from registry.office.entities import queries, subjects
from registry.public.gazette.outcomes import ReferralPayload

CONVICTED = frozenset({"guilty", "exempt"})
AGAIN = "verdict_again"
"""The act that records a verdict on appeal or retrial."""


@guard("unit-convicted")
def unit_convicted(step: Step) -> Refusal | None:
    """Public is only the conviction of a unit."""
    if step.docket.subject_id is None or subjects.is_person(step):
        return Refusal(
            N_("Only the conviction of a unit is made public. Nothing is published on persons.")
        )
    if step.facts.get("verdict") not in CONVICTED:
        return Refusal(N_("The verdict is no conviction: nothing of this case is made public."))
    return None


@guard("appeal-over")
def appeal_over(step: Step) -> Refusal | None:
    """A judgment of first instance is in force once the time to appeal is over, at the earliest.

    Criminal Procedure Law art. 230; the time runs from the receipt of the judgment, which is
    never before its day. What a court decided on appeal or retrial is in force at once.
    """
    judged = step.day("judged_on")
    if step.preview or judged is None or step.acting is None:
        return None
    if any(event.action == AGAIN for event in step.events):
        return None
    rule = step.acting.book.on(judged).deadlines.get("referral.appeal")
    if rule is None or rule.breach is None:
        return None
    last = step.acting.book.due(judged, rule.breach).day
    if step.effective <= last:
        params = {"day": last.isoformat()}
        return Refusal(
            N_("An appeal is possible until {day}: the judgment is not in force yet."),
            params,
            "in_force_on",
        )
    return None


@guard("still-to-show")
def still_to_show(step: Step) -> Refusal | None:
    """What is older than the time for which it is shown is not published any more."""
    if _until(step) < step.today:
        return Refusal(N_("The time for which this conviction is shown is over."))
    return None


@effect("referral-shown")
def referral_shown(step: Step) -> Mapping[str, Any]:
    """The last day on which the conviction is shown."""
    return {"until": _until(step)}


def _until(step: Step) -> date:
    begun = date.fromisoformat(step.facts["in_force_on"])
    return procedure.shown_until(step, "referral.shown", begun)


@payload("referral")
def referral_payload(step: Step) -> Publication:
    """The conviction as the gazette shows it, without any word of the investigation."""
    facts = step.facts
    until = date.fromisoformat(facts["until"])
    shown: ReferralPayload = {
        "subject": subjects.subject(step),
        "authority": subjects.authority(step),
        "decision": {"number": facts["judgment_number"], "date": facts["judged_on"]},
        "court": facts["court"],
        "verdict": facts["verdict"],
        "offences": facts["convicted_offences"],
        "referred_on": legal_day(datetime.fromisoformat(facts["delivered_at"])).isoformat(),
        "filed_on": facts["filed_on"],
        "prosecuted_on": facts["prosecuted_on"],
        "in_force_on": facts["in_force_on"],
        "term": {"since": facts["in_force_on"], "until": facts["until"]},
        "published_on": facts.get("published_on", step.effective.isoformat()),
    }
    if facts.get("unit_fine_yuan"):
        shown["fine_yuan"] = facts["unit_fine_yuan"]
    beside = _records(step)
    if beside:
        shown["records"] = beside
    place = subjects.site(step)
    if place:
        shown["site"] = place
    return Publication(shown, clock.publish_until(until))


def _records(step: Step) -> list[str]:
    """Public ids of records of the same unit: those linked, and listings on linked penalties.

    Records about persons are never among them: this one would tell of them what they do not say.
    """
    linked = sorted({other for others in step.links.values() for other in others})
    resting = select(DocketLink.docket_id).where(
        col(DocketLink.other_id).in_(linked), DocketLink.relation == "rests-on"
    )
    query = (
        select(Docket)
        .where(
            col(Docket.public_id).is_not(None),
            or_(col(Docket.id).in_(linked), col(Docket.id).in_(resting)),
        )
        .order_by(col(Docket.id))
    )
    found = step.session.exec(query)
    return [one.public_id for one in found if one.public_id and _same_unit(step, one)]


def _same_unit(step: Step, other: Docket) -> bool:
    mine = step.docket.subject_id
    if mine is None or other.subject_id is None:
        return False
    session = step.session
    return queries.entity(session, mine).id == queries.entity(session, other.subject_id).id
