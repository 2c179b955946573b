"""The usual entry of the audit: what the officer who acts does, or reads, now."""

from __future__ import annotations

from collections.abc import Mapping

from registry.core.db import WorkingSession
from registry.office.audit import service as audit
from registry.office.audit.models import AuditEntry
from registry.office.staff.officer import Acting


def audited(
    session: WorkingSession,
    acting: Acting,
    action: str,
    subject: str,
    detail: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Audit that the officer did ``action`` to ``subject`` (``kind:id``); see ``audit.record``."""
    return audit.record(
        session,
        actor=acting.officer.account_id,
        action=action,
        subject=subject,
        detail=detail,
        now=acting.now,
    )
