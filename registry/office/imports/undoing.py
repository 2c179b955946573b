"""Taking back what a batch published. Cases that were worked on since stand in the way."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import distinct, func, select
from sqlmodel import col

from registry.core.db import WorkingSession
from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.office.dockets import bases, notes
from registry.office.dockets.clocks import stop_all
from registry.office.dockets.kinds import ADOPT
from registry.office.dockets.models import Docket, DocketEvent
from registry.office.dockets.refresh import REFRESH
from registry.office.dockets.replay import merged
from registry.office.entities.models import Entity, EntityName
from registry.office.imports.kinds import kind_of
from registry.office.imports.models import ImportedEntity
from registry.office.publisher import service as publisher
from registry.office.staff.officer import Acting

UNDO = "undo"


class WorkedOnSince(RegistryError):  # noqa: N818 - the family reads as sentences
    """Officers acted on cases of the batch; those acts would be lost."""

    code = "worked-on-since"
    status = 409
    message = N_("{count} cases of this batch were worked on since. Nothing was undone.")


@dataclass(frozen=True)
class Undone:
    """Counts of what was taken back."""

    withdrawn: int
    restored: int


def undo(session: WorkingSession, acting: Acting, docket: Docket) -> Undone:
    """Withdraw and close every case of the batch, empty again what it filled in.

    Entities that it added stay: they are not public. Raises ``WorkedOnSince``.
    """
    query = select(Docket).where(col(Docket.batch_id) == docket.id).order_by(col(Docket.id))
    cases = list(session.scalars(query))
    withdrawn = kind_of(docket.facts["import_kind"]).withdrawn_state
    worked_on = _worked_on(session, docket)
    if worked_on:
        raise WorkedOnSince(count=worked_on)
    for case in cases:
        _take_back(session, acting, case, withdrawn)
    session.flush()
    return Undone(len(cases), _restore(session, docket))


def _worked_on(session: WorkingSession, docket: Docket) -> int:
    """Cases in which an officer acted. What only follows the subject's own data does not count."""
    passive = (ADOPT, REFRESH)
    query = (
        select(func.count(distinct(col(DocketEvent.docket_id))))
        .join(Docket, col(Docket.id) == col(DocketEvent.docket_id))
        .where(col(Docket.batch_id) == docket.id, col(DocketEvent.action).not_in(passive))
    )
    return session.scalar(query) or 0


def _take_back(session: WorkingSession, acting: Acting, case: Docket, state: str) -> None:
    if case.public_id is not None and case.public_kind is not None:
        publisher.withdraw(
            session,
            kind=case.public_kind,
            id=case.public_id,
            reason="revoked",
            effective=acting.now,
            now=acting.now,
            docket_id=case.id,
        )
    patch = {
        "public_id": None,
        "withdrawn_id": case.public_id,
        "withdrawn_on": acting.today.isoformat(),
    }
    before, case.state = case.state, state
    case.facts = merged(case.facts, patch)
    case.public_id = case.public_kind = None
    case.closed_at = acting.now
    case.version += 1
    stop_all(session, case.id or 0, acting.today, acting.now)
    notes.note(
        session,
        case,
        UNDO,
        now=acting.now,
        actor=acting.officer.account_id,
        identities=acting.officer.identities,
        before=before,
        data=patch,
    )
    bases.tell(session, case, before, acting.today, now=acting.now, book=acting.book)


def _restore(session: WorkingSession, docket: Docket) -> int:
    """Empties facts that the batch filled in, where nobody amended the entity since."""
    query = select(ImportedEntity).where(
        col(ImportedEntity.docket_id) == docket.id, col(ImportedEntity.added).is_(False)
    )
    restored = 0
    for trace in session.scalars(query):
        entity = session.get(Entity, trace.entity_id)
        if entity is None or entity.version != trace.before.get("version"):
            continue
        filled = trace.before.get("before", {})
        for fact in filled.get("facts", ()):
            setattr(entity, fact, None)
        for name_id in filled.get("names", ()):
            name = session.get(EntityName, name_id)
            if name is not None:
                session.delete(name)
        entity.version += 1
        restored += 1
    session.flush()
    return restored
