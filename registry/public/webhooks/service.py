"""Endpoints of agencies, and putting messages in their queues."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from registry.core import outgoing
from registry.core.clock import rfc3339
from registry.core.codes.public_id import CROCKFORD
from registry.core.db import IntakeSession
from registry.core.errors import InvalidInput, NotFound
from registry.core.i18n import N_
from registry.core.keys import KEY_BYTES, Vault
from registry.public.gazette import leaf
from registry.public.webhooks.models import Delivery, Endpoint
from registry.public.webhooks.signing import fresh_secret

EVENTS: Mapping[str, str] = {
    "listing.published": N_("A listing was published."),
    "listing.lifted": N_("A listing was removed."),
    "measure.due": N_("A measure is to be applied by the agency."),
    "measure.lift": N_("A measure is to be lifted by the agency, also as a reminder."),
    "watch.hit": N_("A watched counterparty is on a list, or may be."),
    "watch.cleared": N_("A watched counterparty is on no list any more."),
}
LIFTS = frozenset({"listing.lifted", "measure.lift", "watch.cleared"})
"""Sent before everything else that waits for the same endpoint."""
MOST = 10
"""Endpoints of one agency."""
KEEP = timedelta(days=30)
"""How long a delivered message is known."""


class UnknownHost(InvalidInput):
    """A well-formed address whose host has none in the network, so far."""

    code = "unknown-host"
    status = 409
    message = N_("The host of this address is not known.")


@dataclass(frozen=True)
class Added:
    """A new endpoint with its secret, which is shown this once."""

    endpoint: Endpoint
    secret: str


def add(
    session: IntakeSession,
    agency_id: int,
    url: str,
    events: Iterable[str],
    *,
    root: bytes,
    private: outgoing.Inside,
    now: datetime,
) -> Added:
    """Register an endpoint. ``root`` is the agency key; ``private`` admits addresses inside.

    The host is resolved: an address that leads into a private network is refused here already,
    and again at every call. Raises ``InvalidInput``.
    """
    wanted = sorted(set(events))
    if not wanted or not set(wanted) <= set(EVENTS):
        raise InvalidInput({"events": [N_("Choose the events to be told of.")]})
    try:
        outgoing.pinned(outgoing.checked(url, private=private), private=private)
    except outgoing.AddressRefused as error:
        why = str(error.params["why"])
        kind = UnknownHost if why == outgoing.NO_SUCH_HOST else InvalidInput
        raise kind({"url": [why]}) from None
    known = endpoints(session, agency_id)
    if len(known) >= MOST:
        raise InvalidInput({"url": [N_("There are {most} addresses already.")]}, most=MOST)
    secret, token = fresh_secret(), f"W-{_random(10)}"
    row = Endpoint(
        token=token,
        agency_id=agency_id,
        url=url.strip(),
        events=wanted,
        secret=_vault(root).seal(secret.encode(), token.encode()),
        created=now,
    )
    session.add(row)
    session.flush()
    return Added(row, secret)


def remove(session: IntakeSession, agency_id: int, token: str) -> None:
    """Forget an endpoint and what waits for it. Raises ``NotFound``."""
    found = endpoint(session, agency_id, token)
    session.execute(delete(Delivery).where(col(Delivery.endpoint_id) == found.id))
    session.delete(found)
    session.flush()


def endpoint(session: IntakeSession, agency_id: int, token: str) -> Endpoint:
    """The agency's endpoint. Raises ``NotFound``, also for another agency's."""
    query = select(Endpoint).where(col(Endpoint.token) == token, Endpoint.agency_id == agency_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound
    return found


def endpoints(session: IntakeSession, agency_id: int) -> list[Endpoint]:
    """The agency's endpoints, oldest first."""
    query = select(Endpoint).where(Endpoint.agency_id == agency_id)
    return list(session.exec(query.order_by(col(Endpoint.id))))


def secret_of(row: Endpoint, root: bytes) -> str:
    """What signs messages to the endpoint. Raises ``SealBroken``."""
    return _vault(root).open(row.secret, row.token.encode()).decode()


def emit(
    session: IntakeSession,
    event: str,
    data: Mapping[str, Any],
    *,
    now: datetime,
    agencies: Sequence[int] | None = None,
) -> int:
    """Queue a message for every endpoint that wants ``event``; how many those are.

    ``agencies``: only theirs. ``data`` holds ids, codes and instants, never a name.
    """
    query = select(Endpoint).where(col(Endpoint.disabled).is_(None))
    if agencies is not None:
        query = query.where(col(Endpoint.agency_id).in_(agencies))
    body = leaf.canonical({"type": event, "timestamp": rfc3339(now), "data": dict(data)})
    rows = [
        Delivery(
            endpoint_id=one.id or 0,
            message=f"msg_{_random(26)}",
            event=event,
            rank=0 if event in LIFTS else 1,
            body=body,
            created=now,
        )
        for one in session.exec(query)
        if event in one.events
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)


def forget_delivered(session: IntakeSession, now: datetime) -> int:
    """Delete messages that were settled long ago."""
    old = delete(Delivery).where(col(Delivery.open).is_(False), col(Delivery.created) < now - KEEP)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined] # of a cursor result


def _vault(root: bytes) -> Vault:
    return Vault(hashlib.blake2b(b"webhook", key=root, digest_size=KEY_BYTES).digest(), b"")


def _random(symbols: int) -> str:
    return "".join(secrets.choice(CROCKFORD) for _ in range(symbols))
