"""The law of a qualification: what its field asks, how it changes and ends, what is shown of it.

MEM Order 1 (2019) and Work Safety Law arts 72 and 92; every value stands in rules/provider_fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from sqlmodel import col, select

from registry.core import clock
from registry.core.i18n import N_
from registry.core.rules import UnknownRule
from registry.core.rules.values import ProviderField
from registry.office.dockets.hooks import (
    Publication,
    Refusal,
    Step,
    context,
    effect,
    guard,
    payload,
)
from registry.office.dockets.models import Docket
from registry.office.entities import subjects
from registry.office.providers import queries
from registry.office.providers.requirements import STATES, Status, count, plain_change
from registry.public.gazette.providers import (
    ProviderEvent,
    ProviderPayload,
    Qualification,
    StaffNumbers,
)

LIVE = ("draft", "submitted", "registered", "suspended", "expired")
EVENTS = {
    "register": "registered",
    "adopt": "registered",
    "change": "changed",
    "renew": "renewed",
    "suspend": "suspended",
    "resume": "resumed",
    "revoke": "revoked",
    "cancel": "cancelled",
    "lapse": "expired",
}
"""Acts of which the public register tells."""
NUMBERS = {"suspend": "suspension_number", "revoke": "revocation_number"}


def field_of(step: Step, day: date | None = None) -> ProviderField | None:
    """The rules of the case's field; None if there is no such field on that day."""
    if step.acting is None:
        return None
    try:
        return step.acting.book.on(day or step.effective).provider_field(
            str(step.facts.get("field", ""))
        )
    except UnknownRule:
        return None


@guard("provider-field")
def provider_field(step: Step) -> Refusal | None:
    """What the field asks is there: scopes of its own, a certificate where one is needed."""
    found = field_of(step)
    if found is None:
        return Refusal(N_("There is no such field."), {}, "field")
    if step.docket.subject_id is not None and subjects.is_person(step):
        return Refusal(N_("A service organization is not a natural person."))
    return _facts_fit(step, found, step.facts)


def _facts_fit(step: Step, found: ProviderField, facts: Mapping[str, Any]) -> Refusal | None:
    if set(facts.get("scopes") or ()) - set(found.scopes) or not facts.get("scopes"):
        return Refusal(N_("Choose business scopes of this field."), {}, "scopes")
    if not found.qualification:
        return None
    for name in ("certificate_number", "certificate_issuer", "since", "until"):
        if not facts.get(name):
            return Refusal(N_("This field needs a qualification: give its certificate."), {}, name)
    return _validity(step, found, facts)


def _validity(step: Step, found: ProviderField, facts: Mapping[str, Any]) -> Refusal | None:
    since, until = date.fromisoformat(facts["since"]), date.fromisoformat(facts["until"])
    if until < since:
        return Refusal(N_("This period ends before it begins."), {}, "until")
    if found.validity is None or step.acting is None:
        return None
    longest = step.acting.book.due(since, found.validity).day
    if until > longest:
        return Refusal(
            N_("A qualification granted then is valid until {day} at most."),
            {"day": longest.isoformat()},
            "until",
        )
    return None


@guard("provider-once")
def provider_once(step: Step) -> Refusal | None:
    """An organization stands in the register once per field."""
    subject, field = step.docket.subject_id, step.facts.get("field")
    query = select(Docket).where(
        Docket.kind == "provider",
        Docket.subject_id == subject,
        col(Docket.state).in_(LIVE),
        col(Docket.id) != (step.docket.id or 0),
    )
    if subject is not None and any(o.facts.get("field") == field for o in step.session.exec(query)):
        return Refusal(N_("This organization already stands in the register in this field."))
    return None


@effect("provider-entered")
def provider_entered(step: Step) -> Mapping[str, Any]:
    """Who registers voluntarily is registered from the day of the entry on."""
    return {} if step.facts.get("since") else {"since": step.effective}


@guard("provider-change-given")
def change_given(step: Step) -> Refusal | None:
    """A change changes something."""
    if not step.preview and not plain_change(step.data):
        return Refusal(N_("Nothing would be changed."))
    return None


@effect("provider-change-late")
def change_late(step: Step) -> Mapping[str, Any]:
    """Whether the organization told of the change in time."""
    changed, reported, found = step.day("changed_on"), step.day("reported_on"), field_of(step)
    if changed is None or reported is None or found is None or step.acting is None:
        return {}
    deadline = step.acting.book.on(changed).deadlines.get(found.change)
    if deadline is None or deadline.breach is None:
        return {"change_late": False}
    last = step.acting.book.due(changed, deadline.breach)
    return {"change_late": reported > last.day and not last.provisional}


@guard("provider-change-fits")
def change_fits(step: Step) -> Refusal | None:
    """What was proposed fits the field, too."""
    found = field_of(step)
    if found is None:
        return None
    refusal = _facts_fit(step, found, {**step.facts, **plain_change(step.facts)})
    return Refusal(refusal.message, refusal.params) if refusal else None


@effect("provider-change")
def provider_change(step: Step) -> Mapping[str, Any]:
    """The proposed particulars hold from now on."""
    gone = {name: None for name in step.facts if name.startswith("new_")}
    return plain_change(step.facts) | gone


@effect("provider-ended")
def provider_ended(step: Step) -> Mapping[str, Any]:
    """Until when the register goes on showing what has ended."""
    found = field_of(step)
    if found is None or step.acting is None:
        return {}
    shown = step.acting.book.due(step.effective, found.revoked_shown).day
    return {"ended_on": step.effective, "shown_until": shown}


@guard("provider-lapsed")
def provider_lapsed(step: Step) -> Refusal | None:
    """The last day of the validity is past."""
    until = step.day("until")
    return None if until and until < step.today else Refusal(N_("The term has not ended."))


@guard("provider-shown-over")
def shown_over(step: Step) -> Refusal | None:
    """What was revoked or cancelled has been shown long enough."""
    until = step.day("shown_until")
    return None if until and until < step.today else Refusal(N_("The term has not ended."))


@payload("provider")
def provider_payload(step: Step) -> Publication:
    """The entry of the register."""
    facts = step.facts
    status = status_after(step)
    shown: ProviderPayload = {
        "subject": subjects.subject(step),
        "authority": subjects.authority(step),
        "field": facts["field"],
        "scopes": list(facts.get("scopes") or ()),
        "status": status,
        "history": _history(step),
        "published_on": facts.get("published_on", step.effective.isoformat()),
    }
    if facts.get("certificate_number"):
        shown["qualification"] = _qualification(facts)
    if facts.get("website"):
        shown["website"] = facts["website"]
    people = subjects.persons(step)
    if people:
        shown["persons"] = people
    numbers = _numbers(step)
    if numbers["people"]:
        shown["staff"] = numbers
    until = facts.get("shown_until")
    last = clock.publish_until(date.fromisoformat(until)) if until else None
    return Publication(shown, last, subjects.handles(step))


def status_after(step: Step) -> Status:
    """The status once the step is done."""
    after = (step.action.to if step.action else "") or step.docket.state
    return STATES[after]


def _qualification(facts: Mapping[str, Any]) -> Qualification:
    shown: Qualification = {
        "number": facts["certificate_number"],
        "issuer": facts.get("certificate_issuer", ""),
        "since": facts["since"],
    }
    if facts.get("until"):
        shown["until"] = facts["until"]
    return shown


def _history(step: Step) -> list[ProviderEvent]:
    """What happened, oldest first. A case taken over from a file begins with its certificate."""
    acts = [(e.action, e.effective_on.isoformat()) for e in step.events]
    now = step.action.code if step.action else ("adopt" if not step.events else "")
    acts.append((now, step.effective.isoformat()))
    found: list[ProviderEvent] = []
    for code, day in acts:
        if code not in EVENTS:
            continue
        known = step.facts.get("since", day) if code == "adopt" else day
        happened: ProviderEvent = {"on": known, "event": cast("Any", EVENTS[code])}
        number = step.facts.get(NUMBERS.get(code, ""))
        if number:
            happened["number"] = number
        if happened not in found:
            found.append(happened)
    return found


def _numbers(step: Step) -> StaffNumbers:
    staff = queries.staff_of(step.session, step.docket.subject_id or 0)
    found = count(staff, step.today)
    return {
        "people": found.people,
        "level_1": found.level_1,
        "level_2": found.level_2,
        "engineers": found.engineers,
        "as_of": step.today.isoformat(),
    }


@context("provider")
def provider_context(step: Step) -> dict[str, Any]:
    """What the papers of the register can say."""
    found = subjects.context(step)
    rules = subjects.book(step)
    found["field"] = rules.title("provider_fields", step.facts["field"]).zh
    found["scopes"] = [
        rules.title("provider_scopes", code).zh for code in step.facts.get("scopes") or ()
    ]
    return found
