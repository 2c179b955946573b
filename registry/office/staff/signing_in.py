"""Signing in: password, one-time code, first password and device, and repeating both.

Every step commits by itself, also when it fails: a failure must count and stay audited, and the
writer's lock is never held while a password is hashed. Therefore these functions take the store
(a ``Door``) where other services take a session.

An attempt is counted before it is checked and taken back when it was right, so that a hundred
guesses sent at once are five guesses. After five failures the account is locked for a minute,
then two, four, up to an hour. All failures read the same: no one learns which logins exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from registry.core.db import Store, WorkingSession
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_
from registry.core.keys import Vault
from registry.office.audit.service import record
from registry.office.staff import (
    codes,
    keyring,
    officer_keys,
    passwords,
    second_factor,
    sessions,
)
from registry.office.staff.models import Account, StaffSession
from registry.office.staff.queries import account_by_login

FREE_FAILURES = 5
LONGEST_LOCK = timedelta(hours=1)
STEP_UP_FAILURES = 5
ISSUER = "Credit Registry"
"""What an authenticator app shows above the login."""


class SignInFailed(RegistryError):  # noqa: N818 - the family reads as sentences
    """The login, password or code is wrong, or the account is locked, disabled or unknown."""

    code = "sign-in-failed"
    status = 403
    message = N_(
        "That did not work. Check what you typed; after several failures an account is locked "
        "for some minutes."
    )


class SessionOver(RegistryError):  # noqa: N818
    """There is no valid session behind the token."""

    code = "session-over"
    status = 401
    message = N_("Your session has ended. Sign in again.")


class StepUpNeeded(RegistryError):  # noqa: N818
    """A sensitive act needs password and code again."""

    code = "confirmation-needed"
    status = 403
    message = N_("Confirm with your password and a one-time code first.")


class StepUpFailed(RegistryError):  # noqa: N818
    """The repeated password or code is wrong."""

    code = "confirmation-failed"
    status = 403
    message = N_(
        "The password or the code is not right. A code works only once; wait for the next one."
    )


@dataclass(frozen=True)
class Door:
    """What signing in needs: the store, the vault, and whether demo accounts may enter."""

    store: Store[WorkingSession]
    vault: Vault
    demo: bool = False


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
        account = _locked(session, attempt.account_id)
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
        account = _locked(session, found.id)
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
            _uncount(_locked(session, attempt.account_id), attempt)


def _audit_failure(door: Door, account_id: int | None, reason: str, now: datetime) -> None:
    with door.store.write() as session:
        _record(session, "staff:sign-in:failed", account_id, now, reason=reason)
        if account_id is not None and reason != "locked":
            _audit_lock(session, _locked(session, account_id), now)


def _audit_lock(session: WorkingSession, account: Account, now: datetime) -> None:
    if account.locked_until is not None and account.locked_until > now:
        _record(session, "staff:sign-in:locked", account.id, now, failures=account.failures)


def _first_stage(session: WorkingSession, account: Account) -> str:
    enrolled = second_factor.enrolled(session, account.id or 0)
    return "code" if enrolled else _later_stage(session, account)


def _later_stage(session: WorkingSession, account: Account) -> str:
    if account.must_change:
        return "password"
    return "full" if second_factor.enrolled(session, account.id or 0) else "enrol"


def give_code(door: Door, token: str, typed: str, now: datetime) -> str:
    """The second factor: a one-time code, or a recovery code (then a new device is enrolled).

    Returns the new token. Raises ``SignInFailed`` or ``SessionOver``.
    """
    with door.store.write() as session:
        row = _claim(session, token, now, "code")
        account = _locked(session, row.account_id)
        locked = account.locked_until is not None and account.locked_until > now
        accepted = None
        if not locked:
            accepted = second_factor.accept(session, door.vault, row.account_id, typed, now)
        if accepted is not None:
            stage = "enrol" if accepted == "recovery" else _later_stage(session, account)
            return _enter(door, session, row, stage, now, token)
        if not locked:
            _count_failure(session, account, now)
        _record(session, "staff:second-factor:failed", row.account_id, now, locked=locked)
        _audit_lock(session, account, now)
    raise SignInFailed


def _enter(
    door: Door, session: WorkingSession, row: StaffSession, stage: str, now: datetime, old: str
) -> str:
    if stage == "enrol":
        second_factor.propose(session, door.vault, row.account_id)
    if stage == "full" and row.stage != "full":
        account = _locked(session, row.account_id)
        account.failures, account.locked_until = 0, None
        _record(session, "staff:sign-in:succeeded", row.account_id, now, session=row.id)
    return sessions.advance(session, row, stage, now, old=old)


def choose_password(door: Door, token: str, password: str, now: datetime) -> str:
    """Set the officer's own password; every other session of the account ends.

    In a complete session it needs a fresh confirmation (``StepUpNeeded``). Returns the new token.
    Raises ``InvalidInput`` on ``password``.
    """
    with door.store.read() as session:
        account = session.get_one(Account, _may_change(session, token, now))
        old, login, name = account.password_hash, account.login, account.name
    passwords.check_new(password, field="password", login=login, name=name)
    if passwords.verify_password(old, password):
        raise InvalidInput(
            {"password": [N_("Choose a password that differs from the present one.")]}
        )
    hashed = passwords.hash_password(password)
    protected, held = _key_under(door, token, password, now)
    with door.store.write() as session:
        row = _claim(session, token, now, "password", "full")
        account = _locked(session, row.account_id)
        if account.password_hash != old:
            raise SessionOver
        account.password_hash, account.must_change = hashed, False
        key = officer_keys.current(session, row.account_id)
        if key is not None and protected is not None:
            key.protected = protected
            session.add(key)
        elif key is not None:
            # The old password is gone and the key was not open: nobody can open it any more.
            officer_keys.retire(session, row.account_id, now, by=row.account_id)
        officer_keys.keep(session, held, token, now)
        _record(session, "staff:password:changed", row.account_id, now)
        sessions.end_all(session, row.account_id, now, by=row.account_id, keep=row.id)
        stage = "full" if row.stage == "full" else _later_stage(session, account)
        return _enter(door, session, row, stage, now, token)


def _key_under(
    door: Door, token: str, password: str, now: datetime
) -> tuple[bytes | None, officer_keys.Held]:
    """The officer's open key under his new password, or a new key where he needs one."""
    with door.store.read() as session:
        row = sessions.by_token(session, token)
        if row is None:
            raise SessionOver
        account_id, wrapped = row.account_id, row.wrapped_key
        needs = officer_keys.wanted(session, account_id)
    if wrapped is not None:
        private = keyring.from_session(wrapped, token)
        return officer_keys.rewrapped(private, password), officer_keys.Held()
    made = officer_keys.made_with(account_id, password, now) if needs else officer_keys.Held()
    return None, made


def _may_change(session: WorkingSession, token: str, now: datetime) -> int:
    found = sessions.standing(session, token, now)
    if found is None or found.stage not in ("password", "full"):
        raise SessionOver
    if found.complete and not found.confirmed_lately:
        raise StepUpNeeded
    return found.account_id


def new_device(door: Door, token: str, now: datetime) -> None:
    """In a complete, freshly confirmed session: propose a secret for another device."""
    with door.store.write() as session:
        row = _claim(session, token, now, "full")
        _stepped_up(row, now)
        second_factor.propose(session, door.vault, row.account_id)


def _stepped_up(row: StaffSession, now: datetime) -> None:
    if row.stepped_up is None or row.stepped_up <= now - sessions.STEP_UP:
        raise StepUpNeeded


def device_secret(
    session: WorkingSession, vault: Vault, token: str, now: datetime
) -> tuple[str, str]:
    """The pending secret and its ``otpauth:`` address. Raises ``SessionOver`` if none is due."""
    found = sessions.standing(session, token, now)
    if found is None or not (found.stage == "enrol" or found.confirmed_lately):
        raise SessionOver
    secret = second_factor.proposed(session, vault, found.account_id)
    if secret is None:
        raise SessionOver
    login = session.get_one(Account, found.account_id).login
    return secret, codes.provisioning_uri(secret, login, ISSUER)


def confirm_device(door: Door, token: str, typed: str, now: datetime) -> tuple[str, list[str]]:
    """Enrol the device that shows ``typed``. Returns the new token and new recovery codes.

    In a complete session it needs a fresh confirmation (``StepUpNeeded``): codes can be tried.
    Raises ``InvalidInput`` on ``code``.
    """
    with door.store.write() as session:
        row = _claim(session, token, now, "enrol", "full")
        if row.stage == "full":
            _stepped_up(row, now)
        made = second_factor.confirm(session, door.vault, row.account_id, typed, now)
        if made is not None:
            _locked(session, row.account_id).one_time_until = None
            sessions.end_all(session, row.account_id, now, by=row.account_id, keep=row.id)
            return _enter(door, session, row, "full", now, token), made
    raise InvalidInput({"code": [N_("This is not the code that the device shows now.")]})


def step_up(door: Door, token: str, password: str, typed: str, now: datetime) -> str:
    """Repeat password and code for a sensitive act. Returns the new token.

    Raises ``StepUpFailed``; the fifth failure ends the session (``SessionOver``).
    """
    with door.store.write() as session:
        row = _claim(session, token, now, "full")
        row.step_up_failures += 1
        account_id, failures = row.account_id, row.step_up_failures
        hashed = session.get_one(Account, account_id).password_hash
    right = failures <= STEP_UP_FAILURES and passwords.verify_password(hashed, password)
    with door.store.write() as session:
        row = _claim(session, token, now, "full")
        if right and second_factor.accept(session, door.vault, account_id, typed, now):
            row.step_up_failures, row.stepped_up = 0, now
            _record(session, "staff:step-up:succeeded", account_id, now, session=row.id)
            return sessions.advance(session, row, "full", now, old=token)
        _record(session, "staff:step-up:failed", account_id, now, session=row.id)
        if failures >= STEP_UP_FAILURES:
            row.ended = now
            _record(session, "staff:session:killed", account_id, now, session=row.id)
    raise SessionOver if failures >= STEP_UP_FAILURES else StepUpFailed


def leave(door: Door, token: str, now: datetime) -> None:
    """Sign out. A token that opens nothing is no error."""
    with door.store.write() as session:
        sessions.end(session, token, now)


def _claim(session: WorkingSession, token: str, now: datetime, *stages: str) -> StaffSession:
    row = sessions.claim(session, token, now, *stages)
    if row is None:
        raise SessionOver
    return row


def _locked(session: WorkingSession, account_id: int) -> Account:
    query = select(Account).where(col(Account.id) == account_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _record(
    store_session: WorkingSession,
    action: str,
    account_id: int | None,
    now: datetime,
    **detail: object,
) -> None:
    subject = f"account:{account_id}" if account_id is not None else "account:unknown"
    record(store_session, actor=account_id, action=action, subject=subject, detail=detail, now=now)
