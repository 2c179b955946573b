"""Acts on dockets: one path for every kind, every action, every caller.

``act`` checks everything first and writes then, in a savepoint, so that a refusal leaves nothing
behind. Two officers who act on the same version race for one row; the loser gets ``Conflict``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.errors import Conflict, Forbidden, NotFound
from registry.core.rules import Rulebook
from registry.office.audit import service as audit
from registry.office.dockets import (
    bases,
    checks,
    clocks,
    documents,
    followers,
    hooks,
    kinds,
    notes,
    permission,
    public,
)
from registry.office.dockets import evidence as files
from registry.office.dockets.checks import NOTHING
from registry.office.dockets.hooks import Refusal, Step
from registry.office.dockets.models import Docket, DocketEvent
from registry.office.dockets.replay import came_from, merged, plain
from registry.office.dockets.shape import BACK, Action
from registry.office.staff.officer import Acting


@dataclass(frozen=True)
class ActionView:
    """An action as the desk offers it. ``refusal`` says why it cannot be taken, None if it can."""

    action: Action
    refusal: Refusal | None
    missing_evidence: tuple[str, ...] = ()
    """Kinds of proof still to be attached; the form asks for them."""

    @property
    def allowed(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True)
class _Act:
    """What the caller gave, the same for every part of a chain."""

    acting: Acting | None
    now: datetime
    book: Rulebook
    data: Mapping[str, Any]
    used: Collection[int] = ()
    reason: str = ""
    signature: str = ""


def load(session: WorkingSession, docket_id: int, acting: Acting) -> Docket:
    """A docket in the officer's subtree. Raises ``NotFound``, also for one outside of it."""
    docket = session.get(Docket, docket_id)
    if docket is None or not checks.sees(session, acting, docket):
        raise NotFound
    return docket


def events(session: WorkingSession, docket: Docket) -> list[DocketEvent]:
    """The docket's log, oldest first."""
    query = select(DocketEvent).where(DocketEvent.docket_id == docket.id)
    return list(session.exec(query.order_by(col(DocketEvent.ordinal))))


def available(session: WorkingSession, docket: Docket, acting: Acting) -> list[ActionView]:
    """What follows from the docket's state, with the reason where it cannot be done by this
    officer or not yet. Actions of the registry itself are left out.
    """
    log = events(session, docket)
    offered = (one for one in kinds.get(docket.kind).from_state(docket.state) if not one.system)
    found = [_view(session, docket, action, acting, log) for action in offered]
    return sorted(found, key=lambda view: not view.allowed)


def view(session: WorkingSession, docket: Docket, code: str, acting: Acting) -> ActionView:
    """One action as the desk shows it, with the reason where it does not follow from the state.

    A page may be older than the case: whoever comes too late learns so. Raises ``NotFound`` for
    an action that the kind does not have, or that only the registry does.
    """
    action = kinds.get(docket.kind).action(code)
    if action.system:
        raise NotFound
    return _view(session, docket, action, acting, events(session, docket))


def _view(
    session: WorkingSession, docket: Docket, action: Action, acting: Acting, log: list[DocketEvent]
) -> ActionView:
    table = kinds.get(docket.kind)
    step = checks.step_of(
        session, table, docket, action=action, acting=acting, now=acting.now, log=log,
        preview=True,
    )  # fmt: skip
    parts = [action, *(table.action(code) for code in action.chain)]
    lacking = [kind for part in parts for kind in files.missing(session, docket, part, ())]
    return ActionView(action, checks.refusal(step), tuple(dict.fromkeys(lacking)))


def act(
    session: WorkingSession,
    docket: Docket,
    action: str,
    acting: Acting,
    *,
    version: int,
    data: Mapping[str, Any] = NOTHING,
    evidence: Collection[int] = (),
    reason: str = "",
    signature: str = "",
) -> Docket:
    """Do ``action`` as the table of the kind has it; gives the docket after it.

    ``version`` is the one the officer saw. ``data`` was loaded with the action's field set.
    ``evidence`` holds ids of attached files that prove the act, beside those not yet used.
    ``signature`` is the officer's own name where the act must be signed.
    Raises ``Conflict`` when another officer was first, ``Forbidden`` for a wrong role or the
    drafter himself, ``NotFound`` outside his subtree, ``Refused`` when state, law or an earlier
    act forbid it, ``InvalidInput`` for a date before its cause or in the future and for what a
    demanded document lacks.
    """
    if not checks.sees(session, acting, docket):
        raise NotFound
    given = _Act(
        acting=acting,
        now=acting.now,
        book=acting.book,
        data=plain(data),
        used=evidence,
        reason=reason.strip(),
        signature=signature.strip(),
    )
    return _run(session, docket, action, given, version=version)


def act_as_registry(
    session: WorkingSession,
    docket: Docket,
    action: str,
    *,
    now: datetime,
    book: Rulebook,
    data: Mapping[str, Any] = NOTHING,
) -> Docket:
    """Do a ``system`` action, such as the end of a term. Raises ``Forbidden`` for any other."""
    if not kinds.get(docket.kind).action(action).system:
        raise Forbidden
    given = _Act(acting=None, now=now, book=book, data=plain(data))
    return _run(session, docket, action, given, version=docket.version)


def _run(
    session: WorkingSession, docket: Docket, code: str, given: _Act, *, version: int
) -> Docket:
    if docket.version != version:
        raise Conflict
    try:
        with session.begin_nested():
            _take(session, docket, code, given)
    except BaseException:
        # The savepoint took the rows back; what this session read within it must go, too.
        session.expire(docket)
        raise
    return docket


def _take(session: WorkingSession, docket: Docket, code: str, given: _Act) -> None:
    table = kinds.get(docket.kind)
    row = table.action(code)
    for place, part in enumerate([table.action(c) for c in row.chain] or [row]):
        step = checks.step_of(
            session,
            table,
            docket,
            action=part,
            acting=given.acting,
            now=given.now,
            log=events(session, docket),
            data=given.data,
        )
        if place == 0:
            _check_whole(replace(step, action=row), given)
        checks.check(step, given.used)
        _write(step, given, first=place == 0)


def _check_whole(step: Step, given: _Act) -> None:
    found = checks.refusal(step)
    if found is not None:
        raise checks.error(step, found)
    checks.check_form(step, given.reason, given.signature)


def _write(step: Step, given: _Act, *, first: bool) -> None:
    action, docket, session = step.action, step.docket, step.session
    assert action is not None and docket.id is not None  # noqa: S101 - a stored docket's action
    # First of all, so that whoever comes second stops here and not halfway through an effect.
    notes.claim(session, docket)
    patch = dict(given.data) if first else {}
    stale = _stale_redactions(step, patch)
    patch |= stale
    step.facts = merged(step.facts, stale)
    for name in action.effects:
        found = plain(hooks.EFFECTS[name](step))
        patch.update(found)
        step.facts = merged(step.facts, found)
    papers = [documents.draw_up(step, code) for code in action.documents]
    before, after = docket.state, _target(step, action)
    shown = docket.public_id
    patch.update(public.carry_out(step, action.publish))
    docket.facts = merged(docket.facts, patch)
    _move(step, action, after)
    event = _event(step, given, before=before, patch=patch)
    session.add_all((docket, event))
    session.flush()
    files.consume(session, docket, action, given.used, event_id=event.id or 0)
    documents.keep(session, docket, event, papers)
    day, instant = _met(step, action, given)
    clocks.stop(session, docket.id, action.stops, day, step.now, instant)
    clocks.start(session, docket.id, clocks.dues(step, given.book, action.starts), step.now)
    if step.table.states[after].closed and before != after:
        begun = {start.code for start in action.starts}
        clocks.stop_all(session, docket.id, step.effective, step.now, keep=begun)
    session.flush()
    if before != after:
        bases.tell(session, docket, before, step.effective, now=step.now, book=given.book)
    if docket.public_id != shown:
        for other, code in followers.of(step):
            act_as_registry(session, other, code, now=given.now, book=given.book)
    _audit(session, docket, event)


def _met(step: Step, action: Action, given: _Act) -> tuple[date, datetime | None]:
    """When what the stopped clocks asked for was done: with the act, or as its field says."""
    told = given.data.get(action.stops_at) if action.stops_at else None
    if told is None:
        return step.effective, step.at
    instant = datetime.fromisoformat(told)
    return legal_day(instant), instant


def _stale_redactions(step: Step, patch: Mapping[str, Any]) -> dict[str, None]:
    """Redactions of texts that the act rewrites: the old wording must not hide the new one."""
    known = step.docket.facts
    rewritten = (n for n in step.table.redactable if n in patch and patch[n] != known.get(n))
    return {f"{n}_public": None for n in rewritten if f"{n}_public" in known}


def _target(step: Step, action: Action) -> str:
    if action.to == BACK:
        return came_from(step.events) or step.docket.state
    return action.to or step.docket.state


def _move(step: Step, action: Action, after: str) -> None:
    docket = step.docket
    closed = step.table.states[after].closed
    docket.state = after
    docket.closed_at = (docket.closed_at or step.now) if closed else None
    if action.drafts and step.acting is not None:
        docket.drafted_by = step.acting.officer.account_id
    ends_on = docket.facts.get("until")
    docket.ends_on = date.fromisoformat(ends_on) if ends_on else None
    docket.counted_as = step.table.counted_as(docket.facts)


def _event(step: Step, given: _Act, *, before: str, patch: dict[str, Any]) -> DocketEvent:
    acting, docket, action = step.acting, step.docket, step.action
    assert action is not None and docket.id is not None  # noqa: S101 - a stored docket's action
    return DocketEvent(
        docket_id=docket.id,
        ordinal=docket.version,
        action=action.code,
        from_state=before,
        to_state=docket.state,
        actor_id=acting.officer.account_id if acting else None,
        acting_as=permission.stands_in_for(acting, docket) if acting else None,
        identities=sorted(acting.officer.identities) if acting else [],
        recorded_at=step.now,
        effective_on=step.effective,
        reason=given.reason,
        data=patch,
        signature_name=given.signature,
    )


def _audit(session: WorkingSession, docket: Docket, event: DocketEvent) -> None:
    audit.record(
        session,
        actor=event.actor_id,
        action="dockets:docket:acted",
        subject=f"docket:{docket.id}",
        detail={
            "kind": docket.kind,
            "act": event.action,
            "to": event.to_state,
            "ordinal": event.ordinal,
            "acting_as": event.acting_as,
        },
        now=event.recorded_at,
    )
