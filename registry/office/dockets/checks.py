"""Whether a step may be taken: everything is looked at before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound, RegistryError
from registry.core.i18n import N_, Text
from registry.office.dockets import evidence, hooks, permission
from registry.office.dockets.hooks import Refusal, Refused, Step
from registry.office.dockets.models import Docket, DocketEvent, DocketLink, DocketParty
from registry.office.dockets.replay import entered_by, merged, since
from registry.office.dockets.shape import OPEN, Action, KindTable
from registry.office.staff.models import Authority
from registry.office.staff.officer import Acting

NOTHING: Mapping[str, Any] = MappingProxyType({})

WRONG_STATE = N_("The case is “{state}”: this step does not follow from there.")
MISSING_STEP = N_("Before this, the case needs: {step}.")
MISSING_EVIDENCE = N_("Proof is missing: {evidence}.")
FUTURE = N_("This date lies in the future.")
BEFORE_CAUSE = N_("This date lies before the step that it follows.")


class NotAllowed(Forbidden):
    """The role, the office or four eyes stand against it; the sentence says which."""

    def __init__(self, refusal: Refusal) -> None:
        # The sentence belongs to this refusal, the class only has a default for it.
        vars(self)["message"] = refusal.message
        self.refusal = refusal
        super().__init__(**refusal.params)


def authority_of(session: WorkingSession, docket: Docket) -> Authority:
    """The authority whose case it is. Raises ``NotFound``."""
    found = session.get(Authority, docket.authority_id)
    if found is None:
        raise NotFound
    return found


def sees(session: WorkingSession, acting: Acting, docket: Docket) -> bool:
    """Whether the docket lies in the officer's subtree."""
    officer = acting.officer
    return officer.concerns(docket.subject_id) and officer.sees(authority_of(session, docket).path)


def links_of(session: WorkingSession, docket: Docket) -> dict[str, list[int]]:
    """Ids of the dockets that this one is linked to, by relation."""
    found: dict[str, list[int]] = {}
    for link in session.exec(select(DocketLink).where(DocketLink.docket_id == docket.id)):
        found.setdefault(link.relation, []).append(link.other_id)
    return found


def parties_of(session: WorkingSession, docket: Docket) -> list[tuple[int, str]]:
    """Entity id and role of each party, in the order named."""
    query = select(DocketParty).where(
        DocketParty.docket_id == docket.id, col(DocketParty.removed_at).is_(None)
    )
    return [(p.entity_id, p.role) for p in session.exec(query.order_by(col(DocketParty.id)))]


def step_of(
    session: WorkingSession,
    table: KindTable,
    docket: Docket,
    *,
    acting: Acting | None,
    now: datetime,
    action: Action | None = None,
    log: Sequence[DocketEvent] = (),
    data: Mapping[str, Any] = NOTHING,
    effective: date | None = None,
    links: Mapping[str, list[int]] | None = None,
    parties: Sequence[tuple[int, str]] | None = None,
    preview: bool = False,
) -> Step:
    """What is done to a case as hooks see it; without ``action`` an opening or a refreshing.

    ``links`` and ``parties`` are read unless given, as for a case that is not stored yet.
    Raises ``InvalidInput`` for an impossible effective date.
    """
    today = legal_day(now)
    if effective is None:
        given = merged(docket.facts, data)
        effective = effective_day(table, action, given, data, today, log) if action else today
    return Step(
        session=session,
        table=table,
        docket=docket,
        action=action,
        acting=acting,
        now=now,
        today=today,
        effective=effective,
        data=data,
        facts=merged(docket.facts, data),
        events=log,
        preview=preview,
        links=links_of(session, docket) if links is None else links,
        parties=parties_of(session, docket) if parties is None else parties,
    )


def effective_day(
    table: KindTable,
    action: Action,
    facts: Mapping[str, Any],
    data: Mapping[str, Any],
    today: date,
    log: Sequence[DocketEvent],
) -> date:
    """The legal day from which the act counts: today, or the day that its data name.

    Raises ``InvalidInput`` for a day in the future or before what it follows, see ``_earliest``.
    """
    name = action.effective
    given = data.get(name) if name else None
    day = today if given is None else _legal_day(given)
    first = _earliest(table, action, facts, log)
    if day > today:
        raise InvalidInput({name: [FUTURE]})
    if first is not None and day < first:
        raise InvalidInput({name: [BEFORE_CAUSE]})
    return day


def _earliest(
    table: KindTable, action: Action, facts: Mapping[str, Any], log: Sequence[DocketEvent]
) -> date | None:
    """The first day on which the act can have been done; None where nothing came before it.

    An act that leads on follows the event that led to the present state. One that leaves the case
    where it is follows the event that brought it among the states in which the act is possible:
    a fine paid after service stays paid that day, though it was published before the payment was
    entered. Opening a case is the registry's act; the matter began when its table says.
    """
    stays = not action.to or bool(log and action.to == log[-1].to_state)
    cause = entered_by(log, action.from_states if stays else ())
    if cause is None:
        return None
    began = facts.get(table.begins) if cause.action == OPEN else None
    return min(cause.effective_on, _legal_day(began)) if began else cause.effective_on


def _legal_day(text: str) -> date:
    """The legal day of a fact that is a day or an instant."""
    return date.fromisoformat(text) if len(text) == 10 else legal_day(datetime.fromisoformat(text))


def refusal(step: Step) -> Refusal | None:
    """What can be said against the step, None if nothing."""
    action = _action(step)
    if step.docket.state not in action.from_states:
        return Refusal(WRONG_STATE, {"state": step.table.states[step.docket.state].title})
    found = may(step) if step.acting is not None else None
    if found is not None:
        return found
    for earlier in action.after:
        if not any(event.action == earlier for event in since(step.events, action.code)):
            return Refusal(MISSING_STEP, {"step": _title(step.table, earlier)})
    answers = (hooks.GUARDS[name](step) for name in action.guards)
    return next((answer for answer in answers if answer is not None), None)


def may(step: Step) -> Refusal | None:
    """Why the officer may not do the action, or a part of its chain; None if he may."""
    assert step.acting is not None  # noqa: S101 - asked only for officers
    action = _action(step)
    authority = authority_of(step.session, step.docket)
    for row in (action, *(step.table.action(code) for code in action.chain)):
        found = permission.refusal(
            row, step.docket, authority, officer=step.acting.officer, events=step.events
        )
        if found is not None:
            return found
    return None


def check_form(step: Step, reason: str, signature: str) -> None:
    """The reason and the signature that the action wants. Raises ``InvalidInput``."""
    action = _action(step)
    problems = happened(step.data, step.today, step.now)
    if action.reason and not reason:
        problems["reason"] = [N_("Say why.")]
    name = step.acting.officer.name if step.acting else ""
    if action.signature and signature != name:
        problems["signature"] = [N_("Sign with your own name as it stands in your account.")]
    if problems:
        raise InvalidInput(problems)


def happened(data: Mapping[str, Any], today: date, now: datetime) -> dict[str, list[str]]:
    """Facts called ``…_on`` and ``…_at`` have happened: none lies in the future."""
    texts = {name: value for name, value in data.items() if isinstance(value, str)}
    days = [k for k, v in texts.items() if k.endswith("_on") and v > today.isoformat()]
    instants = (k for k in texts if k.endswith("_at"))
    return {
        name: [FUTURE]
        for name in (*days, *(k for k in instants if datetime.fromisoformat(texts[k]) > now))
    }


def check(step: Step, used: Collection[int]) -> None:
    """Raises ``NotAllowed``, ``Refused`` or ``InvalidInput`` unless the step may be taken."""
    found = refusal(step)
    if found is not None:
        raise error(step, found)
    lacking = evidence.missing(step.session, step.docket, _action(step), used)
    if lacking:
        raise Refused(Refusal(MISSING_EVIDENCE, {"evidence": step.table.evidence[lacking[0]]}))


def error(step: Step, found: Refusal) -> RegistryError:
    """The refusal as an error: at its field, where the form has it."""
    if found.message in permission.MESSAGES:
        return NotAllowed(found)
    if found.field_name and found.field_name in step.data:
        return InvalidInput({found.field_name: [found.message]}, **found.params)
    return Refused(found)


def _action(step: Step) -> Action:
    assert step.action is not None  # noqa: S101 - only an opening has none
    return step.action


def _title(table: KindTable, code: str) -> Text | str:
    return table.actions[code].title if code in table.actions else code
