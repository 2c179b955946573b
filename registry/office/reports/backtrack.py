"""The way back: from a site and a day, a penalty or a false report to whoever vouched for it.

Who checks, who signs, who accepts is responsible. The trace names every report that covered the
site on that day, everyone who signed it and who accepted it, what else they signed, and what was
found of them. It reads by index only: its cost grows with what it finds, not with the registry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import NotFound
from registry.office.dockets import checks
from registry.office.dockets.models import Docket, DocketEvent
from registry.office.entities import site_queries
from registry.office.entities.models import Entity
from registry.office.reports.models import ReportSheet, ReportSignature
from registry.office.staff.auditing import audited
from registry.office.staff.models import Account
from registry.office.staff.officer import Acting

MOST_REPORTS = 40
"""Reports at the heart of a trace, newest first; a site rarely has more at one time."""
MOST_OTHERS = 12
"""Other reports named per person and organization; the rest are counted."""
PUBLIC_STATES = ("valid", "replaced", "withdrawn", "inaccurate", "false")


@dataclass(frozen=True)
class Start:
    """Where the way back begins: one of the three."""

    site_id: int | None = None
    day: date | None = None
    docket_id: int | None = None
    """A penalty or a report."""


@dataclass(frozen=True)
class TracedReport:
    """A report on the way."""

    docket_id: int
    number: str
    project: str
    type: str
    state: str
    issued_on: date
    organization_id: int
    accepted_by: str
    signatures: tuple[tuple[str, int], ...]
    """Role and person, in the order of signing."""


@dataclass(frozen=True)
class Vouching:
    """A person or an organization with the other reports, newest first, and how many there are."""

    entity_id: int
    name: str
    roles: frozenset[str]
    reports: frozenset[int]
    """Ids of the traced reports that it vouched for."""
    others: Sequence[Docket]
    total: int
    findings: Sequence[Docket] = ()


@dataclass(frozen=True)
class Trace:
    """Everything on the way back from ``title`` on ``day``."""

    title: str
    day: date | None
    reports: Sequence[TracedReport] = ()
    persons: Sequence[Vouching] = ()
    organizations: Sequence[Vouching] = ()
    findings: Sequence[Docket] = field(default_factory=tuple)
    """Findings on the traced reports themselves."""
    more: bool = False
    """There were more reports than ``MOST_REPORTS``."""


def trace(session: WorkingSession, acting: Acting, start: Start) -> Trace:
    """The way back from ``start``. Raises ``NotFound`` for what the officer may not see.

    The reading is audited by whoever shows it (``note_reading``).
    """
    title, day, ids, more = _heart(session, acting, start)
    reports = _reports(session, ids)
    found = {one.docket_id for one in reports}
    organizations = {one.organization_id for one in reports}
    people: dict[int, set[str]] = {}
    for one in reports:
        for role, person in one.signatures:
            people.setdefault(person, set()).add(role)
    findings = _findings(session, organizations)
    return Trace(
        title=title,
        day=day,
        reports=reports,
        persons=_persons(session, people, reports, found),
        organizations=_organizations(session, organizations, reports, found, findings),
        findings=[one for one in findings if _concerns(session, one) & found],
        more=more,
    )


def _heart(
    session: WorkingSession, acting: Acting, start: Start
) -> tuple[str, date | None, list[int], bool]:
    if start.docket_id is not None:
        docket = session.get(Docket, start.docket_id)
        if docket is None or not checks.sees(session, acting, docket):
            raise NotFound
        if docket.kind == "report":
            return docket.title, None, [docket.id or 0], False
        day = date.fromisoformat(
            docket.facts.get("violated_on")
            or docket.facts.get("decided_on")
            or acting.today.isoformat()
        )
        return (docket.title, day, *covering(session, day, docket.site_id, docket.subject_id))
    if start.site_id is None or start.day is None:
        raise NotFound
    site = site_queries.site(session, start.site_id)
    return (site.name, start.day, *covering(session, start.day, site.id, None))


def covering(
    session: WorkingSession, day: date, site_id: int | None, client_id: int | None
) -> tuple[list[int], bool]:
    """Reports that speak of the site (else of the client) on that day, newest first."""
    if site_id is None and client_id is None:
        return [], False
    mine = (
        ReportSheet.site_id == site_id
        if site_id is not None
        else ReportSheet.client_id == client_id
    )
    query = (
        select(ReportSheet.docket_id)
        .join(Docket, col(Docket.id) == col(ReportSheet.docket_id))
        .where(
            mine,
            ReportSheet.covers_since <= day,
            ReportSheet.covers_until >= day,
            col(Docket.state).in_(PUBLIC_STATES),
        )
        .order_by(col(ReportSheet.issued_on).desc(), col(ReportSheet.docket_id).desc())
        .limit(MOST_REPORTS + 1)
    )
    ids = list(session.exec(query).all())
    return ids[:MOST_REPORTS], len(ids) > MOST_REPORTS


def _reports(session: WorkingSession, ids: Sequence[int]) -> list[TracedReport]:
    dockets = {one.id: one for one in session.exec(select(Docket).where(col(Docket.id).in_(ids)))}
    signed: dict[int, list[tuple[str, int]]] = {}
    query = select(ReportSignature).where(col(ReportSignature.docket_id).in_(ids))
    for one in session.exec(query.order_by(col(ReportSignature.id))):
        signed.setdefault(one.docket_id, []).append((one.role, one.person_id))
    accepted = _accepted(session, ids)
    return [
        TracedReport(
            docket_id=one,
            number=str(docket.facts.get("report_number", "")),
            project=str(docket.facts.get("project", "")),
            type=str(docket.facts.get("type", "")),
            state=docket.state,
            issued_on=date.fromisoformat(docket.facts["issued_on"]),
            organization_id=docket.subject_id or 0,
            accepted_by=accepted.get(one, ""),
            signatures=tuple(signed.get(one, ())),
        )
        for one in ids
        if (docket := dockets.get(one)) is not None
    ]


def _accepted(session: WorkingSession, ids: Collection[int]) -> dict[int, str]:
    """Name of the officer who accepted each report."""
    query = (
        select(DocketEvent.docket_id, Account.name)
        .join(Account, col(Account.id) == col(DocketEvent.actor_id))
        .where(
            col(DocketEvent.docket_id).in_(ids), col(DocketEvent.action).in_(("accept", "adopt"))
        )
        .order_by(col(DocketEvent.id))
    )
    return dict(session.exec(query).all())


def _persons(
    session: WorkingSession,
    people: dict[int, set[str]],
    reports: Sequence[TracedReport],
    found: Collection[int],
) -> list[Vouching]:
    names = _names(session, people)
    signed = [(person, one.docket_id) for one in reports for _, person in one.signatures]
    return [
        Vouching(
            entity_id=person,
            name=names.get(person, ""),
            roles=frozenset(roles),
            reports=frozenset(docket for who, docket in signed if who == person),
            **_others_of_person(session, person, found),
        )
        for person, roles in people.items()
    ]


def _others_of_person(
    session: WorkingSession, person: int, found: Collection[int]
) -> dict[str, Any]:
    signed = (
        select(ReportSignature.docket_id)
        .where(ReportSignature.person_id == person, col(ReportSignature.docket_id).not_in(found))
        .distinct()
    )
    total = session.scalar(select(func.count()).select_from(signed.subquery())) or 0
    newest = signed.order_by(col(ReportSignature.docket_id).desc()).limit(MOST_OTHERS)
    return {"others": _dockets(session, session.exec(newest).all()), "total": total}


def _organizations(
    session: WorkingSession,
    ids: Iterable[int],
    reports: Sequence[TracedReport],
    found: Collection[int],
    findings: Sequence[Docket],
) -> list[Vouching]:
    names = _names(session, ids)
    return [
        Vouching(
            entity_id=one,
            name=names.get(one, ""),
            roles=frozenset(),
            reports=frozenset(r.docket_id for r in reports if r.organization_id == one),
            findings=[finding for finding in findings if finding.subject_id == one],
            **_others_of_organization(session, one, found),
        )
        for one in sorted(ids)
    ]


def _others_of_organization(
    session: WorkingSession, organization: int, found: Collection[int]
) -> dict[str, Any]:
    mine = (
        ReportSheet.organization_id == organization,
        col(ReportSheet.docket_id).not_in(found),
    )
    total = session.scalar(select(func.count()).select_from(ReportSheet).where(*mine)) or 0
    newest = (
        select(ReportSheet.docket_id)
        .where(*mine)
        .order_by(col(ReportSheet.issued_on).desc(), col(ReportSheet.docket_id).desc())
        .limit(MOST_OTHERS)
    )
    return {"others": _dockets(session, session.exec(newest).all()), "total": total}


def _dockets(session: WorkingSession, ids: Sequence[int]) -> list[Docket]:
    rows = {one.id: one for one in session.exec(select(Docket).where(col(Docket.id).in_(ids)))}
    return [rows[one] for one in ids if one in rows]


def _names(session: WorkingSession, ids: Iterable[int]) -> dict[int, str]:
    query = select(Entity).where(col(Entity.id).in_(sorted(set(ids))))
    return {one.id: one.name for one in session.exec(query) if one.id is not None}


def _findings(session: WorkingSession, organizations: Collection[int]) -> list[Docket]:
    """What was found of the organizations or is being looked into, newest first."""
    query = select(Docket).where(
        Docket.kind == "finding",
        col(Docket.subject_id).in_(sorted(organizations)),
        col(Docket.state).in_(("draft", "told", "contested", "confirmed")),
    )
    return list(session.exec(query.order_by(col(Docket.id).desc()).limit(200)))


def _concerns(session: WorkingSession, finding: Docket) -> set[int]:
    return set(checks.links_of(session, finding).get("concerns", ()))


def note_reading(session: WorkingSession, acting: Acting, start: Start) -> None:
    """Audit that someone went the way back: it shows persons and all that they signed."""
    audited(
        session,
        acting,
        "reports:backtrack:read",
        f"docket:{start.docket_id}" if start.docket_id else f"site:{start.site_id}",
        {"day": start.day.isoformat()} if start.day else {},
    )
