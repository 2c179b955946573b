"""Reading reports: their files, signatures, findings, versions; and the desk's list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.names import fold
from registry.office.dockets import engine
from registry.office.dockets.models import Docket, DocketLink
from registry.office.entities import queries as entities
from registry.office.reports.models import PICTURES, ReportFile, ReportSheet
from registry.office.reports.signing import of as signatures
from registry.office.staff.models import Authority
from registry.office.staff.officer import Officer

__all__ = ["files", "findings", "images", "sheet", "signatures", "versions"]
PAGE = 50


def files(session: WorkingSession, docket_id: int) -> dict[str, ReportFile]:
    """The present file of each kind but pictures: ``original`` and ``redacted``."""
    query = select(ReportFile).where(
        ReportFile.docket_id == docket_id,
        col(ReportFile.kind).not_in(PICTURES),
        col(ReportFile.replaced).is_(False),
    )
    return {one.kind: one for one in session.exec(query.order_by(col(ReportFile.id)))}


def images(session: WorkingSession, docket_id: int) -> list[ReportFile]:
    """Pictures and videos of the site, in the order in which they came."""
    query = select(ReportFile).where(
        ReportFile.docket_id == docket_id,
        col(ReportFile.kind).in_(PICTURES),
        col(ReportFile.replaced).is_(False),
    )
    return list(session.exec(query.order_by(col(ReportFile.id))))


def sheet(session: WorkingSession, docket_id: int) -> ReportSheet | None:
    """The sheet of a report; None once a draft was discarded."""
    return session.get(ReportSheet, docket_id)


def findings(session: WorkingSession, docket_id: int) -> list[Docket]:
    """Findings that concern a report, oldest first."""
    query = (
        select(Docket)
        .join(DocketLink, col(DocketLink.docket_id) == col(Docket.id))
        .where(
            DocketLink.other_id == docket_id,
            DocketLink.relation == "concerns",
            Docket.kind == "finding",
        )
    )
    return list(session.exec(query.order_by(col(Docket.id))))


def findings_on(session: WorkingSession, organization_id: int) -> list[Docket]:
    """All findings on an organization, newest first."""
    query = select(Docket).where(Docket.kind == "finding", Docket.subject_id == organization_id)
    return list(session.exec(query.order_by(col(Docket.id).desc()).limit(200)))


def versions(session: WorkingSession, docket: Docket) -> list[Docket]:
    """All versions of the report to which ``docket`` belongs, oldest first."""
    mine = sheet(session, docket.id or 0)
    if mine is None:
        return [docket]
    query = (
        select(Docket)
        .join(ReportSheet, col(ReportSheet.docket_id) == col(Docket.id))
        .where(
            ReportSheet.organization_id == mine.organization_id, ReportSheet.folded == mine.folded
        )
    )
    return list(session.exec(query.order_by(col(ReportSheet.version), col(Docket.id))))


def sent_back(session: WorkingSession, docket: Docket) -> str:
    """Why an officer sent the draft back last, while it is a draft."""
    if docket.state != "draft":
        return ""
    log = engine.events(session, docket)
    last = next((event for event in reversed(log) if event.action in {"send_back", "file"}), None)
    return last.reason if last is not None and last.action == "send_back" else ""


def last_reason(session: WorkingSession, docket: Docket) -> str:
    """The reason of the newest act that gave one."""
    return next((one.reason for one in reversed(engine.events(session, docket)) if one.reason), "")


@dataclass(frozen=True)
class ReportPage:
    """A page of reports at a desk."""

    rows: Sequence[Docket]
    number: int
    more: bool


def of_organization(
    session: WorkingSession, organization_id: int, *, number: int = 1
) -> ReportPage:
    """Reports of an organization, newest first."""
    query = (
        select(Docket)
        .where(Docket.kind == "report", Docket.subject_id == organization_id)
        .order_by(col(Docket.id).desc())
        .offset((max(1, number) - 1) * PAGE)
        .limit(PAGE + 1)
    )
    rows = session.exec(query).all()
    return ReportPage(rows[:PAGE], number, len(rows) > PAGE)


def library(
    session: WorkingSession, officer: Officer, *, text: str = "", state: str = "", number: int = 1
) -> ReportPage:
    """Reports of the officer's subtree, newest first: by number, project or organization."""
    below = select(Authority.id).where(
        col(Authority.path).startswith(officer.authority_path, autoescape=True)
    )
    query = select(Docket).where(Docket.kind == "report", col(Docket.authority_id).in_(below))
    if state:
        query = query.where(Docket.state == state)
    if text.strip():
        kinds = ("enterprise", "institution")
        pages = (entities.search(session, text, kind=kind) for kind in kinds)
        subjects = [one.id for page in pages for one in page.rows]
        numbered = select(ReportSheet.docket_id).where(ReportSheet.folded == fold(text))
        query = query.where(
            col(Docket.id).in_(numbered)
            | col(Docket.subject_id).in_(subjects)
            | col(Docket.title).contains(text.strip(), autoescape=True)
        )
    newest = query.order_by(col(Docket.id).desc()).offset((max(1, number) - 1) * PAGE)
    rows = session.exec(newest.limit(PAGE + 1)).all()
    return ReportPage(rows[:PAGE], number, len(rows) > PAGE)
