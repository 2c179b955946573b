"""Signing in: password, one-time code, and going again.

An attempt is counted before it is checked and taken back when it was right, so that a hundred
guesses sent at once are five guesses. After five failures the account is locked for a minute,
then two, four, up to an hour. All failures read the same: no one learns which logins exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from registry.core.db import WorkingSession
from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.office.staff import (
    officer_keys,
    passwords,
    second_factor,
    sessions,
)
from registry.office.staff.door import (
    Door,
    audit_own,
    claim,
    enter,
    later_stage,
    locked_account,
)
from registry.office.staff.models import Account
from registry.office.staff.queries import account_by_login

FREE_FAILURES = 5
LONGEST_LOCK = timedelta(hours=1)


class SignInFailed(RegistryError):  # noqa: N818 - the family reads as sentences
    """The login, password or code is wrong, or the account is locked, disabled or unknown."""

    code = "sign-in-failed"
    status = 403
    message = N_(
        "That did not work. Check what you typed; after several failures an account is locked "
        "for some minutes."
    )


@dataclass(frozen=True)
class _Attempt:
    account_id: int | None
    hashed: str | None
    refusal: str | None
    lock: datetime | None = None
    """The lock that counting this attempt set, to be lifted if the attempt was right."""


def give_password(door: Door, login: str, password: str, now: datetime) -> str:
    """Begin signing in. Returns the token of a session whose stage says what comes next.

    Raises ``SignInFailed``, with the same cost and words for unknown, locked and wrong.
    """
    attempt = _count(door, login, now)
    try:
        right = passwords.verify_password(attempt.hashed, password)
        better = passwords.hash_password(password) if right and _outdated(attempt) else None
    except passwords.Busy:
        _take_back(door, attempt)
        raise
    if attempt.refusal or not right or attempt.account_id is None:
        _audit_failure(door, attempt.account_id, attempt.refusal or "password", now)
        raise SignInFailed
    held = _held(door, attempt.account_id, password, now)
    with door.store.write() as session:
        account = locked_account(session, attempt.account_id)
        if account.password_hash == attempt.hashed:
            account.password_hash = better or account.password_hash
            _uncount(account, attempt)
            stage = _first_stage(session, account)
            token = sessions.begin(session, attempt.account_id, stage, now)
            officer_keys.keep(session, held, token, now)
            return token
    raise SignInFailed


def _held(door: Door, account_id: int, password: str, now: datetime) -> officer_keys.Held:
    """The officer's key, unless his password was made by someone else."""
    with door.store.read() as session:
        if session.get_one(Account, account_id).must_change:
            return officer_keys.Held()
    return officer_keys.at_sign_in(door.store, account_id, password, now)


def _outdated(attempt: _Attempt) -> bool:
    return attempt.hashed is not None and passwords.outdated(attempt.hashed)


def _count(door: Door, login: str, now: datetime) -> _Attempt:
    with door.store.write() as session:
        found = account_by_login(session, login)
        if found is None or found.id is None:
            return _Attempt(None, None, "unknown")
        account = locked_account(session, found.id)
        refusal = _refusal(door, session, account, now)
        if refusal is None:
            _count_failure(session, account, now)
        lock = None if refusal else account.locked_until
        return _Attempt(account.id, account.password_hash, refusal, lock)


def _refusal(door: Door, session: WorkingSession, account: Account, now: datetime) -> str | None:
    if account.disabled is not None:
        return "disabled"
    if account.demo and not door.demo:
        return "demo"
    if account.locked_until is not None and account.locked_until > now:
        return "locked"
    expired = account.one_time_until is not None and account.one_time_until <= now
    if expired and (account.must_change or not second_factor.enrolled(session, account.id or 0)):
        return "expired"
    return None


def _count_failure(session: WorkingSession, account: Account, now: datetime) -> None:
    account.failures += 1
    if account.failures >= FREE_FAILURES:
        doublings = min(account.failures - FREE_FAILURES, 10)
        account.locked_until = now + min(timedelta(minutes=2**doublings), LONGEST_LOCK)
    session.flush()


def _uncount(account: Account, attempt: _Attempt) -> None:
    account.failures = max(0, account.failures - 1)
    # A lock that another, wrong attempt set in the meantime stays.
    if account.locked_until == attempt.lock:
        account.locked_until = None


def _take_back(door: Door, attempt: _Attempt) -> None:
    if attempt.account_id is not None and attempt.refusal is None:
        with door.store.write() as session:
            _uncount(locked_account(session, attempt.account_id), attempt)


def _audit_failure(door: Door, account_id: int | None, reason: str, now: datetime) -> None:
    with door.store.write() as session:
        audit_own(session, "staff:sign-in:failed", account_id, now, reason=reason)
        if account_id is not None and reason != "locked":
            _audit_lock(session, locked_account(session, account_id), now)


def _audit_lock(session: WorkingSession, account: Account, now: datetime) -> None:
    if account.locked_until is not None and account.locked_until > now:
        audit_own(session, "staff:sign-in:locked", account.id, now, failures=account.failures)


def _first_stage(session: WorkingSession, account: Account) -> str:
    enrolled = second_factor.enrolled(session, account.id or 0)
    return "code" if enrolled else later_stage(session, account)


def give_code(door: Door, token: str, typed: str, now: datetime) -> str:
    """The second factor: a one-time code, or a recovery code (then a new device is enrolled).

    Returns the new token. Raises ``SignInFailed`` or ``SessionOver``.
    """
    with door.store.write() as session:
        row = claim(session, token, now, "code")
        account = locked_account(session, row.account_id)
        locked = account.locked_until is not None and account.locked_until > now
        accepted = None
        if not locked:
            accepted = second_factor.accept(session, door.vault, row.account_id, typed, now)
        if accepted is not None:
            stage = "enrol" if accepted == "recovery" else later_stage(session, account)
            return enter(door, session, row, stage, now, token)
        if not locked:
            _count_failure(session, account, now)
        audit_own(session, "staff:second-factor:failed", row.account_id, now, locked=locked)
        _audit_lock(session, account, now)
    raise SignInFailed


def leave(door: Door, token: str, now: datetime) -> None:
    """Sign out. A token that opens nothing is no error."""
    with door.store.write() as session:
        sessions.end(session, token, now)
