"""Writing the audit.

``record`` adds the row in the caller's transaction; just before that transaction commits the row
is put at the end of the chain. The chain's lock is thereby the last one a transaction takes, so
that officers do not wait for each other's work and cannot block each other in a ring.
SQLite: the transaction that writes holds the only writer's lock anyway. PostgreSQL: an advisory
lock that falls away with the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import event, select
from sqlalchemy.orm import Session
from sqlmodel import col

from registry.core.db import WorkingSession, in_turn
from registry.office.audit import actions, chain
from registry.office.audit.models import AuditEntry
from registry.office.audit.queries import Head, Report, verify

__all__ = ["Head", "Report", "record", "verify"]

_UNCHAINED = "registry.audit.unchained"


def record(
    session: WorkingSession,
    *,
    actor: int | None,
    action: str,
    subject: str,
    detail: Mapping[str, object] | None = None,
    now: datetime,
) -> AuditEntry:
    """Audit that ``actor`` did ``action`` to ``subject`` (``kind:id``) at ``now``.

    ``detail`` holds ids, codes, field names and counts only; see ``chain.canonical_detail``.
    Raises ``UnknownAction`` for a tag that no room lists and ``UnfitForAudit`` for free text.
    """
    entry = AuditEntry(
        at=now,
        actor=actor,
        action=actions.known(action),
        subject=chain.checked_subject(subject),
        detail=chain.canonical_detail(detail or {}),
    )
    session.add(entry)
    session.flush()
    session.info.setdefault(_UNCHAINED, []).append(entry.id)
    return entry


@event.listens_for(WorkingSession, "before_commit")
def _chain(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.get(_UNCHAINED):
        return
    session.flush()
    in_turn(session, "audit")
    sequence, previous = _head(session)
    for entry in _unchained(session):
        sequence += 1
        entry.sequence, entry.previous = sequence, previous
        entry.hash = previous = chain.Link(
            sequence, entry.at, entry.actor, entry.action, entry.subject, entry.detail, previous
        ).hash
    session.info[_UNCHAINED] = []


@event.listens_for(WorkingSession, "after_rollback")
def _forget(session: Session) -> None:
    # Called for a savepoint, too: what was recorded before it still wants its place.
    if not session.in_nested_transaction():
        session.info.pop(_UNCHAINED, None)


def _head(session: Session) -> tuple[int, str]:
    newest = col(AuditEntry.sequence)
    query = (
        select(newest, col(AuditEntry.hash))
        .where(newest.is_not(None))
        .order_by(newest.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return (row[0] or 0, row[1] or "") if row else (0, chain.GENESIS)


def _unchained(session: Session) -> list[AuditEntry]:
    # Ids of a rolled-back savepoint find no row any more and are thereby left out.
    ids = session.info[_UNCHAINED]
    found: list[AuditEntry] = []
    for start in range(0, len(ids), 500):
        part = col(AuditEntry.id).in_(ids[start : start + 500])
        query = select(AuditEntry).where(part, col(AuditEntry.hash).is_(None))
        found += session.scalars(query.order_by(col(AuditEntry.id)))
    return found
