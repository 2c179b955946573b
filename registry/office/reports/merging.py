"""Rows of reports and of staff follow an entity that was found to be another one."""

from __future__ import annotations

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.office.entities.merge import ON_MERGE
from registry.office.providers.models import ProviderStaff
from registry.office.reports.models import ReportSheet, ReportSignature


def follow(session: WorkingSession, kept: int, other: int) -> None:
    """Staff, signatures and sheets of ``other`` are those of ``kept`` from now on.

    Where both signed in one role of one report, or filed one number, the row stays as it is: the
    merged entity leads to the one that was kept.
    """
    for staff in session.exec(select(ProviderStaff).where(ProviderStaff.person_id == other)).all():
        staff.person_id = kept
    mine = select(ProviderStaff).where(ProviderStaff.organization_id == other)
    for staff in session.exec(mine).all():
        staff.organization_id = kept
    _signatures(session, kept, other)
    _sheets(session, kept, other)
    session.flush()


def _signatures(session: WorkingSession, kept: int, other: int) -> None:
    theirs = select(ReportSignature).where(
        col(ReportSignature.person_id).in_((kept, other)),
    )
    rows = session.exec(theirs).all()
    taken = {(one.docket_id, one.role) for one in rows if one.person_id == kept}
    for one in rows:
        if one.person_id == other and (one.docket_id, one.role) not in taken:
            one.person_id = kept


def _sheets(session: WorkingSession, kept: int, other: int) -> None:
    for sheet in session.exec(select(ReportSheet).where(ReportSheet.client_id == other)).all():
        sheet.client_id = kept
    both = select(ReportSheet).where(col(ReportSheet.organization_id).in_((kept, other)))
    rows = session.exec(both).all()
    taken = {(one.folded, one.version) for one in rows if one.organization_id == kept}
    for one in rows:
        if one.organization_id == other and (one.folded, one.version) not in taken:
            one.organization_id = kept


if follow not in ON_MERGE:
    ON_MERGE.append(follow)
