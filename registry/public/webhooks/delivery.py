"""Delivering: one message after the other per endpoint, lifts first, again and again until heard.

An endpoint is claimed by one worker at a time; no transaction is open while the other side is
called. A failed attempt makes the whole endpoint wait, so that a dead one costs one call, not as
many as it has messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import col, select

from registry.core import outgoing
from registry.core.clock import Clock
from registry.core.db import IntakeSession, Store
from registry.core.keys import SealBroken
from registry.core.outgoing import AddressRefused, Resolver, Unreachable
from registry.public.webhooks import service, signing
from registry.public.webhooks.models import Delivery, Endpoint

DELAYS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600)
)
"""After the first, second … failure in a row; the last one from then on."""
GIVEN_UP_AFTER = timedelta(days=5)
"""An endpoint that fails for so long is dead; its agency finds what it missed with GET."""
LEASE = timedelta(minutes=5)
TIMEOUT, DEADLINE = 10.0, 20.0
"""Seconds to connect and to read, and for all of a call."""
MOST_READ = 16 * 1024
AT_ONCE = 10
"""Messages of one turn of an endpoint: all of them within the lease."""


@dataclass(frozen=True)
class Parcel:
    """What one turn of an endpoint needs outside of any transaction."""

    endpoint_id: int
    url: str
    secret: str
    waiting: tuple[tuple[int, str, bytes], ...]
    """Id, message id and body."""


@dataclass(frozen=True)
class _Way:
    """How endpoints may be reached (see ``outgoing.send``)."""

    private: outgoing.Inside
    trust: Path | None
    resolver: Resolver


def due(session: IntakeSession, now: datetime, limit: int = 100) -> list[int]:
    """Endpoints with something to hear, those with a lift first."""
    query = (
        select(Delivery.endpoint_id)
        .join(Endpoint, col(Endpoint.id) == Delivery.endpoint_id)
        .where(col(Delivery.open).is_(True), *_callable(now))
        .order_by(col(Delivery.rank), col(Delivery.id))
        .limit(limit * AT_ONCE)
    )
    return list(dict.fromkeys(session.exec(query)))[:limit]


def _callable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """That an endpoint is in nobody's hands, does not rest, and has not been given up."""
    claimed, rests = col(Endpoint.claimed_until), col(Endpoint.rests_until)
    return (
        col(Endpoint.disabled).is_(None),
        or_(claimed.is_(None), claimed <= now),
        or_(rests.is_(None), rests <= now),
    )


def turn(
    store: Store[IntakeSession],
    endpoint_id: int,
    root: bytes,
    *,
    clock: Clock,
    private: outgoing.Inside,
    trust: Path | None = None,
    resolver: Resolver = outgoing.resolve,
) -> int:
    """Deliver what waits for one endpoint until one attempt fails; how many were heard."""
    way = _Way(private, trust, resolver)
    parcel = _claim(store, endpoint_id, root, clock())
    if parcel is None:
        return 0
    heard = 0
    for id, message, body in parcel.waiting:
        status = _call(parcel, message, body, clock(), way)
        if not _settle(store, parcel.endpoint_id, id, status, clock()):
            break
        heard += 1
    _release(store, endpoint_id)
    return heard


def _claim(
    store: Store[IntakeSession], endpoint_id: int, root: bytes, now: datetime
) -> Parcel | None:
    take = update(Endpoint).where(col(Endpoint.id) == endpoint_id, *_callable(now))
    with store.write() as session:
        taken = session.execute(take.values(claimed_until=now + LEASE))
        row = session.get(Endpoint, endpoint_id)
        if not taken.rowcount or row is None:  # type: ignore[attr-defined]
            return None
        query = (
            select(Delivery.id, Delivery.message, Delivery.body)
            .where(Delivery.endpoint_id == endpoint_id, col(Delivery.open).is_(True))
            .order_by(col(Delivery.rank), col(Delivery.id))
            .limit(AT_ONCE)
        )
        waiting = tuple((id or 0, name, body.encode()) for id, name, body in session.exec(query))
        try:
            secret = service.secret_of(row, root)
        except SealBroken:
            # The key was replaced: nobody can sign to it any more.
            row.disabled = now
            return None
        return Parcel(endpoint_id, row.url, secret, waiting)


def _call(
    parcel: Parcel,
    message: str,
    body: bytes,
    now: datetime,
    way: _Way,
) -> int | None:
    """The status that came back, None where nothing did."""
    sent = {
        **signing.headers(parcel.secret, message, body, now),
        "content-type": "application/json",
        "user-agent": "credit-registry",
    }
    try:
        answer = outgoing.send(
            "POST",
            parcel.url,
            body=body,
            headers=sent,
            private=way.private,
            trust=way.trust,
            resolver=way.resolver,
            timeout=TIMEOUT,
            deadline=DEADLINE,
            most=MOST_READ,
        )
    except (AddressRefused, Unreachable):
        return None
    return answer.status


def _settle(
    store: Store[IntakeSession], endpoint_id: int, id: int, status: int | None, now: datetime
) -> bool:
    """Note what came of an attempt; whether the message was heard."""
    heard = status is not None and 200 <= status < 300
    with store.write() as session:
        row, message = session.get(Endpoint, endpoint_id), session.get(Delivery, id)
        if row is None or message is None:
            return False
        message.attempts += 1
        message.status = status
        if heard:
            message.delivered, message.open = now, False
            row.failures, row.failing_since, row.rests_until = 0, None, None
            return True
        row.failures += 1
        row.failing_since = row.failing_since or now
        row.rests_until = now + DELAYS[min(row.failures, len(DELAYS)) - 1]
        if status == HTTPStatus.GONE or now - row.failing_since >= GIVEN_UP_AFTER:
            row.disabled = now
        return False


def _release(store: Store[IntakeSession], endpoint_id: int) -> None:
    with store.write() as session:
        free = update(Endpoint).where(col(Endpoint.id) == endpoint_id)
        session.execute(free.values(claimed_until=None))
