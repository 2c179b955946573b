"""Published records as datasets: one row or one object per record.

Natural persons as subjects of our own lists are left out: they are found only by name and
document number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from registry.core.clock import rfc3339
from registry.core.db import GazetteSession
from registry.public.gazette import queries
from registry.public.gazette.kinds import LISTED, about_person
from registry.public.gazette.queries import Record

KINDS = {kind.plural: kind.code for kind in LISTED}
"""Dataset to the kind of its records."""
NAMES = tuple(KINDS)
COLUMNS = (
    "id",
    "kind",
    "name",
    "code",
    "list",
    "ground",
    "decision_number",
    "decision_date",
    "authority",
    "since",
    "until",
    "region",
    "fine_yuan",
    "field",
    "scopes",
    "status",
    "summary",
    "sequence",
    "updated",
)


def records(session: GazetteSession, dataset: str, now: datetime) -> Iterator[Record]:
    """All records of a dataset that may be shown at ``now``, in the order of their sequence."""
    for record in queries.every(session, KINDS[dataset], now):
        if not about_person(record.payload):
            yield record


def row(record: Record) -> list[object]:
    """The cells of ``COLUMNS``."""
    values = flat(record)
    return [values.get(column) for column in COLUMNS]


def document(record: Record) -> dict[str, Any]:
    """The payload as published, with id, kind, sequence and time beside it."""
    return {
        "id": record.id,
        "kind": record.kind,
        "sequence": record.sequence,
        "updated": rfc3339(record.updated),
        **record.payload,
    }


def flat(record: Record) -> dict[str, Any]:
    """The values that a table has room for, by column."""
    payload: Mapping[str, Any] = record.payload
    subject, decision = payload.get("subject", {}), payload.get("decision", {})
    authority, held = payload.get("authority", {}), payload.get("qualification", {})
    term = payload.get("term", held)
    return {
        "id": record.id,
        "kind": record.kind,
        "name": subject.get("name") or payload.get("name") or payload.get("period"),
        "code": subject.get("code") or payload.get("reference"),
        "list": payload.get("list"),
        "ground": payload.get("ground"),
        "decision_number": decision.get("number") or held.get("number"),
        "decision_date": decision.get("date"),
        "authority": authority.get("name"),
        "since": term.get("since"),
        "until": term.get("until"),
        "region": subject.get("region") or authority.get("region") or payload.get("region"),
        "fine_yuan": payload.get("fine_yuan"),
        "field": payload.get("field"),
        "scopes": " ".join(payload.get("scopes", ())) or None,
        "status": payload.get("status"),
        "summary": payload.get("summary") or payload.get("facts") or payload.get("remarks"),
        "sequence": record.sequence,
        "updated": rfc3339(record.updated),
    }
