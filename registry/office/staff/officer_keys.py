"""Keys of officers on duty and of custodians: made when they sign in, lost with the password.

Only who needs a key has one: officers on a duty roster, and custodians. It is made with the
password at hand, at the first sign-in after that. Changing the password re-wraps it; a reset by
an administrator retires it, and what was sealed to it is sealed anew to its successor through
another officer on duty or the recovery key (``tips.keys``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from nacl.public import PrivateKey, PublicKey
from sqlmodel import col, select

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput, RegistryError
from registry.core.i18n import N_
from registry.office.audit.service import record
from registry.office.staff import keyring, queries, sessions, trail
from registry.office.staff.models import (
    Account,
    Authority,
    DutyOfficer,
    OfficerKey,
    RecoveryKey,
    StaffSession,
)
from registry.office.staff.officer import CASEWORK, Officer
from registry.public.inbox.sealing import key_id

Changed = Callable[[WorkingSession, datetime], None]
ON_CHANGE: list[Changed] = []
"""Called with (session, now) when a key or a roster changes: the room above publishes them."""


class NoKeyHere(RegistryError):  # noqa: N818
    """The officer's key is not open in this session."""

    code = "no-key-here"
    status = 403
    message = N_(
        "Your key is not open in this session. Sign out and in again; if you were only now put on "
        "duty, that makes your key."
    )


class LastOnDuty(RegistryError):  # noqa: N818
    """Without this officer nobody could open what comes in."""

    code = "last-on-duty"
    status = 409
    message = N_("Nobody else is on duty there. Put someone else on duty first.")


@dataclass(frozen=True)
class Held:
    """What the password opened at sign-in; nothing for who needs no key."""

    private: PrivateKey | None = field(default=None, repr=False)
    made: OfficerKey | None = None


def current(session: WorkingSession, account_id: int) -> OfficerKey | None:
    """The account's key in use."""
    query = select(OfficerKey).where(
        OfficerKey.account_id == account_id, col(OfficerKey.retired).is_(None)
    )
    return session.exec(query).first()


def wanted(session: WorkingSession, account_id: int) -> bool:
    """Whether the account needs a key: on a duty roster, or custodian."""
    query = select(DutyOfficer.id).where(
        DutyOfficer.account_id == account_id, col(DutyOfficer.ended).is_(None)
    )
    if session.exec(query.limit(1)).first() is not None:
        return True
    return "custodian" in queries.roles_of(session, [account_id]).get(account_id, frozenset())


def at_sign_in(store: Store[WorkingSession], account_id: int, password: str, now: datetime) -> Held:
    """Open the account's key with the password just verified, or make one where one is needed.

    Takes the store: the work of Argon2id must not hold the writer's lock.
    """
    with store.read() as session:
        found = current(session, account_id)
        protected = found.protected if found else None
        needs = found is None and wanted(session, account_id)
    if protected is not None:
        try:
            return Held(keyring.unprotect(protected, password))
        except keyring.WrongPassphrase:
            return Held()
    return made_with(account_id, password, now) if needs else Held()


def made_with(account_id: int, password: str, now: datetime) -> Held:
    """A new key for the account, not stored yet."""
    private = PrivateKey.generate()
    row = OfficerKey(
        account_id=account_id,
        key_id=key_id(private.public_key),
        public=bytes(private.public_key),
        protected=keyring.protect(private, password),
        made=now,
    )
    return Held(private, row)


def keep(session: WorkingSession, held: Held, token: str, now: datetime) -> None:
    """Put what sign-in opened into the session of ``token``; store a key that was made."""
    if held.made is not None and current(session, held.made.account_id) is None:
        session.add(held.made)
        session.flush()
        _audit(session, held.made.account_id, "staff:key:made", held.made.account_id, now)
        changed(session, now)
    if held.private is not None:
        row = sessions.by_token(session, token)
        if row is not None:
            row.wrapped_key = keyring.to_session(held.private, token)
            session.add(row)
            session.flush()


def open_here(session: WorkingSession, token: str) -> PrivateKey:
    """The officer's key, from his session and cookie. Raises ``NoKeyHere``."""
    row: StaffSession | None = sessions.by_token(session, token)
    if row is None or row.wrapped_key is None or row.ended is not None:
        raise NoKeyHere
    try:
        return keyring.from_session(row.wrapped_key, token)
    except keyring.WrongPassphrase:
        raise NoKeyHere from None


def rewrapped(private: PrivateKey, password: str) -> bytes:
    """The key under a new password, for the account's row."""
    return keyring.protect(private, password)


def retire(session: WorkingSession, account_id: int, now: datetime, *, by: int | None) -> None:
    """Take the account's key out of use: its password was reset, or he leaves."""
    found = current(session, account_id)
    if found is None:
        return
    found.retired = now
    session.add(found)
    session.flush()
    _audit(session, account_id, "staff:key:retired", by, now)
    changed(session, now)


def put_on_duty(
    session: WorkingSession, by: Officer | None, authority_id: int, account_id: int, now: datetime
) -> DutyOfficer:
    """Let an officer of the authority's own office or above take its tips in.

    Raises ``Forbidden`` for who is no administrator there, ``InvalidInput`` for an officer
    without casework.
    """
    authority = _administered(session, by, authority_id)
    account = session.get(Account, account_id)
    home = session.get(Authority, account.authority_id) if account else None
    roles = queries.roles_of(session, [account_id]).get(account_id, frozenset())
    fits = home is not None and authority.path.startswith(home.path)
    if account is None or account.disabled or not fits or roles.isdisjoint(CASEWORK):
        raise InvalidInput({"account": [N_("This is not one of the choices.")]})
    known = on_duty(session, authority_id)
    if account_id in {one.account_id for one in known}:
        raise InvalidInput({"account": [N_("This officer is on duty there already.")]})
    added = DutyOfficer(
        authority_id=authority_id, account_id=account_id, since=now, added_by=trail.hand(by)
    )
    session.add(added)
    session.flush()
    _audit(session, account_id, "staff:duty:began", trail.hand(by), now, authority=authority_id)
    changed(session, now)
    return added


def take_off_duty(session: WorkingSession, by: Officer | None, duty_id: int, now: datetime) -> None:
    """End a duty. The last officer whose key opens anything cannot leave (``LastOnDuty``)."""
    found = session.get(DutyOfficer, duty_id)
    if found is None or found.ended is not None:
        raise Forbidden
    _administered(session, by, found.authority_id)
    others = {one.account_id for one in on_duty(session, found.authority_id)} - {found.account_id}
    if not any(current(session, other) for other in others):
        raise LastOnDuty
    found.ended, found.ended_by = now, trail.hand(by)
    session.add(found)
    session.flush()
    detail = {"authority": found.authority_id}
    _audit(session, found.account_id, "staff:duty:ended", trail.hand(by), now, **detail)
    changed(session, now)


def on_duty(session: WorkingSession, authority_id: int) -> Sequence[DutyOfficer]:
    """The roster of an authority, in the order added; disabled accounts left out."""
    query = (
        select(DutyOfficer)
        .join(Account, col(Account.id) == col(DutyOfficer.account_id))
        .where(
            DutyOfficer.authority_id == authority_id,
            col(DutyOfficer.ended).is_(None),
            col(Account.disabled).is_(None),
        )
    )
    return session.exec(query.order_by(col(DutyOfficer.id))).all()


def duty_keys(session: WorkingSession, authority_id: int) -> list[OfficerKey]:
    """Keys of the officers on duty who have one."""
    found = (current(session, one.account_id) for one in on_duty(session, authority_id))
    return [key for key in found if key is not None]


def custodian_keys(session: WorkingSession, authority: Authority) -> list[OfficerKey]:
    """Keys of the custodians of the authority; where it has none, of the next one above."""
    holders = queries.active_with_role(session, "custodian")
    place: Authority | None = authority
    while place is not None:
        query = (
            select(OfficerKey)
            .join(Account, col(Account.id) == col(OfficerKey.account_id))
            .where(
                col(OfficerKey.retired).is_(None),
                col(OfficerKey.account_id).in_(holders),
                Account.authority_id == place.id,
            )
        )
        found = list(session.exec(query.order_by(col(OfficerKey.id))))
        if found:
            return found
        place = session.get(Authority, place.parent_id) if place.parent_id else None
    return []


def recovery(session: WorkingSession) -> RecoveryKey | None:
    """The recovery key in use."""
    return session.exec(select(RecoveryKey).where(col(RecoveryKey.retired).is_(None))).first()


def set_recovery(
    session: WorkingSession, public: PublicKey, now: datetime, *, by: int | None = None
) -> RecoveryKey:
    """Use ``public`` from now on; an earlier recovery key opens only what was sealed to it."""
    earlier = recovery(session)
    if earlier is not None:
        earlier.retired = now
        session.add(earlier)
        session.flush()
    added = RecoveryKey(key_id=key_id(public), public=bytes(public), made=now)
    session.add(added)
    session.flush()
    record(
        session,
        actor=by,
        action="staff:recovery-key:made",
        subject=f"recovery-key:{added.id}",
        detail={},
        now=now,
    )
    changed(session, now)
    return added


def changed(session: WorkingSession, now: datetime) -> None:
    """Tell the rooms above that what they publish of keys may be out of date."""
    for tell in ON_CHANGE:
        tell(session, now)


def _administered(session: WorkingSession, by: Officer | None, authority_id: int) -> Authority:
    authority = queries.authority(session, authority_id)
    if by is not None and not (by.has("administrator") and by.sees(authority.path)):
        raise Forbidden
    return authority


def _audit(
    session: WorkingSession,
    account_id: int,
    action: str,
    actor: int | None,
    now: datetime,
    **detail: object,
) -> None:
    subject = f"account:{account_id}"
    record(session, actor=actor, action=action, subject=subject, detail=detail, now=now)
