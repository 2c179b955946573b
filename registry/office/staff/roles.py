"""Who may do what: granting roles under four eyes, and standing in for one another.

A role counts once a second administrator has confirmed it. Where no second administrator could
(none above or beside the account is active), it counts at once and the audit says ``alone``: an
installation starts with one administrator. No one grants himself anything. Auditors and
administrators hold no other role, so that who arranges or watches never decides a case.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession, in_turn
from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.core.i18n import N_
from registry.office.staff import officer_keys, queries, sessions, trail
from registry.office.staff.models import Account, Authority, Deputy, RoleGrant
from registry.office.staff.officer import CASEWORK, FILER, OVERSIGHT, ROLES, Officer
from registry.office.staff.refusals import (
    LastAdministrator,
    NotYourself,
    RoleHeld,
    RolesApart,
    SecondAdministrator,
    Settled,
)

LONGEST_DEPUTY = timedelta(days=92)


def grant(
    session: WorkingSession, by: Officer | None, account_id: int, role: str, now: datetime
) -> RoleGrant:
    """Propose ``role`` for an account, or grant it where no one could confirm.

    Raises ``RolesApart``, ``RoleHeld``, ``NotYourself``; ``InvalidInput`` for an unknown role.
    """
    if role not in ROLES:
        raise InvalidInput({"role": [N_("There is no such role.")]})
    one_after_the_other(session)
    _administered(session, by, account_id)
    held = _live(session, account_id)
    if role in {one.role for one in held}:
        raise RoleHeld
    apart = (*OVERSIGHT, FILER)
    if held and (role in apart or any(one.role in apart for one in held)):
        raise RolesApart
    added = RoleGrant(account_id=account_id, role=role, granted=now, granted_by=trail.hand(by))
    session.add(added)
    session.flush()
    if by is not None and others(session, by, account_id):
        _audit(session, by, added, "staff:role:proposed", now)
        return added
    added.confirmed, added.confirmed_by = now, trail.hand(by)
    _audit(session, by, added, "staff:role:granted", now, alone=by is not None)
    sessions.end_all(session, account_id, now, by=trail.hand(by))
    session.flush()
    return added


def confirm(session: WorkingSession, by: Officer, grant_id: int, now: datetime) -> RoleGrant:
    """Confirm another administrator's proposal; the account signs in anew to use the role."""
    one_after_the_other(session)
    found = _proposal(session, by, grant_id)
    if found.granted_by in by.identities:
        raise SecondAdministrator
    found.confirmed, found.confirmed_by = now, by.account_id
    _audit(session, by, found, "staff:role:confirmed", now)
    sessions.end_all(session, found.account_id, now, by=by.account_id)
    session.flush()
    return found


def refuse(session: WorkingSession, by: Officer, grant_id: int, now: datetime) -> RoleGrant:
    """Refuse a proposal, or withdraw one's own."""
    one_after_the_other(session)
    found = _proposal(session, by, grant_id)
    found.revoked, found.revoked_by = now, by.account_id
    _audit(session, by, found, "staff:role:refused", now)
    session.flush()
    return found


def revoke(
    session: WorkingSession, by: Officer | None, account_id: int, role: str, now: datetime
) -> None:
    """Take a role away; at once, by one administrator. Raises ``LastAdministrator``."""
    one_after_the_other(session)
    _administered(session, by, account_id)
    found = [one for one in _live(session, account_id) if one.role == role]
    if not found:
        raise NotFound
    if role == "administrator" and is_last_administrator(session, account_id):
        raise LastAdministrator
    for one in found:
        one.revoked, one.revoked_by = now, trail.hand(by)
        _audit(session, by, one, "staff:role:revoked", now)
    sessions.end_all(session, account_id, now, by=trail.hand(by))
    session.flush()
    officer_keys.changed(session, now)


def one_after_the_other(session: WorkingSession) -> None:
    """Let no two transactions arrange powers at once: each rule here looks at many rows.

    Two administrators could otherwise revoke each other. SQLite has one writer anyway.
    """
    in_turn(session, "staff")


def is_last_administrator(session: WorkingSession, account_id: int) -> bool:
    """Whether no other active account of the installation is an administrator."""
    administrators = _administrators(session)
    return account_id in administrators and administrators.keys() == {account_id}


def _administrators(session: WorkingSession) -> dict[int, str]:
    """Active administrators with the path of their authority."""
    query = (
        select(Account.id, Authority.path)
        .join(Authority, col(Authority.id) == col(Account.authority_id))
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(
            RoleGrant.role == "administrator",
            col(RoleGrant.confirmed).is_not(None),
            col(RoleGrant.revoked).is_(None),
            col(Account.disabled).is_(None),
        )
    )
    return {account_id: path for account_id, path in session.exec(query) if account_id is not None}


def administrators_over(session: WorkingSession, path: str) -> set[int]:
    """Active administrators in whose subtree an authority's path lies."""
    return {one for one, reach in _administrators(session).items() if path.startswith(reach)}


def others(session: WorkingSession, by: Officer | None, account_id: int) -> set[int]:
    """Administrators who could confirm what ``by`` proposes for an account."""
    path = _path(session, account_id)
    mine = by.identities if by is not None else frozenset[int]()
    return administrators_over(session, path) - mine - {account_id}


def _live(session: WorkingSession, account_id: int) -> list[RoleGrant]:
    return [one for one in queries.grants(session, account_id) if one.revoked is None]


def _proposal(session: WorkingSession, by: Officer, grant_id: int) -> RoleGrant:
    found = session.get(RoleGrant, grant_id)
    if found is None:
        raise NotFound
    _administered(session, by, found.account_id)
    if found.confirmed is not None or found.revoked is not None:
        raise Settled
    return found


def _administered(session: WorkingSession, by: Officer | None, account_id: int) -> None:
    if by is None:
        _path(session, account_id)
        return
    if not by.has("administrator"):
        raise Forbidden
    queries.account(session, by, account_id)
    if account_id in by.identities:
        raise NotYourself


def _path(session: WorkingSession, account_id: int) -> str:
    found = session.get(Account, account_id)
    if found is None:
        raise NotFound
    return queries.authority(session, found.authority_id).path


def set_deputy(
    session: WorkingSession,
    by: Officer | None,
    *,
    absent_id: int,
    deputy_id: int,
    since: date,
    until: date,
    now: datetime,
) -> Deputy:
    """Let one officer stand in for another of the same authority, both days included.

    Named by the officer himself or by an administrator. The deputy must do casework himself; he
    gets the other's roles of casework, and counts as both for four eyes. Raises ``InvalidInput``.
    """
    one_after_the_other(session)
    absent, deputy = _pair(session, by, absent_id, deputy_id)
    wrong: dict[str, list[str]] = {}
    if absent_id == deputy_id:
        wrong["deputy"] = [N_("No one stands in for himself.")]
    elif deputy.disabled is not None or deputy.authority_id != absent.authority_id:
        wrong["deputy"] = [N_("A deputy is an active officer of the same authority.")]
    elif not _does_casework(session, deputy_id):
        wrong["deputy"] = [N_("A deputy is an officer who works on cases himself.")]
    if since < legal_day(now):
        wrong["since"] = [N_("This day is past.")]
    if until < since:
        wrong["until"] = [N_("The last day lies before the first.")]
    elif until - since >= LONGEST_DEPUTY:
        wrong["until"] = [N_("A deputy is named for at most 92 days.")]
    elif _overlaps(session, absent_id, since, until):
        wrong["since"] = [N_("Another deputy is named for some of these days.")]
    if wrong:
        raise InvalidInput(wrong)
    added = Deputy(
        absent_id=absent_id,
        deputy_id=deputy_id,
        since=since,
        until=until,
        created=now,
        created_by=trail.hand(by),
    )
    session.add(added)
    session.flush()
    _audit_deputy(session, by, added, "staff:deputy:named", now)
    return added


def _pair(
    session: WorkingSession, by: Officer | None, absent_id: int, deputy_id: int
) -> tuple[Account, Account]:
    absent, deputy = session.get(Account, absent_id), session.get(Account, deputy_id)
    if absent is None:
        raise NotFound
    _names_deputies(session, by, absent_id)
    if deputy is None:
        raise InvalidInput({"deputy": [N_("A deputy is an active officer of the same authority.")]})
    return absent, deputy


def _names_deputies(session: WorkingSession, by: Officer | None, absent_id: int) -> None:
    if by is None or by.account_id == absent_id:
        return
    if not by.has("administrator"):
        raise Forbidden
    queries.account(session, by, absent_id)


def _does_casework(session: WorkingSession, account_id: int) -> bool:
    held = queries.roles_of(session, [account_id]).get(account_id, frozenset())
    return not held.isdisjoint(CASEWORK)


def _overlaps(session: WorkingSession, absent_id: int, since: date, until: date) -> bool:
    query = select(Deputy.id).where(
        Deputy.absent_id == absent_id,
        col(Deputy.ended).is_(None),
        col(Deputy.since) <= until,
        col(Deputy.until) >= since,
    )
    return session.exec(query).first() is not None


def end_deputy(
    session: WorkingSession, by: Officer | None, deputy_id: int, now: datetime
) -> Deputy:
    """End a deputyship now; by the officer who gave it or an administrator."""
    found = session.get(Deputy, deputy_id)
    if found is None:
        raise NotFound
    _names_deputies(session, by, found.absent_id)
    if found.ended is not None:
        raise Settled
    found.ended = now
    _audit_deputy(session, by, found, "staff:deputy:ended", now)
    session.flush()
    return found


def _audit(
    session: WorkingSession,
    by: Officer | None,
    granted: RoleGrant,
    action: str,
    now: datetime,
    **detail: object,
) -> None:
    more = {"role": granted.role, "grant": granted.id, **detail}
    trail.note(session, by, granted.account_id, action, now, **more)


def _audit_deputy(
    session: WorkingSession, by: Officer | None, deputy: Deputy, action: str, now: datetime
) -> None:
    detail = {"deputy": deputy.deputy_id, "since": deputy.since, "until": deputy.until}
    trail.note(session, by, deputy.absent_id, action, now, **detail)
