"""What is audited of accounts: whose hand it was, and whose account."""

from __future__ import annotations

from datetime import datetime

from registry.core.db import WorkingSession
from registry.office.audit.service import record
from registry.office.staff.officer import Officer


def hand(by: Officer | None) -> int | None:
    """The account of whoever acts; None for the command line and the registry itself."""
    return by.account_id if by else None


def note(
    session: WorkingSession,
    by: Officer | None,
    account_id: int,
    action: str,
    now: datetime,
    **detail: object,
) -> None:
    """Audit what was done to an account."""
    record(
        session,
        actor=hand(by),
        action=action,
        subject=f"account:{account_id}",
        detail=detail,
        now=now,
    )
