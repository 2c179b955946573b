"""Staff of service organizations: added, ended, certificates revoked; and terms that end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound, RegistryError
from registry.core.i18n import N_
from registry.core.names import mask_document
from registry.core.rules import Rulebook
from registry.office.dockets import engine
from registry.office.dockets.models import Docket
from registry.office.dockets.terms import end_due
from registry.office.entities import documents
from registry.office.entities import queries as entities
from registry.office.entities import service as entity_service
from registry.office.entities.drafts import DocumentDraft, EntityDraft
from registry.office.entities.vault import PersonKeys
from registry.office.providers.models import ProviderStaff
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting

_CERTIFICATE = "certificate"
"""The kind under which certificate numbers are sealed and recognised."""


@dataclass(frozen=True)
class StaffDraft:
    """A member of the staff as entered. The numbers are personal data."""

    name: str
    since: date
    document: str = ""
    post: str = ""
    certificate_kind: str = ""
    level: int | None = None
    number: str = ""
    certificate_since: date | None = None
    certificate_until: date | None = None
    full_time: bool = True
    person_id: int | None = None
    """Known already; name and document are not looked at then."""


def add_staff(
    session: WorkingSession,
    acting: Acting,
    organization_id: int,
    draft: StaffDraft,
    *,
    keys: PersonKeys,
) -> ProviderStaff:
    """Note that a person works at the organization. Raises ``Forbidden``, ``InvalidInput``.

    That the person is active elsewhere refuses nothing: it is shown as a doubt.
    """
    if not acting.officer.has("clerk", "reviewer"):
        raise Forbidden
    organization = entities.entity(session, organization_id)
    _check(draft)
    row = ProviderStaff(
        organization_id=organization.id or 0,
        person_id=draft.person_id or _person(session, acting, draft, keys),
        post=draft.post,
        certificate_kind=draft.certificate_kind,
        level=draft.level,
        certificate_since=draft.certificate_since,
        certificate_until=draft.certificate_until,
        full_time=draft.full_time,
        since=draft.since,
        created=acting.now,
        created_by=acting.officer.account_id,
        updated=acting.now,
    )
    _seal(row, draft.number, keys)
    _refuse_twice(session, row)
    session.add(row)
    session.flush()
    _audit(session, acting, "providers:staff:added", row)
    return row


def _check(draft: StaffDraft) -> None:
    problems: dict[str, list[str]] = {}
    if bool(draft.certificate_kind) != bool(draft.number.strip()):
        wrong = "certificate_kind" if draft.number.strip() else "number"
        problems[wrong] = [N_("A certificate needs both its kind and its number.")]
    first, last = draft.certificate_since, draft.certificate_until
    if first and last and last < first:
        problems["certificate_until"] = [N_("This period ends before it begins.")]
    if not draft.name.strip() and draft.person_id is None:
        problems["name"] = [N_("This must be filled in.")]
    if problems:
        raise InvalidInput(problems)


def _person(session: WorkingSession, acting: Acting, draft: StaffDraft, keys: PersonKeys) -> int:
    """The person with this document, or a new one."""
    document = DocumentDraft("resident-id", draft.document) if draft.document.strip() else None
    try:
        if document is not None:
            known = documents.find_by_document(session, acting, document, keys=keys)
            if known is not None and known.name != draft.name.strip():
                raise InvalidInput(
                    {"name": [N_("The registry knows this number by another name.")]}
                )
            if known is not None:
                return known.id or 0
        entity = EntityDraft("person", draft.name, document=document)
        return entity_service.add_entity(session, acting, entity, keys=keys).id or 0
    except InvalidInput as error:
        at = {"document.number": "document", "document.kind": "document"}
        raise InvalidInput({at.get(k, k): v for k, v in error.fields.items()}) from error


def _seal(row: ProviderStaff, number: str, keys: PersonKeys) -> None:
    known = _written(number)
    if known:
        row.masked = mask_document(known)
        row.sealed = keys.seal(_CERTIFICATE, known)
        row.fingerprint = keys.fingerprint(_CERTIFICATE, known)


def certificate_fingerprint(number: str, keys: PersonKeys) -> str:
    """By which the holder of the certificate with this number is recognised."""
    return keys.fingerprint(_CERTIFICATE, _written(number))


def _written(number: str) -> str:
    return "".join(number.split()).upper()


def _refuse_twice(session: WorkingSession, row: ProviderStaff) -> None:
    query = select(ProviderStaff).where(
        ProviderStaff.organization_id == row.organization_id,
        ProviderStaff.person_id == row.person_id,
        col(ProviderStaff.until).is_(None),
    )
    if any(one.fingerprint == row.fingerprint for one in session.exec(query)):
        raise InvalidInput({"name": [N_("This person already stands among the staff.")]})


def end_staff(session: WorkingSession, acting: Acting, staff_id: int, until: date) -> ProviderStaff:
    """The person has left; ``until`` was the last day. Raises ``NotFound``, ``InvalidInput``."""
    row = _member(session, acting, staff_id)
    if until < row.since or until > acting.today:
        raise InvalidInput({"until": [N_("This date cannot be right.")]})
    row.until, row.updated = until, acting.now
    session.add(row)
    session.flush()
    _audit(session, acting, "providers:staff:ended", row)
    return row


def revoke_certificate(
    session: WorkingSession, acting: Acting, staff_id: int, day: date
) -> ProviderStaff:
    """The certificate no longer counts from ``day`` on. Raises ``NotFound``, ``InvalidInput``."""
    row = _member(session, acting, staff_id)
    if not row.certificate_kind or day > acting.today:
        raise InvalidInput({"revoked_on": [N_("This date cannot be right.")]})
    row.certificate_revoked, row.updated = day, acting.now
    session.add(row)
    session.flush()
    _audit(session, acting, "providers:certificate:revoked", row)
    return row


def _member(session: WorkingSession, acting: Acting, staff_id: int) -> ProviderStaff:
    if not acting.officer.has("clerk", "reviewer"):
        raise Forbidden
    row = session.get(ProviderStaff, staff_id)
    if row is None:
        raise NotFound
    return row


def end_terms(session: WorkingSession, now: datetime, book: Rulebook) -> int:
    """Let lapse what ran out, and take down what has been shown long enough; gives how many."""
    done = end_due(session, "provider", "lapse", now=now, book=book)
    query = select(Docket).where(
        Docket.kind == "provider",
        col(Docket.state).in_(("revoked", "cancelled")),
        col(Docket.public_id).is_not(None),
    )
    today = legal_day(now).isoformat()
    for docket in session.exec(query).all():
        if docket.facts.get("shown_until", today) < today:
            try:
                engine.act_as_registry(session, docket, "end_publicity", now=now, book=book)
                done += 1
            except RegistryError:
                continue
    return done


def _audit(session: WorkingSession, acting: Acting, action: str, row: ProviderStaff) -> None:
    audited(session, acting, action, f"staff:{row.id}", {"organization": row.organization_id})
