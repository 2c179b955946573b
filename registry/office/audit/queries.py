"""Reading the audit and proving that it is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, func, select

from registry.core.db import WorkingSession
from registry.office.audit.chain import GENESIS, Link
from registry.office.audit.models import AuditEntry


@dataclass(frozen=True)
class Head:
    """A point of the chain that someone noted: the row with ``sequence`` had ``hash``."""

    sequence: int
    hash: str


@dataclass(frozen=True)
class Report:
    """What a verification found.

    ``broken`` is the sequence of the first row that does not fit, ``problem`` a code:
    ``gap``, ``link``, ``content``, ``unchained``, ``cut`` (the noted head is not in the chain).
    """

    rows: int
    head: Head
    broken: int | None = None
    problem: str | None = None

    @property
    def intact(self) -> bool:
        """Whether nothing was changed, inserted or removed."""
        return self.problem is None


def verify(session: WorkingSession, noted: Head | None = None) -> Report:
    """Walk the chain from its first row and name the first that is broken.

    Wants a session of its own: it forgets what it has read as it goes.

    The chain alone cannot show that its newest rows were cut off; a ``noted`` head, kept
    elsewhere, does.
    """
    head, seen = Head(0, GENESIS), noted is None
    for entry in _in_order(session):
        sequence = entry.sequence or 0
        problem = _problem(entry, sequence, head)
        if problem is None and noted and sequence == noted.sequence:
            seen = entry.hash == noted.hash
            problem = None if seen else "cut"
        if problem:
            return Report(head.sequence, head, sequence, problem)
        head = Head(sequence, entry.hash or "")
    if _unchained(session):
        return Report(head.sequence, head, head.sequence + 1, "unchained")
    if noted and not seen and noted.sequence > 0:
        return Report(head.sequence, head, head.sequence + 1, "cut")
    return Report(head.sequence, head)


def newest(session: WorkingSession) -> datetime | None:
    """When the newest row was written; None before the first."""
    return session.exec(select(func.max(AuditEntry.at))).one()


def _in_order(session: WorkingSession) -> Iterator[AuditEntry]:
    last = -(2**31)
    while True:
        query = select(AuditEntry).where(col(AuditEntry.sequence) > last)
        rows = session.exec(query.order_by(col(AuditEntry.sequence)).limit(1000)).all()
        yield from rows
        if not rows:
            return
        last = rows[-1].sequence or 0
        session.expunge_all()


def _problem(entry: AuditEntry, sequence: int, head: Head) -> str | None:
    if sequence != head.sequence + 1:
        return "gap"
    if entry.previous != head.hash:
        return "link"
    link = Link(
        sequence, entry.at, entry.actor, entry.action, entry.subject, entry.detail, head.hash
    )
    return None if entry.hash == link.hash else "content"


def _unchained(session: WorkingSession) -> int:
    query = select(func.count()).where(col(AuditEntry.sequence).is_(None))
    return session.exec(query).one()


@dataclass(frozen=True)
class AuditFilter:
    """What the audit desk asks for. ``before`` is the keyset: rows older than this sequence."""

    action: str = ""
    """A whole tag, or its beginning (``staff:``)."""
    actor: int | None = None
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    actors: frozenset[int] | None = None
    """Whose acts may be shown; None for all, and for what the installation itself did."""


def entries(session: WorkingSession, wanted: AuditFilter, limit: int) -> Sequence[AuditEntry]:
    """Rows that fit, newest first. Who reads them must be audited: ``audit:entries:read``."""
    query = select(AuditEntry).where(col(AuditEntry.sequence).is_not(None))
    if wanted.action:
        query = query.where(col(AuditEntry.action).startswith(wanted.action, autoescape=True))
    if wanted.actor is not None:
        query = query.where(AuditEntry.actor == wanted.actor)
    if wanted.actors is not None:
        query = query.where(col(AuditEntry.actor).in_(wanted.actors))
    if wanted.subject:
        query = query.where(_concerns(wanted.subject))
    if wanted.since is not None:
        query = query.where(col(AuditEntry.at) >= wanted.since)
    if wanted.until is not None:
        query = query.where(col(AuditEntry.at) < wanted.until)
    if wanted.before is not None:
        query = query.where(col(AuditEntry.sequence) < wanted.before)
    return session.exec(query.order_by(col(AuditEntry.sequence).desc()).limit(limit)).all()


def _concerns(subject: str) -> ColumnElement[bool]:
    """Rows about ``subject``; of an entity also pages that showed it among other persons."""
    kind, _, number = subject.partition(":")
    own = col(AuditEntry.subject) == subject
    if kind != "entity" or not number.isdecimal():
        return own
    shown = (f"[{number}]", f"[{number},", f",{number},", f",{number}]")
    among = or_(*(col(AuditEntry.detail).contains(part) for part in shown))
    return or_(own, and_(col(AuditEntry.action) == "entities:person:read", among))
