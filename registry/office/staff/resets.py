"""A new password or device for an officer: by two administrators, or late and announced.

Whoever holds password and device is the officer, so no one administrator may take both into his
hand. One asks and gets the first half of a one-time password; a second one confirms and gets the
second half; the officer needs both. Where no second administrator could confirm, the one who
asked confirms it himself, but only after a day in which the account's officer sees the request
at his desk and can refuse it. An account that nobody ever used is nobody yet: it is reset at once.

The command line (``by`` is None) asks like any administrator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from registry.core.clock import SHANGHAI
from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, NotFound
from registry.core.keys import Vault
from registry.office.staff import (
    codes,
    officer_keys,
    passwords,
    roles,
    second_factor,
    sessions,
    trail,
)
from registry.office.staff.models import Account, AccountReset, Authority
from registry.office.staff.officer import Officer
from registry.office.staff.refusals import ResetPending, SecondHalf, Settled, TooEarly
from registry.office.staff.service import ONE_TIME_FOR, another

ALONE_AFTER = timedelta(hours=24)
"""How long a reset that nobody else can confirm is announced before it can be carried out."""
HALF_GROUPS = 3
"""Sixty random bits in each half."""


@dataclass(frozen=True)
class Asked:
    """What the one who asked is shown, once: the first half, or all of it where it is done."""

    reset: AccountReset
    shown: str

    @property
    def done(self) -> bool:
        """Whether the account is reset already."""
        return self.reset.done


def ask(
    session: WorkingSession,
    vault: Vault,
    by: Officer | None,
    account_id: int,
    *,
    device: bool,
    now: datetime,
) -> Asked:
    """Ask for a reset; with ``device`` the second factor is to be enrolled anew, too.

    Raises ``Forbidden``, ``NotFound``, ``NotYourself``, ``ResetPending``.
    """
    if by is not None and not by.has("administrator"):
        raise Forbidden
    # Before the first statement: hashing takes its time and must not hold the writer's lock.
    first, second = (codes.readable_secret(HALF_GROUPS) for _ in range(2))
    hashed = passwords.hash_password(f"{first}-{second}")
    roles.one_after_the_other(session)
    account = another(session, by, account_id)
    if pending_of(session, account_id, now) is not None:
        raise ResetPending
    asked = AccountReset(
        account_id=account_id,
        device=device,
        password_hash=hashed,
        requested=now,
        requested_by=trail.hand(by),
        alone_from=now + ALONE_AFTER,
        until=now + ONE_TIME_FOR,
    )
    session.add(asked)
    session.flush()
    if _never_used(session, account):
        asked.at_once = True
        _carry_out(session, by, asked, now)
        return Asked(asked, f"{first}-{second}")
    asked.second_half = vault.seal(second.encode(), _place(asked))
    _audit(session, by, asked, "staff:reset:requested", now)
    session.flush()
    return Asked(asked, first)


def confirm(
    session: WorkingSession, vault: Vault, by: Officer | None, reset_id: int, now: datetime
) -> tuple[int, str]:
    """Carry a reset out; gives the account and the second half of the password, shown once.

    Ends the account's sessions and lifts its lock. Raises ``SecondHalf`` for whoever asked while
    another could confirm, ``TooEarly`` while the account's officer may still object, ``Settled``.
    """
    roles.one_after_the_other(session)
    asked = _open(session, by, reset_id, now)
    if _same_hand(asked, by):
        if roles.others(session, by, asked.account_id):
            raise SecondHalf
        if now < asked.alone_from:
            raise TooEarly(when=f"{asked.alone_from.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    assert asked.second_half is not None  # noqa: S101 - an open one has it
    second = vault.open(asked.second_half, _place(asked)).decode()
    _carry_out(session, by, asked, now)
    return asked.account_id, second


def refuse(session: WorkingSession, by: Officer | None, reset_id: int, now: datetime) -> int:
    """Refuse or withdraw a reset: an administrator, or the account's own officer.

    Gives the id of the account.
    """
    roles.one_after_the_other(session)
    asked = session.get(AccountReset, reset_id)
    if asked is None:
        raise NotFound
    if by is None or asked.account_id != by.account_id:
        asked = _open(session, by, reset_id, now)
    elif asked.settled is not None:
        raise Settled
    _settle(asked, by, now, done=False)
    _audit(session, by, asked, "staff:reset:refused", now)
    session.flush()
    return asked.account_id


def pending_of(session: WorkingSession, account_id: int, now: datetime) -> AccountReset | None:
    """The reset that is asked for, for this account."""
    query = select(AccountReset).where(AccountReset.account_id == account_id)
    return session.exec(query.where(_waiting(now))).first()


def pending(
    session: WorkingSession, officer: Officer, now: datetime
) -> Sequence[tuple[AccountReset, Account]]:
    """Resets that wait in an administrator's subtree, oldest first."""
    query = (
        select(AccountReset, Account)
        .join(Account, col(Account.id) == col(AccountReset.account_id))
        .join(Authority, col(Authority.id) == col(Account.authority_id))
        .where(
            col(Authority.path).startswith(officer.authority_path, autoescape=True), _waiting(now)
        )
        .order_by(col(AccountReset.id))
    )
    return session.exec(query).all()


def may_confirm(
    session: WorkingSession, by: Officer | None, asked: AccountReset, now: datetime
) -> bool:
    """Whether ``by`` could confirm it now."""
    if by is not None and (not by.has("administrator") or asked.account_id in by.identities):
        return False
    if not _same_hand(asked, by):
        return True
    return now >= asked.alone_from and not roles.others(session, by, asked.account_id)


def _waiting(now: datetime) -> ColumnElement[bool]:
    return col(AccountReset.settled).is_(None) & (col(AccountReset.until) > now)


def _same_hand(asked: AccountReset, by: Officer | None) -> bool:
    if by is None:
        return asked.requested_by is None
    return asked.requested_by in by.identities


def _open(
    session: WorkingSession, by: Officer | None, reset_id: int, now: datetime
) -> AccountReset:
    found = session.get(AccountReset, reset_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    another(session, by, found.account_id)
    if found.settled is not None or found.until <= now:
        raise Settled
    return found


def _never_used(session: WorkingSession, account: Account) -> bool:
    """Whether nobody has taken the account over yet: no device was ever enrolled."""
    past = select(AccountReset.id).where(
        AccountReset.account_id == account.id,
        col(AccountReset.done).is_(True),
        col(AccountReset.device).is_(True),
        col(AccountReset.at_once).is_(False),
    )
    enrolled = second_factor.enrolled(session, account.id or 0)
    return account.must_change and not enrolled and session.exec(past).first() is None


def _carry_out(
    session: WorkingSession, by: Officer | None, asked: AccountReset, now: datetime
) -> None:
    account = session.get_one(Account, asked.account_id)
    account.password_hash, account.must_change = asked.password_hash, True
    account.one_time_until = now + ONE_TIME_FOR
    account.failures, account.locked_until = 0, None
    if asked.device:
        second_factor.forget(session, asked.account_id)
    _settle(asked, by, now, done=True)
    sessions.end_all(session, asked.account_id, now, by=trail.hand(by))
    # Nobody can open it any more: the password that protected it is gone.
    officer_keys.retire(session, asked.account_id, now, by=trail.hand(by))
    _audit(session, by, asked, "staff:account:reset", now, alone=_same_hand(asked, by))
    session.flush()


def _settle(asked: AccountReset, by: Officer | None, now: datetime, *, done: bool) -> None:
    asked.settled, asked.settled_by, asked.done = now, trail.hand(by), done
    asked.second_half = None


def _place(asked: AccountReset) -> bytes:
    return f"account_reset:{asked.id}".encode()


def _audit(
    session: WorkingSession,
    by: Officer | None,
    asked: AccountReset,
    action: str,
    now: datetime,
    **detail: object,
) -> None:
    more = {"reset": asked.id, "device": asked.device, **detail}
    trail.note(session, by, asked.account_id, action, now, **more)
