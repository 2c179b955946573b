"""What the registry itself does to listings and penalties: their terms end."""

from __future__ import annotations

from datetime import datetime

from registry.core.db import WorkingSession
from registry.core.rules import Rulebook
from registry.office.dockets.terms import end_due

ENDINGS = {"listing": "expire", "penalty": "end_publicity"}
"""The system's action at the end of the term, by kind."""


def expire_due(session: WorkingSession, now: datetime, book: Rulebook) -> int:
    """Remove what has run out, with reason ``expired`` (listings) or ``ended`` (penalties).

    The gazette hides a record from midnight on by itself; this ends the case and lets the
    content be erased. Gives how many were ended. A case that cannot be ended holds no other up;
    it stays in ``registry deadlines`` as expired.
    """
    return sum(
        end_due(session, kind, action, now=now, book=book) for kind, action in ENDINGS.items()
    )
