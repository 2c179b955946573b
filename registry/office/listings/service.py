"""What the registry itself does to listings and penalties: their terms end."""

from __future__ import annotations

from datetime import date, datetime

import structlog
from sqlalchemy import ColumnElement
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.errors import RegistryError
from registry.core.rules import Rulebook
from registry.office.dockets import engine, kinds
from registry.office.dockets.models import Docket

logger = structlog.get_logger()
CHUNK = 500
ENDINGS = {"listing": "expire", "penalty": "end_publicity"}
"""The system's action at the end of the term, by kind."""


def expire_due(session: WorkingSession, now: datetime, book: Rulebook) -> int:
    """Remove what has run out, with reason ``expired`` (listings) or ``ended`` (penalties).

    The gazette hides a record from midnight on by itself; this ends the case and lets the
    content be erased. Gives how many were ended. A case that cannot be ended holds no other up;
    it stays in ``registry deadlines`` as expired.
    """
    today = legal_day(now)
    return sum(_end(session, kind, today, now, book) for kind in ENDINGS)


def _end(session: WorkingSession, kind: str, today: date, now: datetime, book: Rulebook) -> int:
    """Ends the cases of one kind, by id and in chunks."""
    action = kinds.get(kind).action(ENDINGS[kind])
    due: list[ColumnElement[bool]] = [
        col(Docket.kind) == kind,
        col(Docket.state).in_(sorted(action.from_states)),
        col(Docket.ends_on) < today,
    ]
    if not action.to:
        # The state stays: what has been withdrawn already is done.
        due.append(col(Docket.public_id).is_not(None))
    last, done = 0, 0
    while True:
        query = select(Docket).where(*due, col(Docket.id) > last).order_by(col(Docket.id))
        found = session.exec(query.limit(CHUNK)).all()
        for docket in found:
            last = docket.id or last
            try:
                engine.act_as_registry(session, docket, action.code, now=now, book=book)
                done += 1
            except RegistryError as error:
                logger.warning("term not ended", docket=last, error=error.code)
        if len(found) < CHUNK:
            return done
