"""Writing entities and their names, and bringing what is published of them up to date."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import col

from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.core.i18n import N_
from registry.core.names import fold
from registry.office.entities import queries
from registry.office.entities.changing import audit_entity, locked, touch
from registry.office.entities.documents import document_row, refuse_document, renew_handle
from registry.office.entities.drafts import (
    EntityDraft,
    NameDraft,
    Problems,
    check_entity,
    check_period,
)
from registry.office.entities.models import (
    Entity,
    EntityName,
)
from registry.office.entities.sites import publish_anew
from registry.office.entities.vault import PersonKeys
from registry.office.staff.officer import Acting


def add_entity(
    session: WorkingSession, acting: Acting, draft: EntityDraft, *, keys: PersonKeys | None = None
) -> Entity:
    """Add an entity after checking it. A person with a document needs the ``keys``.

    Raises ``InvalidInput``, also when another entity has the same code or document.
    """
    checked = check_entity(draft)
    _refuse_taken(session, checked, keys)
    added = insert(session, acting, checked, keys=keys)
    audit_entity(session, acting, "entities:entity:added", added, kind=added.kind)
    return added


def insert(
    session: WorkingSession, acting: Acting, checked: EntityDraft, *, keys: PersonKeys | None = None
) -> Entity:
    """Write a checked draft without audit of its own: for an import, which audits the batch."""
    added = Entity(
        kind=checked.kind,
        name=checked.name,
        folded=fold(checked.name),
        credit_code=checked.credit_code,
        registration_number=checked.registration_number,
        region=checked.region,
        address=checked.address,
        legal_representative=checked.legal_representative,
        industry=checked.industry,
        note=checked.note,
        created=acting.now,
        created_by=acting.officer.account_id,
        updated=acting.now,
    )
    session.add(added)
    session.flush()
    session.add(_name_row(added, NameDraft("current", checked.name)))
    session.add_all(_name_row(added, name) for name in checked.names)
    if checked.document is not None:
        session.add(document_row(added, checked.document, keys))
    session.flush()
    return added


def edit_entity(
    session: WorkingSession, acting: Acting, entity_id: int, version: int, draft: EntityDraft
) -> Entity:
    """Amend everything but kind, names and document (which have acts of their own).

    Raises ``Conflict`` when someone amended it after ``version``, ``InvalidInput``.
    """
    entity = locked(session, entity_id, version)
    checked = check_entity(_with(draft, entity))
    _refuse_taken(session, checked, None, besides=entity.id)
    changed = [name for name in _EDITABLE if getattr(entity, name) != getattr(checked, name)]
    for name in changed:
        setattr(entity, name, getattr(checked, name))
    if changed:
        touch(entity, acting)
        session.flush()
        audit_entity(session, acting, "entities:entity:amended", entity, fields=changed)
    return entity


def rename(
    session: WorkingSession,
    acting: Acting,
    entity_id: int,
    version: int,
    *,
    name: str,
    since: date | None,
    keys: PersonKeys | None = None,
) -> Entity:
    """Give the entity a new current name from ``since``; the old one becomes a former name.

    Raises ``Conflict``, ``InvalidInput``.
    """
    entity = locked(session, entity_id, version)
    new = check_entity(EntityDraft(kind=entity.kind, name=name)).name
    if new == entity.name:
        raise InvalidInput({"name": [N_("This is the present name.")]})
    current = _current(session, entity)
    if since is not None and current.since is not None and since <= current.since:
        raise InvalidInput({"since": [N_("The present name began later than this day.")]})
    current.kind = "former"
    current.until = since - timedelta(days=1) if since else None
    session.add(_name_row(entity, NameDraft("current", new, since)))
    entity.name, entity.folded = new, fold(new)
    renew_handle(session, entity, keys)
    touch(entity, acting)
    session.flush()
    audit_entity(session, acting, "entities:entity:renamed", entity)
    return entity


def add_name(
    session: WorkingSession, acting: Acting, entity_id: int, version: int, draft: NameDraft
) -> EntityName:
    """Note a former, short or English name. Raises ``Conflict``, ``InvalidInput``."""
    entity = locked(session, entity_id, version)
    checked = check_entity(EntityDraft(kind=entity.kind, name=entity.name, names=(draft,))).names[0]
    same = [row for row in queries.names(session, entity.id) if row.name == checked.name]
    if any(row.kind == checked.kind for row in same):
        raise InvalidInput({"name": [N_("This name is already noted.")]})
    row = _name_row(entity, checked)
    session.add(row)
    touch(entity, acting)
    session.flush()
    audit_entity(session, acting, "entities:name:added", entity, kind=checked.kind)
    return row


def publish_changes(session: WorkingSession, acting: Acting, entity_id: int) -> int:
    """Bring the public records that name the entity up to date; gives how many cases.

    Whoever changed the entity cannot do it: what the public reads is approved by a second
    officer, for the cases of his own subtree. Raises ``Forbidden``, ``SecondOfficer``.
    """
    entity = queries.entity(session, entity_id)
    if not acting.officer.has("approver"):
        raise Forbidden
    if entity.changed_by is None or entity.changed_by in acting.officer.identities:
        raise SecondOfficer
    # A unit's former name is part of its record; a person's wrong one should never have been shown.
    forget = entity.kind == "person"
    done = publish_anew(session, acting, entity.id or 0, forget_previous=forget)
    audit_entity(session, acting, "entities:entity:published", entity, cases=done)
    return done


class SecondOfficer(Forbidden):
    """The officer who changed an entity may not publish the change himself."""

    code = "second-officer"
    message = N_("A change of the published particulars is approved by a second officer.")


_EDITABLE = (
    "credit_code",
    "registration_number",
    "region",
    "address",
    "legal_representative",
    "industry",
    "note",
)


def _with(draft: EntityDraft, entity: Entity) -> EntityDraft:
    values = {name: getattr(draft, name) for name in _EDITABLE}
    return EntityDraft(kind=entity.kind, name=entity.name, **values)


def _refuse_taken(
    session: WorkingSession,
    checked: EntityDraft,
    keys: PersonKeys | None,
    *,
    besides: int | None = None,
) -> None:
    problems = Problems()
    for field in ("credit_code", "registration_number"):
        code = getattr(checked, field)
        query = select(col(Entity.id)).where(getattr(Entity, field) == code)
        if code and session.scalar(query) not in {None, besides}:
            problems.add(field, N_("Another entity already has this code."))
    problems.raise_any()
    if checked.document is not None and keys is not None:
        refuse_document(session, checked.document, keys, besides=besides)


def _name_row(entity: Entity, name: NameDraft) -> EntityName:
    problems = Problems()
    check_period(problems, "until", name.since, name.until)
    problems.raise_any()
    return EntityName(
        entity_id=entity.id or 0,
        kind=name.kind,
        name=name.name,
        folded=fold(name.name),
        since=name.since,
        until=name.until,
    )


def _current(session: WorkingSession, entity: Entity) -> EntityName:
    return session.scalars(
        select(EntityName).where(
            col(EntityName.entity_id) == entity.id, col(EntityName.kind) == "current"
        )
    ).one()
