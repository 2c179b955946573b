"""Reading tips in clear: the queue of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func
from sqlalchemy import select as columns
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.office.dockets.clockview import DUE_SOON
from registry.office.dockets.models import Docket, DocketClock
from registry.office.staff.models import Authority
from registry.office.staff.officer import Acting
from registry.office.tips.models import Tip, TipKey, TipRecusal

PAGE = 50
FOLLOW_UP = "tip.follow_up"
"""Clock of the visit against retaliation: the one that runs in a closed case."""


@dataclass(frozen=True)
class Row:
    """A tip in the queue. ``mine``: sealed to this officer's key."""

    tip: Tip
    docket: Docket
    authority: str
    due: date | None
    mine: bool


@dataclass(frozen=True)
class Queue:
    """A page of the queue."""

    rows: Sequence[Row]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def _visit_due(today: date) -> ColumnElement[bool]:
    """Closed, but the reporter is to be visited within the week, or should have been."""
    return exists().where(
        col(DocketClock.docket_id) == col(Docket.id),
        col(DocketClock.code) == FOLLOW_UP,
        col(DocketClock.stopped_on).is_(None),
        col(DocketClock.first_due) <= today + DUE_SOON,
    )


def queue(
    session: WorkingSession,
    acting: Acting,
    key_id: str,
    *,
    category: str = "",
    region: str = "",
    state: str = "",
    closed: bool = False,
    page: int = 1,
) -> Queue:
    """Tips of the officer's subtree, what is due first; those he is excluded from left out.

    Of the closed ones only those with a follow-up visit due, unless all are asked for.
    """
    wanted: list[ColumnElement[bool]] = [
        col(Authority.path).startswith(acting.officer.authority_path, autoescape=True),
        ~exists().where(
            col(TipRecusal.docket_id) == col(Tip.docket_id),
            col(TipRecusal.account_id).in_(acting.officer.identities),
        ),
    ]
    if category:
        wanted.append(col(Tip.category) == category)
    if region:
        wanted.append(col(Docket.region).startswith(region.rstrip("0") or "", autoescape=True))
    if state:
        wanted.append(col(Docket.state) == state)
    elif not closed:
        wanted.append(col(Docket.closed_at).is_(None) | _visit_due(acting.today))
    due = (
        select(func.min(DocketClock.first_due))
        .where(DocketClock.docket_id == Docket.id, col(DocketClock.stopped_on).is_(None))
        .correlate(Docket)
        .scalar_subquery()
    )
    key = and_(col(TipKey.docket_id) == col(Tip.docket_id), col(TipKey.key_id) == key_id)
    base = (
        columns(Tip, Docket, col(Authority.name), due, col(TipKey.key_id))
        .join(Docket, col(Docket.id) == col(Tip.docket_id))
        .join(Authority, col(Authority.id) == col(Docket.authority_id))
        .join(TipKey, key, isouter=True)
        .where(*wanted)
    )
    total = session.exec(select(func.count()).select_from(base.subquery())).one()
    order = base.order_by(due.is_(None), due, col(Tip.number))
    found = session.execute(order.offset((page - 1) * PAGE).limit(PAGE))
    rows = [Row(tip, docket, name, day, bool(mine)) for tip, docket, name, day, mine in found]
    return Queue(rows, total, page)
