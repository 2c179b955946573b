"""From the intake to the cases: each filing once, whatever crashes in between.

Two stores, two transactions, in this order: written into the working store, then taken out of the
intake. A crash between repeats the first, which then changes nothing. Nothing that a party files
changes the state of a case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import structlog
from nacl.public import PrivateKey
from sqlmodel import select

from registry.core.db import IntakeSession, Store, WorkingSession, exclusive
from registry.core.keys import Vault
from registry.core.rules import Rulebook
from registry.core.rules.values import Procedure
from registry.office.audit import service as audit
from registry.office.dockets.models import Docket
from registry.office.procedures import offers
from registry.office.procedures.models import DUE, PartyFiling, ProcedureCode
from registry.office.procedures.windows import PURPOSE, last_day
from registry.public.inbox import sealing
from registry.public.inbox.sealing import SealRefused
from registry.public.procedures import queries as intake
from registry.public.procedures.queries import PendingFiling
from registry.public.procedures.service import FILING

logger = structlog.get_logger()
Keep = Callable[[list[str]], None]
"""Marks sealed files as held by a case."""


@dataclass(frozen=True)
class Carrier:
    """Where filings come from and go to."""

    working: Store[WorkingSession]
    intake: Store[IntakeSession]
    lock_dir: Path
    vault: Vault


def ingest(
    carrier: Carrier, *, now: datetime, book: Rulebook, keep: Keep = lambda _ids: None
) -> int:
    """Take over what lies in the intake; gives how many.

    What does not open, or belongs to no code that is known here, stays where it is and is logged.
    """
    with exclusive(carrier.working, "party-filings", lock_dir=carrier.lock_dir) as held:
        if not held:
            return 0
        taken, place = 0, 0
        while rows := _page(carrier, place):
            place = rows[-1].place
            done = [row.filing_id for row in rows if _take(carrier, row, now, book, keep)]
            if done:
                with carrier.intake.write() as session:
                    intake.take(session, done)
            taken += len(done)
        return taken


def _page(carrier: Carrier, after: int) -> list[PendingFiling]:
    with carrier.intake.read() as session:
        return intake.pending(session, after=after)


def _take(carrier: Carrier, row: PendingFiling, now: datetime, book: Rulebook, keep: Keep) -> bool:
    try:
        content = opened(row.envelope, row.filing_id, row.kind, carrier.vault)
    except SealRefused:
        logger.warning("a filing does not open", filing=row.filing_id)
        return False
    keep(list(row.file_ids))
    with carrier.working.write() as session:
        if row.kind == FILING:
            return _add(session, row, content, now, book)
        return _withdraw(session, str(content.get("filing", "")), row.day, now)


def opened(envelope: bytes, filing_id: str, kind: str, vault: Vault) -> dict[str, Any]:
    """What was sealed to the office. Raises ``SealRefused``."""
    private: PrivateKey = vault.sealing_key(PURPOSE)
    return sealing.open_envelope(envelope, private, tip_id=filing_id, kind=kind)


def _add(
    session: WorkingSession,
    row: PendingFiling,
    content: dict[str, Any],
    now: datetime,
    book: Rulebook,
) -> bool:
    if by_filing_id(session, row.filing_id) is not None:
        return True
    wanted = str(content.get("window", ""))
    code = session.exec(select(ProcedureCode).where(ProcedureCode.window_id == wanted)).first()
    docket = session.get(Docket, code.docket_id) if code else None
    offered = offers.of(docket.kind) if docket else None
    procedure = str(content.get("procedure", ""))
    offer = offered.procedures.get(procedure) if offered else None
    rule = book.on(row.day).table("procedures").get(procedure)
    if code is None or docket is None or offer is None or not isinstance(rule, Procedure):
        logger.warning("a filing for an unknown code", filing=row.filing_id)
        return False
    last = last_day(session, docket, offer, rule)
    filing = PartyFiling(
        filing_id=row.filing_id,
        docket_id=docket.id or 0,
        code_id=code.id or 0,
        procedure=procedure,
        day=row.day,
        due=_due(rule, row.day, book),
        late=(last is not None and row.day > last) or not offer.open_in(docket.state),
        envelope=row.envelope,
        lookup=row.lookup,
        reply_key=row.reply_key,
    )
    session.add(filing)
    session.flush()
    _audit(session, filing, "procedures:filing:received", now)
    return True


def _due(rule: Procedure, day: date, book: Rulebook) -> date | None:
    deadline = book.on(day).deadlines.get(rule.answer_by)
    if deadline is None or deadline.first is None:
        return None
    return book.due(day, deadline.first).day


def _withdraw(session: WorkingSession, filing_id: str, day: date, now: datetime) -> bool:
    """Note that the party took a filing back; one that is not here yet is waited for."""
    filing = by_filing_id(session, filing_id)
    if filing is None:
        return False
    if filing.withdrawn_on is None:
        filing.withdrawn_on, filing.delivered_version = day, DUE
        if filing.state == "new":
            filing.state = "withdrawn"
        session.add(filing)
        session.flush()
        _audit(session, filing, "procedures:filing:withdrawn", now)
    return True


def by_filing_id(session: WorkingSession, filing_id: str) -> PartyFiling | None:
    """The filing with this id, if it has been taken over."""
    return session.exec(select(PartyFiling).where(PartyFiling.filing_id == filing_id)).first()


def _audit(session: WorkingSession, filing: PartyFiling, action: str, now: datetime) -> None:
    audit.record(
        session,
        actor=None,
        action=action,
        subject=f"docket:{filing.docket_id}",
        detail={"filing": filing.id, "procedure": filing.procedure},
        now=now,
    )
