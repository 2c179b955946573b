"""Agencies and their keys, for desks and the command line. A secret can be read by nobody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import col, select

from registry.core.db import IntakeSession
from registry.core.errors import NotFound
from registry.public.agencies.models import AgencyRow, KeyRow


@dataclass(frozen=True)
class Holder:
    """An agency with its keys, the newest first."""

    agency: AgencyRow
    keys: tuple[KeyRow, ...]


def holders(session: IntakeSession, authorities: Collection[str] | None = None) -> list[Holder]:
    """Agencies by name; with ``authorities`` (public ids) only those that these answer for."""
    query = select(AgencyRow).order_by(col(AgencyRow.name))
    if authorities is not None:
        query = query.where(col(AgencyRow.authority).in_(authorities))
    agencies = list(session.exec(query))
    keys: dict[int, list[KeyRow]] = {}
    for row in session.exec(select(KeyRow).order_by(col(KeyRow.id).desc())):
        keys.setdefault(row.agency_id, []).append(row)
    return [Holder(one, tuple(keys.get(one.id or 0, ()))) for one in agencies]


def holder(session: IntakeSession, agency_id: int) -> Holder:
    """One agency with its keys. Raises ``NotFound``."""
    agency = session.get(AgencyRow, agency_id)
    if agency is None:
        raise NotFound
    query = select(KeyRow).where(col(KeyRow.agency_id) == agency_id)
    return Holder(agency, tuple(session.exec(query.order_by(col(KeyRow.id).desc()))))


def by_code(session: IntakeSession, code: str) -> AgencyRow | None:
    """The agency with this credit code."""
    return session.exec(select(AgencyRow).where(col(AgencyRow.code) == code)).first()
