"""Reading imports: files, batches, reports."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from registry.core.db import WorkingSession
from registry.core.errors import NotFound
from registry.office.dockets.models import Docket
from registry.office.imports.models import ImportFile
from registry.office.imports.report import Report
from registry.office.staff.models import Account, Authority
from registry.office.staff.officer import Acting

NEWEST = 100


def files(session: WorkingSession, acting: Acting) -> Sequence[tuple[ImportFile, Docket | None]]:
    """The newest files uploaded within the officer's subtree, each with its batch."""
    query = (
        select(ImportFile, Docket)
        .join(Account, col(Account.id) == col(ImportFile.uploaded_by))
        .join(Authority, col(Authority.id) == col(Account.authority_id))
        .outerjoin(Docket, col(Docket.id) == col(ImportFile.docket_id))
        .where(col(Authority.path).startswith(acting.officer.authority_path, autoescape=True))
        .order_by(col(ImportFile.id).desc())
        .limit(NEWEST)
    )
    return [(file, docket) for file, docket in session.execute(query)]


def file(session: WorkingSession, acting: Acting, file_id: int) -> ImportFile:
    """A file uploaded within the officer's subtree. Raises ``NotFound``."""
    query = (
        select(ImportFile)
        .join(Account, col(Account.id) == col(ImportFile.uploaded_by))
        .join(Authority, col(Authority.id) == col(Account.authority_id))
        .where(
            col(ImportFile.id) == file_id,
            col(Authority.path).startswith(acting.officer.authority_path, autoescape=True),
        )
    )
    found = session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def file_of(session: WorkingSession, docket_id: int) -> ImportFile | None:
    """The file of a batch."""
    return session.scalars(select(ImportFile).where(col(ImportFile.docket_id) == docket_id)).first()


def report(row: ImportFile) -> Report:
    """The dry run's report as kept."""
    return Report.from_json(row.report)


def batch_of(row: ImportFile) -> int:
    """The id of the batch made of the file. Raises ``NotFound`` while there is none."""
    if row.docket_id is None:
        raise NotFound
    return row.docket_id
