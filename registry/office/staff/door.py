"""The door of the closed side: what every step of signing in does with store and session.

Every step commits by itself, also when it fails: a failure must count and stay audited, and the
writer's lock is never held while a password is hashed. Therefore these functions take the store
(a ``Door``) where other services take a session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from registry.core.db import Store, WorkingSession
from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.core.keys import Vault
from registry.office.audit.service import record
from registry.office.staff import (
    second_factor,
    sessions,
)
from registry.office.staff.models import Account, StaffSession


class SessionOver(RegistryError):  # noqa: N818 - reads as a sentence
    """There is no valid session behind the token."""

    code = "session-over"
    status = 401
    message = N_("Your session has ended. Sign in again.")


@dataclass(frozen=True)
class Door:
    """What signing in needs: the store, the vault, and whether demo accounts may enter."""

    store: Store[WorkingSession]
    vault: Vault
    demo: bool = False


def later_stage(session: WorkingSession, account: Account) -> str:
    """What stands between a proved account and a complete session, or "full"."""
    if account.must_change:
        return "password"
    return "full" if second_factor.enrolled(session, account.id or 0) else "enrol"


def enter(
    door: Door, session: WorkingSession, row: StaffSession, stage: str, now: datetime, old: str
) -> str:
    """Bring the session to ``stage``; returns its new token in the place of ``old``."""
    if stage == "enrol":
        second_factor.propose(session, door.vault, row.account_id)
    if stage == "full" and row.stage != "full":
        account = locked_account(session, row.account_id)
        account.failures, account.locked_until = 0, None
        audit_own(session, "staff:sign-in:succeeded", row.account_id, now, session=row.id)
    return sessions.advance(session, row, stage, now, old=old)


def claim(session: WorkingSession, token: str, now: datetime, *stages: str) -> StaffSession:
    """The session behind the token, for this step alone. Raises ``SessionOver``, also where it
    stands at none of ``stages``."""
    row = sessions.claim(session, token, now, *stages)
    if row is None:
        raise SessionOver
    return row


def locked_account(session: WorkingSession, account_id: int) -> Account:
    """The account as it is now, held until the end of the transaction."""
    query = select(Account).where(col(Account.id) == account_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def audit_own(
    store_session: WorkingSession,
    action: str,
    account_id: int | None,
    now: datetime,
    **detail: object,
) -> None:
    """Audit what somebody did at the door, or tried; None for a login that nobody has."""
    subject = f"account:{account_id}" if account_id is not None else "account:unknown"
    record(store_session, actor=account_id, action=action, subject=subject, detail=detail, now=now)
