"""Accounts of systems that hand things in with an agency's key: nobody can sign in to them.

They stand in the log for whoever sent something. Only the worker speaks through them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from registry.core.db import WorkingSession
from registry.office.staff import queries, service
from registry.office.staff.models import Account
from registry.public.agencies.models import AgencyRow


def system_account(
    session: WorkingSession,
    agency: AgencyRow,
    *,
    door: str,
    authority_id: int,
    grant: Iterable[str] = (),
    entity_id: int | None = None,
    now: datetime,
) -> Account:
    """The account of ``agency`` at one ``door`` of the API, made at its first use.

    It stands where the agency stands: when another authority answers for it, it goes along.
    """
    login = f"{door}.{agency.code.lower()}"
    known = queries.account_by_login(session, login)
    if known is None:
        known, _ = service.add_account(
            session,
            None,
            login=login,
            name=f"{agency.name}（数据接口）",
            authority_id=authority_id,
            grant=grant,
            entity_id=entity_id,
            now=now,
        )
        # Disabled from the start.
        service.disable(session, None, known.id or 0, now)
    known.authority_id = authority_id
    return known
