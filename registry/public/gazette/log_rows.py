"""Reading the log itself: its rows in the API's form, its hashes, what was forgotten since."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from registry.core.clock import rfc3339
from registry.core.db import GazetteSession
from registry.public.gazette import tree
from registry.public.gazette.models import Content, Erasure, LogRow, RecordRow
from registry.public.gazette.queries import CHUNK, is_shown


def forgotten_since(session: GazetteSession, sequence: int) -> tuple[str, ...]:
    """Ids of which something was removed or corrected after ``sequence``.

    What an index built up to there knows of them may not be told any more, not even as a count.
    """
    query = select(Erasure.record_id).where(Erasure.sequence > sequence).distinct()
    return tuple(session.exec(query))


def changes(session: GazetteSession, since: int, limit: int, now: datetime) -> list[dict[str, Any]]:
    """Rows of the log after sequence ``since``, in order, in the API's form.

    ``payload`` and ``salt`` (base64url without padding) stand beside a row only while they exist
    and its record may be shown; the commitment always does, so that anyone recomputes the tree.
    """
    query: Any = (
        select(LogRow, Content, RecordRow)
        .join(RecordRow, col(RecordRow.id) == LogRow.id)
        .outerjoin(Content, col(Content.sequence) == LogRow.sequence)
        .where(LogRow.sequence > since)
        .order_by(col(LogRow.sequence))
        .limit(limit)
    )
    return [_change(row, content, record, now) for row, content, record in session.exec(query)]


def _change(
    row: LogRow, content: Content | None, record: RecordRow, now: datetime
) -> dict[str, Any]:
    change: dict[str, Any] = {
        "sequence": row.sequence,
        "op": row.op,
        "kind": row.kind,
        "id": row.id,
        "effective": rfc3339(row.effective),
        "recorded": rfc3339(row.recorded),
        "commitment": row.commitment.hex(),
        "leaf_hash": row.leaf_hash.hex(),
    }
    own_term = row.publish_until is None or row.publish_until > now
    if content is None or content.erased:
        return change
    if row.op == "DEL" or (own_term and is_shown(record, now)):
        change["payload"] = json.loads(content.payload)
        if row.publish_until is not None:
            change["publish_until"] = rfc3339(row.publish_until)
        change["salt"] = urlsafe_b64encode(content.salt).rstrip(b"=").decode()
    return change


def root(session: GazetteSession, size: int) -> bytes:
    """The root over the first ``size`` rows. ``ValueError`` if the log is shorter."""
    return tree.root(session, size)


def leaf_hashes(session: GazetteSession, sequences: Sequence[int]) -> dict[int, bytes]:
    """Leaf hash per sequence: what a certificate cites for each match."""
    found: dict[int, bytes] = {}
    for start in range(0, len(sequences), CHUNK):
        query = select(LogRow.sequence, LogRow.leaf_hash).where(
            col(LogRow.sequence).in_(sequences[start : start + CHUNK])
        )
        found.update(dict(session.exec(query).all()))
    return found
