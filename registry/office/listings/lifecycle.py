"""The law of a listing: which ground, resting on what, for how long, removed when.

MEM Order 11 for the national list; other list kinds bring their own values in the rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import select

from registry.core.codes.regions import region_path
from registry.core.i18n import N_
from registry.core.rules import Ground, ListKind, UnknownRule
from registry.office.dockets import bases
from registry.office.dockets.hooks import Refusal, Step, effect, guard
from registry.office.dockets.models import Docket, DocketParty
from registry.office.entities import queries, subjects
from registry.office.staff.models import Authority

BASIS = "rests-on"
ANY_PERSON = "responsible-person"
"""A ground that lists responsible persons admits any role."""


def list_kind(step: Step, day: date | None = None) -> ListKind | None:
    """The list as it stood on ``day`` (the step's by default); None if unknown then."""
    if step.acting is None:
        return None
    try:
        return step.acting.book.on(day or step.effective).list_kind(str(step.facts.get("list", "")))
    except UnknownRule:
        return None


def ground(step: Step, day: date | None = None) -> Ground | None:
    """The ground of the case in its list; None if that list has no such ground."""
    found = list_kind(step, day)
    return found.grounds.get(str(step.facts.get("ground", ""))) if found else None


@guard("ground-valid")
def ground_valid(step: Step) -> Refusal | None:
    """The list takes entries on that day, and knows the ground."""
    day = step.today if step.preview else step.effective
    found = list_kind(step, day)
    if found is None or not found.in_force(day):
        return Refusal(N_("No entry can be made in this list on that day."), {}, "list")
    if ground(step, day) is None:
        return Refusal(N_("This list has no such ground."), {}, "ground")
    unknown = set(step.facts.get("measures") or ()) - set(found.measures)
    if unknown:
        return Refusal(N_("This list does not provide for that measure."), {}, "measures")
    return _catalogued(step, day)


def _catalogued(step: Step, day: date) -> Refusal | None:
    """A measure rests on a law, or on an edition of the basic list, that holds on that day."""
    chosen = set(step.facts.get("measures") or ())
    if step.acting is not None and chosen - set(step.acting.book.on(day).measures):
        return Refusal(
            N_("The catalogue of measures gives no basis for that measure on that day."),
            {},
            "measures",
        )
    return None


@guard("competent")
def competent(step: Step) -> Refusal | None:
    """Whoever punishes decides (art. 4): the kind and level of the authority must admit it."""
    authority = step.session.get(Authority, step.docket.authority_id)
    if step.acting is None or authority is None:
        return None
    sector = str(step.facts.get("sector") or "other")
    try:
        rule = step.acting.book.on(step.effective).competence(
            "listing", sector, region_path(authority.region)
        )
    except UnknownRule:
        return Refusal(N_("No rule says who may list in this sector."), {}, "sector")
    if authority.kind not in rule.authority_kinds or authority.level not in rule.levels:
        return Refusal(N_("This authority is not competent to list in this sector."), {}, "sector")
    return None


@guard("persons-per-ground")
def persons_per_ground(step: Step) -> Refusal | None:
    """Who goes on the list stands in the ground: the unit, certain persons, or both."""
    found = ground(step)
    if found is None or step.docket.subject_id is None:
        return None
    roles = frozenset(found.listed) - {"unit"}
    person = subjects.is_person(step)
    if person and not roles:
        return Refusal(N_("On this ground units are listed, not persons."))
    if not person and "unit" not in found.listed:
        return Refusal(N_("On this ground only persons are listed."))
    named = {role for _, role in step.parties}
    if ANY_PERSON not in roles and named - roles:
        return Refusal(N_("A person in this role is not listed on this ground."))
    if not person and roles and not named and not step.facts.get("no_person_reason"):
        return Refusal(N_("Name the persons whom this ground lists, or say why there is none."))
    return _persons_are_persons(step)


def _persons_are_persons(step: Step) -> Refusal | None:
    kinds = (queries.entity(step.session, who).kind for who, _ in step.parties)
    if any(kind != "person" for kind in kinds):
        return Refusal(N_("Only natural persons can be answerable beside a unit."))
    return None


@guard("rests-on-penalty")
def rests_on_penalty(step: Step) -> Refusal | None:
    """Listed is only who has been punished (art. 3): the penalty is linked and stands."""
    found = list_kind(step)
    if found is not None and not found.needs_penalty:
        return None
    standing = _standing(step)
    if not standing:
        return Refusal(N_("A listing rests on a penalty that has been decided. Link it."))
    if not any(_same_subject(step, penalty) for penalty in standing):
        return Refusal(N_("The penalty concerns someone else."))
    return None


@guard("penalty-stands")
def penalty_stands(step: Step) -> Refusal | None:
    """Nothing is shown once the penalty that it rests on has fallen (art. 16).

    A case taken over from a file has none here; its paper names it.
    """
    if step.links.get(BASIS) and (not _standing(step) or bases.wanting(step.docket)):
        return Refusal(
            N_("The penalty that this listing rests on was annulled. Propose to revoke it.")
        )
    return None


def _standing(step: Step) -> list[Docket]:
    """The penalties linked that have been decided and not annulled."""
    stands = step.table.relations[BASIS].stands
    linked = (step.session.get(Docket, other) for other in step.links.get(BASIS, []))
    return [p for p in linked if p is not None and p.state in stands]


def basis_of(step: Step) -> Docket | None:
    """The penalty that the listing rests on: the first that stands, else the first one named."""
    named = step.links.get(BASIS, [])
    standing = _standing(step)
    return standing[0] if standing else step.session.get(Docket, named[0]) if named else None


@guard("basis-wanting")
def basis_wanting(step: Step) -> Refusal | None:
    """Whether a listing stands is asked anew only when what it rested on has fallen."""
    if not bases.wanting(step.docket):
        return Refusal(N_("The penalty that this listing rests on stands."))
    return None


@guard("basis-replaced")
def basis_replaced(step: Step) -> Refusal | None:
    """Another penalty on the same subject, decided and standing, carries the listing."""
    if not any(_same_subject(step, penalty) for penalty in _standing(step)):
        return Refusal(N_("No other penalty carries this listing. Link one, or propose to revoke."))
    return None


@effect("basis-settled")
def basis_settled(step: Step) -> Mapping[str, Any]:
    """What fell is answered: the listing stands on another penalty."""
    return {bases.SETTLED: list(step.docket.facts.get(bases.FALLEN, ()))}


def _same_subject(step: Step, penalty: Docket) -> bool:
    if step.docket.subject_id is None or penalty.subject_id is None:
        return False
    mine = queries.entity(step.session, step.docket.subject_id).id
    if queries.entity(step.session, penalty.subject_id).id == mine:
        return True
    named = step.session.exec(
        select(DocketParty.entity_id).where(DocketParty.docket_id == penalty.id)
    )
    return mine in {queries.entity(step.session, who).id for who in named}


@effect("listing-term")
def listing_term(step: Step) -> Mapping[str, Any]:
    """First and last day of the term, and from when early removal can be asked for.

    The term starts with the decision, or with publicity where the list says so.
    """
    decided = step.day("decided_on") or step.effective
    kind = list_kind(step, decided)
    found: dict[str, Any] = {"decided_on": decided}
    if kind is None:
        return found
    if kind.term_from == "decided":
        return found | _term(step, kind, decided)
    deciding = step.action is not None and step.action.code == "decide"
    if deciding or step.facts.get("until"):
        return found
    return found | _term(step, kind, step.day("published_on") or step.effective)


def _term(step: Step, kind: ListKind, start: date) -> dict[str, Any]:
    assert step.acting is not None  # noqa: S101 - asked only for officers
    found: dict[str, Any] = {"since": start, "until": step.acting.book.due(start, kind.term).day}
    if kind.early_removal_after is not None:
        found["early_removal_from"] = step.acting.book.due(start, kind.early_removal_after).day
    return found


@effect("new-term")
def new_term(step: Step) -> Mapping[str, Any]:
    """After fraud in the application the term starts anew (art. 21)."""
    kind = list_kind(step, step.day("decided_on"))
    cleared = ("applied_on", "accepted_on", "removed_on", "removal_reason", "repair_status")
    found: dict[str, Any] = dict.fromkeys(cleared)
    found["restored_on"] = step.effective
    return found | (_term(step, kind, step.effective) if kind else {})


@guard("early-removal-open")
def early_removal_open(step: Step) -> Refusal | None:
    """Not before the list's waiting time, and not while a statutory ban runs (art. 13)."""
    day = step.today if step.preview else step.effective
    kind = list_kind(step, step.day("decided_on"))
    first = step.day("early_removal_from")
    if kind is None or kind.early_removal_after is None or first is None:
        return Refusal(N_("This list knows no early removal."))
    if day < first:
        return Refusal(
            N_("Early removal can be applied for from {day}."),
            {"day": first.isoformat()},
            "applied_on",
        )
    ban = _ban(step)
    if "statutory-ban" in kind.early_removal_blocked_by and ban is not None and day <= ban:
        return Refusal(N_("A statutory ban runs until {day}."), {"day": ban.isoformat()})
    return None


def _ban(step: Step) -> date | None:
    """The last day of the longest ban: noted in the case, or imposed by its penalties."""
    noted = [step.facts.get("ban_until"), *(p.facts.get("ban_until") for p in _standing(step))]
    return max((date.fromisoformat(day) for day in noted if day), default=None)


@guard("conditions-met")
def conditions_met(step: Step) -> Refusal | None:
    """Early removal is granted only with every condition of the list confirmed (art. 18)."""
    names = ("obligations_performed", "harm_eliminated", "no_new_conduct")
    if not step.preview and not all(step.facts.get(name) for name in names):
        return Refusal(N_("Not every condition of early removal is confirmed."))
    return None


@guard("term-running")
def term_running(step: Step) -> Refusal | None:
    """Nothing is applied for or shown once the term has ended."""
    until = step.day("until")
    if until is not None and step.today > until:
        return Refusal(N_("The term has ended."))
    return None


@effect("removal")
def removal(step: Step) -> Mapping[str, Any]:
    """Day and reason of the removal, as its paper and the archive need them."""
    reasons = {"grant": "early-removal", "revoke": "revoked", "expire": "expired"}
    code = step.action.code if step.action else ""
    return {"removed_on": step.effective, "removal_reason": reasons.get(code, "revoked")}


@effect("refused-repair")
def refused_repair(step: Step) -> Mapping[str, Any]:
    """The application is over; a new one starts from nothing."""
    return {"applied_on": None, "accepted_on": None, "refused_on": step.effective}


@guard("removed-early")
def removed_early(step: Step) -> Refusal | None:
    """Restored is only what was removed early, on an application that was fraudulent."""
    if step.facts.get("removal_reason") != "early-removal":
        return Refusal(N_("Only a listing that was removed early can be restored."))
    return None
