"""Reading the register: qualifications on a day, staff, and what is doubtful about certificates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import NotFound
from registry.core.i18n import N_, Text
from registry.core.rules import Rules, UnknownRule
from registry.office.dockets.models import Docket, DocketEvent
from registry.office.entities import queries as entities
from registry.office.entities.models import Entity
from registry.office.providers.models import ProviderStaff
from registry.office.providers.requirements import (
    STATES,
    TURNS,
    Requirement,
    Status,
    count,
    requirements,
    status_on,
)

FLAGS = {
    "two-organizations": N_("At two organizations at once"),
    "expired": N_("Certificate expired"),
    "revoked": N_("Certificate revoked"),
    "uncertified": N_("No certificate noted"),
}
"""What is doubtful about a member of the staff. A doubt is not a finding."""
_ROWS = 500


@dataclass(frozen=True)
class Member:
    """One member of the staff, with the person's name and what is doubtful."""

    row: ProviderStaff
    name: str
    flags: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    """Names of the other organizations at which the person is active."""


@dataclass(frozen=True)
class Qualification:
    """One field of an organization: the case, its status today, what the field asks."""

    docket: Docket
    status: Status | None
    requirements: Sequence[Requirement]

    @property
    def unmet(self) -> int:
        return sum(not one.met for one in self.requirements)


def staff_of(session: WorkingSession, organization_id: int) -> list[ProviderStaff]:
    """All staff of an organization, past members too, in the order in which they came."""
    query = select(ProviderStaff).where(ProviderStaff.organization_id == organization_id)
    return list(session.exec(query.order_by(col(ProviderStaff.since), col(ProviderStaff.id))))


def member(session: WorkingSession, staff_id: int) -> ProviderStaff:
    """One row of the staff. Raises ``NotFound``."""
    found = session.get(ProviderStaff, staff_id)
    if found is None:
        raise NotFound
    return found


def members(session: WorkingSession, organization_id: int, day: date) -> list[Member]:
    """The staff with names and doubts, those active on ``day`` first."""
    rows = staff_of(session, organization_id)
    people = _people(session, {row.person_id for row in rows})
    others = _elsewhere(session, [row for row in rows if row.active(day)], day)
    found = []
    for row in rows:
        there = others.get(row.id or 0, set()) - {organization_id}
        named = tuple(sorted(entities.entity(session, one).name for one in there))
        flags = _flags(row, day, bool(there)) if row.active(day) else ()
        found.append(Member(row, people.get(row.person_id, ""), flags, named))
    return sorted(found, key=lambda member: not member.row.active(day))


def _people(session: WorkingSession, ids: set[int]) -> dict[int, str]:
    # Whole entities: whoever shows persons has them noted by what he loads.
    query = select(Entity).where(col(Entity.id).in_(ids))
    return {one.id: one.name for one in session.exec(query) if one.id is not None}


def _elsewhere(
    session: WorkingSession, rows: Sequence[ProviderStaff], day: date
) -> Mapping[int, set[int]]:
    """Organizations at which each row's person, or a holder of the same certificate, is active."""
    if not rows:
        return {}
    query = select(ProviderStaff).where(
        or_(
            col(ProviderStaff.person_id).in_({row.person_id for row in rows}),
            col(ProviderStaff.fingerprint).in_({r.fingerprint for r in rows if r.fingerprint}),
        )
    )
    active = [one for one in session.exec(query) if one.active(day)]
    return {
        row.id or 0: {
            one.organization_id
            for one in active
            if one.person_id == row.person_id
            or (row.fingerprint is not None and one.fingerprint == row.fingerprint)
        }
        for row in rows
    }


def _flags(row: ProviderStaff, day: date, elsewhere: bool) -> tuple[str, ...]:
    found = []
    if elsewhere:
        found.append("two-organizations")
    if row.certificate_revoked is not None and row.certificate_revoked <= day:
        found.append("revoked")
    elif row.certificate_until is not None and row.certificate_until < day:
        found.append("expired")
    elif not row.certificate_kind:
        found.append("uncertified")
    return tuple(found)


def doubtful(session: WorkingSession, day: date) -> list[tuple[Member, str]]:
    """Every active member of whom something is doubtful, with the organization's name."""
    active = (col(ProviderStaff.until).is_(None)) | (col(ProviderStaff.until) >= day)
    ids = session.exec(select(ProviderStaff.organization_id).where(active).distinct()).all()
    found = []
    for organization_id in ids:
        name = entities.entity(session, organization_id).name
        rows = members(session, organization_id, day)
        found += [(one, name) for one in rows if one.flags and one.flags != ("uncertified",)]
    return found[:_ROWS]


def qualifications(session: WorkingSession, organization_id: int) -> list[Docket]:
    """The organization's cases in the register, newest first."""
    query = select(Docket).where(Docket.kind == "provider", Docket.subject_id == organization_id)
    return list(session.exec(query.order_by(col(Docket.id).desc())))


def standing(session: WorkingSession, docket: Docket, day: date) -> Status | None:
    """What the qualification was on ``day``, from what was done and until when it ran."""
    query = select(DocketEvent).where(
        DocketEvent.docket_id == docket.id, col(DocketEvent.action).in_(TURNS)
    )
    turns = []
    for event in session.exec(query.order_by(col(DocketEvent.ordinal))):
        entered = event.action in {"adopt", "register"}
        since = _since(docket) if entered else None
        turns.append((event.action, min(event.effective_on, since or event.effective_on)))
    return status_on(turns, docket.ends_on, day)


def _since(docket: Docket) -> date | None:
    """The certificate may be older than its entry in this register."""
    since = docket.facts.get("since")
    return date.fromisoformat(since) if since else None


def holds(
    session: WorkingSession, organization_id: int, field: str, day: date
) -> frozenset[str] | None:
    """Scopes of the field for which the organization was qualified on ``day``; None: not at all."""
    for docket in qualifications(session, organization_id):
        if docket.facts.get("field") != field or docket.state not in STATES:
            continue
        since = _since(docket)
        if since is not None and day < since:
            continue
        if standing(session, docket, day) == "valid":
            return frozenset(docket.facts.get("scopes") or ())
    return None


def overview(
    session: WorkingSession, organization_id: int, day: date, rules: Rules
) -> list[Qualification]:
    """Every field of the organization with its status and what it asks."""
    staff = staff_of(session, organization_id)
    return [
        Qualification(one, standing(session, one, day), _asked(one, staff, day, rules))
        for one in qualifications(session, organization_id)
    ]


def _asked(
    docket: Docket, staff: Iterable[ProviderStaff], day: date, rules: Rules
) -> list[Requirement]:
    try:
        field = rules.provider_field(str(docket.facts.get("field", "")))
    except UnknownRule:
        return []
    assets = docket.facts.get("assets_yuan")
    titles: Mapping[str, Text] = rules.roles
    return requirements(
        field,
        docket.facts.get("scopes") or (),
        count(staff, day),
        int(float(assets)) if assets else None,
        titles,
    )


@dataclass(frozen=True)
class RegisterRow:
    """One line of the register at the desk."""

    docket: Docket
    name: str
    code: str
    status: Status | None


@dataclass(frozen=True)
class RegisterPage:
    """A page of the register. ``total`` counts all entries that fit."""

    rows: list[RegisterRow]
    total: int
    number: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // entities.PAGE))


def register(
    session: WorkingSession, *, text: str = "", field: str = "", day: date, number: int = 1
) -> RegisterPage:
    """The register by name or code and field, newest entries first."""
    query = select(Docket).where(Docket.kind == "provider")
    if text.strip():
        kinds = ("enterprise", "institution")
        pages = (entities.search(session, text, kind=kind) for kind in kinds)
        ids = [one.id for page in pages for one in page.rows]
        query = query.where(col(Docket.subject_id).in_(ids))
    if field:
        query = query.where(col(Docket.counted_as) == field)
    total = session.exec(select(func.count()).select_from(query.subquery())).one()
    start = (max(1, number) - 1) * entities.PAGE
    page = query.order_by(col(Docket.id).desc()).offset(start).limit(entities.PAGE)
    rows = [_register_row(session, one, day) for one in session.exec(page).all()]
    return RegisterPage(rows, total, number)


def _register_row(session: WorkingSession, docket: Docket, day: date) -> RegisterRow:
    who = entities.entity(session, docket.subject_id or 0)
    return RegisterRow(docket, who.name, who.code or "", standing(session, docket, day))
