"""Writing entities, their names and documents. Every change and every reading is audited."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import col

from registry.core.db import WorkingSession
from registry.core.errors import Conflict, Forbidden, InvalidInput, Misconfigured, NotFound
from registry.core.i18n import N_
from registry.core.names import fold, mask_document
from registry.office.entities import queries
from registry.office.entities.drafts import (
    DocumentDraft,
    EntityDraft,
    NameDraft,
    Problems,
    check_document,
    check_entity,
    check_period,
    clean_text,
)
from registry.office.entities.models import (
    DocumentReading,
    Entity,
    EntityName,
    PersonDocument,
)
from registry.office.entities.sites import publish_anew
from registry.office.entities.vault import PersonKeys
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting
from registry.public.gazette.entry import Handle


def add_entity(
    session: WorkingSession, acting: Acting, draft: EntityDraft, *, keys: PersonKeys | None = None
) -> Entity:
    """Add an entity after checking it. A person with a document needs the ``keys``.

    Raises ``InvalidInput``, also when another entity has the same code or document.
    """
    checked = check_entity(draft)
    _refuse_taken(session, checked, keys)
    added = insert(session, acting, checked, keys=keys)
    _audit(session, acting, "entities:entity:added", added, kind=added.kind)
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
        session.add(_document_row(added, checked.document, keys))
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
        _audit(session, acting, "entities:entity:amended", entity, fields=changed)
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
    _renew_handle(session, entity, keys)
    touch(entity, acting)
    session.flush()
    _audit(session, acting, "entities:entity:renamed", entity)
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
    _audit(session, acting, "entities:name:added", entity, kind=checked.kind)
    return row


def set_document(
    session: WorkingSession,
    acting: Acting,
    person_id: int,
    version: int,
    draft: DocumentDraft,
    *,
    keys: PersonKeys,
) -> PersonDocument:
    """Give a person a document, or replace it. Raises ``Conflict``, ``InvalidInput``."""
    entity = locked(session, person_id, version)
    if entity.kind != "person":
        message = N_("Only a natural person has an identity document.")
        raise InvalidInput({"document": [message]})
    checked = check_document(draft)
    _refuse_document(session, checked, keys, besides=entity.id)
    old = queries.document(session, entity.id)
    if old is None:
        row = _document_row(entity, checked, keys)
        session.add(row)
    else:
        row = _fill_document(old, entity, checked, keys)
    touch(entity, acting)
    session.flush()
    _audit(session, acting, "entities:document:changed", entity, kind=checked.kind)
    return row


def reveal_document(
    session: WorkingSession, acting: Acting, person_id: int, reason: str, *, keys: PersonKeys
) -> str:
    """The full document number, for an officer who says why. The reading is kept and audited.

    Raises ``InvalidInput`` without a reason, ``NotFound`` where no full number is known.
    """
    why = clean_text(reason)
    if why is None or len(why) < 4:
        raise InvalidInput({"reason": [N_("Say why the full number is needed.")]})
    entity = queries.entity(session, person_id)
    document = queries.document(session, entity.id)
    if document is None or document.sealed is None or document.fingerprint is None:
        raise NotFound
    reading = DocumentReading(
        document_id=document.id or 0,
        account_id=acting.officer.account_id,
        reason=why,
        at=acting.now,
    )
    session.add(reading)
    session.flush()
    _audit(session, acting, "entities:document:revealed", entity, reading=reading.id)
    return keys.open(document.sealed, document.fingerprint)


def find_by_document(
    session: WorkingSession, acting: Acting, draft: DocumentDraft, *, keys: PersonKeys
) -> Entity | None:
    """The person with this document; the search itself is audited, hit or not."""
    checked = check_document(draft)
    found = queries.find_person(session, keys, kind=checked.kind, number=checked.number)
    audited(
        session,
        acting,
        "entities:document:searched",
        f"entity:{found.id if found else 0}",
        {"kind": checked.kind, "found": found is not None},
    )
    return found


def person_handles(session: WorkingSession, *person_ids: int) -> tuple[Handle, ...]:
    """The handles by which the public check finds these persons; none for a masked-only number."""
    kept = dict.fromkeys(queries.entity(session, person_id).id for person_id in person_ids)
    rows = [queries.document(session, person_id) for person_id in kept]
    return tuple(Handle("person", row.handle) for row in rows if row is not None and row.handle)


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
    _audit(session, acting, "entities:entity:published", entity, cases=done)
    return done


class SecondOfficer(Forbidden):
    """The officer who changed an entity may not publish the change himself."""

    code = "second-officer"
    message = N_("A change of the published particulars is approved by a second officer.")


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


_EDITABLE = (
    "credit_code",
    "registration_number",
    "region",
    "address",
    "legal_representative",
    "industry",
    "note",
)


"""Facts that no public record shows."""


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
        _refuse_document(session, checked.document, keys, besides=besides)


def _refuse_document(
    session: WorkingSession, checked: DocumentDraft, keys: PersonKeys, *, besides: int | None
) -> None:
    if checked.is_masked:
        return
    holder = queries.find_person(session, keys, kind=checked.kind, number=checked.number)
    if holder is not None and holder.id != besides:
        message = N_("Another person already has this document.")
        raise InvalidInput({"document.number": [message]})


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


def _document_row(entity: Entity, draft: DocumentDraft, keys: PersonKeys | None) -> PersonDocument:
    empty = PersonDocument(entity_id=entity.id or 0, kind=draft.kind, masked="")
    return _fill_document(empty, entity, draft, keys)


def _fill_document(
    row: PersonDocument, entity: Entity, draft: DocumentDraft, keys: PersonKeys | None
) -> PersonDocument:
    row.kind = draft.kind
    if draft.is_masked:
        row.masked, row.sealed, row.fingerprint, row.handle = draft.number, None, None, None
        return row
    if keys is None:
        raise Misconfigured(what="the vault key is needed to keep a document number")
    row.masked = mask_document(draft.number)
    row.sealed = keys.seal(draft.kind, draft.number)
    row.fingerprint = keys.fingerprint(draft.kind, draft.number)
    row.handle = keys.handle(entity.name, draft.number)
    return row


def _renew_handle(session: WorkingSession, entity: Entity, keys: PersonKeys | None) -> None:
    document = queries.document(session, entity.id)
    if document is None or document.sealed is None or document.fingerprint is None:
        return
    if keys is None:
        raise Misconfigured(what="the vault key is needed to rename this person")
    number = keys.open(document.sealed, document.fingerprint)
    document.handle = keys.handle(entity.name, number)


def _audit(
    session: WorkingSession, acting: Acting, action: str, entity: Entity, **detail: object
) -> None:
    audited(session, acting, action, f"entity:{entity.id}", detail)
