"""Who was entitled to sign on a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import or_
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.office.enforcement.signatories.models import Signatory
from registry.office.staff.models import Authority
from registry.office.staff.officer import Officer


def entitled(
    session: WorkingSession, among: Collection[int], capacity: str, name: str, day: date
) -> Signatory | None:
    """The entry of the authorities ``among`` under which ``name`` could sign on ``day``, if any."""
    query = select(Signatory).where(
        col(Signatory.authority_id).in_(sorted(among)),
        Signatory.capacity == capacity,
        Signatory.name == name.strip(),
        col(Signatory.since) <= day,
        or_(col(Signatory.until).is_(None), col(Signatory.until) >= day),
    )
    return session.exec(query.order_by(col(Signatory.id).desc())).first()


def above(authority: Authority) -> list[int]:
    """The authority and those above it, from its path."""
    return _ids(authority.path)


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.split("/") if part]


def listed(session: WorkingSession, officer: Officer) -> Sequence[tuple[Signatory, str, bool]]:
    """All entries of the officer's subtree with the authority's name, newest first; True: his.

    Those of the authorities above are among them: their people may sign in his cases, too.
    """
    query = (
        select(Signatory, Authority.name, Authority.path)
        .join(Authority, col(Authority.id) == col(Signatory.authority_id))
        .where(
            or_(
                col(Authority.path).startswith(officer.authority_path, autoescape=True),
                col(Authority.id).in_(_ids(officer.authority_path)),
            )
        )
    )
    rows = session.exec(query.order_by(col(Signatory.id).desc()).limit(500))
    return [(row, name, officer.sees(path)) for row, name, path in rows]
