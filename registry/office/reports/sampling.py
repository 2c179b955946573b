"""Samples of reports for re-examination: random, and the same for everyone who has the seed.

The order of the population is by SHA-256(seed, docket id): no one can steer which come first, and
anyone can draw again. Rates come with their intervals; nothing is ranked on small numbers.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from registry.core.i18n import N_
from registry.office.dockets.models import Docket
from registry.office.entities import queries as entities
from registry.office.reports.models import ReportSheet, SampleDraw, SampleItem
from registry.office.staff.auditing import audited
from registry.office.staff.models import Authority
from registry.office.staff.officer import Acting

Z_95 = 1.959964
FEW = 5
"""Below so many examined reports a rate says nothing by itself, and the table says so."""
_STATES = ("valid", "replaced", "inaccurate", "withdrawn")


def order(seed: str, ids: Sequence[int]) -> list[int]:
    """``ids`` in the order that ``seed`` gives them."""
    return sorted(ids, key=lambda one: hashlib.sha256(f"{seed}\0{one}".encode()).digest())


def wilson(hits: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """The Wilson score interval of a share, both ends within 0 and 1; (0, 1) without trials."""
    if trials == 0:
        return 0.0, 1.0
    share, squared = hits / trials, z * z
    middle = (share + squared / (2 * trials)) / (1 + squared / trials)
    spread = z * sqrt(share * (1 - share) / trials + squared / (4 * trials * trials))
    half = spread / (1 + squared / trials)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Filters:
    """Which reports are drawn from; empty values admit all."""

    type: str = ""
    issued_from: date | None = None
    issued_to: date | None = None

    def told(self) -> dict[str, Any]:
        """As it is kept beside the sample."""
        days = {"issued_from": self.issued_from, "issued_to": self.issued_to}
        found = {name: day.isoformat() for name, day in days.items() if day is not None}
        return {"type": self.type, **found} if self.type else dict(found)


@dataclass(frozen=True)
class Rate:
    """How often something was wrong with an organization's examined reports."""

    organization_id: int
    name: str
    examined: int
    faulty: int
    low: float
    high: float

    @property
    def few(self) -> bool:
        return self.examined < FEW


def population(session: WorkingSession, acting: Acting, filters: Filters) -> list[int]:
    """Ids of disclosed reports of the officer's subtree that fit, in order."""
    below = select(Authority.id).where(
        col(Authority.path).startswith(acting.officer.authority_path, autoescape=True)
    )
    query = (
        select(ReportSheet.docket_id)
        .join(Docket, col(Docket.id) == col(ReportSheet.docket_id))
        .where(col(Docket.state).in_(_STATES), col(Docket.authority_id).in_(below))
    )
    if filters.type:
        query = query.where(ReportSheet.type == filters.type)
    if filters.issued_from is not None:
        query = query.where(ReportSheet.issued_on >= filters.issued_from)
    if filters.issued_to is not None:
        query = query.where(ReportSheet.issued_on <= filters.issued_to)
    return sorted(session.exec(query).all())


def draw(
    session: WorkingSession,
    acting: Acting,
    *,
    title: str,
    size: int,
    filters: Filters,
    seed: str = "",
) -> SampleDraw:
    """Draw a sample and keep it with its seed, which the audit has, too.

    Raises ``Forbidden``, ``InvalidInput`` where nothing fits.
    """
    if not acting.officer.has("reviewer", "approver"):
        raise Forbidden
    ids = population(session, acting, filters)
    if not ids:
        raise InvalidInput({"type": [N_("No disclosed report fits.")]})
    chosen = seed.strip() or secrets.token_hex(16)
    made = SampleDraw(
        authority_id=acting.officer.authority_id,
        title=title,
        seed=chosen,
        filters=filters.told(),
        population=len(ids),
        digest=hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest(),
        drawn_by=acting.officer.account_id,
        drawn_at=acting.now,
    )
    session.add(made)
    session.flush()
    session.add_all(
        SampleItem(draw_id=made.id or 0, docket_id=one, place=place)
        for place, one in enumerate(order(chosen, ids)[:size], start=1)
    )
    session.flush()
    detail = {"seed": chosen, "size": size, "population": len(ids), "digest": made.digest}
    _audit(session, acting, "reports:sample:drawn", f"sample:{made.id}", detail)
    return made


def samples(session: WorkingSession, acting: Acting) -> list[SampleDraw]:
    """Samples of the officer's subtree, newest first."""
    below = select(Authority.id).where(
        col(Authority.path).startswith(acting.officer.authority_path, autoescape=True)
    )
    query = select(SampleDraw).where(col(SampleDraw.authority_id).in_(below))
    return list(session.exec(query.order_by(col(SampleDraw.id).desc()).limit(200)))


def sample(session: WorkingSession, acting: Acting, draw_id: int) -> SampleDraw:
    """One sample of the officer's subtree. Raises ``NotFound``."""
    found = session.get(SampleDraw, draw_id)
    authority = session.get(Authority, found.authority_id) if found else None
    if found is None or authority is None or not acting.officer.sees(authority.path):
        raise NotFound
    return found


def items(session: WorkingSession, draw_id: int) -> list[tuple[SampleItem, Docket]]:
    """The reports of a sample in the order of the draw."""
    query = (
        select(SampleItem, Docket)
        .join(Docket, col(Docket.id) == col(SampleItem.docket_id))
        .where(SampleItem.draw_id == draw_id)
    )
    return list(session.exec(query.order_by(col(SampleItem.place))).all())


def examine(
    session: WorkingSession,
    acting: Acting,
    item_id: int,
    *,
    outcome: str,
    note: str,
    examined_on: date,
) -> SampleItem:
    """Record the outcome of one re-examination. Raises ``NotFound``, ``Conflict``,
    ``InvalidInput``.
    """
    item = session.get(SampleItem, item_id)
    if item is None:
        raise NotFound
    sample(session, acting, item.draw_id)
    if not acting.officer.has("clerk", "reviewer"):
        raise Forbidden
    if item.outcome:
        raise Conflict
    if examined_on > acting.today:
        raise InvalidInput({"examined_on": [N_("This date lies in the future.")]})
    item.outcome, item.note, item.examined_on = outcome, note, examined_on
    item.examined_by = acting.officer.account_id
    session.add(item)
    session.flush()
    detail = {"outcome": outcome, "report": item.docket_id}
    _audit(session, acting, "reports:sample:examined", f"sample:{item.draw_id}", detail)
    return item


def rates(session: WorkingSession, acting: Acting) -> list[Rate]:
    """Per organization, by name: how many reports were examined and how many were faulty."""
    counted: dict[int, list[int]] = {}
    for one in samples(session, acting):
        for item, docket in items(session, one.id or 0):
            if item.outcome and docket.subject_id is not None:
                row = counted.setdefault(docket.subject_id, [0, 0])
                row[0] += 1
                row[1] += item.outcome == "faulty"
    found = [_rate(session, one, *numbers) for one, numbers in counted.items()]
    return sorted(found, key=lambda rate: rate.name)


def _rate(session: WorkingSession, organization_id: int, examined: int, faulty: int) -> Rate:
    low, high = wilson(faulty, examined)
    name = entities.entity(session, organization_id).name
    return Rate(organization_id, name, examined, faulty, low, high)


def _audit(
    session: WorkingSession, acting: Acting, action: str, subject: str, detail: Mapping[str, Any]
) -> None:
    audited(session, acting, action, subject, dict(detail))
