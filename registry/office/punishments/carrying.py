"""Between the two sides: answers come in, notices go out. Each step can be repeated safely."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlmodel import col, select

from registry.core.db import IntakeSession, Store, WorkingSession
from registry.core.errors import RegistryError
from registry.office.audit.service import record
from registry.office.punishments import service
from registry.office.punishments.models import Department, Notice
from registry.public.measures.lifecycle import Answer
from registry.public.measures.models import MeasureFeedback, MeasureTask
from registry.public.measures.service import Feedback
from registry.public.webhooks import service as webhooks

BATCH = 200


def waits(intake: IntakeSession) -> bool:
    """Whether an answer is on its way; cheap, without a lock."""
    query = select(MeasureFeedback.id).where(col(MeasureFeedback.carried).is_(None))
    return intake.exec(query.limit(1)).first() is not None


def untold(working: WorkingSession) -> bool:
    """Whether a notice changed since it was told; cheap, without a lock."""
    query = select(Notice.id).where(col(Notice.told) < col(Notice.version))
    return working.exec(query.limit(1)).first() is not None


def take_in(working: Store[WorkingSession], intake: Store[IntakeSession], now: datetime) -> int:
    """Carry departments' answers into the working store, audited; how many there were.

    The working store commits first and knows each answer by its number, so a crash in between
    repeats the answer, which then changes nothing.
    """
    query = (
        select(MeasureFeedback)
        .where(col(MeasureFeedback.carried).is_(None))
        .order_by(col(MeasureFeedback.id))
        .limit(BATCH)
    )
    with intake.read() as session:
        waiting = list(session.exec(query))
    for given in waiting:
        refused = _take(working, given, now)
        with intake.write() as session:
            row = session.get(MeasureFeedback, given.id)
            if row is not None:
                row.carried, row.refused = now, refused
                row.reason = row.reference = ""
    return len(waiting)


def _take(working: Store[WorkingSession], given: MeasureFeedback, now: datetime) -> str | None:
    """Move the notice; the code of the refusal, if it was one."""
    try:
        with working.write() as session:
            if service.taken(session, given.id or 0):
                return None
            query = select(Notice).where(col(Notice.token) == given.token)
            found = session.exec(query).one()
            said = Feedback(cast(Answer, given.answer), given.day, given.reason, given.reference)
            service.take(session, found, said, given.received, feedback_id=given.id)
            detail = {
                "answer": given.answer,
                "measure": found.measure,
                "listing": found.listing,
                "agency": given.agency_id,
            }
            record(
                session,
                actor=None,
                action="punishments:answer:received",
                subject=f"measure:{found.token}",
                detail=detail,
                now=now,
            )
    except RegistryError as error:
        # Another answer, or the office, was first. What the department sees is mended below.
        _again(working, given.token)
        return error.code
    return None


def _again(working: Store[WorkingSession], token: str) -> None:
    with working.write() as session:
        found = session.exec(select(Notice).where(col(Notice.token) == token)).one()
        found.version += 1


def tell(working: Store[WorkingSession], intake: Store[IntakeSession], now: datetime) -> int:
    """Put what changed where departments' systems read it, and call them; lifts first."""
    query = (
        select(Notice, Department.agency_id)
        .join(Department, col(Department.id) == Notice.department_id)
        .where(col(Notice.told) < col(Notice.version))
        .order_by(col(Notice.state) != "lift-due", col(Notice.id))
        .limit(BATCH)
    )
    with working.read() as session:
        changed = [(notice, agency) for notice, agency in session.exec(query)]
    if not changed:
        return 0
    with intake.write() as session:
        pending = _pending(session, [notice.token for notice, _ in changed])
        for notice, agency in changed:
            if agency is not None and notice.token not in pending:
                _project(session, notice, agency, now)
    with working.write() as session:
        for notice, _ in changed:
            row = session.get(Notice, notice.id)
            if row is not None and notice.token not in pending:
                row.told = notice.version
    return len(changed) - len(pending)


def _pending(session: IntakeSession, tokens: list[str]) -> set[str]:
    """Notices with an answer that is still on its way: it is taken in first."""
    query = select(MeasureFeedback.token).where(
        col(MeasureFeedback.token).in_(tokens), col(MeasureFeedback.carried).is_(None)
    )
    return set(session.exec(query))


def _project(session: IntakeSession, notice: Notice, agency: int, now: datetime) -> None:
    task = session.exec(select(MeasureTask).where(col(MeasureTask.token) == notice.token)).first()
    fresh = task is None
    if task is None:
        task = MeasureTask(
            token=notice.token,
            agency_id=agency,
            listing=notice.listing,
            measure=notice.measure,
            state=notice.state,
            since=notice.since,
            changed=now,
        )
        session.add(task)
    lifts = notice.state == "lift-due" and (
        task.lift_since != notice.lift_since or task.reminders < notice.reminders
    )
    anew = notice.state == "due" and (fresh or task.since != notice.since)
    task.agency_id, task.state, task.since = agency, notice.state, notice.since
    task.lift_since, task.lift_by = notice.lift_since, notice.lift_by
    task.reminders, task.changed = notice.reminders, now
    session.flush()
    if lifts or anew:
        _call(session, task, "measure.lift" if lifts else "measure.due", now)


def _call(session: IntakeSession, task: MeasureTask, event: str, now: datetime) -> None:
    said: dict[str, object] = {
        "id": task.token,
        "listing": task.listing,
        "measure": task.measure,
    }
    if task.lift_by is not None:
        said |= {"lift_by": task.lift_by.isoformat(), "reminder": task.reminders}
    webhooks.emit(session, event, said, now=now, agencies=[task.agency_id])
