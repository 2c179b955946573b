"""What keeps an expert out of a case: he works or worked for a party, owns a part of it, signed
for it within the years that the rule ``expert.recusal`` names, signed the report in question, or
has a part in the case himself (policy, P1: experts keep out of their own matters).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.i18n import N_
from registry.core.rules import Rules
from registry.core.rules.duration import Duration, subtract_calendar
from registry.office.accountability.experts.models import Expert, ExpertInterest
from registry.office.dockets.models import Docket, DocketParty
from registry.office.providers.models import ProviderStaff
from registry.office.reports.models import ReportSheet, ReportSignature

RULE = "expert.recusal"
ROLE = "expert"


@dataclass(frozen=True)
class Matter:
    """What an expert is asked about: the units concerned, and the reports in question."""

    docket_id: int
    parties: frozenset[int]
    reports: frozenset[int]


def matter(session: WorkingSession, docket: Docket, linked: list[int]) -> Matter:
    """The subject and parties of a case and of those that it is about."""
    ids = [docket.id or 0, *linked]
    parties: set[int] = set()
    reports: set[int] = set()
    for one in session.exec(select(Docket).where(col(Docket.id).in_(ids))):
        parties |= {one.subject_id} - {None}  # type: ignore[arg-type]
        if one.kind == "report":
            reports.add(one.id or 0)
    named = select(DocketParty.entity_id).where(
        col(DocketParty.docket_id).in_(ids),
        col(DocketParty.removed_at).is_(None),
        DocketParty.role != ROLE,
    )
    parties.update(session.exec(named))
    sheets = select(ReportSheet).where(col(ReportSheet.docket_id).in_(reports))
    for sheet in session.exec(sheets):
        parties |= {sheet.organization_id, sheet.client_id} - {None}  # type: ignore[arg-type]
    return Matter(docket.id or 0, frozenset(parties), frozenset(reports))


def since_when(rules: Rules, day: date) -> date:
    """An interest that ended before this day no longer keeps anybody out."""
    years = rules.deadline(RULE).breach or Duration(3, "year")
    return subtract_calendar(day, years)


def grounds(session: WorkingSession, expert: Expert, about: Matter, since: date) -> Iterator[str]:
    """Reasons, as English sentences, why the expert keeps out of the matter."""
    person = expert.person_id
    if person in about.parties:
        yield N_("He has a part in the case himself.")
    signed = select(ReportSignature.id).where(
        ReportSignature.person_id == person, col(ReportSignature.docket_id).in_(about.reports)
    )
    if session.exec(signed.limit(1)).first() is not None:
        yield N_("He signed the report in question.")
    lasts = or_(col(ProviderStaff.until).is_(None), col(ProviderStaff.until) >= since)
    works = select(ProviderStaff.id).where(
        ProviderStaff.person_id == person,
        col(ProviderStaff.organization_id).in_(about.parties),
        lasts,
    )
    if session.exec(works.limit(1)).first() is not None:
        yield N_("He works for one of the parties, or did within the years of recusal.")
    for_them = (
        select(ReportSignature.id)
        .join(ReportSheet, col(ReportSheet.docket_id) == col(ReportSignature.docket_id))
        .where(
            ReportSignature.person_id == person,
            col(ReportSignature.signed_on) >= since,
            or_(
                col(ReportSheet.client_id).in_(about.parties),
                col(ReportSheet.organization_id).in_(about.parties),
            ),
        )
    )
    if session.exec(for_them.limit(1)).first() is not None:
        yield N_("He signed a report for one of the parties within the years of recusal.")
    declared = select(ExpertInterest.id).where(
        ExpertInterest.expert_id == expert.id,
        col(ExpertInterest.entity_id).in_(about.parties),
        or_(col(ExpertInterest.until).is_(None), col(ExpertInterest.until) >= since),
    )
    if session.exec(declared.limit(1)).first() is not None:
        yield N_("An interest in one of the parties is entered for him.")
