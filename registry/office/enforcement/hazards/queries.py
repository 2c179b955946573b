"""How many dangers were found, are gone, are overdue: counted from the cases, never stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import NotFound
from registry.office.dockets.models import Docket, DocketClock, DocketLapse
from registry.office.enforcement.exemption import SELF_FOUND
from registry.office.staff.models import Authority
from registry.office.staff.officer import Officer

DISCARDED = ("dismissed", "withdrawn")
CLOCKS = ("hazard.verify", "hazard.rectification", "hazard.acceptance")

NONE: Mapping[str, int] = dict.fromkeys(("found", "open", "overdue", "eliminated", "self_found"), 0)
Row = Mapping[str, int]


def unverified() -> ColumnElement[bool]:
    """Alerts of a monitoring network at which nobody has looked: none is a danger yet.

    The state comes first: facts are read of what is still to be verified only.
    """
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
    below = select_columns(col(Authority.id)).where(
        col(Authority.path).startswith(officer.authority_path, autoescape=True)
    )
    counted = _counts(session, below, today)
    apart = _counts(session, below, today, only=unverified())
    query = (
        select_columns(col(DocketLapse.authority_id), func.count())
        .where(col(DocketLapse.clock_code).in_(CLOCKS), col(DocketLapse.authority_id).in_(below))
        .group_by(col(DocketLapse.authority_id))
    )
    lapses = {authority_id: count for authority_id, count in session.execute(query)}
    units = (
        select(Authority)
        .where(col(Authority.id).in_(sorted({*counted, *lapses})))
        .order_by(col(Authority.path))
    )
    return [
        _tally(one, counted.get(one.id or 0), apart.get(one.id or 0), lapses.get(one.id or 0, 0))
        for one in session.exec(units)
    ]


def _counts(
    session: WorkingSession,
    below: Select[Any],
    today: date,
    only: ColumnElement[bool] | None = None,
) -> dict[int, Row]:
    """Counts by authority of all cases that are not discarded, or of ``only`` these.

    Without ``only`` it asks for nothing that ``ix_docket_counted`` does not hold: the facts of
    what a province has found in years stay unread.
    """
    late = exists().where(
        col(DocketClock.docket_id) == col(Docket.id),
        col(DocketClock.stopped_on).is_(None),
        col(DocketClock.code).in_(CLOCKS),
        col(DocketClock.breach_due) < today,
        col(DocketClock.provisional).is_(False),
    )
    is_open = col(Docket.closed_at).is_(None)

    def number(what: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((what, 1), else_=0))

    columns: list[ColumnElement[Any]] = [
        col(Docket.authority_id).label("authority_id"),
        func.count().label("found"),
        number(is_open).label("open"),
        number(and_(is_open, late)).label("overdue"),
        number(col(Docket.state) == "eliminated").label("eliminated"),
        number(col(Docket.counted_as) == SELF_FOUND).label("self_found"),
    ]
    found = select_columns(*columns).where(
        col(Docket.kind) == "hazard",
        col(Docket.state).not_in(DISCARDED),
        col(Docket.authority_id).in_(below),
    )
    query = (found if only is None else found.where(only)).group_by(col(Docket.authority_id))
    return {row.authority_id: dict(row._mapping) for row in session.execute(query)}


def _tally(unit: Authority, counted: Row | None, alerts: Row | None, lapses: int) -> Tally:
    """Alerts that nobody has verified are taken out of what was counted, and told apart."""
    every, apart = counted or NONE, alerts or NONE
    return Tally(
        authority_id=unit.id or 0,
        authority=unit.name,
        lapses=lapses,
        alerts=apart["found"],
        alerts_late=apart["overdue"],
        **{name: every[name] - apart[name] for name in NONE},
    )


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
