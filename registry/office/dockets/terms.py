"""Terms end by themselves: the registry acts on every case whose last day is past."""

from __future__ import annotations

from datetime import datetime

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


def end_due(
    session: WorkingSession, kind: str, action: str, *, now: datetime, book: Rulebook
) -> int:
    """Do the system's ``action`` on every case of ``kind`` whose term has ended; gives how many.

    By id and in chunks. A case that cannot be ended holds no other up; it stays among the
    expired ones of ``registry deadlines``.
    """
    row = kinds.get(kind).action(action)
    due: list[ColumnElement[bool]] = [
        col(Docket.kind) == kind,
        col(Docket.state).in_(sorted(row.from_states)),
        col(Docket.ends_on) < legal_day(now),
    ]
    if not row.to:
        # The state stays: what has been withdrawn already is done.
        due.append(col(Docket.public_id).is_not(None))
    last, done = 0, 0
    while True:
        query = select(Docket).where(*due, col(Docket.id) > last).order_by(col(Docket.id))
        found = session.exec(query.limit(CHUNK)).all()
        for docket in found:
            last = docket.id or last
            try:
                engine.act_as_registry(session, docket, row.code, now=now, book=book)
                done += 1
            except RegistryError as error:
                logger.warning("term not ended", docket=last, error=error.code)
        if len(found) < CHUNK:
            return done
