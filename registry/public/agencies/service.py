"""Admitting agencies, and issuing, rotating and revoking their keys.

Who may do so is the caller's business (a desk or the command line), as is the audit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import col, select

from registry.core.db import IntakeSession
from registry.core.errors import Conflict, InvalidInput, Misconfigured, NotFound
from registry.core.i18n import N_
from registry.core.names import parse_credit_code
from registry.public.agencies.keys import SCOPES, demo_token, fresh_token, good
from registry.public.agencies.models import AgencyRow, KeyRow

ROTATION = timedelta(days=7)
"""How long the old key of a rotated pair stays good, so that no system stands still."""


class KeyOver(Conflict):
    """The key was revoked or has expired; issue another."""

    code = "key-over"
    message = N_("This key is revoked or has expired. Issue a new one.")


def admit(
    session: IntakeSession, *, name: str, code: str, authority: str | None, now: datetime
) -> AgencyRow:
    """An agency new to the registry. Raises ``InvalidInput`` where one with this code is known."""
    value = parse_credit_code(code).value
    if not name.strip():
        raise InvalidInput({"name": [N_("This must be filled in.")]})
    if session.exec(select(AgencyRow).where(col(AgencyRow.code) == value)).first():
        raise InvalidInput({"code": [N_("There is already an agency with this code.")]})
    added = AgencyRow(name=name.strip(), code=value, authority=authority, created=now)
    session.add(added)
    session.flush()
    return added


def bind(session: IntakeSession, agency_id: int, authority: str) -> AgencyRow:
    """Have ``authority`` (public id) answer for an agency from now on. Raises ``NotFound``."""
    found = session.get(AgencyRow, agency_id)
    if found is None:
        raise NotFound
    found.authority = authority
    session.flush()
    return found


def issue(
    session: IntakeSession,
    agency_id: int,
    *,
    scopes: Iterable[str],
    label: str = "",
    expires: datetime | None = None,
    now: datetime,
) -> tuple[KeyRow, str]:
    """A new key and its token, which is nowhere else. Raises ``InvalidInput``."""
    wanted = sorted(set(scopes))
    if not wanted or not SCOPES.keys() >= set(wanted):
        raise InvalidInput({"scopes": [N_("Choose what the key is good for.")]})
    if expires is not None and expires <= now:
        raise InvalidInput({"expires": [N_("This day lies in the past.")]})
    if session.get(AgencyRow, agency_id) is None:
        raise NotFound
    fresh = fresh_token()
    added = KeyRow(
        agency_id=agency_id,
        prefix=fresh.prefix,
        secret_hash=fresh.secret_hash,
        scopes=wanted,
        label=label.strip(),
        created=now,
        expires=expires,
    )
    session.add(added)
    session.flush()
    return added, fresh.token


def set_demo_key(
    session: IntakeSession, agency_id: int, scopes: Iterable[str], *, demo: bool, now: datetime
) -> KeyRow:
    """The demonstration's key, which everybody knows. Raises ``Misconfigured`` outside of one."""
    if not demo:
        raise Misconfigured(what="the demonstration's key belongs to demo mode only")
    token = demo_token()
    added = KeyRow(
        agency_id=agency_id,
        prefix=token.prefix,
        secret_hash=token.secret_hash,
        scopes=sorted(set(scopes)),
        label="demonstration",
        created=now,
    )
    session.add(added)
    session.flush()
    return added


def rotate(session: IntakeSession, prefix: str, now: datetime) -> tuple[KeyRow, str]:
    """A new key like the old one, which stays good for ``ROTATION`` more at most.

    Raises ``NotFound``, or ``KeyOver`` for a key that is no longer good.
    """
    old = key(session, prefix)
    if not good(old, now):
        raise KeyOver
    added, token = issue(
        session, old.agency_id, scopes=old.scopes, label=old.label, expires=old.expires, now=now
    )
    old.expires = min(old.expires or now + ROTATION, now + ROTATION)
    session.flush()
    return added, token


def revoke(session: IntakeSession, prefix: str, now: datetime) -> KeyRow:
    """End a key at once. Once revoked it stays so. Raises ``NotFound``."""
    found = key(session, prefix)
    found.revoked = found.revoked or now
    session.flush()
    return found


def key(session: IntakeSession, prefix: str) -> KeyRow:
    """The key that shows as ``prefix``. Raises ``NotFound``."""
    found = session.exec(select(KeyRow).where(col(KeyRow.prefix) == prefix)).first()
    if found is None:
        raise NotFound
    return found
