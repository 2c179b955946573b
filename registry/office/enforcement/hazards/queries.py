"""How many dangers were found, are gone, are overdue: counted from the cases, never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import ColumnElement, and_, case, exists, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import NotFound
from registry.office.dockets.models import Docket, DocketClock, DocketLapse
from registry.office.staff.models import Authority
from registry.office.staff.officer import Officer

DISCARDED = ("dismissed", "withdrawn")
CLOCKS = ("hazard.verify", "hazard.rectification", "hazard.acceptance")


def unverified() -> ColumnElement[bool]:
    """Alerts of a monitoring network at which nobody has looked: none is a danger yet."""
    number = col(Docket.facts)["alert_number"].as_string()
    return and_(col(Docket.state) == "reported", number.is_not(None))


@dataclass(frozen=True)
class Tally:
    """Dangers of one authority. ``found`` = ``open`` + ``eliminated``; ``overdue`` are open ones.

    ``lapses`` counts how often something lay there past its limit, dealt with since or not.
    ``alerts`` stand apart from all of these: nobody has verified them; ``alerts_late`` of them
    are past the limit for that.
    """

    authority_id: int
    authority: str
    found: int
    open: int
    overdue: int
    eliminated: int
    self_found: int
    lapses: int
    alerts: int
    alerts_late: int


def board(session: WorkingSession, officer: Officer, today: date) -> Sequence[Tally]:
    """One line per authority of the officer's subtree that has any danger or lapse."""
    late = exists().where(
        col(DocketClock.docket_id) == col(Docket.id),
        col(DocketClock.stopped_on).is_(None),
        col(DocketClock.code).in_(CLOCKS),
        col(DocketClock.breach_due) < today,
        col(DocketClock.provisional).is_(False),
    )
    alert = unverified()
    danger = ~alert
    is_open = and_(col(Docket.closed_at).is_(None), danger)
    origin = col(Docket.facts)["origin"].as_string()
    below = select(Authority.id).where(
        col(Authority.path).startswith(officer.authority_path, autoescape=True)
    )
    counted = (
        select_columns(
            col(Docket.authority_id).label("authority_id"),
            func.sum(case((danger, 1), else_=0)).label("found"),
            func.sum(case((is_open, 1), else_=0)).label("open"),
            func.sum(case((and_(is_open, late), 1), else_=0)).label("overdue"),
            func.sum(case((col(Docket.state) == "eliminated", 1), else_=0)).label("eliminated"),
            func.sum(case((and_(origin == "self-found", danger), 1), else_=0)).label("self_found"),
            func.sum(case((alert, 1), else_=0)).label("alerts"),
            func.sum(case((and_(alert, late), 1), else_=0)).label("alerts_late"),
        )
        .where(
            col(Docket.kind) == "hazard",
            col(Docket.state).not_in(DISCARDED),
            col(Docket.authority_id).in_(below),
        )
        .group_by(col(Docket.authority_id))
        .subquery()
    )
    lapses = (
        select_columns(
            col(DocketLapse.authority_id).label("authority_id"), func.count().label("lapses")
        )
        .where(col(DocketLapse.clock_code).in_(CLOCKS), col(DocketLapse.authority_id).in_(below))
        .group_by(col(DocketLapse.authority_id))
        .subquery()
    )
    query = (
        select_columns(col(Authority.id), col(Authority.name), counted, lapses.c.lapses)
        .join(counted, counted.c.authority_id == col(Authority.id), isouter=True)
        .join(lapses, lapses.c.authority_id == col(Authority.id), isouter=True)
        .where(
            col(Authority.id).in_(below),
            or_(counted.c.found.is_not(None), lapses.c.lapses.is_not(None)),
        )
        .order_by(col(Authority.path))
    )
    return [
        Tally(
            authority_id=row[0],
            authority=row[1],
            found=row.found or 0,
            open=row.open or 0,
            overdue=row.overdue or 0,
            eliminated=row.eliminated or 0,
            self_found=row.self_found or 0,
            lapses=row.lapses or 0,
            alerts=row.alerts or 0,
            alerts_late=row.alerts_late or 0,
        )
        for row in session.execute(query)
    ]


def total(rows: Sequence[Tally]) -> Tally:
    """The sum of the lines."""

    def of(name: str) -> int:
        return sum(int(getattr(row, name)) for row in rows)

    names = {one.name for one in fields(Tally)} - {"authority_id", "authority"}
    return Tally(authority_id=0, authority="", **{name: of(name) for name in names})


def listed(
    session: WorkingSession,
    officer: Officer,
    today: date,
    authority_id: int,
    *,
    overdue: bool,
    alerts: bool = False,
) -> Sequence[Docket]:
    """The open dangers behind a line, the longest overdue first; two hundred at most.

    ``alerts``: those that nobody has verified instead. Raises ``NotFound`` for an authority outside
    the officer's subtree.
    """
    unit = session.get(Authority, authority_id)
    if unit is None or not unit.path.startswith(officer.authority_path):
        raise NotFound
    query = (
        select(Docket)
        .join(DocketClock, col(DocketClock.docket_id) == col(Docket.id))
        .where(
            Docket.kind == "hazard",
            Docket.authority_id == authority_id,
            col(Docket.closed_at).is_(None),
            col(DocketClock.stopped_on).is_(None),
            col(DocketClock.code).in_(CLOCKS),
            unverified() if alerts else ~unverified(),
        )
        .order_by(col(DocketClock.first_due), col(Docket.id))
        .limit(200)
    )
    if overdue:
        query = query.where(col(DocketClock.breach_due) < today)
    return session.exec(query).all()
