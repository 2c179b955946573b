"""What the public may see of an entity, a person and a site: parts of gazette payloads.

Natural persons appear with name and masked document number only; the full number stays sealed.
"""

from __future__ import annotations

from collections.abc import Sequence

from registry.core.db import WorkingSession
from registry.office.entities import queries, site_queries
from registry.office.entities.models import EntityName, SiteLicence, SiteLicenceChange, SiteOperator
from registry.public.gazette.payloads import (
    FormerName,
    LicenceAtSite,
    Operator,
    Person,
    SitePayload,
    Subject,
)


def subject_payload(session: WorkingSession, entity_id: int) -> Subject:
    """Whom a record is about. A merged entity speaks as the one that was kept.

    Raises ``NotFound``.
    """
    kept = queries.entity(session, entity_id)
    names = queries.names(session, kept.id)
    subject: Subject = {"kind": kept.kind, "name": kept.name}  # type: ignore[typeddict-item]
    if kept.kind == "person":
        document = queries.document(session, kept.id)
        if document is not None:
            subject["document"] = document.masked
        return subject
    if kept.code:
        subject["code"] = kept.code
    if kept.address:
        subject["address"] = kept.address
    if kept.region:
        subject["region"] = kept.region
    former = [_former(name) for name in names if name.kind == "former"]
    if former:
        subject["former_names"] = former
    short = [name.name for name in names if name.kind == "short"]
    if short:
        subject["short_names"] = short
    english = [name.name for name in names if name.kind == "english"]
    if english:
        subject["name_en"] = english[0]
    return subject


def person_payload(session: WorkingSession, entity_id: int, role: str) -> Person:
    """A natural person answerable beside a unit, masked. ``role`` is a code of rules/roles."""
    kept = queries.entity(session, entity_id)
    person: Person = {"name": kept.name, "role": role}
    document = queries.document(session, kept.id)
    if document is not None:
        person["document"] = document.masked
    return person


def site_payload(session: WorkingSession, site_id: int) -> SitePayload:
    """A site with its licences and the history of its main operators. Raises ``NotFound``."""
    found = site_queries.site_profile(session, site_id)
    site = found.site
    payload: SitePayload = {
        "type": site.type,
        "name": site.name,
        "region": site.region,
        "operators": [
            _operator(operator, who.name, who.code)
            for operator, who in found.operators
            if operator.role == "main"
        ],
        "licences": [
            _licence(licence, found.changes.get(licence.id or 0, ())) for licence in found.licences
        ],
    }
    if site.place:
        payload["place"] = site.place
    if site.name_en:
        payload["name_en"] = site.name_en
    return payload


def _former(name: EntityName) -> FormerName:
    former: FormerName = {"name": name.name}
    if name.since is not None:
        former["since"] = name.since.isoformat()
    if name.until is not None:
        former["until"] = name.until.isoformat()
    return former


def _operator(operator: SiteOperator, name: str, code: str | None) -> Operator:
    shown: Operator = {"name": name}
    if code:
        shown["code"] = code
    if operator.since is not None:
        shown["since"] = operator.since.isoformat()
    if operator.until is not None:
        shown["until"] = operator.until.isoformat()
    return shown


def _licence(licence: SiteLicence, changes: Sequence[SiteLicenceChange]) -> LicenceAtSite:
    shown: LicenceAtSite = {
        "kind": licence.kind,
        "number": licence.written,
        "status": licence.status,
    }
    if licence.since is not None:
        shown["since"] = licence.since.isoformat()
    if licence.until is not None:
        shown["until"] = licence.until.isoformat()
    if changes:
        shown["changes"] = [{"status": one.status, "on": one.on.isoformat()} for one in changes]
    return shown
