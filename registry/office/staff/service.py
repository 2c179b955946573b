"""Authorities and accounts. ``by`` is the administrator; None is the installation's command line.

Accounts are never deleted: what was done under them must stay attributable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlmodel import col, select

from registry.core.codes import regions
from registry.core.codes.public_id import new_public_id
from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput, Misconfigured, NotFound
from registry.core.i18n import N_
from registry.core.keys import Vault
from registry.office.audit.service import record
from registry.office.staff import (
    codes,
    officer_keys,
    passwords,
    queries,
    roles,
    second_factor,
    sessions,
    trail,
)
from registry.office.staff.models import Account, Authority, Deputy
from registry.office.staff.officer import FILER, Officer
from registry.office.staff.refusals import LastAdministrator, NotYourself, ParentDecides

ONE_TIME_FOR = timedelta(days=7)

Leaving = Callable[[WorkingSession, int, int | None, datetime], None]
ON_LEAVING: list[Leaving] = []
"""Called with (session, account, by, now) when an account is disabled, before it commits: a room
above that gives work to officers appends what takes it back from one who leaves."""


def bootstrap(
    session: WorkingSession, *, name: str, code: str, region: str, now: datetime
) -> str | None:
    """The first authority and its administrator ``admin``; the one-time password, shown once.

    None, and nothing done, where there is an account already.
    """
    if session.exec(select(Account.id).limit(1)).first() is not None:
        return None
    first = add_authority(
        session,
        None,
        name=name,
        code=code,
        kind="other",
        level="national" if region == "000000" else regions.level_of(region),
        region=region,
        now=now,
    )
    _, password = add_account(
        session,
        None,
        login="admin",
        name="Administrator",
        authority_id=first.id or 0,
        grant=["administrator"],
        now=now,
    )
    return password


def add_authority(
    session: WorkingSession,
    by: Officer | None,
    *,
    name: str,
    code: str,
    kind: str,
    level: str,
    region: str,
    name_en: str | None = None,
    parent_id: int | None = None,
    now: datetime,
) -> Authority:
    """Add an authority below ``parent_id``. Only the command line adds one without a parent.

    Raises ``InvalidInput`` on ``code`` when an authority with it exists.
    """
    path = "/"
    if parent_id is not None:
        path = queries.authority(session, parent_id).path
    if by is not None:
        _administers(by, path if parent_id is not None else "")
    if queries.authority_by_code(session, code) is not None:
        raise InvalidInput({"code": [N_("There is already an authority with this code.")]})
    added = Authority(
        public_id=new_public_id("authority"),
        name=name,
        name_en=name_en,
        code=code,
        kind=kind,
        level=level,
        region=region,
        parent_id=parent_id,
        created=now,
        changed=now,
        changed_by=trail.hand(by),
    )
    session.add(added)
    session.flush()
    added.path = f"{path}{added.id}/"
    _audit_authority(session, by, added, "staff:authority:added", changed=["code", "name"], now=now)
    session.flush()
    return added


def amend_authority(
    session: WorkingSession,
    by: Officer | None,
    authority_id: int,
    *,
    name: str,
    name_en: str | None,
    region: str,
    now: datetime,
) -> Authority:
    """Correct an authority's names or region. Its code and place in the tree stay.

    The public reads it once a second administrator has published it (``publisher.authorities``).
    """
    found = queries.authority(session, authority_id)
    if by is not None:
        _administers(by, found.path)
    wanted = {"name": name, "name_en": name_en, "region": region}
    changed = [field for field, value in wanted.items() if getattr(found, field) != value]
    for field in changed:
        setattr(found, field, wanted[field])
    if changed:
        found.changed, found.changed_by = now, trail.hand(by)
        _audit_authority(session, by, found, "staff:authority:amended", changed=changed, now=now)
    session.flush()
    return found


def set_small_office(
    session: WorkingSession, by: Officer | None, authority_id: int, small: bool, now: datetime
) -> Authority:
    """Say whether an authority has too few people to approve its own cases.

    The parent's officers then approve. Only an administrator of the authority above decides this
    (``ParentDecides``).
    """
    found = queries.authority(session, authority_id)
    if found.parent_id is None:
        raise ParentDecides
    if by is not None:
        _administers(by, queries.authority(session, found.parent_id).path, refusal=ParentDecides)
    if found.small_office != small:
        found.small_office = small
        _audit_authority(
            session, by, found, "staff:authority:amended", changed=["small_office"], now=now
        )
    session.flush()
    return found


def add_account(
    session: WorkingSession,
    by: Officer | None,
    *,
    login: str,
    name: str,
    authority_id: int,
    grant: Iterable[str] = (),
    entity_id: int | None = None,
    now: datetime,
) -> tuple[Account, str]:
    """Add an officer; returns the account and its one-time password, shown once.

    ``grant`` are the roles to begin with (see ``roles.grant``). The password opens the account
    for seven days, to choose an own one and enrol a device. ``entity_id``: the organization for
    which a filer files. Raises ``InvalidInput`` on ``login``.
    """
    login = login.strip().lower()
    password, hashed = _one_time_password()
    path = queries.authority(session, authority_id).path
    if by is not None:
        _administers(by, path)
    if (FILER in set(grant)) != (entity_id is not None):
        raise InvalidInput(
            {"organization": [N_("A filer, and only a filer, has an organization.")]}
        )
    if queries.account_by_login(session, login) is not None:
        raise InvalidInput({"login": [N_("There is already an account with this login.")]})
    added = Account(
        login=login,
        name=name,
        authority_id=authority_id,
        entity_id=entity_id,
        password_hash=hashed,
        one_time_until=now + ONE_TIME_FOR,
        created=now,
        created_by=trail.hand(by),
    )
    session.add(added)
    session.flush()
    _audit(session, by, added, "staff:account:added", now, authority=authority_id)
    for role in sorted(set(grant)):
        roles.grant(session, by, _key(added), role, now)
    return added, password


def _one_time_password() -> tuple[str, str]:
    """A password and its hash. Before the first statement: the work takes a tenth of a second,
    or seconds while many sign in, and must not hold the writer's lock."""
    password = codes.readable_secret()
    return password, passwords.hash_password(password)


def rename(
    session: WorkingSession, by: Officer | None, account_id: int, name: str, now: datetime
) -> Account:
    """Correct an officer's name."""
    found = another(session, by, account_id)
    if found.name != name:
        found.name = name
        _audit(session, by, found, "staff:account:amended", now, fields=["name"])
    session.flush()
    return found


def disable(session: WorkingSession, by: Officer | None, account_id: int, now: datetime) -> Account:
    """Disable an account: its sessions and deputyships end, its work is handed back."""
    roles.one_after_the_other(session)
    found = another(session, by, account_id)
    if found.disabled is not None:
        return found
    if roles.is_last_administrator(session, account_id):
        raise LastAdministrator
    found.disabled = now
    _audit(session, by, found, "staff:account:disabled", now)
    sessions.end_all(session, account_id, now, by=trail.hand(by))
    concerned = (col(Deputy.absent_id) == account_id) | (col(Deputy.deputy_id) == account_id)
    for deputy in session.exec(select(Deputy).where(concerned, col(Deputy.ended).is_(None))):
        roles.end_deputy(session, by, deputy.id or 0, now)
    officer_keys.retire(session, account_id, now, by=trail.hand(by))
    for leaving in ON_LEAVING:
        leaving(session, account_id, trail.hand(by), now)
    session.flush()
    return found


def enable(session: WorkingSession, by: Officer | None, account_id: int, now: datetime) -> Account:
    """Let a disabled account in again, with the password and device it had."""
    found = another(session, by, account_id)
    if found.disabled is not None:
        found.disabled = None
        _audit(session, by, found, "staff:account:enabled", now)
    session.flush()
    return found


def set_demo_secrets(
    session: WorkingSession,
    account_id: int,
    *,
    password: str,
    secret: str,
    vault: Vault,
    demo: bool,
    now: datetime,
) -> None:
    """Give a demo account its fixed password and one-time-code secret.

    Raises ``Misconfigured`` outside demo mode; sign-in refuses such an account there, too.
    """
    if not demo:
        raise Misconfigured(what="fixed secrets belong to demo mode only")
    found = session.get(Account, account_id)
    if found is None:
        raise NotFound
    found.password_hash = passwords.hash_password(password)
    found.must_change, found.one_time_until, found.demo = False, None, True
    second_factor.set_secret(session, vault, account_id, secret, now)
    _audit(session, None, found, "staff:account:reset", now, device=True, demo=True)


def another(session: WorkingSession, by: Officer | None, account_id: int) -> Account:
    """The account to be arranged, if ``by`` administers it and it is not his own."""
    if by is None:
        found = session.get(Account, account_id)
        if found is None:
            raise NotFound
        return found
    if not by.has("administrator"):
        raise Forbidden
    account = queries.account(session, by, account_id)
    if account_id in by.identities:
        raise NotYourself
    return account


def _administers(by: Officer, path: str, refusal: type[Forbidden] = Forbidden) -> None:
    if not by.has("administrator") or not by.sees(path):
        raise refusal


def _key(account: Account) -> int:
    if account.id is None:
        raise ValueError("the account has not been flushed")
    return account.id


def _audit(
    session: WorkingSession,
    by: Officer | None,
    account: Account,
    action: str,
    now: datetime,
    **detail: object,
) -> None:
    subject = f"account:{account.id}"
    record(session, actor=trail.hand(by), action=action, subject=subject, detail=detail, now=now)


def _audit_authority(
    session: WorkingSession,
    by: Officer | None,
    authority: Authority,
    action: str,
    *,
    changed: list[str],
    now: datetime,
) -> None:
    record(
        session,
        actor=trail.hand(by),
        action=action,
        subject=f"authority:{authority.id}",
        detail={"fields": changed},
        now=now,
    )
    session.flush()
