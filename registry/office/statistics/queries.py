"""Reading snapshots: the figures of a subtree, series over time, and the rows behind a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.errors import NotFound
from registry.office.dockets.models import Docket
from registry.office.staff.auditing import audited
from registry.office.staff.models import Authority
from registry.office.staff.officer import Acting, Officer
from registry.office.statistics.counting import Row, Scope, rows
from registry.office.statistics.models import Cell, Snapshot
from registry.public.indicators import periods
from registry.public.indicators.definition import Indicator, Indicators, load, quotient
from registry.public.indicators.periods import Period

ROWS = 200
"""Rows of a figure shown at once."""


@dataclass(frozen=True)
class Value:
    """An indicator's value: an amount, or numerator and denominator of a ratio. None: nothing."""

    indicator: Indicator
    amount: int | None
    quotient: tuple[int, int] | None = None

    @property
    def number(self) -> float | None:
        """As people read it: yuan, per cent, days; None where there is nothing to divide by."""
        if self.quotient is not None:
            of, by = self.quotient
            return (100 if self.indicator.unit == "share" else 1) * of / by
        if self.amount is None:
            return None
        return self.amount / 100 if self.indicator.unit == "yuan" else float(self.amount)


def snapshots(session: WorkingSession, period: str | None = None) -> Sequence[Snapshot]:
    """All snapshots, or those of one period, newest period and newest count first."""
    query = select(Snapshot)
    if period is not None:
        query = query.where(Snapshot.period == period)
    order = (col(Snapshot.last).desc(), col(Snapshot.first), col(Snapshot.id).desc())
    return session.exec(query.order_by(*order)).all()


def snapshot(session: WorkingSession, snapshot_id: int) -> Snapshot:
    """Raises ``NotFound``."""
    found = session.get(Snapshot, snapshot_id)
    if found is None:
        raise NotFound
    return found


def closing(session: WorkingSession, period: Period) -> Snapshot | None:
    """The newest snapshot taken after ``period`` was over."""
    for one in snapshots(session, period.code):
        if legal_day(one.computed_at) > period.last:
            return one
    return None


def subtree(session: WorkingSession, path: str) -> Mapping[int, Authority]:
    """The authorities of a subtree by id, parents before their children."""
    query = select(Authority).where(col(Authority.path).startswith(path, autoescape=True))
    return {one.id or 0: one for one in session.exec(query.order_by(col(Authority.path)))}


def amounts(
    session: WorkingSession, found: Snapshot, authorities: Sequence[int] | None = None
) -> dict[str, int]:
    """Indicator to its sum over these authorities (None: all)."""
    query = select_columns(col(Cell.indicator), func.sum(Cell.amount)).where(
        col(Cell.snapshot_id) == found.id
    )
    if authorities is not None:
        query = query.where(col(Cell.authority_id).in_(authorities))
    return {
        code: int(amount) for code, amount in session.execute(query.group_by(col(Cell.indicator)))
    }


def values(definitions: Indicators, sums: Mapping[str, int]) -> dict[str, Value]:
    """Every indicator's value from the sums; what was counted and not found is 0."""
    known: dict[str, int | None] = {
        one.code: sums.get(one.code, 0) for one in definitions.additive()
    }
    return {
        one.code: Value(one, None, quotient(one.ratio, known))
        if one.ratio
        else Value(one, known[one.code])
        for one in definitions.all.values()
    }


def by_authority(session: WorkingSession, found: Snapshot, code: str) -> dict[int, int]:
    """One indicator's amounts by authority."""
    query = (
        select_columns(col(Cell.authority_id), func.sum(Cell.amount))
        .where(col(Cell.snapshot_id) == found.id, col(Cell.indicator) == code)
        .group_by(col(Cell.authority_id))
    )
    return {authority_id: int(amount) for authority_id, amount in session.execute(query)}


def by_region(session: WorkingSession, found: Snapshot) -> dict[str, dict[str, int]]:
    """Indicator to region to amount."""
    query = (
        select_columns(col(Cell.indicator), col(Cell.region), func.sum(Cell.amount))
        .where(col(Cell.snapshot_id) == found.id)
        .group_by(col(Cell.indicator), col(Cell.region))
    )
    told: dict[str, dict[str, int]] = {}
    for code, region, amount in session.execute(query):
        told.setdefault(code, {})[region] = int(amount)
    return told


def indicator(found: Snapshot, code: str) -> Indicator:
    """The definition that the snapshot used. Raises ``NotFound``."""
    known = load(found.edition).all.get(code)
    if known is None:
        raise NotFound
    return known


def note_reading(
    session: WorkingSession, acting: Acting, found: Snapshot, one: Indicator, authority_id: int
) -> None:
    """Say in the audit who looked at the rows behind a figure."""
    audited(
        session,
        acting,
        "statistics:rows:read",
        f"snapshot:{found.id}",
        {"indicator": one.code, "authority": authority_id},
    )


@dataclass(frozen=True)
class Behind:
    """The rows behind a figure: the first of them with their cases, and how many there are."""

    rows: Sequence[tuple[Row, Docket | None]]
    total: int
    amount: int


def behind(
    session: WorkingSession, officer: Officer, found: Snapshot, one: Indicator, authority_id: int
) -> Behind:
    """What the figure of an authority's subtree counts, as it was known then.

    Raises ``NotFound`` for an authority outside the officer's subtree, and for figures whose rows
    nobody sees here.
    """
    unit = session.get(Authority, authority_id)
    if unit is None or not officer.sees(unit.path) or one.ratio or not one.rows:
        raise NotFound
    scope = Scope(periods.parse(found.period), found.computed_at, set(subtree(session, unit.path)))
    every = sorted(rows(session, one, scope), key=lambda row: (row.day, row.key), reverse=True)
    ids = [row.docket_id for row in every[:ROWS] if row.docket_id is not None]
    query = select(Docket).where(col(Docket.id).in_(ids))
    cases = {docket.id: docket for docket in session.exec(query)}
    return Behind(
        [(row, cases.get(row.docket_id)) for row in every[:ROWS]],
        len(every),
        sum(row.amount for row in every),
    )
