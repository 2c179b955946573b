"""A search result to take away: CSV, JSON, Atom. The columns are those of the datasets."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence

from registry.core.sheets import writers
from registry.public.gazette import datasets
from registry.public.gazette.queries import Record

LIMIT = 5000
"""Records in one file."""


def csv_file(records: Iterable[Record], addresses: Sequence[str]) -> str:
    """One line per record, with its address behind the columns of the datasets."""
    file = io.StringIO(newline="")
    rows = (
        [*datasets.row(record), address] for record, address in zip(records, addresses, strict=True)
    )
    writers.write_csv(file, (*datasets.COLUMNS, "url"), rows)
    return file.getvalue()


def json_file(
    records: Iterable[Record], addresses: Sequence[str], *, sequence: int, total: int
) -> str:
    """The published payloads as they stand, each with its id, sequence and address."""
    results = [
        {**datasets.document(record), "url": address}
        for record, address in zip(records, addresses, strict=True)
    ]
    body = {"sequence": sequence, "total": total, "results": results}
    return json.dumps(body, ensure_ascii=False, indent=1)
