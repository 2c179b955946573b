"""Agencies and their keys as officers arrange them: who may, and the audit of it.

``by`` is the administrator; None is the installation's command line. The audit is written first:
it stands in the working store, the key in the intake store, and a key that nobody accounts for
is worse than an entry about a key that never came to be.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from registry.core.db import IntakeSession, WorkingSession
from registry.core.errors import Forbidden, NotFound
from registry.office.audit.service import record
from registry.office.staff import queries
from registry.office.staff.officer import Officer
from registry.public.agencies import queries as agencies
from registry.public.agencies import service
from registry.public.agencies.models import AgencyRow, KeyRow
from registry.public.agencies.queries import Holder


def seen(working: WorkingSession, intake: IntakeSession, by: Officer) -> list[Holder]:
    """The agencies that the officer's subtree answers for; the top one sees all."""
    if _at_the_top(by):
        return agencies.holders(intake)
    below = queries.authorities(working, by.authority_path)
    return agencies.holders(intake, [one.public_id for one in below])


def one(working: WorkingSession, intake: IntakeSession, by: Officer, agency_id: int) -> Holder:
    """An agency of the subtree. Raises ``NotFound``, also for one outside of it."""
    found = agencies.holder(intake, agency_id)
    if not _answers(working, by, found.agency):
        raise NotFound
    return found


def admit(
    working: WorkingSession,
    intake: IntakeSession,
    by: Officer | None,
    *,
    name: str,
    code: str,
    authority_id: int | None,
    now: datetime,
) -> AgencyRow:
    """Admit an agency that ``authority_id`` answers for. ``InvalidInput``, ``Forbidden``."""
    authority = None if authority_id is None else queries.authority(working, authority_id)
    if by is not None:
        _administers(by)
        if authority is None or not by.sees(authority.path):
            raise Forbidden
    added = service.admit(
        intake,
        name=name,
        code=code,
        authority=authority.public_id if authority else None,
        now=now,
    )
    _audit(working, by, "agencies:agency:admitted", f"agency:{added.id}", now, code=added.code)
    return added


def bind(
    working: WorkingSession,
    intake: IntakeSession,
    by: Officer | None,
    agency_id: int,
    *,
    authority_id: int,
    now: datetime,
) -> AgencyRow:
    """Have ``authority_id`` answer for a known agency; what it handed in before stays where it is.

    Bound there already, nothing happens. Raises ``Forbidden``, ``NotFound``.
    """
    _may(working, intake, by, agency_id)
    authority = queries.authority(working, authority_id)
    if by is not None and not by.sees(authority.path):
        raise Forbidden
    before = agencies.holder(intake, agency_id).agency.authority
    bound = service.bind(intake, agency_id, authority.public_id)
    if bound.authority != before:
        detail = {"code": bound.code, "authority": bound.authority, "before": before}
        _audit(working, by, "agencies:agency:bound", f"agency:{agency_id}", now, **detail)
    return bound


def issue(
    working: WorkingSession,
    intake: IntakeSession,
    by: Officer | None,
    agency_id: int,
    *,
    scopes: Iterable[str],
    label: str,
    expires: datetime | None,
    now: datetime,
) -> tuple[KeyRow, str]:
    """A new key and its token, shown once. Raises ``InvalidInput``, ``Forbidden``, ``NotFound``."""
    _may(working, intake, by, agency_id)
    added, token = service.issue(
        intake, agency_id, scopes=scopes, label=label, expires=expires, now=now
    )
    _key_audit(working, by, "agencies:key:issued", added, now)
    return added, token


def rotate(
    working: WorkingSession, intake: IntakeSession, by: Officer | None, prefix: str, now: datetime
) -> tuple[KeyRow, str]:
    """A new key in place of an old one. Raises ``KeyOver``, ``Forbidden``, ``NotFound``."""
    _may(working, intake, by, service.key(intake, prefix).agency_id)
    added, token = service.rotate(intake, prefix, now)
    _key_audit(working, by, "agencies:key:rotated", added, now, old=prefix)
    return added, token


def revoke(
    working: WorkingSession, intake: IntakeSession, by: Officer | None, prefix: str, now: datetime
) -> KeyRow:
    """End a key at once. Raises ``Forbidden``, ``NotFound``."""
    _may(working, intake, by, service.key(intake, prefix).agency_id)
    found = service.revoke(intake, prefix, now)
    _key_audit(working, by, "agencies:key:revoked", found, now)
    return found


def _may(
    working: WorkingSession, intake: IntakeSession, by: Officer | None, agency_id: int
) -> None:
    if by is not None:
        _administers(by)
        one(working, intake, by, agency_id)


def _administers(by: Officer) -> None:
    if not by.has("administrator"):
        raise Forbidden


def _at_the_top(by: Officer) -> bool:
    return by.authority_path.count("/") == 2


def _answers(working: WorkingSession, by: Officer, agency: AgencyRow) -> bool:
    if _at_the_top(by):
        return True
    below = queries.authorities(working, by.authority_path)
    return agency.authority in {authority.public_id for authority in below}


def _key_audit(
    working: WorkingSession,
    by: Officer | None,
    action: str,
    key: KeyRow,
    now: datetime,
    **more: object,
) -> None:
    detail = {"key": key.prefix, "scopes": key.scopes, **more}
    _audit(working, by, action, f"agency:{key.agency_id}", now, **detail)


def _audit(
    working: WorkingSession,
    by: Officer | None,
    action: str,
    subject: str,
    now: datetime,
    **detail: object,
) -> None:
    actor = by.account_id if by else None
    record(working, actor=actor, action=action, subject=subject, detail=detail, now=now)
