"""What backs a publication: an approved decision (``gazette verify --cross``), and whose it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.office.dockets import kinds
from registry.office.dockets.models import Docket, DocketEvent
from registry.office.publisher.cross import RECORDS_OF_FACT
from registry.office.publisher.models import OutboxRow
from registry.office.staff.models import Authority

ROOT = "/"


def unapproved(session: WorkingSession, rows: Sequence[OutboxRow]) -> Mapping[UUID, str]:
    """Publications of ``rows`` that no second officer approved, each with why not.

    A publication is backed by an approving act in its docket, or in the docket of the import
    batch that brought it, done by somebody who did not draft it. Removals and records of fact
    (sites, authorities, foreign lists) need no decision of their own.
    """
    wanted = [row for row in rows if row.op == "PUT" and row.kind not in RECORDS_OF_FACT]
    dockets = _dockets(session, {row.docket_id for row in wanted if row.docket_id is not None})
    approved = _approved(session, {_deciding(docket) for docket in dockets.values()})
    found: dict[UUID, str] = {}
    for row in wanted:
        docket = dockets.get(row.docket_id or 0)
        if docket is None:
            found[row.event_id] = "no docket is recorded"
        elif _deciding(docket) not in approved:
            found[row.event_id] = "no second officer approved it"
    return found


def authority_path(session: WorkingSession, public_id: str) -> str:
    """Path of the authority whose record ``public_id`` is; the root's for records of fact."""
    query = (
        select(Authority.path)
        .join(Docket, col(Docket.authority_id) == col(Authority.id))
        .join(OutboxRow, col(OutboxRow.docket_id) == col(Docket.id))
        .where(OutboxRow.public_id == public_id)
        .limit(1)
    )
    return session.exec(query).first() or ROOT


def _deciding(docket: Docket) -> int:
    return docket.batch_id or docket.id or 0


def _dockets(session: WorkingSession, ids: set[int]) -> dict[int, Docket]:
    found: dict[int, Docket] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        query = select(Docket).where(col(Docket.id).in_(wanted[start : start + 500]))
        found |= {docket.id: docket for docket in session.exec(query) if docket.id is not None}
    return found


def _approved(session: WorkingSession, ids: set[int]) -> set[int]:
    """Of these dockets, those with an approving act by another than the drafter."""
    approving = {
        (table.code, action.code)
        for table in kinds.book().tables.values()
        for action in table.actions.values()
        if action.approval
    }
    found: set[int] = set()
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        query = (
            select(Docket, DocketEvent)
            .join(DocketEvent, col(DocketEvent.docket_id) == col(Docket.id))
            .where(col(Docket.id).in_(wanted[start : start + 500]))
        )
        for docket, event in session.exec(query):
            if (docket.kind, event.action) in approving and event.actor_id != docket.drafted_by:
                found.add(docket.id or 0)
    return found
