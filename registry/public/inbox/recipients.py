"""To whom a tip is sealed: the keys that authorities publish, and the way up where there are none.

An authority with an intake publishes one gazette record of kind ``intake-key``: public halves of
its duty officers', custodians' and recovery keys. The office builds its payload with
``build_payload``; the public site reads it here. A region whose authority has no intake is served
by the next one above; where nobody takes tips in, the page says so and whom to call.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from nacl.exceptions import CryptoError
from nacl.public import PublicKey

from registry.core.codes.regions import region_path
from registry.core.db import GazetteSession
from registry.public.gazette import queries
from registry.public.gazette.entry import Handle
from registry.public.gazette.payloads import AuthorityRef, IntakeKeyPayload, SealingKey
from registry.public.inbox.naming import speaks_of
from registry.public.inbox.sealing import NoRecipient, key_id

KIND = "intake-key"
COUNTRY = "000000"


@dataclass(frozen=True)
class Recipients:
    """An authority's intake as it stands."""

    authority: AuthorityRef
    region: str
    level: str
    phone: str
    officers: tuple[PublicKey, ...]
    custodians: tuple[PublicKey, ...]
    recovery: PublicKey
    epoch: int
    accepts: frozenset[str]

    @property
    def code(self) -> str:
        """Credit code of the authority."""
        return self.authority.get("code", "")

    @property
    def tip_keys(self) -> tuple[PublicKey, ...]:
        """To whom a tip's private key is wrapped."""
        return (*self.officers, self.recovery)

    @property
    def identity_keys(self) -> tuple[PublicKey, ...]:
        """Who may open the envelope with the reporter's identity."""
        return (*self.custodians, self.recovery)

    def takes(self, category: str) -> bool:
        """Whether it takes tips of ``category``: a key on duty and a custodian's are there."""
        wanted = not self.accepts or category in self.accepts
        return bool(self.officers and self.custodians) and wanted


def build_payload(
    *,
    authority: AuthorityRef,
    region: str,
    level: str,
    officers: Iterable[tuple[PublicKey, date]],
    custodians: Iterable[tuple[PublicKey, date]],
    recovery: tuple[PublicKey, date],
    epoch: int,
    phone: str = "",
    accepts: Iterable[str] = (),
) -> IntakeKeyPayload:
    """What the office publishes as kind ``intake-key``: each key with the day it came into use.

    ``authority`` must have its credit code. Keys are sorted, so that their order tells nothing of
    the roster. Raises ``NoRecipient`` where there is no officer's or no custodian's key.
    """
    payload: IntakeKeyPayload = {
        "authority": authority,
        "region": region,
        "level": level,
        "officers": sorted((_published(*one) for one in officers), key=_by_id),
        "custodians": sorted((_published(*one) for one in custodians), key=_by_id),
        "recovery": _published(*recovery),
        "epoch": epoch,
    }
    if not payload["officers"] or not payload["custodians"] or not authority.get("code"):
        raise NoRecipient
    if phone:
        payload["phone"] = phone
    if categories := sorted(set(accepts)):
        payload["accepts"] = categories
    return payload


def read(payload: Mapping[str, object]) -> Recipients:
    """The intake that a payload describes. Raises ``NoRecipient`` for a damaged key."""
    given = cast(IntakeKeyPayload, payload)
    return Recipients(
        authority=given["authority"],
        region=given["region"],
        level=given["level"],
        phone=given.get("phone", ""),
        officers=tuple(_key(one) for one in given["officers"]),
        custodians=tuple(_key(one) for one in given["custodians"]),
        recovery=_key(given["recovery"]),
        epoch=given["epoch"],
        accepts=frozenset(given.get("accepts", ())),
    )


def for_region(
    session: GazetteSession, region: str, category: str, now: datetime, *, told: object = None
) -> Recipients | None:
    """The intake nearest to ``region``: its own, else the next above; None where all are closed.

    An authority whose name or credit code stands in what is ``told`` does not get the report about
    itself, as long as another one above takes it; otherwise it is held there (``tips.about``).
    """
    taking = [one for one in above(session, region, now) if one.takes(category)]
    apart = (one for one in taking if not speaks_of(told, (one.code, one.authority["name"])))
    return next(apart, taking[0] if taking else None)


def of_authority(session: GazetteSession, code: str, now: datetime) -> Recipients | None:
    """The intake of the authority with credit code ``code``, open or not."""
    for record in queries.lookup(session, Handle("code", code), now):
        if record.kind == KIND:
            return read(record.payload)
    return None


def above(session: GazetteSession, region: str, now: datetime) -> Iterator[Recipients]:
    """Intakes of ``region`` and of what it lies in, the nearest first, open or not."""
    for code in (*reversed(region_path(region)), COUNTRY):
        records = queries.lookup(session, Handle("region", code), now)
        for record in sorted(records, key=lambda one: one.id):
            if record.kind == KIND:
                yield read(record.payload)


def _published(key: PublicKey, since: date) -> SealingKey:
    text = base64.b64encode(bytes(key)).decode()
    return {"id": key_id(key), "key": text, "since": since.isoformat()}


def _by_id(key: SealingKey) -> str:
    return key["id"]


def _key(given: SealingKey) -> PublicKey:
    try:
        key = PublicKey(base64.b64decode(given["key"], validate=True))
    except (binascii.Error, CryptoError, ValueError, TypeError):
        raise NoRecipient from None
    if key_id(key) != given["id"]:
        raise NoRecipient
    return key
