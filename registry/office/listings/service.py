"""What the registry itself does to published cases: their terms end."""

from __future__ import annotations

from datetime import datetime

from registry.core.db import WorkingSession
from registry.core.rules import Rulebook
from registry.office.dockets import kinds
from registry.office.dockets.terms import end_due


def expire_due(session: WorkingSession, now: datetime, book: Rulebook) -> int:
    """Do what the table of each kind says comes at the end of a term (``ends_term``).

    The gazette hides a record from midnight on by itself; this ends the case and lets the
    content be erased. Gives how many were ended. A case that cannot be ended holds no other up;
    it stays in ``registry deadlines`` as expired.
    """
    endings = [
        (table.code, action.code)
        for table in kinds.book().tables.values()
        for action in table.actions.values()
        if action.ends_term
    ]
    return sum(end_due(session, kind, action, now=now, book=book) for kind, action in endings)
