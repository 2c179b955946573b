"""What the desk shows of measures, and the figures that are published."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.office.punishments.models import Department, Notice, NoticeEvent
from registry.office.staff.models import Authority
from registry.public.indicators import definition

PAGE = 100


@dataclass(frozen=True)
class Row:
    """A notice with the department it went to."""

    notice: Notice
    department: Department
    overdue: bool


@dataclass(frozen=True)
class Standing:
    """A department with what is open at it."""

    department: Department
    to_apply: int
    to_lift: int
    overdue: int
    median_days: float | None
    """From the removal of a listing to the lifting of the measure."""


def departments(session: WorkingSession, authority_path: str) -> list[Department]:
    """Departments looked after in a subtree, by name."""
    query = (
        select(Department)
        .join(Authority, col(Authority.id) == Department.authority_id)
        .where(col(Authority.path).startswith(authority_path, autoescape=True))
        .order_by(col(Department.ended).is_not(None), col(Department.name))
    )
    return list(session.exec(query))


def standings(session: WorkingSession, found: Sequence[Department], today: date) -> list[Standing]:
    """How each department stands."""
    ids = [one.id for one in found]
    counts: dict[tuple[int, str], int] = {}
    query = (
        select(Notice.department_id, Notice.state, func.count())
        .where(col(Notice.department_id).in_(ids))
        .group_by(col(Notice.department_id), col(Notice.state))
    )
    for department_id, state, count in session.exec(query):
        counts[department_id, state] = count
    late = (
        select(Notice.department_id, func.count())
        .where(col(Notice.department_id).in_(ids), *_late(today))
        .group_by(col(Notice.department_id))
    )
    overdue = dict(session.exec(late).all())
    days = _lift_days(session, ids)
    return [
        Standing(
            one,
            counts.get((one.id or 0, "due"), 0) + counts.get((one.id or 0, "received"), 0),
            counts.get((one.id or 0, "lift-due"), 0),
            overdue.get(one.id or 0, 0),
            _median(days.get(one.id or 0, ())),
        )
        for one in found
    ]


def _lift_days(session: WorkingSession, ids: Sequence[int | None]) -> dict[int, list[int]]:
    query = select(Notice).where(
        col(Notice.department_id).in_(ids), col(Notice.lifted_on).is_not(None)
    )
    found: dict[int, list[int]] = {}
    for one in session.exec(query.execution_options(yield_per=1000)):
        if one.lift_since is not None and one.lifted_on is not None:
            days = max(0, (one.lifted_on - legal_day(one.lift_since)).days)
            found.setdefault(one.department_id, []).append(days)
    return found


def notices(
    session: WorkingSession,
    found: Sequence[Department],
    today: date,
    *,
    states: Sequence[str] = (),
    listing: str = "",
    overdue: bool = False,
    limit: int | None = PAGE,
) -> list[Row]:
    """Notices of these departments, overdue lifts first, then lifts, then the newest."""
    known = {one.id: one for one in found}
    query = select(Notice).where(col(Notice.department_id).in_(list(known)))
    if states:
        query = query.where(col(Notice.state).in_(states))
    if listing:
        query = query.where(Notice.listing == listing)
    if overdue:
        query = query.where(*_late(today))
    order = (col(Notice.state) != "lift-due", col(Notice.lift_by), col(Notice.id).desc())
    query = query.order_by(*order)
    if limit is not None:
        query = query.limit(limit)
    return [
        Row(one, known[one.department_id], one.lift_by is not None and _is_late(one, today))
        for one in session.exec(query)
    ]


def events(session: WorkingSession, notice_id: int) -> list[NoticeEvent]:
    """What happened to a notice, in order."""
    query = select(NoticeEvent).where(NoticeEvent.notice_id == notice_id)
    return list(session.exec(query.order_by(col(NoticeEvent.id))))


@dataclass(frozen=True)
class Figure:
    """One measure over all departments. None: too few, and so not published."""

    measure: str
    told: int | None
    applied: int | None
    median_days_to_apply: float | None
    lifted: int | None
    median_days_to_lift: float | None
    overdue_lifts: int | None


def figures(session: WorkingSession, today: date) -> list[Figure]:
    """By measure: how many were told, applied and lifted, and how long it took."""
    by_measure: dict[str, list[Notice]] = {}
    for one in session.exec(select(Notice).execution_options(yield_per=1000)):
        by_measure.setdefault(one.measure, []).append(one)
    below = definition.load().below
    return [_figure(code, by_measure[code], today, below) for code in sorted(by_measure)]


def _figure(code: str, found: Sequence[Notice], today: date, below: int) -> Figure:
    applied = [
        max(0, (one.applied_on - legal_day(one.since)).days) for one in found if one.applied_on
    ]
    lifted = [
        max(0, (one.lifted_on - legal_day(one.lift_since)).days)
        for one in found
        if one.lifted_on and one.lift_since
    ]
    return Figure(
        code,
        _shown(len(found), below),
        _shown(len(applied), below),
        _median(applied) if len(applied) >= below else None,
        _shown(len(lifted), below),
        _median(lifted) if len(lifted) >= below else None,
        _shown(sum(_is_late(one, today) for one in found), below),
    )


def _shown(count: int, below: int) -> int | None:
    return count if count == 0 or count >= below else None


def _median(days: Iterable[int]) -> float | None:
    known = list(days)
    return float(statistics.median(known)) if known else None


def _is_late(one: Notice, today: date) -> bool:
    return one.state == "lift-due" and one.lift_by is not None and one.lift_by < today


def _late(today: date) -> tuple[ColumnElement[bool], ...]:
    return (col(Notice.state) == "lift-due", col(Notice.lift_by) < today)
