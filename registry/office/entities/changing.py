"""What every change of an entity does: look whether another was first, count, audit."""

from __future__ import annotations

from registry.core.db import WorkingSession
from registry.core.errors import Conflict, NotFound
from registry.office.entities.models import (
    Entity,
)
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting


def locked(session: WorkingSession, entity_id: int, version: int) -> Entity:
    """The entity for a change, if nobody changed it after ``version``.

    Raises ``NotFound``, ``Conflict``.
    """
    entity = session.get(Entity, entity_id, with_for_update=True, populate_existing=True)
    if entity is None:
        raise NotFound
    if entity.version != version or entity.merged_into is not None:
        raise Conflict
    return entity


def touch(entity: Entity, acting: Acting) -> None:
    """Count a change, for those who looked before it."""
    entity.version += 1
    entity.updated = acting.now
    entity.changed_by = acting.officer.account_id


def audit_entity(
    session: WorkingSession, acting: Acting, action: str, entity: Entity, **detail: object
) -> None:
    """Audit what the officer did to the entity, or read of it."""
    audited(session, acting, action, f"entity:{entity.id}", detail)
