"""Sessions of officers, kept on the server; the cookie holds a random token, the table its hash.

Idle 20 minutes, at most eight hours. The token changes whenever the session may do more than
before, so that one seen earlier opens nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from registry.core.db import WorkingSession
from registry.office.audit.service import record
from registry.office.staff import keyring
from registry.office.staff.models import Account, StaffSession

IDLE = timedelta(minutes=20)
LONGEST = timedelta(hours=8)
ON_THE_WAY = timedelta(minutes=15)
"""For a sign-in that is not complete: choosing a password, enrolling a device."""
STEP_UP = timedelta(minutes=10)
"""How long a repeated password and code cover sensitive acts."""
_NOTE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Standing:
    """A valid session as the web boundary sees it."""

    session_id: int
    account_id: int
    stage: str
    confirmed_lately: bool
    """Password and code were repeated within the last ten minutes."""
    to_note: bool
    """Last use was noted over a minute ago and should be noted again."""

    @property
    def complete(self) -> bool:
        """Whether sign-in is complete."""
        return self.stage == "full"


def token_hash(token: str) -> str:
    """What is stored of a token. 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def standing(session: WorkingSession, token: str, now: datetime) -> Standing | None:
    """The valid session of a token; None when unknown, ended, idle too long or past its end."""
    query = (
        select(StaffSession)
        .join(Account, col(Account.id) == col(StaffSession.account_id))
        .where(
            col(StaffSession.token_hash) == token_hash(token),
            col(StaffSession.ended).is_(None),
            col(StaffSession.expires) > now,
            col(StaffSession.seen) > now - IDLE,
            col(Account.disabled).is_(None),
        )
    )
    row = session.scalars(query).first()
    if row is None or row.id is None:
        return None
    lately = row.stepped_up is not None and row.stepped_up > now - STEP_UP
    return Standing(row.id, row.account_id, row.stage, lately, row.seen <= now - _NOTE_EVERY)


def claim(session: WorkingSession, token: str, now: datetime, *stages: str) -> StaffSession | None:
    """The row behind a valid token in one of ``stages``, locked against a parallel request."""
    found = standing(session, token, now)
    if found is None or found.stage not in stages:
        return None
    wanted = select(StaffSession).where(
        col(StaffSession.id) == found.session_id,
        col(StaffSession.token_hash) == token_hash(token),
        col(StaffSession.ended).is_(None),
    )
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    return session.scalars(locked).first()


def begin(session: WorkingSession, account_id: int, stage: str, now: datetime) -> str:
    """A new session on its way; returns the token."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=token_hash(token),
            account_id=account_id,
            stage=stage,
            created=now,
            seen=now,
            expires=now + ON_THE_WAY,
        )
    )
    session.flush()
    return token


def by_token(session: WorkingSession, token: str) -> StaffSession | None:
    """The session behind a token, whatever its stage; validity is ``standing``'s to say."""
    query = select(StaffSession).where(col(StaffSession.token_hash) == token_hash(token))
    return session.scalars(query).first()


def advance(
    session: WorkingSession, row: StaffSession, stage: str, now: datetime, *, old: str
) -> str:
    """Move a session to ``stage`` under a new token; the ``old`` one opens nothing any more."""
    token = secrets.token_urlsafe(32)
    if row.wrapped_key is not None:
        row.wrapped_key = keyring.to_session(keyring.from_session(row.wrapped_key, old), token)
    if stage == "full" and row.stage != "full":
        row.created, row.expires = now, now + LONGEST
    row.token_hash, row.stage, row.seen = token_hash(token), stage, now
    session.flush()
    return token


def note(session: WorkingSession, session_id: int, now: datetime) -> None:
    """Note that a session was used."""
    row = session.get(StaffSession, session_id)
    if row is not None and row.ended is None and row.seen < now:
        row.seen = now
        session.flush()


def end(session: WorkingSession, token: str, now: datetime) -> None:
    """Sign out: end the session behind a token, whatever its stage."""
    query = select(StaffSession).where(
        col(StaffSession.token_hash) == token_hash(token), col(StaffSession.ended).is_(None)
    )
    row = session.scalars(query).first()
    if row is not None:
        _end(session, row, row.account_id, now)


def end_all(
    session: WorkingSession,
    account_id: int,
    now: datetime,
    *,
    by: int | None,
    keep: int | None = None,
) -> int:
    """End every session of an account but ``keep``; returns how many there were."""
    query = select(StaffSession).where(
        col(StaffSession.account_id) == account_id, col(StaffSession.ended).is_(None)
    )
    rows = [row for row in session.scalars(query) if row.id != keep]
    for row in rows:
        _end(session, row, by, now)
    return len(rows)


def _end(session: WorkingSession, row: StaffSession, by: int | None, now: datetime) -> None:
    row.ended, row.wrapped_key = now, None
    record(
        session,
        actor=by,
        action="staff:session:ended",
        subject=f"account:{row.account_id}",
        detail={"session": row.id},
        now=now,
    )
