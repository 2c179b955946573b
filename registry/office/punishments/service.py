"""Looking after departments, and noting what they answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.codes import regions
from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.core.i18n import N_
from registry.core.rules import Rulebook, Rules
from registry.office.audit.service import record
from registry.office.punishments import telling
from registry.office.punishments.models import Department, Notice, NoticeEvent
from registry.office.staff.models import Authority
from registry.office.staff.officer import CASEWORK, Acting
from registry.public.measures import lifecycle
from registry.public.measures.lifecycle import State
from registry.public.measures.service import Feedback, check

REMIND = "measure.remind"
"""The deadline of rules/deadlines after which a department is reminded, again and again."""


@dataclass(frozen=True)
class DepartmentDraft:
    """A department as it is entered. ``agency_id``: its agency, where it has a system.

    ``authority_id``: whose officers look after it; None for the administrator's own.
    """

    name: str
    kind: str
    region: str
    measures: Sequence[str] = ()
    agency_id: int | None = None
    authority_id: int | None = None


def add_department(session: WorkingSession, acting: Acting, draft: DepartmentDraft) -> Department:
    """A department that is told from now on, and of everything that stands published.

    By an administrator of an authority in whose subtree it will be looked after.
    Raises ``Forbidden``, ``InvalidInput``.
    """
    _administers(acting)
    _check(session, acting.rules, draft)
    authority_id = draft.authority_id or acting.officer.authority_id
    owner = session.get(Authority, authority_id)
    if owner is None or not acting.officer.sees(owner.path):
        raise Forbidden
    added = Department(
        name=draft.name.strip(),
        kind=draft.kind,
        region=draft.region,
        measures=sorted(set(draft.measures)),
        agency_id=draft.agency_id,
        authority_id=authority_id,
        created=acting.now,
    )
    session.add(added)
    session.flush()
    _audit(session, acting, "punishments:department:added", f"department:{added.id}")
    return added


def end_department(session: WorkingSession, acting: Acting, department_id: int) -> Department:
    """The department gets nothing new; what it applied it must still lift."""
    _administers(acting)
    found = department(session, acting, department_id)
    if found.ended is None:
        found.ended = acting.now
        _audit(session, acting, "punishments:department:ended", f"department:{found.id}")
    session.flush()
    return found


def department(session: WorkingSession, acting: Acting, department_id: int) -> Department:
    """A department of the officer's subtree. Raises ``NotFound``."""
    found = session.get(Department, department_id)
    owner = session.get(Authority, found.authority_id) if found else None
    if found is None or owner is None or not acting.officer.sees(owner.path):
        raise NotFound
    return found


def notice(session: WorkingSession, acting: Acting, token: str) -> Notice:
    """A notice of the officer's subtree. Raises ``NotFound``."""
    found = session.exec(select(Notice).where(col(Notice.token) == token)).first()
    if found is None:
        raise NotFound
    department(session, acting, found.department_id)
    return found


def note_answer(session: WorkingSession, acting: Acting, token: str, given: Feedback) -> Notice:
    """Note what a department without a system has answered on paper.

    Raises ``NotFound``, ``Forbidden``, ``InvalidInput``, ``AnswerRefused``.
    """
    if not acting.officer.has(*CASEWORK):
        raise Forbidden
    found = notice(session, acting, token)
    take(session, found, given, acting.now, account_id=acting.officer.account_id)
    detail = {"answer": given.answer, "measure": found.measure, "listing": found.listing}
    _audit(session, acting, "punishments:answer:noted", f"measure:{found.token}", detail)
    return found


def take(
    session: WorkingSession,
    found: Notice,
    given: Feedback,
    now: datetime,
    *,
    account_id: int | None = None,
    feedback_id: int | None = None,
) -> None:
    """Move a notice by an answer. Raises ``InvalidInput``, ``AnswerRefused``."""
    started = found.since if found.lift_since is None else found.lift_since
    check(given, legal_day(started), legal_day(now))
    state = lifecycle.after(cast(State, found.state), given.answer)
    if given.answer == "received":
        found.received = found.received or now
    if given.answer == "applied":
        found.applied_on = given.day
    if given.answer == "not-applicable":
        found.applied_on = None
    if given.answer == "lifted":
        found.lifted_on = given.day
    found.state = state
    found.version += 1
    telling.note(
        session,
        found,
        given.answer,
        now,
        day=given.day,
        reason=given.reason,
        reference=given.reference,
        account_id=account_id,
        feedback_id=feedback_id,
    )
    session.flush()


def remind(session: WorkingSession, book: Rulebook, now: datetime) -> int:
    """Remind of every lift that has waited longer than the rules allow; how many those were."""
    today = legal_day(now)
    term = book.on(today).deadline(REMIND).target
    if term is None:
        return 0
    reminded = 0
    for found in session.exec(select(Notice).where(Notice.state == "lift-due")):
        last = found.reminded or found.lift_since
        if last is None or book.due(legal_day(last), term).day >= today:
            continue
        found.reminded = now
        found.reminders += 1
        found.version += 1
        telling.note(session, found, "reminded", now)
        reminded += 1
    session.flush()
    return reminded


def taken(session: WorkingSession, feedback_id: int) -> bool:
    """Whether an answer of the intake store has been taken before."""
    query = select(NoticeEvent.id).where(NoticeEvent.feedback_id == feedback_id)
    return session.exec(query).first() is not None


def is_overdue(found: Notice, today: date) -> bool:
    """Whether the legal time for lifting is over."""
    return found.state == "lift-due" and found.lift_by is not None and found.lift_by < today


def _administers(acting: Acting) -> None:
    if not acting.officer.has("administrator"):
        raise Forbidden


def _check(session: WorkingSession, rules: Rules, draft: DepartmentDraft) -> None:
    wrong: dict[str, list[str]] = {}
    if not draft.name.strip():
        wrong["name"] = [N_("This must be filled in.")]
    if draft.kind not in rules.table("departments") or draft.kind == "all":
        wrong["kind"] = [N_("This is not one of the choices.")]
    if draft.region != telling.NATIONAL and regions.region(draft.region) is None:
        wrong["region"] = [N_("There is no region with this code.")]
    executed = {
        code for code, one in rules.measures.items() if {"all", draft.kind} & set(one.departments)
    }
    if not set(draft.measures) <= executed:
        wrong["measures"] = [N_("The catalogue does not give this measure to the department.")]
    if draft.agency_id is not None:
        query = select(Department.id).where(Department.agency_id == draft.agency_id)
        if session.exec(query).first() is not None:
            wrong["agency_id"] = [N_("Another department has this agency already.")]
    if wrong:
        raise InvalidInput(wrong)


def _audit(
    session: WorkingSession,
    acting: Acting,
    action: str,
    subject: str,
    detail: Mapping[str, object] | None = None,
) -> None:
    record(
        session,
        actor=acting.officer.account_id,
        action=action,
        subject=subject,
        detail=detail or {},
        now=acting.now,
    )
