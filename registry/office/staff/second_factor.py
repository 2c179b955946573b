"""The second factor of an account: enrolling a device, accepting codes once, recovery codes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import CursorResult, Update, delete, select, update
from sqlmodel import col

from registry.core.db import WorkingSession
from registry.core.keys import Vault
from registry.office.audit.service import record
from registry.office.staff import codes
from registry.office.staff.models import OneTimeSecret, RecoveryCode


def enrolled(session: WorkingSession, account_id: int) -> bool:
    """Whether the account has a device whose codes count."""
    found = session.get(OneTimeSecret, account_id)
    return found is not None and found.sealed is not None


def accept(
    session: WorkingSession, vault: Vault, account_id: int, typed: str, now: datetime
) -> Literal["code", "recovery"] | None:
    """Accept a one-time or recovery code, once; None when it is wrong or was used before.

    The conditional updates decide between parallel requests: one of them changes the row.
    """
    found = session.get(OneTimeSecret, account_id, populate_existing=True)
    if found is not None and found.sealed is not None:
        secret = _open(vault, found.sealed, account_id)
        step = codes.matching_step(secret, typed, now, after=found.last_step)
        if step is not None:
            mine = col(OneTimeSecret.account_id) == account_id
            later = col(OneTimeSecret.last_step) < step
            changed = _changed(
                session, update(OneTimeSecret).where(mine, later).values(last_step=step)
            )
            return "code" if changed else None
    return "recovery" if _use_recovery_code(session, account_id, typed, now) else None


def _use_recovery_code(session: WorkingSession, account_id: int, typed: str, now: datetime) -> bool:
    unused = (
        col(RecoveryCode.account_id) == account_id,
        col(RecoveryCode.code_hash) == codes.recovery_hash(typed),
        col(RecoveryCode.used).is_(None),
    )
    if not _changed(session, update(RecoveryCode).where(*unused).values(used=now)):
        return False
    _audit(session, "staff:recovery-code:used", account_id, now)
    return True


def _changed(session: WorkingSession, statement: Update) -> bool:
    return cast("CursorResult[Any]", session.execute(statement)).rowcount == 1


def propose(session: WorkingSession, vault: Vault, account_id: int) -> None:
    """Make a new secret that the officer may put on a device. The old one counts until then."""
    found = session.get(OneTimeSecret, account_id) or OneTimeSecret(account_id=account_id)
    found.pending = vault.seal(codes.new_secret().encode(), _place(account_id))
    session.add(found)
    session.flush()


def proposed(session: WorkingSession, vault: Vault, account_id: int) -> str | None:
    """The secret to be put on a device, if one is pending."""
    found = session.get(OneTimeSecret, account_id)
    if found is None or found.pending is None:
        return None
    return _open(vault, found.pending, account_id)


def confirm(
    session: WorkingSession, vault: Vault, account_id: int, typed: str, now: datetime
) -> list[str] | None:
    """Make the pending secret count if ``typed`` is its code; new recovery codes, shown once.

    None when the code is wrong or nothing is pending.
    """
    secret = proposed(session, vault, account_id)
    step = codes.matching_step(secret, typed, now, after=0) if secret else None
    if secret is None or step is None:
        return None
    set_secret(session, vault, account_id, secret, now, last_step=step)
    _audit(session, "staff:second-factor:enrolled", account_id, now)
    return renew_recovery_codes(session, account_id, now)


def set_secret(
    session: WorkingSession,
    vault: Vault,
    account_id: int,
    secret: str,
    now: datetime,
    *,
    last_step: int = 0,
) -> None:
    """Make ``secret`` the one whose codes count."""
    found = session.get(OneTimeSecret, account_id) or OneTimeSecret(account_id=account_id)
    found.sealed, found.pending = vault.seal(secret.encode(), _place(account_id)), None
    found.last_step, found.enrolled = last_step, now
    session.add(found)
    session.flush()


def renew_recovery_codes(session: WorkingSession, account_id: int, now: datetime) -> list[str]:
    """Ten new recovery codes in place of the old ones. Only their hashes are kept."""
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
    made = codes.new_recovery_codes()
    for code in made:
        session.add(RecoveryCode(account_id=account_id, code_hash=codes.recovery_hash(code)))
    session.flush()
    _audit(session, "staff:recovery-codes:made", account_id, now)
    return made


def left(session: WorkingSession, account_id: int) -> int:
    """How many recovery codes are unused."""
    unused = (col(RecoveryCode.account_id) == account_id, col(RecoveryCode.used).is_(None))
    return len(session.scalars(select(col(RecoveryCode.id)).where(*unused)).all())


def forget(session: WorkingSession, account_id: int) -> None:
    """Remove the device and the recovery codes: the next sign-in enrols anew."""
    mine = col(OneTimeSecret.account_id) == account_id
    session.execute(delete(OneTimeSecret).where(mine))
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))


def _open(vault: Vault, sealed: bytes, account_id: int) -> str:
    return vault.open(sealed, _place(account_id)).decode()


def _place(account_id: int) -> bytes:
    # Bound to its account: a sealed secret moved to another one does not open.
    return f"one_time_secret:{account_id}".encode()


def _audit(session: WorkingSession, action: str, account_id: int, now: datetime) -> None:
    record(session, actor=account_id, action=action, subject=f"account:{account_id}", now=now)
