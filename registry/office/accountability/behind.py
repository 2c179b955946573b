"""The cases behind a number of ``standings``: which, why, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.i18n import Text
from registry.office.accountability import standings
from registry.office.accountability.standings import Span, Whose
from registry.office.dockets import kinds, standing
from registry.office.dockets.clockview import clock_title
from registry.office.dockets.models import Docket, DocketClock, DocketEvent, DocketLapse

PAGE = 50
COUNT_LIMIT = 1000

What = Literal["open", "due", "overdue", "returned", "lapsed"]
WHATS: tuple[What, ...] = get_args(What)


@dataclass(frozen=True)
class Row:
    """A case behind a number, and what brought it there."""

    docket: Docket
    kind: Text
    state: Text
    why: Text
    day: date | None
    reason: str = ""


@dataclass(frozen=True)
class Rows:
    """A page of ``Row``; ``total`` stops counting at ``COUNT_LIMIT``."""

    rows: Sequence[Row]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def rows(
    session: WorkingSession, whose: Whose, span: Span, what: What, *, kind: str = "", page: int = 1
) -> Rows:
    """The cases behind a number, the longest waiting first; what was sent back, newest first."""
    query, ordered = _listing(whose, span, what)
    if kind:
        query = query.where(col(Docket.kind) == kind)
    counted = query.with_only_columns(col(Docket.id)).order_by(None).limit(COUNT_LIMIT)
    total = session.scalar(select(func.count()).select_from(counted.subquery())) or 0
    start = (max(page, 1) - 1) * PAGE
    found = session.execute(query.order_by(*ordered).limit(PAGE).offset(start)).all()
    return Rows([_row(*one) for one in found], total, page)


def _listing(whose: Whose, span: Span, what: What) -> tuple[Any, Sequence[Any]]:
    if what == "open":
        query: Any = select_columns(Docket).where(
            standing.is_open(span.day, span.today), standings.scope_of(whose)
        )
        return query, (col(Docket.id),)
    if what == "returned":
        query = (
            select_columns(Docket, DocketEvent)
            .join(DocketEvent, col(DocketEvent.docket_id) == col(Docket.id))
            .where(standings.sent_back(span), standings.return_scope(whose))
        )
        return query, (col(DocketEvent.recorded_at).desc(), col(DocketEvent.id).desc())
    if what == "lapsed":
        query = (
            select_columns(Docket, DocketLapse)
            .join(DocketLapse, col(DocketLapse.docket_id) == col(Docket.id))
            .where(
                standings.lapse_scope(whose),
                col(DocketLapse.noted_on) >= span.since,
                col(DocketLapse.noted_on) <= span.day,
            )
        )
        return query, (col(DocketLapse.noted_on).desc(), col(DocketLapse.id).desc())
    wanted = standing.is_overdue if what == "overdue" else standing.is_due_soon
    query = (
        select_columns(Docket, DocketClock)
        .join(DocketClock, col(DocketClock.docket_id) == col(Docket.id))
        .where(wanted(span.day, span.today), standings.scope_of(whose))
    )
    return query, (col(DocketClock.first_due), col(DocketClock.id))


def _row(docket: Docket, because: Any = None) -> Row:
    table = kinds.get(docket.kind)
    state = table.states[docket.state].title
    if isinstance(because, DocketClock):
        last = because.breach_due or because.first_due
        return Row(docket, table.title, state, clock_title(because, None), last)
    if isinstance(because, DocketEvent):
        act = table.actions[because.action].title
        return Row(docket, table.title, state, act, because.effective_on, because.reason)
    if isinstance(because, DocketLapse):
        act = next((a.title for a in table.actions.values() if a.overdue == because.clock_code),
                   table.title)  # fmt: skip
        return Row(docket, table.title, state, act, because.due)
    return Row(docket, table.title, state, state, legal_day(docket.opened_at))
