"""Who stands in the log for an organization's own system: an account that nobody can sign in to."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.rules import Rulebook
from registry.office.entities import queries as entities
from registry.office.staff import queries as staff
from registry.office.staff.models import Authority
from registry.office.staff.officer import FILER, Acting, Officer
from registry.office.staff.systems import system_account
from registry.public.agencies.models import AgencyRow


def filer_of(session: WorkingSession, agency: AgencyRow, now: datetime, book: Rulebook) -> Acting:
    """The organization behind ``agency`` as it files, under the authority that answers for it.

    Raises ``InvalidInput`` at ``report`` where the registry knows no body with its credit code.
    """
    found = entities.find(session, code=agency.code)
    if not found or found[0].id is None:
        unknown = N_("The registry knows no organization with the credit code of this key.")
        raise InvalidInput({"report": [unknown]})
    account = system_account(
        session,
        agency,
        door="api",
        authority_id=_authority(session, agency),
        grant=(FILER,),
        entity_id=found[0].id,
        now=now,
    )
    officer = Officer(
        account_id=account.id or 0,
        login=account.login,
        name=account.name,
        authority_id=account.authority_id,
        authority_path=staff.authority(session, account.authority_id).path,
        roles=frozenset({FILER}),
        entity_id=found[0].id,
    )
    return Acting(officer, now, book)


def _authority(session: WorkingSession, agency: AgencyRow) -> int:
    found = staff.authority_by_public_id(session, agency.authority)
    if found is not None:
        return found.id or 0
    top = select(Authority.id).where(col(Authority.parent_id).is_(None))
    return session.exec(top.order_by(col(Authority.id))).first() or 0
