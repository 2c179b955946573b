""" "Not the same": decisions on possible matches, remembered while the record says the same.

A decision binds the holder's query (by its keyed hash) to one record at one row of the log. Any
change of the record gives it another row, and the match is new again.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select, update

from registry.core.db import IntakeSession
from registry.core.errors import NotFound
from registry.core.jobs.queue import fresh_token
from registry.public.agencies.models import JudgementRow

Judged = frozenset[tuple[bytes, str, int]]
"""Query, record and sequence of each decision in force."""
_CHUNK = 500


def judge(
    session: IntakeSession,
    *,
    holder: str,
    by: str,
    query: bytes,
    record: str,
    sequence: int,
    now: datetime,
) -> JudgementRow:
    """Remember that ``record`` is not the holder's counterparty. Deciding twice changes nothing."""
    same = (
        col(JudgementRow.holder) == holder,
        col(JudgementRow.query) == query,
        col(JudgementRow.record) == record,
        col(JudgementRow.revoked).is_(None),
    )
    known = session.exec(
        select(JudgementRow).where(*same, col(JudgementRow.sequence) == sequence)
    ).first()
    if known is not None:
        return known
    session.execute(update(JudgementRow).where(*same).values(revoked=now))
    added = JudgementRow(
        token=fresh_token(),
        holder=holder,
        by=by,
        made=now,
        query=query,
        record=record,
        sequence=sequence,
    )
    session.add(added)
    session.flush()
    return added


def revoke(session: IntakeSession, holder: str, token: str, now: datetime) -> JudgementRow:
    """Take a decision back. Raises ``NotFound``."""
    query = select(JudgementRow).where(
        col(JudgementRow.holder) == holder, col(JudgementRow.token) == token
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFound
    found.revoked = found.revoked or now
    session.flush()
    return found


def in_force(session: IntakeSession, holder: str, queries: Collection[bytes]) -> Judged:
    """The holder's decisions about ``queries``; those about an older state are among them, and
    meet no match any more."""
    found: set[tuple[bytes, str, int]] = set()
    wanted = list(dict.fromkeys(queries))
    for start in range(0, len(wanted), _CHUNK):
        rows = session.exec(
            select(JudgementRow.query, JudgementRow.record, JudgementRow.sequence).where(
                col(JudgementRow.holder) == holder,
                col(JudgementRow.query).in_(wanted[start : start + _CHUNK]),
                col(JudgementRow.revoked).is_(None),
            )
        )
        found.update((bytes(query), record, sequence) for query, record, sequence in rows)
    return frozenset(found)


def page(
    session: IntakeSession, holder: str, *, limit: int, before: int | None = None
) -> list[JudgementRow]:
    """Decisions of ``holder`` that were not taken back, the newest first."""
    query = select(JudgementRow).where(
        col(JudgementRow.holder) == holder, col(JudgementRow.revoked).is_(None)
    )
    if before is not None:
        query = query.where(col(JudgementRow.id) < before)
    return list(session.exec(query.order_by(col(JudgementRow.id).desc()).limit(limit)))
