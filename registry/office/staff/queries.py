"""Reading authorities and accounts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import NotFound
from registry.office.staff.models import Account, Authority, Deputy, RoleGrant, StaffSession
from registry.office.staff.officer import CASEWORK, FILER, Officer
from registry.office.staff.sessions import IDLE


def officer(session: WorkingSession, account_id: int, today: date) -> Officer:
    """The officer behind an account, with the roles and deputyships in force on ``today``.

    Raises ``NotFound`` for an account that does not exist or is disabled.
    """
    query = select(Account, Authority).join(Authority).where(col(Account.id) == account_id)
    row = session.exec(query).first()
    if row is None or row[0].disabled is not None:
        raise NotFound
    account, authority = row
    absent = _stands_in_for(session, account_id, today)
    roles = _roles(session, account_id, absent)
    # Whoever files for an organization sees that one alone; where none was named, nothing.
    bound = account.entity_id if FILER not in roles else account.entity_id or 0
    return Officer(
        account_id=account_id,
        login=account.login,
        name=account.name,
        authority_id=account.authority_id,
        authority_path=authority.path,
        roles=roles,
        deputising_for=frozenset(absent),
        entity_id=bound,
    )


def _roles(session: WorkingSession, account_id: int, absent: Collection[int]) -> frozenset[str]:
    own = roles_of(session, [account_id]).get(account_id, frozenset())
    lent = roles_of(session, absent).values()
    return own.union(*(roles.intersection(CASEWORK) for roles in lent))


def _stands_in_for(session: WorkingSession, account_id: int, today: date) -> list[int]:
    query = (
        select(Deputy.absent_id)
        .join(Account, col(Account.id) == col(Deputy.absent_id))
        .where(Deputy.deputy_id == account_id, _current(today), col(Account.disabled).is_(None))
    )
    return list(session.exec(query))


def _current(today: date) -> ColumnElement[bool]:
    return (col(Deputy.since) <= today) & (col(Deputy.until) >= today) & col(Deputy.ended).is_(None)


def roles_of(session: WorkingSession, ids: Collection[int]) -> dict[int, frozenset[str]]:
    """The roles in force of each account of ``ids`` that has any; without those lent to it."""
    if not ids:
        return {}
    query = select(RoleGrant.account_id, RoleGrant.role).where(
        col(RoleGrant.account_id).in_(ids),
        col(RoleGrant.confirmed).is_not(None),
        col(RoleGrant.revoked).is_(None),
    )
    found: dict[int, set[str]] = {}
    for account_id, role in session.exec(query):
        found.setdefault(account_id, set()).add(role)
    return {account_id: frozenset(roles) for account_id, roles in found.items()}


def authority(session: WorkingSession, authority_id: int) -> Authority:
    """An authority. Raises ``NotFound``."""
    found = session.get(Authority, authority_id)
    if found is None:
        raise NotFound
    return found


def authority_seen(session: WorkingSession, acting: Officer, authority_id: int) -> Authority:
    """An authority in ``acting``'s subtree. Raises ``NotFound``, also for one outside of it."""
    found = authority(session, authority_id)
    if not acting.sees(found.path):
        raise NotFound
    return found


def authority_by_code(session: WorkingSession, code: str) -> Authority | None:
    """The authority with this credit code."""
    return session.exec(select(Authority).where(Authority.code == code)).first()


def authority_by_public_id(session: WorkingSession, id: str | None) -> Authority | None:
    """The authority that is published under this id."""
    return session.exec(select(Authority).where(Authority.public_id == id)).first()


def authority_by_name(session: WorkingSession, name: str) -> Authority | None:
    """The one authority with exactly this name; None when there is none, or more than one."""
    found = session.exec(select(Authority).where(Authority.name == name).limit(2)).all()
    return found[0] if len(found) == 1 else None


def authorities(session: WorkingSession, path: str = "/") -> Sequence[Authority]:
    """The subtree under ``path``, parents before children, siblings in the order added."""
    found = session.exec(select(Authority).where(_under(path))).all()
    return sorted(found, key=lambda item: [int(part) for part in item.path.split("/") if part])


def _under(path: str) -> ColumnElement[bool]:
    return col(Authority.path).startswith(path, autoescape=True)


def approving_authority(session: WorkingSession, authority_id: int) -> Authority:
    """Whose officers approve for an authority: its own, or its parent's for a small office."""
    own = authority(session, authority_id)
    if own.small_office and own.parent_id is not None:
        return authority(session, own.parent_id)
    return own


def may_approve_for(session: WorkingSession, acting: Officer, authority_id: int) -> bool:
    """Whether an officer's authority is competent to approve for ``authority_id``.

    Roles and four eyes come on top. Officers above see the subtree and may approve in it; the
    officers of a small office may not approve for it themselves.
    """
    return acting.sees(approving_authority(session, authority_id).path)


def account(session: WorkingSession, acting: Officer, account_id: int) -> Account:
    """An account in ``acting``'s subtree. Raises ``NotFound``, also for one outside of it."""
    query = (
        select(Account)
        .join(Authority)
        .where(col(Account.id) == account_id, _under(acting.authority_path))
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFound
    return found


def account_by_login(session: WorkingSession, login: str) -> Account | None:
    """The account with this login, in any case of letters."""
    return session.exec(select(Account).where(Account.login == login.strip().lower())).first()


def names_of(session: WorkingSession, ids: Collection[int]) -> dict[int, str]:
    """Names of officers by account id, for lists and time lines."""
    if not ids:
        return {}
    query = select(Account.id, Account.name).where(col(Account.id).in_(ids))
    return {account_id: name for account_id, name in session.exec(query) if account_id is not None}


def account_ids(session: WorkingSession, path: str) -> frozenset[int]:
    """Every account of the subtree under ``path``, disabled ones too."""
    found = session.exec(select(Account.id).join(Authority).where(_under(path)))
    return frozenset(one for one in found if one is not None)


def active_with_role(session: WorkingSession, role: str) -> frozenset[int]:
    """Accounts of the installation that hold ``role`` and are not disabled."""
    query = (
        select(Account.id)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(
            RoleGrant.role == role,
            col(RoleGrant.confirmed).is_not(None),
            col(RoleGrant.revoked).is_(None),
            col(Account.disabled).is_(None),
        )
    )
    return frozenset(one for one in session.exec(query) if one is not None)


@dataclass(frozen=True)
class StaffRow:
    """An account in the list of the staff desk."""

    account: Account
    authority: Authority
    roles: frozenset[str]
    proposed: frozenset[str]


def staff(session: WorkingSession, acting: Officer, text: str = "") -> list[StaffRow]:
    """Accounts in ``acting``'s subtree by authority and login, narrowed by login or name."""
    query = select(Account, Authority).join(Authority).where(_under(acting.authority_path))
    if text.strip():
        wanted = text.strip().lower()
        query = query.where(
            or_(
                col(Account.login).contains(wanted, autoescape=True),
                func.lower(col(Account.name)).contains(wanted, autoescape=True),
            )
        )
    rows = session.exec(query.order_by(col(Authority.path), col(Account.login))).all()
    ids = [account.id for account, _ in rows if account.id is not None]
    held, waiting = roles_of(session, ids), _proposed(session, ids)
    return [
        StaffRow(
            account,
            authority,
            held.get(account.id or 0, frozenset()),
            waiting.get(account.id or 0, frozenset()),
        )
        for account, authority in rows
    ]


def _proposed(session: WorkingSession, ids: Collection[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for grant in _open_proposals(session, ids):
        found.setdefault(grant.account_id, set()).add(grant.role)
    return {account_id: frozenset(roles) for account_id, roles in found.items()}


def _open_proposals(session: WorkingSession, ids: Collection[int]) -> Sequence[RoleGrant]:
    return session.exec(
        select(RoleGrant).where(
            col(RoleGrant.account_id).in_(ids),
            col(RoleGrant.confirmed).is_(None),
            col(RoleGrant.revoked).is_(None),
        )
    ).all()


def grants(session: WorkingSession, account_id: int) -> Sequence[RoleGrant]:
    """Every grant an account ever had, newest first."""
    query = select(RoleGrant).where(RoleGrant.account_id == account_id)
    return session.exec(query.order_by(col(RoleGrant.id).desc())).all()


def proposals(session: WorkingSession, acting: Officer) -> list[tuple[RoleGrant, Account]]:
    """Grants in ``acting``'s subtree that wait for a second administrator."""
    query = (
        select(RoleGrant, Account)
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .join(Authority, col(Authority.id) == col(Account.authority_id))
        .where(
            _under(acting.authority_path),
            col(RoleGrant.confirmed).is_(None),
            col(RoleGrant.revoked).is_(None),
        )
        .order_by(col(RoleGrant.id))
    )
    return [(grant, account) for grant, account in session.exec(query)]


def deputies(session: WorkingSession, account_id: int, today: date) -> Sequence[Deputy]:
    """Present and coming deputyships that an account has given or holds."""
    query = select(Deputy).where(
        or_(col(Deputy.absent_id) == account_id, col(Deputy.deputy_id) == account_id),
        col(Deputy.until) >= today,
        col(Deputy.ended).is_(None),
    )
    return session.exec(query.order_by(col(Deputy.since))).all()


def colleagues(
    session: WorkingSession, authority_id: int, roles: Collection[str] = CASEWORK
) -> list[Account]:
    """Active accounts of one authority that hold any of ``roles``: to whom work can be given."""
    query = (
        select(Account)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(
            Account.authority_id == authority_id,
            col(Account.disabled).is_(None),
            col(RoleGrant.role).in_(roles),
            col(RoleGrant.confirmed).is_not(None),
            col(RoleGrant.revoked).is_(None),
        )
        .distinct()
        .order_by(col(Account.login))
    )
    return list(session.exec(query))


def sessions(session: WorkingSession, account_id: int, now: datetime) -> Sequence[StaffSession]:
    """The sessions of an account that are still valid, newest first."""
    query = select(StaffSession).where(
        StaffSession.account_id == account_id,
        col(StaffSession.ended).is_(None),
        col(StaffSession.expires) > now,
        col(StaffSession.seen) > now - IDLE,
    )
    return session.exec(query.order_by(col(StaffSession.id).desc())).all()
