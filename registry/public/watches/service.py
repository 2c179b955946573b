"""Adding and ending watches."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func
from sqlmodel import col, select

from registry.core.codes.public_id import CROCKFORD
from registry.core.db import GazetteSession, IntakeSession
from registry.core.errors import Conflict, NotFound, RegistryError
from registry.core.i18n import N_
from registry.public.screening import CheckRequest, CheckResult, Match, ScreeningIndex, check_many
from registry.public.screening.requests import normalize
from registry.public.watches import sealing
from registry.public.watches.models import Watch, WatchMatch

MOST = 20_000
"""Watches of one agency."""


class TooManyWatches(Conflict):
    """The agency watches as many as it may."""

    code = "too-many-watches"
    message = N_("At most {most} counterparties can be watched.")


@dataclass(frozen=True)
class Wanted:
    """A counterparty to watch, with the agency's own number for it."""

    asked: CheckRequest
    reference: str = ""


def add(
    session: IntakeSession,
    gazette: GazetteSession,
    agency_id: int,
    wanted: Sequence[Wanted],
    *,
    root: bytes,
    index: ScreeningIndex,
    now: datetime,
) -> list[Watch | RegistryError]:
    """Watch each of ``wanted``; to each its watch, with where it stands, or what is wrong with it.

    One wrong counterparty fails no other. Raises ``TooManyWatches``.
    """
    count = select(func.count()).select_from(Watch).where(Watch.agency_id == agency_id)
    if session.exec(count).one() + len(wanted) > MOST:
        raise TooManyWatches(most=MOST)
    found = check_many(gazette, [one.asked for one in wanted], index=index, now=now)
    return [
        result
        if isinstance(result, RegistryError)
        else _add(session, agency_id, one, result, root, now)
        for one, result in zip(wanted, found, strict=True)
    ]


def _add(
    session: IntakeSession,
    agency_id: int,
    one: Wanted,
    found: CheckResult,
    root: bytes,
    now: datetime,
) -> Watch:
    asked = normalize(one.asked)
    token = f"B-{''.join(secrets.choice(CROCKFORD) for _ in range(10))}"
    row = Watch(
        token=token,
        agency_id=agency_id,
        reference=one.reference,
        asked=sealing.seal(root, token, asked),
        code_hash=sealing.code_hash(root, asked.code) if asked.code else None,
        named=bool(asked.name),
        outcome=found.outcome,
        sequence=found.sequence,
        created=now,
        changed=now,
    )
    session.add(row)
    session.flush()
    session.add_all([match_row(row.id or 0, match) for match in found.matches])
    session.flush()
    return row


def match_row(watch_id: int, match: Match) -> WatchMatch:
    """What is kept of a match."""
    told = {
        "kind": match.kind,
        "via": match.via,
        "score": f"{match.score:.3f}",
        "sequence": str(match.sequence),
    }
    return WatchMatch(watch_id=watch_id, record=match.id, told=told)


def remove(session: IntakeSession, agency_id: int, token: str) -> None:
    """End a watch. Raises ``NotFound``."""
    query = select(Watch).where(col(Watch.token) == token, Watch.agency_id == agency_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound
    session.execute(delete(WatchMatch).where(col(WatchMatch.watch_id) == found.id))
    session.delete(found)
    session.flush()


def page(
    session: IntakeSession, agency_id: int, *, outcome: str, after: int, limit: int
) -> list[Watch]:
    """The agency's watches by age; with ``outcome`` only those that stand so."""
    query = select(Watch).where(Watch.agency_id == agency_id, col(Watch.id) > after)
    if outcome:
        query = query.where(Watch.outcome == outcome)
    return list(session.exec(query.order_by(col(Watch.id)).limit(limit)))


def matches(session: IntakeSession, ids: Iterable[int]) -> Mapping[int, list[WatchMatch]]:
    """What each watch meets."""
    query = select(WatchMatch).where(col(WatchMatch.watch_id).in_(list(ids)))
    found: dict[int, list[WatchMatch]] = {}
    for one in session.exec(query.order_by(col(WatchMatch.record))):
        found.setdefault(one.watch_id, []).append(one)
    return found
