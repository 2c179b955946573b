"""Making snapshots, and making them again to see whether the log still gives the same figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlmodel import col, select

from registry.core.clock import legal_day, rfc3339
from registry.core.db import WorkingSession
from registry.core.i18n import N_
from registry.office.audit import service as audit
from registry.office.dockets.models import DocketEvent
from registry.office.staff.officer import Acting
from registry.office.statistics.counting import Row, Scope, rows
from registry.office.statistics.models import Cell, Snapshot
from registry.public.indicators import periods
from registry.public.indicators.definition import Indicator, load
from registry.public.indicators.periods import Period, UnknownPeriod

SETTLED = timedelta(minutes=10)
"""Longer than any transaction: what commits later must not seem known earlier."""

Key = tuple[str, int, str]
"""Indicator, authority, region."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The content of a cell."""

    amount: int
    rows: int


@dataclass(frozen=True)
class Difference:
    """A cell that comes out differently now, and how that came about."""

    indicator: str
    authority_id: int
    region: str
    stored: int
    now: int
    later: int
    """Rows that were entered after the snapshot."""
    gone: int
    """Rows that count no more: annulled, withdrawn or taken back since."""
    changed: int
    """Rows whose amount was corrected since."""


@dataclass(frozen=True)
class Verification:
    """``same``: from what was known then the same digest follows."""

    snapshot: Snapshot
    same: bool
    moved: Sequence[Key]
    """Cells that do not follow from what was known then."""
    differences: Sequence[Difference]
    """What has come in since."""


def settled(now: datetime) -> datetime:
    """The latest instant up to which all that was recorded has been committed, too."""
    return now - SETTLED


def make(
    session: WorkingSession,
    period: Period,
    now: datetime,
    *,
    reader: WorkingSession | None = None,
    acting: Acting | None = None,
) -> Snapshot:
    """Count all indicators over ``period`` as known at ``now`` and keep the result.

    A ``reader`` does the counting, so that nobody waits for it. Raises ``UnknownPeriod`` for a
    period that has not begun.
    """
    if period.first > legal_day(now):
        raise UnknownPeriod({"period": [N_("This period has not begun yet.")]})
    definitions = load()
    cells = count(reader or session, definitions.additive(), Scope(period, now))
    snapshot = Snapshot(
        period=period.code,
        first=period.first,
        last=period.last,
        length=period.length,
        computed_at=now,
        edition=definitions.edition,
        digest=digest(period, now, definitions.edition, cells),
        account_id=acting.officer.account_id if acting else None,
    )
    session.add(snapshot)
    session.flush()
    content = [
        {
            "snapshot_id": snapshot.id,
            "indicator": indicator,
            "authority_id": authority_id,
            "region": region,
            "amount": figure.amount,
            "rows": figure.rows,
        }
        for (indicator, authority_id, region), figure in sorted(cells.items())
    ]
    if content:
        session.execute(insert(Cell), content)
    audit.record(
        session,
        actor=snapshot.account_id,
        action="statistics:snapshot:made",
        subject=f"snapshot:{snapshot.id}",
        detail={"period": period.code, "edition": definitions.edition, "digest": snapshot.digest},
        now=now,
    )
    return snapshot


def count(
    session: WorkingSession, indicators: Sequence[Indicator], scope: Scope
) -> dict[Key, Figure]:
    """The cells of ``indicators``."""
    found: dict[Key, Figure] = {}
    for indicator in indicators:
        found |= _summed(indicator, rows(session, indicator, scope))
    return found


def _summed(indicator: Indicator, counted: Iterable[Row]) -> dict[Key, Figure]:
    found: dict[Key, list[int]] = {}
    for row in counted:
        cell = found.setdefault((indicator.code, row.authority_id, row.region), [0, 0])
        cell[0] += row.amount
        cell[1] += 1
    return {key: Figure(*cell) for key, cell in found.items()}


def digest(period: Period, known: datetime, edition: int, cells: Mapping[Key, Figure]) -> str:
    """SHA-256 over everything that a snapshot says."""
    content = [
        period.code,
        rfc3339(known),
        edition,
        [[*key, figure.amount, figure.rows] for key, figure in sorted(cells.items())],
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()


def stored(session: WorkingSession, snapshot: Snapshot) -> dict[Key, Figure]:
    """The cells of a snapshot."""
    query = select(Cell).where(Cell.snapshot_id == snapshot.id)
    return {
        (one.indicator, one.authority_id, one.region): Figure(one.amount, one.rows)
        for one in session.exec(query)
    }


def verify(session: WorkingSession, snapshot: Snapshot, now: datetime) -> Verification:
    """Count again: as known then, which must give the same; and as known now, with what differs."""
    period = periods.parse(snapshot.period)
    then: dict[Key, Figure] = {}
    differences: list[Difference] = []
    for indicator in load(snapshot.edition).additive():
        old = list(rows(session, indicator, Scope(period, snapshot.computed_at)))
        new = list(rows(session, indicator, Scope(period, now)))
        then |= _summed(indicator, old)
        differences += _differences(indicator, old, new)
    kept = stored(session, snapshot)
    again = digest(period, snapshot.computed_at, snapshot.edition, then)
    moved = [key for key in sorted(kept.keys() | then.keys()) if kept.get(key) != then.get(key)]
    return Verification(snapshot, again == snapshot.digest and not moved, moved, differences)


def _differences(
    indicator: Indicator, old: Sequence[Row], new: Sequence[Row]
) -> Iterator[Difference]:
    before, after = {row.key: row for row in old}, {row.key: row for row in new}
    places: dict[tuple[int, str], tuple[list[Row], list[Row]]] = {}
    for side, found in enumerate((old, new)):
        for row in found:
            places.setdefault((row.authority_id, row.region), ([], []))[side].append(row)
    for (authority_id, region), (here, there) in sorted(places.items()):
        one = Difference(
            indicator.code,
            authority_id,
            region,
            stored=sum(row.amount for row in here),
            now=sum(row.amount for row in there),
            later=sum(row.key not in before for row in there),
            gone=sum(row.key not in after for row in here),
            changed=sum(
                row.key in before and before[row.key].amount != row.amount for row in there
            ),
        )
        if one.later or one.gone or one.changed:
            yield one


def due(session: WorkingSession, now: datetime) -> list[Period]:
    """Periods that are over for the days that are waited, and have no snapshot taken since.

    Not those that were over before the first act was recorded here.
    """
    day = legal_day(now) - timedelta(days=load().closing_days)
    begun = session.exec(
        select(DocketEvent.recorded_at).order_by(col(DocketEvent.id)).limit(1)
    ).first()
    if begun is None:
        return []
    wanted = [periods.ended(day, length) for length in periods.LENGTHS]
    at_work = [period for period in wanted if period.last >= legal_day(begun)]
    return [period for period in at_work if not closed(session, period)]


def closed(session: WorkingSession, period: Period) -> bool:
    """Whether a snapshot was taken after the period was over."""
    query = select(Snapshot.computed_at).where(col(Snapshot.period) == period.code)
    return any(legal_day(at) > period.last for at in session.exec(query))
