"""Snapshots as records of the gazette: one per period, brought up to date when it is counted anew.

Cells are given by region at the level that the installation sets. Where an indicator hides small
cells, what was once shown stays as it was: two versions side by side would tell what lies between
them. The digest of a snapshot stays inside: from it a small figure could be guessed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from registry.core.clock import legal_day, rfc3339
from registry.core.codes.public_id import new_public_id
from registry.core.codes.regions import region_path
from registry.core.db import WorkingSession
from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.core.settings import OfficeSettings
from registry.office.publisher import service as publisher
from registry.office.publisher.models import OutboxRow
from registry.office.statistics import queries
from registry.office.statistics.models import Snapshot
from registry.public.gazette.snapshots import SnapshotFigure, SnapshotPayload
from registry.public.indicators import periods
from registry.public.indicators.definition import Indicators, load
from registry.public.indicators.suppression import Shown, suppress

KIND = "snapshot"
LEVELS = ("province", "prefecture", "county")


class NotOver(RegistryError):  # noqa: N818 - reads as a sentence
    """Unfinished periods would tell single events."""

    code = "period-not-over"
    status = 409
    message = N_("Figures are published once their period is over.")


def publish(
    session: WorkingSession, snapshot: Snapshot, now: datetime, settings: OfficeSettings
) -> str:
    """Put a snapshot on public view; gives its public id. Raises ``NotOver``."""
    if legal_day(snapshot.computed_at) <= snapshot.last:
        raise NotOver
    last = _last(session, snapshot.period)
    told: Mapping[str, Any] = json.loads(last.payload) if last and last.payload else {}
    shown = payload(session, snapshot, settings.statistics_regions, told)
    id = last.public_id if last else new_public_id(KIND)
    publisher.publish(
        session,
        kind=KIND,
        id=id,
        payload=shown,
        effective=snapshot.computed_at,
        publish_until=None,
        now=now,
        docket_id=None,
        origin=_origin(snapshot.period),
    )
    return id


def payload(
    session: WorkingSession, snapshot: Snapshot, level: str, told: Mapping[str, Any]
) -> SnapshotPayload:
    """What the public reads. ``told`` is what it reads of the period now, if anything."""
    definitions = load(snapshot.edition)
    sums = _rolled(queries.by_region(session, snapshot), level)
    places = sorted({place for found in sums.values() for place in found})
    before = {one["code"]: one for one in told.get("figures", ())}
    figures: list[SnapshotFigure] = []
    for one in definitions.published(periods.parse(snapshot.period).length):
        if one.ratio:
            continue
        if one.hide_small and one.code in before:
            figures.append(before[one.code])
            continue
        cells = {place: sums.get(one.code, {}).get(place, 0) for place in places}
        shown = _shown(definitions, one.hide_small, cells)
        figures.append(_figure(one.code, shown))
    made: SnapshotPayload = {
        "period": snapshot.period,
        "length": snapshot.length,
        "first": snapshot.first.isoformat(),
        "last": snapshot.last.isoformat(),
        "known_at": rfc3339(snapshot.computed_at),
        "edition": snapshot.edition,
        "figures": figures,
    }
    if told:
        made["revision"] = told.get("revision", 1) + 1
    return made


def _figure(code: str, shown: Shown) -> SnapshotFigure:
    return {
        "code": code,
        "amount": shown.total,
        "regions": [{"region": place, "amount": amount} for place, amount in shown.cells.items()],
    }


def _shown(definitions: Indicators, hide: bool, cells: Mapping[str, int]) -> Shown:
    if hide:
        return suppress(cells, definitions.below)
    return Shown({place: n for place, n in cells.items() if n}, sum(cells.values()))


def _rolled(found: Mapping[str, Mapping[str, int]], level: str) -> dict[str, dict[str, int]]:
    """Amounts by region, those of smaller regions added to the one above them at ``level``."""
    rolled: dict[str, dict[str, int]] = {}
    depth = LEVELS.index(level)
    for code, cells in found.items():
        for region, amount in cells.items():
            path = region_path(region) or (region,)
            place = path[min(depth, len(path) - 1)]
            sums = rolled.setdefault(code, {})
            sums[place] = sums.get(place, 0) + amount
    return rolled


def is_kept(session: WorkingSession, row: OutboxRow) -> bool:
    """Whether a published row comes from a snapshot that is kept: its period and its instant."""
    period = row.origin.removeprefix(_origin(""))
    query = select(Snapshot.id).where(
        Snapshot.period == period, col(Snapshot.computed_at) == row.effective
    )
    return session.exec(query.limit(1)).first() is not None


def _origin(period: str) -> str:
    return f"statistics:snapshot:{period}"


def _last(session: WorkingSession, period: str) -> OutboxRow | None:
    query = select(OutboxRow).where(
        OutboxRow.origin == _origin(period), col(OutboxRow.refused).is_(None)
    )
    return session.exec(query.order_by(col(OutboxRow.id).desc()).limit(1)).first()
