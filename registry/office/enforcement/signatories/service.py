"""Keeping the list of those entitled to sign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.core.i18n import N_
from registry.office.audit import service as audit
from registry.office.enforcement.signatories.models import Signatory
from registry.office.staff import kept
from registry.office.staff.officer import Acting

KEEPERS = ("approver", "administrator")


def add(session: WorkingSession, acting: Acting, data: Mapping[str, Any]) -> Signatory:
    """Enter somebody for the officer's authority. Raises ``Forbidden``, ``InvalidInput``."""
    if not acting.officer.has(*KEEPERS):
        raise Forbidden
    since, until = data["since"], data.get("until")
    kept.in_order(since, until)
    if data["capacity"] not in acting.rules.titles("signing_capacities"):
        raise InvalidInput({"capacity": [N_("This is not one of the choices.")]})
    found = Signatory(
        authority_id=acting.officer.authority_id,
        capacity=data["capacity"],
        name=data["name"].strip(),
        body=data["body"].strip(),
        certificate=(data.get("certificate") or "").strip(),
        since=since,
        until=until,
        added_by=acting.officer.account_id,
        added_at=acting.now,
    )
    session.add(found)
    session.flush()
    _audit(session, acting, "enforcement:signatory:added", found)
    return found


def end(session: WorkingSession, acting: Acting, signatory_id: int, until: date) -> Signatory:
    """Say on which day somebody's entitlement ends. Raises as ``add``, and ``NotFound``."""
    found = kept.load(session, Signatory, signatory_id, acting.officer)
    if not acting.officer.has(*KEEPERS):
        raise Forbidden
    kept.end(session, found, until)
    _audit(session, acting, "enforcement:signatory:ended", found)
    return found


def _audit(session: WorkingSession, acting: Acting, action: str, found: Signatory) -> None:
    audit.record(
        session,
        actor=acting.officer.account_id,
        action=action,
        subject=f"signatory:{found.id}",
        detail={"capacity": found.capacity, "authority": found.authority_id},
        now=acting.now,
    )
