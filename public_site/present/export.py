"""A search result to take away: CSV, JSON, Atom.

CSV is UTF-8 with a byte order mark, which Excel needs for Chinese. A cell that a spreadsheet
would run as a formula begins with an apostrophe (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from registry.core.clock import rfc3339
from registry.public.gazette.queries import Record

LIMIT = 5000
"""Records in one file."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
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
    "summary",
    "sequence",
    "updated",
    "url",
)


def neutral(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_file(records: Iterable[Record], addresses: Sequence[str]) -> str:
    """One line per record, columns as in ``COLUMNS``."""
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for record, address in zip(records, addresses, strict=True):
        row = {**_row(record), "url": address}
        writer.writerow([neutral(row.get(column)) for column in COLUMNS])
    return file.getvalue()


def json_file(
    records: Iterable[Record], addresses: Sequence[str], *, sequence: int, total: int
) -> str:
    """The published payloads as they stand, each with its id, sequence and address."""
    results = [
        {
            "id": record.id,
            "kind": record.kind,
            "sequence": record.sequence,
            "updated": rfc3339(record.updated),
            "url": address,
            **record.payload,
        }
        for record, address in zip(records, addresses, strict=True)
    ]
    body = {"sequence": sequence, "total": total, "results": results}
    return json.dumps(body, ensure_ascii=False, indent=1)


def _row(record: Record) -> dict[str, Any]:
    payload: Any = record.payload
    subject, decision = payload.get("subject", {}), payload.get("decision", {})
    authority, term = payload.get("authority", {}), payload.get("term", {})
    return {
        "id": record.id,
        "kind": record.kind,
        "name": subject.get("name") or payload.get("name"),
        "code": subject.get("code") or payload.get("reference"),
        "list": payload.get("list"),
        "ground": payload.get("ground"),
        "decision_number": decision.get("number"),
        "decision_date": decision.get("date"),
        "authority": authority.get("name"),
        "since": term.get("since"),
        "until": term.get("until"),
        "region": subject.get("region") or authority.get("region") or payload.get("region"),
        "fine_yuan": payload.get("fine_yuan"),
        "summary": payload.get("summary") or payload.get("facts") or payload.get("remarks"),
        "sequence": record.sequence,
        "updated": rfc3339(record.updated),
    }
