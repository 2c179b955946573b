"""The pool as an authority sees it: its own experts, those above it and those below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.office.accountability.experts.models import Expert, ExpertInterest, number_of
from registry.office.accountability.experts.recusal import ROLE
from registry.office.dockets.models import Docket, DocketParty
from registry.office.entities.models import Entity
from registry.office.staff.models import Authority
from registry.office.staff.officer import Officer

SHOWN = 500


@dataclass(frozen=True)
class ExpertLine:
    """An expert, the person he is, whose pool he stands in, whether the officer keeps him."""

    expert: Expert
    person: Entity
    authority: str
    kept: bool


def pool(session: WorkingSession, officer: Officer) -> Sequence[ExpertLine]:
    """Experts that the officer's authority may draw from or keeps, by number."""
    above = [int(part) for part in officer.authority_path.split("/") if part]
    below = col(Authority.path).startswith(officer.authority_path, autoescape=True)
    query = (
        select(Expert, Entity, Authority)
        .join(Entity, col(Entity.id) == col(Expert.person_id))
        .join(Authority, col(Authority.id) == col(Expert.authority_id))
        .where(or_(col(Expert.authority_id).in_(above), below))
        .order_by(col(Expert.until).desc(), col(Expert.id))
        .limit(SHOWN)
    )
    return [
        ExpertLine(one, person, unit.name, officer.sees(unit.path))
        for one, person, unit in session.exec(query)
    ]


def by_number(session: WorkingSession, authority: Authority, text: str) -> Expert | None:
    """The expert of this number from whom ``authority`` may draw."""
    expert_id = number_of(text)
    found = session.get(Expert, expert_id) if expert_id else None
    above = {int(part) for part in authority.path.split("/") if part}
    return found if found is not None and found.authority_id in above else None


def interests(session: WorkingSession, expert_id: int) -> Sequence[tuple[ExpertInterest, Entity]]:
    """What binds the expert to others, newest first."""
    query = (
        select(ExpertInterest, Entity)
        .join(Entity, col(Entity.id) == col(ExpertInterest.entity_id))
        .where(ExpertInterest.expert_id == expert_id)
        .order_by(col(ExpertInterest.id).desc())
    )
    return [(row, entity) for row, entity in session.exec(query)]


def appraisals(session: WorkingSession, officer: Officer, expert: Expert) -> Sequence[Docket]:
    """Cases of the subtree in which he is or was an expert, newest first."""
    below = select(Authority.id).where(
        col(Authority.path).startswith(officer.authority_path, autoescape=True)
    )
    took = select(DocketParty.docket_id).where(
        DocketParty.entity_id == expert.person_id, DocketParty.role == ROLE
    )
    query = select(Docket).where(col(Docket.id).in_(took), col(Docket.authority_id).in_(below))
    return session.exec(query.order_by(col(Docket.id).desc()).limit(50)).all()
