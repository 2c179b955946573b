"""Reading: the heap of what parties filed, and what stands in one case."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import NotFound
from registry.office.dockets import engine
from registry.office.dockets.models import Docket, DocketDocument
from registry.office.entities import queries as entities
from registry.office.procedures import offers
from registry.office.procedures.models import PartyFiling, ProcedureCode
from registry.office.staff.models import Authority
from registry.office.staff.officer import Acting, Officer

HEAP = 200
OPEN = ("new", "recorded")


@dataclass(frozen=True)
class FiledRow:
    """A filing as the desk lists it. No word of the party."""

    filing: PartyFiling
    docket: Docket
    overdue: bool


@dataclass(frozen=True)
class CodeRow:
    """A code as the case lists it."""

    code: ProcedureCode
    paper: DocketDocument | None
    party: str
    live: bool


def heap(session: WorkingSession, officer: Officer, today: date) -> list[FiledRow]:
    """What parties filed in the officer's subtree and nobody has answered, most urgent first."""
    query = (
        select(PartyFiling, Docket)
        .join(Docket, col(Docket.id) == col(PartyFiling.docket_id))
        .join(Authority, col(Authority.id) == col(Docket.authority_id))
        .where(
            col(PartyFiling.state).in_(OPEN),
            col(Authority.path).startswith(officer.authority_path, autoescape=True),
        )
        .order_by(col(PartyFiling.due).is_(None), col(PartyFiling.due), col(PartyFiling.id))
        .limit(HEAP)
    )
    return [_row(filing, docket, today) for filing, docket in session.exec(query)]


def count(session: WorkingSession, officer: Officer) -> int:
    """How many filings wait in the officer's subtree."""
    query = (
        select(func.count())
        .select_from(PartyFiling)
        .join(Docket, col(Docket.id) == col(PartyFiling.docket_id))
        .join(Authority, col(Authority.id) == col(Docket.authority_id))
        .where(
            col(PartyFiling.state).in_(OPEN),
            col(Authority.path).startswith(officer.authority_path, autoescape=True),
        )
    )
    return session.exec(query).one()


def of_docket(session: WorkingSession, docket: Docket, today: date) -> list[FiledRow]:
    """Everything that parties filed in a case, the newest first."""
    query = select(PartyFiling).where(PartyFiling.docket_id == docket.id)
    rows = session.exec(query.order_by(col(PartyFiling.id).desc()))
    return [_row(filing, docket, today) for filing in rows]


def shown(session: WorkingSession, docket: Docket, today: date) -> list[FiledRow] | None:
    """As ``of_docket``; None for a kind of case in which parties file nothing online."""
    return of_docket(session, docket, today) if offers.of(docket.kind) else None


def codes_of(session: WorkingSession, docket: Docket, today: date) -> list[CodeRow]:
    """The codes that were printed in a case, the newest first."""
    query = select(ProcedureCode).where(ProcedureCode.docket_id == docket.id)
    return [
        CodeRow(
            code,
            session.get(DocketDocument, code.document_id),
            entities.entity(session, code.entity_id).name,
            code.ended_at is None and code.until >= today,
        )
        for code in session.exec(query.order_by(col(ProcedureCode.id).desc()))
    ]


def load(session: WorkingSession, filing_id: int, acting: Acting) -> tuple[PartyFiling, Docket]:
    """A filing in a case of the officer's subtree. Raises ``NotFound``."""
    found = session.get(PartyFiling, filing_id)
    if found is None:
        raise NotFound
    return found, engine.load(session, found.docket_id, acting)


def unrecorded(session: WorkingSession, docket_id: int | None, procedures: Collection[str]) -> bool:
    """Whether something of ``procedures`` was filed in the case and nobody has dealt with it."""
    query = select(PartyFiling.id).where(
        PartyFiling.docket_id == docket_id,
        PartyFiling.state == "new",
        col(PartyFiling.procedure).in_(procedures),
    )
    return session.exec(query.limit(1)).first() is not None


def papers_for(
    session: WorkingSession, docket: Docket, codes: Sequence[str]
) -> list[DocketDocument]:
    """Papers of the case of the kinds ``codes``, the newest first."""
    query = select(DocketDocument).where(
        DocketDocument.docket_id == docket.id, col(DocketDocument.code).in_(codes)
    )
    return list(session.exec(query.order_by(col(DocketDocument.id).desc())))


def _row(filing: PartyFiling, docket: Docket, today: date) -> FiledRow:
    late = filing.state == "new" and filing.due is not None and filing.due < today
    return FiledRow(filing, docket, late)
