"""Codes on served papers: printed once for one party, ended when they are lost or misused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput, NotFound
from registry.core.i18n import N_
from registry.core.rules import Rules
from registry.office.dockets import checks
from registry.office.dockets.models import Docket, DocketDocument
from registry.office.procedures import offers
from registry.office.procedures.models import DUE, ProcedureCode
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting
from registry.public.inbox import sealing
from registry.public.inbox.receipt import ReceiptSecrets
from registry.public.procedures import codes

VALID = "procedure.code"
"""The deadline that says how long a code is good."""


@dataclass(frozen=True)
class Printed:
    """A fresh code, to be printed now and never again."""

    row: ProcedureCode
    code: str = field(repr=False)


def parties(session: WorkingSession, docket: Docket) -> list[int]:
    """Entity ids for whom a code may be printed: the subject and every named person."""
    ids = [docket.subject_id, *(who for who, _ in checks.parties_of(session, docket))]
    return [one for one in dict.fromkeys(ids) if one is not None]


def issue(
    session: WorkingSession,
    docket: Docket,
    acting: Acting,
    *,
    document_id: int,
    entity_id: int,
    identity_check: str,
    installation: ReceiptSecrets,
    code: str = "",
) -> Printed:
    """Make a code for ``entity_id`` on a served paper; an earlier one for the same party ends.

    ``code`` is given by the demonstration alone; any other is random.
    Where there was one, ``identity_check`` says how the officer made sure of who asks. Raises
    ``InvalidInput`` at the field, ``NotFound`` where the kind of case knows no codes.
    """
    offered = offers.of(docket.kind)
    paper = session.get(DocketDocument, document_id)
    if offered is None:
        raise NotFound
    if paper is None or paper.docket_id != docket.id or paper.code not in offered.papers:
        raise InvalidInput({"paper": [N_("Choose a paper of this case that is served.")]})
    if entity_id not in parties(session, docket):
        raise InvalidInput({"party": [N_("Choose a party of this case.")]})
    earlier = _live(session, docket, entity_id)
    if earlier and not identity_check.strip():
        told = N_("This party has a code. Say how you made sure of who asks for a new one.")
        raise InvalidInput({"identity_check": [told]})
    for one in earlier:
        _end(session, one, "replaced", acting.now)
    code = code or codes.new_code()
    keys = codes.derive(code, installation)
    row = ProcedureCode(
        docket_id=docket.id or 0,
        document_id=document_id,
        entity_id=entity_id,
        window_id=sealing.new_id(),
        lookup=keys.lookup,
        code_key=bytes(keys.mailbox.public_key),
        issued_by=acting.officer.account_id,
        issued_at=acting.now,
        identity_check=identity_check.strip(),
        until=_until(acting, docket),
    )
    session.add(row)
    session.flush()
    detail = {"code": row.id, "paper": document_id, "party": entity_id, "replaced": len(earlier)}
    _audit(session, acting, docket, "procedures:code:issued", detail)
    return Printed(row, code)


def printed(
    session: WorkingSession,
    docket: Docket,
    acting: Acting,
    code_id: int,
    *,
    code: str,
    installation: ReceiptSecrets,
) -> Printed:
    """The code that was just printed, for the Word file of the same paper; audited.

    Raises ``NotFound`` where ``code`` is not that of ``code_id``, or it has ended meanwhile.
    """
    row = session.get(ProcedureCode, code_id)
    try:
        known = codes.parse(code)
    except InvalidInput:
        raise NotFound from None
    if row is None or row.docket_id != docket.id or row.ended_at is not None:
        raise NotFound
    if codes.derive(known, installation).lookup != row.lookup:
        raise NotFound
    detail = {"code": row.id, "paper": row.document_id}
    _audit(session, acting, docket, "procedures:code:written", detail)
    return Printed(row, known)


def revoke(session: WorkingSession, docket: Docket, acting: Acting, code_id: int) -> None:
    """End a code. Raises ``NotFound`` for one of another case or that has ended."""
    row = session.get(ProcedureCode, code_id)
    if row is None or row.docket_id != docket.id or row.ended_at is not None:
        raise NotFound
    _end(session, row, "revoked", acting.now)
    _audit(session, acting, docket, "procedures:code:revoked", {"code": row.id})


def end_expired(session: WorkingSession, today: date, now: datetime) -> int:
    """End the codes whose last day is past; gives how many."""
    query = select(ProcedureCode).where(
        col(ProcedureCode.ended_at).is_(None), col(ProcedureCode.until) < today
    )
    rows = session.exec(query).all()
    for row in rows:
        _end(session, row, "expired", now)
    return len(rows)


def _until(acting: Acting, docket: Docket) -> date:
    rules: Rules = acting.rules
    valid = rules.deadline(VALID).breach
    assert valid is not None  # noqa: S101 - the rule has one
    last = acting.book.due(acting.today, valid).day
    return max(last, docket.ends_on) if docket.ends_on else last


def _live(session: WorkingSession, docket: Docket, entity_id: int) -> list[ProcedureCode]:
    query = select(ProcedureCode).where(
        ProcedureCode.docket_id == docket.id,
        ProcedureCode.entity_id == entity_id,
        col(ProcedureCode.ended_at).is_(None),
    )
    return list(session.exec(query))


def _end(session: WorkingSession, row: ProcedureCode, why: str, now: datetime) -> None:
    row.ended_at, row.ended_why, row.delivered_version = now, why, DUE
    session.add(row)
    session.flush()


def _audit(
    session: WorkingSession,
    acting: Acting,
    docket: Docket,
    action: str,
    detail: Mapping[str, object],
) -> None:
    audited(session, acting, action, f"docket:{docket.id}", detail)
