"""A case that rests on another one hears of its end.

Which relation carries, in which states of the other case, and which deadlines run once it no
longer does stands in the table of the kind (``relations``). Hearing is an event of the registry
itself in the log of the case that rests; the desk, ``registry deadlines`` and the guards of the
kind see it from there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.rules import Rulebook
from registry.office.audit import service as audit
from registry.office.dockets import clocks, kinds, notes
from registry.office.dockets.models import Docket, DocketEvent, DocketLink
from registry.office.dockets.replay import merged
from registry.office.dockets.shape import KindTable, Relation

FELL = "basis_fell"
"""The act with which a case hears that what it rests on has fallen."""
FALLEN = "fallen"
"""Fact: ids of the cases that it rested on and whose end it has heard of."""
SETTLED = "bases_settled"
"""Fact that an effect of the kind sets: ids in ``FALLEN`` after which another basis was found."""


def tell(
    session: WorkingSession,
    docket: Docket,
    before: str,
    day: date,
    *,
    now: datetime,
    book: Rulebook,
) -> int:
    """``docket`` has moved on from the state ``before``: tells every case that rested on it.

    ``day`` is the legal day of the move. Gives how many were told; none, where it still carries.
    """
    told = 0
    for table, name, relation in _carrying(docket.kind):
        if before in relation.stands and docket.state not in relation.stands:
            resting = (
                select(Docket)
                .join(DocketLink, col(DocketLink.docket_id) == col(Docket.id))
                .where(
                    DocketLink.other_id == docket.id,
                    DocketLink.relation == name,
                    Docket.kind == table.code,
                    col(Docket.state).in_(sorted(relation.bound)),
                )
            )
            locked = resting.with_for_update(of=Docket).execution_options(populate_existing=True)
            for one in session.exec(locked.order_by(col(Docket.id))).all():
                told += _hear(session, one, relation, docket, day, now=now, book=book)
    return told


def catch_up(
    session: WorkingSession, *, now: datetime, book: Rulebook, ids: Collection[int] | None = None
) -> int:
    """Tells cases (those of ``ids``, or all) of ends that they have not heard of.

    For cases that were brought in after the end, or in the instant of it.
    """
    told = 0
    for docket, relation, basis in list(_unheard(session, ids)):
        day = _ended_on(session, basis) or legal_day(now)
        told += _hear(session, docket, relation, basis, day, now=now, book=book)
    return told


def wanting(docket: Docket) -> bool:
    """Whether something that the case rested on fell and no other basis was found since."""
    return bool(set(docket.facts.get(FALLEN, ())) - set(docket.facts.get(SETTLED, ())))


def _carrying(kind: str = "") -> Iterator[tuple[KindTable, str, Relation]]:
    """Relations by which a case rests on one of ``kind`` (on any, by default)."""
    for table in kinds.book().tables.values():
        for name, relation in table.relations.items():
            if relation.stands and kind in {"", relation.kind}:
                yield table, name, relation


def _unheard(
    session: WorkingSession, ids: Collection[int] | None
) -> Iterator[tuple[Docket, Relation, Docket]]:
    resting = aliased(Docket)
    for table, name, relation in _carrying():
        fallen = kinds.get(relation.kind).states.keys() - relation.stands
        query = (
            select(DocketLink.docket_id, Docket)
            .join(Docket, col(Docket.id) == col(DocketLink.other_id))
            .join(resting, col(resting.id) == col(DocketLink.docket_id))
            .where(
                Docket.kind == relation.kind,
                col(Docket.state).in_(sorted(fallen)),
                DocketLink.relation == name,
                col(resting.kind) == table.code,
                col(resting.state).in_(sorted(relation.bound)),
            )
        )
        if ids is not None:
            query = query.where(col(DocketLink.docket_id).in_(ids))
        for docket_id, basis in session.exec(query.order_by(col(DocketLink.id))).all():
            docket = session.get(Docket, docket_id, with_for_update=True, populate_existing=True)
            if docket is not None and basis.id not in docket.facts.get(FALLEN, ()):
                yield docket, relation, basis


def _hear(
    session: WorkingSession,
    docket: Docket,
    relation: Relation,
    basis: Docket,
    day: date,
    *,
    now: datetime,
    book: Rulebook,
) -> int:
    """The event, and the clocks from the day on which the basis fell."""
    heard: Sequence[int] = docket.facts.get(FALLEN, ())
    if basis.id is None or basis.id in heard or docket.id is None:
        return 0
    started = [(start, _day(basis, start.day_of) or day) for start in relation.starts]
    fell_on = min((since for _, since in started), default=day)
    patch = {FALLEN: sorted({*heard, basis.id}), "basis_fell_on": fell_on.isoformat()}
    notes.claim(session, docket)
    docket.facts = merged(docket.facts, patch)
    notes.note(
        session, docket, FELL, now=now, actor=None, reason=basis.number, data=patch, effective=day
    )
    dues = [clocks.due_of(start, since, book) for start, since in started]
    begun = [due for due in dues if due.target_due or due.breach_due]
    clocks.start(session, docket.id, begun, now)
    session.flush()
    audit.record(
        session,
        actor=None,
        action="dockets:basis:fell",
        subject=f"docket:{docket.id}",
        detail={"kind": docket.kind, "basis": basis.id},
        now=now,
    )
    return 1


def _day(basis: Docket, fact: str) -> date | None:
    value = basis.facts.get(fact) if fact else None
    return date.fromisoformat(value) if value else None


def _ended_on(session: WorkingSession, basis: Docket) -> date | None:
    """The legal day on which the case entered the state that it is in."""
    query = select(DocketEvent).where(
        DocketEvent.docket_id == basis.id, DocketEvent.to_state == basis.state
    )
    found = session.exec(query.order_by(col(DocketEvent.ordinal)).limit(1)).first()
    return found.effective_on if found else None
