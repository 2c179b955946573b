"""What the registry itself does to listings and penalties: their terms end."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.rules import Rulebook
from registry.office.dockets import engine, kinds
from registry.office.dockets.models import Docket

ENDINGS = {"listing": "expire", "penalty": "end_publicity"}
"""The system's action at the end of the term, by kind."""


def expire_due(session: WorkingSession, now: datetime, book: Rulebook, *, limit: int = 500) -> int:
    """Remove what has run out, with reason ``expired`` (listings) or ``ended`` (penalties).

    The gazette hides a record from midnight on by itself; this ends the case and lets the
    content be erased. Gives how many were ended; ask again while it gives ``limit``.
    """
    today, done = legal_day(now), 0
    for kind, action in ENDINGS.items():
        query = (
            select(Docket)
            .where(
                Docket.kind == kind,
                col(Docket.state).in_(sorted(kinds.get(kind).action(action).from_states)),
                col(Docket.ends_on) < today,
            )
            .order_by(col(Docket.ends_on), col(Docket.id))
            .limit(limit - done)
        )
        if kind == "penalty":
            query = query.where(col(Docket.public_id).is_not(None))
        for docket in session.exec(query).all():
            engine.act_as_registry(session, docket, action, now=now, book=book)
            done += 1
    return done
