"""Reading dockets: the desk, lists, one case's time line and clocks, deadlines of an installation.

Everything is bounded: a desk shows the first rows of each heap with a count that stops at
``COUNT_LIMIT``, lists are paged, subtrees are resolved in the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.i18n import Text
from registry.office.dockets import kinds
from registry.office.dockets.clockview import (
    DUE_SOON,
    ClockView,
    clock_view,
)
from registry.office.dockets.models import (
    Docket,
    DocketClock,
    DocketLapse,
    DocketParty,
)
from registry.office.staff.models import Authority
from registry.office.staff.officer import CASEWORK, Officer

PAGE = 50
DESK_ROWS = 20
COUNT_LIMIT = 1000


@dataclass(frozen=True)
class Heap:
    """The first rows of a part of the desk; ``total`` stops counting at ``COUNT_LIMIT``."""

    rows: Sequence[DeskItem]
    total: int


@dataclass(frozen=True)
class DeskItem:
    """A case on the desk, with the clock that brought it there, if one did."""

    docket: Docket
    state: Text
    kind: Text
    clock: ClockView | None = None


@dataclass(frozen=True)
class DeskView:
    """What an officer finds in the morning."""

    waiting: Heap
    due: Heap
    overdue: Heap
    raised: Heap
    """What others let lie and climbed to the officer's own authority."""


@dataclass(frozen=True)
class Filters:
    """What narrows a list of cases; empty values narrow nothing."""

    kind: str = ""
    state: str = ""
    authority_id: int | None = None
    region: str = ""
    text: str = ""
    subject_ids: Sequence[int] = field(default_factory=tuple)
    """Entities whose name matched ``text``: found by the room above."""
    open: bool = False
    mine: bool = False


@dataclass(frozen=True)
class CasePage:
    """A page of cases, newest first; ``total`` stops counting at ``COUNT_LIMIT``."""

    rows: Sequence[DeskItem]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def desk(session: WorkingSession, officer: Officer, today: date) -> DeskView:
    """What waits for the officer, what is due within a week, what is overdue."""
    soon = today + DUE_SOON
    due = and_(col(DocketClock.first_due) >= today, col(DocketClock.first_due) <= soon)
    return DeskView(
        waiting=_waiting(session, officer),
        due=_clocks_heap(session, officer, today, due),
        overdue=_clocks_heap(session, officer, today, col(DocketClock.first_due) < today),
        raised=_raised(session, officer),
    )


def _raised(session: WorkingSession, officer: Officer) -> Heap:
    """Open cases that climbed to the officer's authority, oldest first."""
    climbed = select(DocketLapse.docket_id).where(DocketLapse.raised_to == officer.authority_id)
    query = select(Docket).where(
        col(Docket.id).in_(climbed), col(Docket.closed_at).is_(None), subtree(officer)
    )
    rows = session.exec(query.order_by(col(Docket.id)).limit(DESK_ROWS)).all()
    return Heap([_item(docket) for docket in rows], _count(session, query))


def _waiting(session: WorkingSession, officer: Officer) -> Heap:
    """Drafting waits on its owner's desk; judging on every desk but the drafter's."""
    mine = sorted(officer.identities)
    ids: set[int] = set()
    for table in kinds.book().tables.values():
        own, shared = _states(table, officer)
        here = col(Docket.kind) == table.code
        if own:
            unowned = col(Docket.owner_id).is_(None) & (
                col(Docket.authority_id) == officer.authority_id
            )
            desk = col(Docket.owner_id).in_(mine) | unowned
            mine_here = here & col(Docket.state).in_(own) & desk
            ids.update(_oldest(session, mine_here))
        if shared:
            judged = col(Docket.drafted_by).not_in(mine)
            ids.update(
                _oldest(session, here & col(Docket.state).in_(shared) & judged & subtree(officer))
            )
    first = sorted(ids)[:DESK_ROWS]
    rows = session.exec(select(Docket).where(col(Docket.id).in_(first)).order_by(col(Docket.id)))
    return Heap([_item(docket) for docket in rows], min(len(ids), COUNT_LIMIT))


def _states(table: kinds.KindTable, officer: Officer) -> tuple[list[str], list[str]]:
    """States that wait for the officer as the one who drafts, and as one who judges."""
    own, shared = [], []
    for state in table.states.values():
        if officer.has(*(set(state.waits_for) - {"clerk"})):
            shared.append(state.code)
        elif "clerk" in state.waits_for and officer.has("clerk"):
            own.append(state.code)
    return own, shared


def _oldest(session: WorkingSession, condition: ColumnElement[bool]) -> Iterator[int]:
    # Not the order of an index: a desk's few rows are found by state, then put in order.
    query = select(Docket.id).where(condition).order_by(col(Docket.id) + 0).limit(COUNT_LIMIT)
    yield from (found for found in session.exec(query) if found is not None)


def subtree(officer: Officer, *, narrow: bool = True) -> ColumnElement[bool]:
    """Cases of the officer's subtree. Not ``narrow``: other conditions find the rows."""
    below = select(Authority.id).where(
        col(Authority.path).startswith(officer.authority_path, autoescape=True)
    )
    found = (col(Docket.authority_id) if narrow else col(Docket.authority_id) + 0).in_(below)
    return found if officer.entity_id is None else found & (Docket.subject_id == officer.entity_id)


def _clocks_heap(
    session: WorkingSession, officer: Officer, today: date, when: ColumnElement[bool]
) -> Heap:
    query = (
        select(DocketClock, Docket)
        .join(Docket, col(Docket.id) == col(DocketClock.docket_id))
        .where(
            col(DocketClock.stopped_on).is_(None),
            col(DocketClock.code).not_in(sorted(kinds.rights())),
            when,
            subtree(officer),
        )
    )
    ordered = query.order_by(col(DocketClock.first_due), col(DocketClock.id))
    rows = session.exec(ordered.limit(DESK_ROWS)).all()
    items = [_item(docket, clock_view(clock, today, None)) for clock, docket in rows]
    return Heap(items, _count(session, query))


def _count(session: WorkingSession, query: Any) -> int:
    counted = query.with_only_columns(col(Docket.id)).order_by(None).limit(COUNT_LIMIT).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0


def _item(docket: Docket, clock: ClockView | None = None) -> DeskItem:
    table = kinds.get(docket.kind)
    return DeskItem(docket, table.states[docket.state].title, table.title, clock)


def page(
    session: WorkingSession, officer: Officer, filters: Filters, *, number: int = 1
) -> CasePage:
    """Cases of the officer's subtree, newest first; of the newest ``COUNT_LIMIT`` that fit."""
    # Words and regions are looked for in an index that holds all that is asked; neither the
    # order of the table nor that of the authorities may tempt the planner into the rows.
    whole = bool(filters.text.strip() or filters.region)
    newest = (col(Docket.id) + 0).desc() if whole else col(Docket.id).desc()
    query = select(Docket.id).where(subtree(officer, narrow=not whole))
    query = _filtered(query, filters, officer)
    ids = session.exec(query.order_by(newest).limit(COUNT_LIMIT)).all()
    start = (max(number, 1) - 1) * PAGE
    shown = select(Docket).where(col(Docket.id).in_(ids[start : start + PAGE]))
    rows = session.exec(shown.order_by(col(Docket.id).desc())).all()
    return CasePage([_item(docket) for docket in rows], len(ids), number)


def _filtered(query: Any, filters: Filters, officer: Officer) -> Any:
    exact = (
        (Docket.kind, filters.kind),
        (Docket.state, filters.state),
        (Docket.authority_id, filters.authority_id),
    )
    for column, value in exact:
        if value:
            query = query.where(col(column) == value)
    if filters.region:
        stem = filters.region.rstrip("0")
        stem += "0" * (len(stem) % 2)
        query = query.where(col(Docket.region) >= stem, col(Docket.region) < f"{stem}~")
    if filters.open:
        query = query.where(col(Docket.closed_at).is_(None))
    if filters.mine:
        query = query.where(col(Docket.owner_id).in_(sorted(officer.identities)))
    return query.where(_text(filters)) if filters.text.strip() else query


def _text(filters: Filters) -> ColumnElement[bool]:
    wanted = filters.text.strip()
    titled = col(Docket.title).contains(wanted, autoescape=True)
    found = or_(col(Docket.number) == wanted, titled)
    if filters.subject_ids:
        found = or_(found, col(Docket.subject_id).in_(filters.subject_ids))
    return found


def filters(values: Mapping[str, Any], subject_ids: Sequence[int] = ()) -> Filters:
    """Filters from loaded form values."""
    return Filters(
        kind=values.get("kind") or "",
        state=values.get("state") or "",
        authority_id=values.get("authority"),
        region=values.get("region") or "",
        text=values.get("text") or "",
        subject_ids=tuple(subject_ids),
        open=bool(values.get("open")),
        mine=bool(values.get("mine")),
    )


def by_number(session: WorkingSession, officer: Officer, number: str) -> Docket | None:
    """The case with this number in the officer's subtree."""
    query = select(Docket).where(Docket.number == number.strip(), subtree(officer))
    return session.exec(query).first()


def about(
    session: WorkingSession, officer: Officer, subject_id: int, kind: str
) -> Sequence[Docket]:
    """Cases of one kind on a subject that the officer may see, newest first, fifty at most."""
    query = select(Docket).where(
        col(Docket.subject_id) == subject_id, col(Docket.kind) == kind, subtree(officer)
    )
    return session.exec(query.order_by(col(Docket.id).desc()).limit(50)).all()


def concerning(session: WorkingSession, officer: Officer, entity_id: int) -> Sequence[DeskItem]:
    """Cases in which the entity is the subject or a party, that the officer may see: newest
    first, a page at most. Administrators arrange staff; cases are none of their business.
    """
    if not officer.has(*CASEWORK, "auditor"):
        return ()
    named = select(DocketParty.docket_id).where(
        DocketParty.entity_id == entity_id, col(DocketParty.removed_at).is_(None)
    )
    mine = or_(col(Docket.subject_id) == entity_id, col(Docket.id).in_(named))
    query = select(Docket).where(mine, subtree(officer, narrow=False))
    found = session.exec(query.order_by(col(Docket.id).desc()).limit(PAGE)).all()
    return [_item(docket) for docket in found]
