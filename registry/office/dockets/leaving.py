"""Work of an officer whose account is disabled goes back to his authority.

The case then has no owner, and every clerk of the authority finds it on the desk.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.office.audit import service as audit
from registry.office.dockets import kinds, notes
from registry.office.dockets.models import Docket
from registry.office.staff.service import ON_LEAVING

RELEASE = "release"


def release(session: WorkingSession, account_id: int, by: int | None, now: datetime) -> None:
    """Take every open case off the desk of ``account_id``, each with an event in its log."""
    open_states = {table.code: table.open_states() for table in kinds.book().tables.values()}
    for kind, states in open_states.items():
        query = select(Docket).where(
            Docket.kind == kind,
            col(Docket.state).in_(states),
            col(Docket.owner_id) == account_id,
        )
        for docket in session.exec(query).all():
            _release(session, docket, by, now)


def _release(session: WorkingSession, docket: Docket, by: int | None, now: datetime) -> None:
    notes.claim(session, docket)
    docket.owner_id = None
    notes.note(
        session, docket, RELEASE, now=now, actor=by, identities=[by] if by is not None else []
    )
    audit.record(
        session,
        actor=by,
        action="dockets:docket:released",
        subject=f"docket:{docket.id}",
        detail={},
        now=now,
    )


ON_LEAVING.append(release)
