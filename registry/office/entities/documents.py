"""Persons' documents: sealed and masked when kept, opened for a reason, every search audited."""

from __future__ import annotations

from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput, Misconfigured, NotFound
from registry.core.i18n import N_
from registry.core.names import mask_document
from registry.office.entities import queries
from registry.office.entities.changing import audit_entity, locked, touch
from registry.office.entities.drafts import (
    DocumentDraft,
    check_document,
    clean_text,
)
from registry.office.entities.models import (
    DocumentReading,
    Entity,
    PersonDocument,
)
from registry.office.entities.vault import PersonKeys
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting
from registry.public.gazette.entry import Handle


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
    refuse_document(session, checked, keys, besides=entity.id)
    old = queries.document(session, entity.id)
    if old is None:
        row = document_row(entity, checked, keys)
        session.add(row)
    else:
        row = _fill_document(old, entity, checked, keys)
    touch(entity, acting)
    session.flush()
    audit_entity(session, acting, "entities:document:changed", entity, kind=checked.kind)
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
    audit_entity(session, acting, "entities:document:revealed", entity, reading=reading.id)
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


def refuse_document(
    session: WorkingSession, checked: DocumentDraft, keys: PersonKeys, *, besides: int | None
) -> None:
    """Raises ``InvalidInput`` where another person than ``besides`` has this full number."""
    if checked.is_masked:
        return
    holder = queries.find_person(session, keys, kind=checked.kind, number=checked.number)
    if holder is not None and holder.id != besides:
        message = N_("Another person already has this document.")
        raise InvalidInput({"document.number": [message]})


def document_row(entity: Entity, draft: DocumentDraft, keys: PersonKeys | None) -> PersonDocument:
    """A new row for the person, its full number sealed. Raises ``Misconfigured`` without keys."""
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


def renew_handle(session: WorkingSession, entity: Entity, keys: PersonKeys | None) -> None:
    """After a change of name: what the public check finds the person by, anew."""
    document = queries.document(session, entity.id)
    if document is None or document.sealed is None or document.fingerprint is None:
        return
    if keys is None:
        raise Misconfigured(what="the vault key is needed to rename this person")
    number = keys.open(document.sealed, document.fingerprint)
    document.handle = keys.handle(entity.name, number)
