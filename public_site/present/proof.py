"""Where a record stands in the log, and with which hashes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from registry.core.db import GazetteSession
from registry.public.gazette import log_rows
from registry.public.gazette.queries import Record


@dataclass(frozen=True)
class Proof:
    """The row of the log from which a record's present content comes."""

    sequence: int
    recorded: datetime
    commitment: str
    leaf_hash: str
    salt: str


def proof_of(session: GazetteSession, record: Record, now: datetime) -> Proof | None:
    """The proof of ``record``; None if its row was replaced while this was being read."""
    rows = log_rows.changes(session, record.sequence - 1, 1, now)
    if not rows or rows[0]["id"] != record.id:
        return None
    row = rows[0]
    return Proof(
        sequence=record.sequence,
        recorded=record.updated,
        commitment=row["commitment"],
        leaf_hash=row["leaf_hash"],
        salt=row.get("salt", ""),
    )
