"""Taking over official certificates, and checking a number against them.

A card's own code is never followed: a forged card leads to a forged page. What counts is the
number and the name, looked up in what the issuing body handed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Literal

from sqlalchemy import func
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.core.i18n import N_
from registry.core.names import fold, normalize_document
from registry.office.audit import service as audit
from registry.office.enforcement.certificates.models import OfficialCertificate
from registry.office.entities.vault import PersonKeys
from registry.office.staff.officer import CASEWORK, Acting

CHUNK = 500
STATUSES = ("valid", "revoked", "cancelled")
Outcome = Literal["valid", "expired", "revoked", "cancelled", "other-holder", "unknown", "no-data"]
_ADDRESS = re.compile(r"https?:|www\.|://|\.(cn|com|net|org)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Certificate:
    """One row of a source."""

    kind: str
    number: str
    holder: str
    scope: str = ""
    issuer: str = ""
    issued: date | None = None
    valid_until: date | None = None
    status: str = "valid"


@dataclass(frozen=True)
class Checked:
    """What the official data say of a number. ``row`` is None where they do not know it."""

    outcome: Outcome
    row: OfficialCertificate | None
    as_of: date | None
    """The newest official data of this kind; None where there are none at all."""


def take_over(
    session: WorkingSession,
    acting: Acting,
    rows: Iterable[Certificate],
    *,
    source: str,
    as_of: date,
    keys: PersonKeys,
) -> tuple[int, int]:
    """Add and amend; absence means nothing. Gives how many were new and how many changed.

    A row that is older than what is known of the number changes nothing. Raises ``Forbidden``.
    """
    if not acting.officer.has(*CASEWORK):
        raise Forbidden
    added = changed = 0
    for row, known in _known(session, rows, keys):
        if known is not None and known.as_of > as_of:
            continue
        values = _values(row, keys)
        if known is not None:
            changed += any(getattr(known, name) != value for name, value in values.items())
        else:
            added += 1
        kept = known or OfficialCertificate(
            kind=row.kind,
            number_print=_number(keys, row.kind, row.number),
            holder_print=values["holder_print"],
            source=source,
            as_of=as_of,
            updated_at=acting.now,
        )
        for name, value in values.items():
            setattr(kept, name, value)
        kept.source, kept.as_of, kept.updated_at = source, as_of, acting.now
        session.add(kept)
    session.flush()
    audit.record(
        session,
        actor=acting.officer.account_id,
        action="enforcement:certificates:imported",
        subject="certificate:official",
        detail={"added": added, "changed": changed, "as_of": as_of.isoformat()},
        now=acting.now,
    )
    return added, changed


def _values(row: Certificate, keys: PersonKeys) -> dict[str, Any]:
    """What is kept of a row beside its number."""
    return {
        "holder_print": _holder(keys, row.number, row.holder),
        "scope": row.scope,
        "issuer": row.issuer,
        "issued": row.issued,
        "valid_until": row.valid_until,
        "status": row.status,
    }


def _known(
    session: WorkingSession, rows: Iterable[Certificate], keys: PersonKeys
) -> Iterator[tuple[Certificate, OfficialCertificate | None]]:
    """Each row with what is known of its number, asked for in chunks."""
    waiting = iter(rows)
    while part := list(islice(waiting, CHUNK)):
        prints = [_number(keys, row.kind, row.number) for row in part]
        query = select(OfficialCertificate).where(col(OfficialCertificate.number_print).in_(prints))
        found = {(one.kind, one.number_print): one for one in session.exec(query)}
        for row, number in zip(part, prints, strict=True):
            yield row, found.get((row.kind, number))


def check(
    session: WorkingSession,
    acting: Acting,
    *,
    kind: str,
    number: str,
    holder: str,
    keys: PersonKeys,
) -> Checked:
    """What the official data say of this number and name today; audited without either.

    Raises ``InvalidInput`` for an address in place of a number, ``Forbidden``.
    """
    if not acting.officer.has(*CASEWORK):
        raise Forbidden
    if _ADDRESS.search(number):
        raise InvalidInput(
            {"number": [N_("This is an address, as a card's own code holds it. Type the number.")]}
        )
    row, as_of = _find(session, kind, number, keys), _newest(session, kind)
    outcome = _outcome(row, holder == "" or _agrees(row, keys, number, holder), acting.today)
    if as_of is None:
        # Nothing was handed over: that a number is not found says nothing about the card.
        outcome = "no-data"
    audit.record(
        session,
        actor=acting.officer.account_id,
        action="enforcement:certificate:checked",
        subject=f"certificate:{row.id}" if row else "certificate:unknown",
        detail={"kind": kind, "outcome": outcome},
        now=acting.now,
    )
    return Checked(outcome, row if outcome != "other-holder" else None, as_of)


def _outcome(row: OfficialCertificate | None, agrees: bool, today: date) -> Outcome:
    if row is None:
        return "unknown"
    if not agrees:
        return "other-holder"
    if row.status == "revoked":
        return "revoked"
    if row.status == "cancelled":
        return "cancelled"
    if row.valid_until is not None and row.valid_until < today:
        return "expired"
    return "valid"


def _agrees(row: OfficialCertificate | None, keys: PersonKeys, number: str, holder: str) -> bool:
    return row is not None and row.holder_print == _holder(keys, number, holder)


def _find(
    session: WorkingSession, kind: str, number: str, keys: PersonKeys
) -> OfficialCertificate | None:
    query = select(OfficialCertificate).where(
        OfficialCertificate.kind == kind,
        OfficialCertificate.number_print == _number(keys, kind, number),
    )
    return session.exec(query).first()


def _newest(session: WorkingSession, kind: str) -> date | None:
    query = select(func.max(col(OfficialCertificate.as_of)))
    return session.scalar(query.where(col(OfficialCertificate.kind) == kind))


def _number(keys: PersonKeys, kind: str, number: str) -> str:
    return keys.fingerprint(f"certificate-{kind}", normalize_document(number))


def _holder(keys: PersonKeys, number: str, holder: str) -> str:
    text = f"{normalize_document(number)}\0{fold(holder)}"
    return keys.fingerprint("certificate-holder", text)
