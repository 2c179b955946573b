"""Urgent withdrawal by two officers: one asks, another one does it.

For what must not stand in public a minute longer (a mistaken identity, a leaked number). It
removes for good; the case behind it is settled in its docket afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from registry.core.i18n import N_
from registry.office.audit import service as audit
from registry.office.publisher import service
from registry.office.publisher.models import OutboxRow, TakedownRow
from registry.public.gazette.entry import AlreadyRemoved, NotPublished

if TYPE_CHECKING:
    from registry.office.staff.officer import Acting

REQUESTERS = frozenset({"clerk", "reviewer", "approver", "publisher"})
CONFIRMERS = frozenset({"approver", "publisher"})
LONGEST_REASON = 1000


class SameOfficer(Forbidden):
    """Four eyes: who asked for a takedown cannot confirm it."""

    code = "same-officer"
    message = N_("Another officer than the one who asked for it must confirm this takedown.")


class TakedownOpen(Conflict):
    """There is a request for this record already."""

    code = "takedown-open"
    message = N_("A takedown of {id} has been asked for already and waits for a second officer.")


class TakedownSettled(Conflict):
    """Somebody has confirmed or declined it."""

    code = "takedown-settled"
    message = N_("This takedown has been settled already.")


def request(
    session: WorkingSession, public_id: str, reason: str, acting: Acting, *, authority_path: str
) -> TakedownRow:
    """Ask that the record ``public_id`` be taken down.

    ``authority_path`` is that of the authority whose record it is. Raises ``Forbidden`` (role,
    subtree), ``InvalidInput`` (no reason), ``NotPublished``, ``AlreadyRemoved``,
    ``TakedownOpen``.
    """
    _permit(acting, REQUESTERS, authority_path)
    reason = reason.strip()
    if not reason:
        raise InvalidInput({"reason": [N_("Say why the record must be taken down.")]})
    if len(reason) > LONGEST_REASON:
        raise InvalidInput({"reason": [N_("The reason is longer than 1,000 characters.")]})
    published = _published(session, public_id)
    if _open_request(session, public_id) is not None:
        raise TakedownOpen(id=public_id)
    row = TakedownRow(
        public_id=public_id,
        kind=published.kind,
        reason=reason,
        authority_path=authority_path,
        requested_by=acting.officer.account_id,
        requested_as=sorted(acting.officer.identities),
        requested=acting.now,
    )
    session.add(row)
    session.flush()
    _audit(session, row, acting, "publisher:takedown:requested")
    return row


def confirm(session: WorkingSession, takedown_id: int, acting: Acting) -> TakedownRow:
    """Take the record down, in the caller's transaction.

    Raises ``Forbidden`` (role, subtree), ``SameOfficer``, ``TakedownSettled``, ``NotFound``.
    """
    row = _unsettled(session, takedown_id)
    _permit(acting, CONFIRMERS, row.authority_path)
    if acting.officer.identities & {row.requested_by, *row.requested_as}:
        raise SameOfficer
    removal = service.withdraw(
        session,
        kind=row.kind,
        id=row.public_id,
        reason="takedown",
        effective=acting.now,
        now=acting.now,
        docket_id=None,
        origin=f"takedown:{row.id}",
    )
    row.event_id = removal.event_id
    return _settle(session, row, acting, "done", "publisher:takedown:confirmed")


def decline(session: WorkingSession, takedown_id: int, acting: Acting) -> TakedownRow:
    """Settle a request without taking anything down; its own requester may withdraw it so."""
    row = _unsettled(session, takedown_id)
    allowed = REQUESTERS if row.requested_by == acting.officer.account_id else CONFIRMERS
    _permit(acting, allowed, row.authority_path)
    return _settle(session, row, acting, "declined", "publisher:takedown:declined")


def waiting(session: WorkingSession, acting: Acting) -> Sequence[TakedownRow]:
    """Unsettled requests within the officer's subtree, oldest first."""
    query = select(TakedownRow).where(
        TakedownRow.state == "requested",
        col(TakedownRow.authority_path).startswith(acting.officer.authority_path, autoescape=True),
    )
    return session.exec(query.order_by(col(TakedownRow.id))).all()


def _permit(acting: Acting, roles: frozenset[str], authority_path: str) -> None:
    if not acting.officer.roles & roles or not acting.officer.sees(authority_path):
        raise Forbidden


def _published(session: WorkingSession, public_id: str) -> OutboxRow:
    query = select(OutboxRow).where(
        OutboxRow.public_id == public_id, col(OutboxRow.refused).is_(None)
    )
    last = session.exec(query.order_by(col(OutboxRow.id).desc()).limit(1)).first()
    if last is None:
        raise NotPublished(id=public_id)
    if last.op == "DEL":
        raise AlreadyRemoved(id=public_id)
    return last


def _open_request(session: WorkingSession, public_id: str) -> TakedownRow | None:
    query = select(TakedownRow).where(
        TakedownRow.public_id == public_id, TakedownRow.state == "requested"
    )
    return session.exec(query).first()


def _unsettled(session: WorkingSession, takedown_id: int) -> TakedownRow:
    row = session.get(TakedownRow, takedown_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.state != "requested":
        raise TakedownSettled
    return row


def _settle(
    session: WorkingSession, row: TakedownRow, acting: Acting, state: str, action: str
) -> TakedownRow:
    row.state, row.settled_by, row.settled = state, acting.officer.account_id, acting.now
    session.flush()
    _audit(session, row, acting, action)
    return row


def _audit(session: WorkingSession, row: TakedownRow, acting: Acting, action: str) -> None:
    audit.record(
        session,
        actor=acting.officer.account_id,
        action=action,
        subject=f"record:{row.public_id}",
        detail={"takedown": row.id},
        now=acting.now,
    )
