"""Departments' answers as they come in. The office takes them over (``office.punishments``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import IntakeSession
from registry.core.errors import InvalidInput, NotFound
from registry.core.i18n import N_
from registry.public.measures import lifecycle
from registry.public.measures.lifecycle import Answer, State
from registry.public.measures.models import MeasureFeedback, MeasureTask

PAGE = 100


@dataclass(frozen=True)
class Feedback:
    """What a department says: what it did, on which day, why, under which number of its own."""

    answer: Answer
    day: date
    reason: str = ""
    reference: str = ""


def answer(
    session: IntakeSession, agency_id: int, token: str, given: Feedback, now: datetime
) -> MeasureTask:
    """Take an answer of the department's system; the task stands accordingly from now on.

    Raises ``NotFound`` (also for another's), ``InvalidInput``, ``AnswerRefused``.
    """
    query = select(MeasureTask).where(
        col(MeasureTask.token) == token, MeasureTask.agency_id == agency_id
    )
    task = session.exec(query.with_for_update()).first()
    if task is None:
        raise NotFound
    started = task.since if task.lift_since is None else task.lift_since
    check(given, legal_day(started), legal_day(now))
    task.state = lifecycle.after(cast(State, task.state), given.answer)
    task.changed = now
    session.add(
        MeasureFeedback(
            token=token,
            answer=given.answer,
            day=given.day,
            reason=given.reason,
            reference=given.reference,
            agency_id=agency_id,
            received=now,
        )
    )
    session.flush()
    return task


def check(given: Feedback, since: date, today: date) -> None:
    """Whether an answer says what it must. Raises ``InvalidInput`` by field."""
    wrong: dict[str, list[str]] = {}
    if given.day > today:
        wrong["on"] = [N_("This day lies in the future.")]
    elif given.day < since:
        wrong["on"] = [N_("This day lies before the measure fell due.")]
    if given.answer in lifecycle.REASONED and not given.reason.strip():
        wrong["reason"] = [N_("Say why the measure does not apply.")]
    if wrong:
        raise InvalidInput(wrong)


def due(
    session: IntakeSession,
    agency_id: int,
    *,
    states: tuple[str, ...],
    after: int = 0,
    limit: int = PAGE,
) -> list[MeasureTask]:
    """The agency's tasks in these states: lifts first, then as they came; ``after``: an id."""
    query = (
        select(MeasureTask)
        .where(
            MeasureTask.agency_id == agency_id,
            col(MeasureTask.state).in_(states),
            col(MeasureTask.id) > after,
        )
        .order_by(col(MeasureTask.id))
        .limit(limit)
    )
    return list(session.exec(query))


def refusals(session: IntakeSession, tokens: list[str]) -> dict[str, str]:
    """Codes of answers that the office could not take, by task; the last one counts."""
    query = (
        select(MeasureFeedback.token, MeasureFeedback.refused)
        .where(col(MeasureFeedback.token).in_(tokens), col(MeasureFeedback.refused).is_not(None))
        .order_by(col(MeasureFeedback.id))
    )
    return {token: refused or "" for token, refused in session.exec(query)}
