"""What backs a publication: an approved decision (``gazette verify --cross``), and whose it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.office.dockets import kinds
from registry.office.dockets.models import Docket, DocketEvent
from registry.office.dockets.replay import actors
from registry.office.publisher.cross import RECORDS_OF_FACT
from registry.office.publisher.models import OutboxRow
from registry.office.staff.models import Authority
from registry.office.statistics import publication
from registry.public.gazette.entry import NotPublished

CHUNK = 500
RESTORE = "restore"
"""Origin of a removal that was replayed after a restore."""


def unapproved(session: WorkingSession, rows: Sequence[OutboxRow]) -> Mapping[UUID, str]:
    """Publications of ``rows`` that no second officer approved, each with why not.

    A publication is backed by an approving act in its docket, or in the docket of the import
    batch that brought it, done before it and by somebody who had not drafted what he approved.
    Figures of a period need the snapshot from which they come.
    Removals and records of fact (sites, authorities, foreign lists) need no decision of their own.
    """
    wanted = [row for row in rows if row.op == "PUT" and row.kind not in RECORDS_OF_FACT]
    dockets = _dockets(session, {row.docket_id for row in wanted if row.docket_id is not None})
    approved = _approved(session, {_deciding(docket) for docket in dockets.values()})
    found = {
        row.event_id: "no such snapshot is kept"
        for row in wanted
        if row.kind == publication.KIND and not publication.is_kept(session, row)
    }
    for row in wanted:
        if row.kind == publication.KIND:
            continue
        docket = dockets.get(row.docket_id or 0)
        if docket is None:
            found[row.event_id] = "no docket is recorded"
            continue
        when = approved.get(_deciding(docket))
        if when is None or when > row.created:
            found[row.event_id] = "no second officer approved it"
    return found


def expected(session: WorkingSession, today: date) -> Iterator[str]:
    """Public ids that dockets hold published on ``today``.

    An urgent takedown, and a removal replayed after a restore, remove a record before its case
    is settled, so those are left out.
    """
    urgent = col(OutboxRow.origin).startswith("takedown:") | (col(OutboxRow.origin) == RESTORE)
    taken = select(OutboxRow.public_id).where(OutboxRow.op == "DEL", urgent)
    query = (
        select(Docket.public_id)
        .where(
            col(Docket.public_id).is_not(None),
            col(Docket.public_id).not_in(taken),
            col(Docket.ends_on).is_(None) | (col(Docket.ends_on) >= today),
        )
        .execution_options(yield_per=CHUNK)
    )
    for public_id in session.exec(query):
        if public_id is not None:
            yield public_id


def authority_path(session: WorkingSession, public_id: str) -> str:
    """Path of the authority whose record ``public_id`` is; the first one's for records of fact.

    Raises ``NotPublished`` for an id that was never sent out.
    """
    query = (
        select(OutboxRow.id, Authority.path)
        .join(Docket, col(Docket.id) == col(OutboxRow.docket_id), isouter=True)
        .join(Authority, col(Authority.id) == col(Docket.authority_id), isouter=True)
        .where(OutboxRow.public_id == public_id)
        .order_by(col(OutboxRow.id).desc())
        .limit(1)
    )
    found = session.exec(query).first()
    if found is None:
        raise NotPublished(id=public_id)
    if found[1] is not None:
        return found[1]
    first = select(Authority.path).where(col(Authority.parent_id).is_(None))
    return session.exec(first.order_by(col(Authority.id)).limit(1)).one()


def _deciding(docket: Docket) -> int:
    return docket.batch_id or docket.id or 0


def _dockets(session: WorkingSession, ids: set[int]) -> dict[int, Docket]:
    found: dict[int, Docket] = {}
    for part in _parts(ids):
        query = select(Docket).where(col(Docket.id).in_(part))
        found |= {docket.id: docket for docket in session.exec(query) if docket.id is not None}
    return found


def _approved(session: WorkingSession, ids: set[int]) -> dict[int, datetime]:
    """When each of these dockets was first approved by somebody who had not drafted it."""
    found: dict[int, datetime] = {}
    for part in _parts(ids):
        query = (
            select(Docket.kind, DocketEvent)
            .join(DocketEvent, col(DocketEvent.docket_id) == col(Docket.id))
            .where(col(Docket.id).in_(part))
            .order_by(col(DocketEvent.docket_id), col(DocketEvent.ordinal))
        )
        logs: dict[int, list[DocketEvent]] = defaultdict(list)
        of_kind: dict[int, str] = {}
        for kind, event in session.exec(query):
            logs[event.docket_id].append(event)
            of_kind[event.docket_id] = kind
        for docket_id, log in logs.items():
            when = _approval(of_kind[docket_id], log)
            if when is not None:
                found[docket_id] = when
    return found


def _approval(kind: str, log: Sequence[DocketEvent]) -> datetime | None:
    actions = kinds.get(kind).actions
    for place, event in enumerate(log):
        action = actions.get(event.action)
        if action is None or not action.approval:
            continue
        drafting = [code for code in actions if actions[code].drafts]
        first = actors(log[:place], (kinds.OPEN, *drafting))
        if first and event.actor_id is not None and event.actor_id not in first:
            return event.recorded_at
    return None


def _parts(ids: set[int]) -> Iterator[list[int]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]
