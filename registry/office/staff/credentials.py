"""An officer's own password and device: chosen, renewed, and both repeated for sensitive acts."""

from __future__ import annotations

from datetime import datetime

from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_
from registry.core.keys import Vault
from registry.office.staff import (
    codes,
    keyring,
    officer_keys,
    passwords,
    second_factor,
    sessions,
)
from registry.office.staff.door import (
    Door,
    SessionOver,
    audit_own,
    claim,
    enter,
    later_stage,
    locked_account,
)
from registry.office.staff.models import Account, StaffSession

STEP_UP_FAILURES = 5
ISSUER = "Credit Registry"
"""What an authenticator app shows above the login."""


class StepUpNeeded(RegistryError):  # noqa: N818 - reads as a sentence
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
        row = claim(session, token, now, "password", "full")
        account = locked_account(session, row.account_id)
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
        audit_own(session, "staff:password:changed", row.account_id, now)
        sessions.end_all(session, row.account_id, now, by=row.account_id, keep=row.id)
        stage = "full" if row.stage == "full" else later_stage(session, account)
        return enter(door, session, row, stage, now, token)


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
        row = claim(session, token, now, "full")
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
        row = claim(session, token, now, "enrol", "full")
        if row.stage == "full":
            _stepped_up(row, now)
        made = second_factor.confirm(session, door.vault, row.account_id, typed, now)
        if made is not None:
            locked_account(session, row.account_id).one_time_until = None
            sessions.end_all(session, row.account_id, now, by=row.account_id, keep=row.id)
            return enter(door, session, row, "full", now, token), made
    raise InvalidInput({"code": [N_("This is not the code that the device shows now.")]})


def step_up(door: Door, token: str, password: str, typed: str, now: datetime) -> str:
    """Repeat password and code for a sensitive act. Returns the new token.

    Raises ``StepUpFailed``; the fifth failure ends the session (``SessionOver``).
    """
    with door.store.write() as session:
        row = claim(session, token, now, "full")
        row.step_up_failures += 1
        account_id, failures = row.account_id, row.step_up_failures
        hashed = session.get_one(Account, account_id).password_hash
    right = failures <= STEP_UP_FAILURES and passwords.verify_password(hashed, password)
    with door.store.write() as session:
        row = claim(session, token, now, "full")
        if right and second_factor.accept(session, door.vault, account_id, typed, now):
            row.step_up_failures, row.stepped_up = 0, now
            audit_own(session, "staff:step-up:succeeded", account_id, now, session=row.id)
            return sessions.advance(session, row, "full", now, old=token)
        audit_own(session, "staff:step-up:failed", account_id, now, session=row.id)
        if failures >= STEP_UP_FAILURES:
            row.ended = now
            audit_own(session, "staff:session:killed", account_id, now, session=row.id)
    raise SessionOver if failures >= STEP_UP_FAILURES else StepUpFailed
