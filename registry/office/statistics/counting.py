"""Counting: the rows behind an indicator in a period, as they were known at an instant.

A figure is the sum of the amounts of its rows, so what an officer opens under a figure always adds
up to it. Only what is added and never changed is read: acts with the day from which they count and
the instant at which they were recorded, deadlines with both days and when the registry learned of
each, lapses, answers of departments. ``known`` cuts off what was recorded later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.office.dockets import kinds, standing
from registry.office.dockets.models import Docket, DocketClock, DocketEvent, DocketLapse
from registry.office.dockets.replay import merged
from registry.office.punishments.models import Department, Notice, NoticeEvent
from registry.public.indicators.definition import Indicator
from registry.public.indicators.periods import Period

UNDONE = "undo"
"""The act by which an import was taken back: such cases never count."""
MOVES = {"tip": ("transfer", "escalate")}
"""Acts that hand a case to another authority; they keep where it was (``moved_from``)."""
CHUNK = 400
"""Cases whose acts are read at once."""
FEN = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One thing counted. ``key`` stays the same whenever it is counted again."""

    key: str
    authority_id: int
    region: str
    day: date
    amount: int
    """1 for a case; fen, days, minutes or persons where a sum is asked for."""
    docket_id: int | None = None


@dataclass(frozen=True)
class Scope:
    """Which period, as known when, and of which authorities (None: all)."""

    period: Period
    known: datetime
    authorities: Collection[int] | None = None

    @property
    def last(self) -> date:
        """The day whose end figures "at the end" stand for: not beyond what is known."""
        return min(self.period.last, legal_day(self.known))

    def of(self, column: Any) -> tuple[ColumnElement[bool], ...]:
        """The condition that ``column`` is one of the authorities."""
        return () if self.authorities is None else (column.in_(self.authorities),)


def rows(session: WorkingSession, indicator: Indicator, scope: Scope) -> Iterator[Row]:
    """Everything that ``indicator`` counts within ``scope``. Not for ratios."""
    spec = indicator.count
    if indicator.way == "acts":
        return _acts(session, spec, scope)
    if indicator.way == "stock":
        return _stock(session, spec, scope)
    if indicator.way == "clocks":
        return _clocks(session, spec, scope)
    if indicator.way == "lapses":
        return _lapses(session, spec, scope)
    if indicator.way == "answers":
        return _answers(session, spec, scope)
    raise ValueError(f"{indicator.code} is not counted")


def _acts(session: WorkingSession, spec: Mapping[str, Any], scope: Scope) -> Iterator[Row]:
    event = DocketEvent
    query = (
        select(
            col(event.id),
            col(event.docket_id),
            col(event.ordinal),
            col(event.effective_on),
            col(Docket.authority_id),
            col(Docket.region),
        )
        .join(Docket, col(Docket.id) == col(event.docket_id))
        .where(
            col(event.action).in_(spec["acts"]),
            col(event.effective_on).between(scope.period.first, scope.period.last),
            col(event.recorded_at) <= scope.known,
            col(Docket.kind) == spec["kind"],
            *scope.of(col(Docket.authority_id)),
            *([col(event.to_state).in_(spec["into"])] if "into" in spec else ()),
            _not_undone(event.docket_id, (*spec.get("unless", ()), UNDONE), scope.known),
        )
    )
    found = session.execute(query).all()
    at = _before_moves(session, spec, scope)
    told = _Facts(session, spec, scope.known, {row[1] for row in found})
    for id, docket_id, ordinal, day, authority_id, region in found:
        amount = told.amount(docket_id, ordinal, day)
        if amount is not None:
            unit = at.get(docket_id, authority_id)
            yield Row(f"act:{id}", unit, region, day, amount, docket_id)


def _before_moves(session: WorkingSession, spec: Mapping[str, Any], scope: Scope) -> dict[int, int]:
    """Where cases were that have been handed over since: the authority that they left first."""
    acts = MOVES.get(spec["kind"])
    if acts is None:
        return {}
    query = (
        select(col(DocketEvent.docket_id), col(DocketEvent.data))
        .where(col(DocketEvent.action).in_(acts), col(DocketEvent.recorded_at) > scope.known)
        .order_by(col(DocketEvent.id).desc())
    )
    moved = {id: data.get("moved_from") for id, data in session.execute(query)}
    return {id: unit for id, unit in moved.items() if unit is not None}


def _not_undone(docket_id: Any, acts: Iterable[str], known: datetime) -> ColumnElement[bool]:
    later = aliased(DocketEvent)
    return ~exists().where(
        later.docket_id == docket_id,
        col(later.action).in_(tuple(acts)),
        col(later.recorded_at) <= known,
    )


class _Facts:
    """What the cases said; nothing is read where an indicator does not ask for it."""

    def __init__(
        self, session: WorkingSession, spec: Mapping[str, Any], known: datetime, ids: set[int]
    ) -> None:
        self._spec = spec
        self._facts: dict[int, dict[str, Any]] = {}
        self._acts: dict[int, list[tuple[int, str, date]]] = {}
        wanted = {"where", "above", "having", "sum", "days_since"} & spec.keys()
        ordered = sorted(ids) if wanted else []
        for start in range(0, len(ordered), CHUNK):
            self._read(session, ordered[start : start + CHUNK], known)

    def _read(self, session: WorkingSession, ids: list[int], known: datetime) -> None:
        event = DocketEvent
        query = (
            select(
                col(event.docket_id),
                col(event.ordinal),
                col(event.action),
                col(event.effective_on),
                col(event.data),
            )
            .where(col(event.docket_id).in_(ids), col(event.recorded_at) <= known)
            .order_by(col(event.docket_id), col(event.ordinal))
        )
        for docket_id, ordinal, action, day, data in session.execute(query):
            self._facts[docket_id] = merged(self._facts.get(docket_id, {}), data)
            self._acts.setdefault(docket_id, []).append((ordinal, action, day))

    def amount(self, docket_id: int, ordinal: int, day: date) -> int | None:
        """What the act adds to the figure; None where it does not belong to it."""
        facts, spec = self._facts.get(docket_id, {}), self._spec
        for fact, values in spec.get("where", {}).items():
            if facts.get(fact) not in values:
                return None
        for fact in spec.get("having", ()):
            if not facts.get(fact):
                return None
        for fact, least in spec.get("above", {}).items():
            if _number(facts.get(fact)) <= least:
                return None
        if "sum" in spec:
            scale = FEN if spec["sum"].endswith("_yuan") else 1
            return int(_number(facts.get(spec["sum"])) * scale)
        if "days_since" in spec:
            return self._days(docket_id, ordinal, day)
        return 1

    def _days(self, docket_id: int, ordinal: int, day: date) -> int:
        """Calendar days since the last such act before it; 0 where there was none."""
        wanted = self._spec["days_since"]
        before = [d for n, act, d in self._acts.get(docket_id, ()) if n < ordinal and act == wanted]
        return max((day - before[-1]).days, 0) if before else 0


def _number(value: Any) -> Decimal:
    try:
        return Decimal(str(value)) if value is not None else Decimal(0)
    except InvalidOperation:
        return Decimal(0)


def _stock(session: WorkingSession, spec: Mapping[str, Any], scope: Scope) -> Iterator[Row]:
    """Cases by the state in which their last act up to the day left them."""
    event, day = DocketEvent, scope.last
    last = (
        select(col(event.docket_id).label("docket_id"), func.max(event.ordinal).label("ordinal"))
        .join(Docket, col(Docket.id) == col(event.docket_id))
        .where(
            col(Docket.kind) == spec["kind"],
            *scope.of(col(Docket.authority_id)),
            col(event.effective_on) <= day,
            col(event.recorded_at) <= scope.known,
        )
        .group_by(col(event.docket_id))
        .subquery()
    )
    query = (
        select(col(Docket.id), col(Docket.authority_id), col(Docket.region))
        .join(last, last.c.docket_id == col(Docket.id))
        .join(
            event,
            and_(col(event.docket_id) == last.c.docket_id, col(event.ordinal) == last.c.ordinal),
        )
        .where(col(event.to_state).in_(spec["states"]))
    )
    for id, authority_id, region in session.execute(query):
        yield Row(f"case:{id}", authority_id, region, day, 1, id)


def _clocks(session: WorkingSession, spec: Mapping[str, Any], scope: Scope) -> Iterator[Row]:
    """Deadlines of authorities that ended in the period, or had passed at its end and still ran.

    What is overdue is past its longer term, or the only one; on a provisional day nothing is.
    """
    clock, known = DocketClock, scope.known
    begun = or_(col(clock.noted_at).is_(None), col(clock.noted_at) <= known)
    heard = or_(col(clock.stop_noted_at).is_(None), col(clock.stop_noted_at) <= known)
    where: list[Any] = [begun, *scope.of(col(Docket.authority_id))]
    where.append(_not_undone(clock.docket_id, (UNDONE,), known))
    where += _codes(spec)
    where.append(col(Docket.kind).not_in(spec.get("without", ())))
    if spec["is"] == "overdue":
        running = or_(col(clock.stopped_on).is_(None), col(clock.stopped_on) > scope.last, ~heard)
        where += [running, standing.past_limit(scope.last), col(clock.started_on) <= scope.last]
    else:
        where += [col(clock.stopped_on).between(scope.period.first, scope.period.last), heard]
        exact = and_(col(clock.breach_at).is_not(None), col(clock.stopped_at).is_not(None))
        late = or_(
            and_(exact, col(clock.stopped_at) > col(clock.breach_at)),
            and_(~exact, col(clock.stopped_on) > standing.limit()),
        )
        where.append(late if spec["is"] == "late" else ~late)
    query = (
        select(
            col(clock.id),
            col(clock.docket_id),
            col(clock.stopped_on),
            col(Docket.authority_id),
            col(Docket.region),
        )
        .join(Docket, col(Docket.id) == col(clock.docket_id))
        .where(*where)
    )
    for id, docket_id, stopped, authority_id, region in session.execute(query):
        day = scope.last if spec["is"] == "overdue" else stopped
        yield Row(f"clock:{id}", authority_id, region, day, 1, docket_id)


def _codes(spec: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    code = col(DocketClock.code)
    if "codes" in spec:
        return [code.in_(spec["codes"])]
    return [code.not_in(sorted(kinds.rights()))]


def _lapses(session: WorkingSession, spec: Mapping[str, Any], scope: Scope) -> Iterator[Row]:
    """Against the unit that let the case lie; noted on the day on which that was found."""
    lapse = DocketLapse
    until = min(scope.period.last, legal_day(scope.known))
    where = [col(lapse.noted_on).between(scope.period.first, until)]
    if "codes" in spec:
        where.append(col(lapse.clock_code).in_(spec["codes"]))
    where.append(col(Docket.kind).not_in(spec.get("without", ())))
    query = (
        select(
            col(lapse.id),
            col(lapse.docket_id),
            col(lapse.noted_on),
            col(lapse.authority_id),
            col(Docket.region),
        )
        .join(Docket, col(Docket.id) == col(lapse.docket_id))
        .where(*where, *scope.of(col(lapse.authority_id)))
    )
    for id, docket_id, day, authority_id, region in session.execute(query):
        yield Row(f"lapse:{id}", authority_id, region, day, 1, docket_id)


def _answers(session: WorkingSession, spec: Mapping[str, Any], scope: Scope) -> Iterator[Row]:
    """Answers of departments on measures, under the authority that looks after the department."""
    told = NoticeEvent
    query = (
        select(
            col(told.id),
            col(told.day),
            col(Notice.since),
            col(Department.authority_id),
            col(Department.region),
        )
        .join(Notice, col(Notice.id) == col(told.notice_id))
        .join(Department, col(Department.id) == col(Notice.department_id))
        .where(
            col(told.what).in_(spec["answers"]),
            col(told.day).between(scope.period.first, scope.period.last),
            col(told.at) <= scope.known,
            *scope.of(col(Department.authority_id)),
        )
    )
    for id, day, since, authority_id, region in session.execute(query):
        amount = max((day - legal_day(since)).days, 0) if "days_since" in spec else 1
        yield Row(f"answer:{id}", authority_id, region, day, amount)
