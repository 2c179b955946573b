"""What codes open and receipts show, carried outward by the worker.

Rebuilt from the case whenever it has changed (``marks``), so that a stage that has closed offers
nothing and a clock that was met says so. A crash repeats a delivery, which then changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from nacl.public import PublicKey
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import GazetteSession, Store, WorkingSession, exclusive
from registry.core.i18n import Text
from registry.core.keys import Vault
from registry.core.rules import Rulebook
from registry.core.rules.values import Procedure
from registry.office.dockets import documents, kinds
from registry.office.dockets.clockview import clock_view
from registry.office.dockets.models import Docket, DocketClock, DocketDocument
from registry.office.entities import queries as entities
from registry.office.procedures import codes, offers, retention
from registry.office.procedures.models import DUE, PartyFiling, ProcedureCode
from registry.office.procedures.offers import Offer
from registry.office.staff.models import Authority
from registry.public.procedures import service as outward
from registry.public.procedures.content import SHAPE, Both, ClockLine, Status, Window
from registry.public.procedures.content import Offer as Offered

PURPOSE = b"procedures"
"""Names the office's key to which parties seal what they file."""
BATCH = 100


def deliver(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    *,
    vault: Vault,
    now: datetime,
    book: Rulebook,
    lock_dir: Path,
) -> int:
    """Bring windows and statuses to the state of their cases; gives how many."""
    with exclusive(working, "procedures", lock_dir=lock_dir) as held:
        if not held:
            return 0
        today = legal_day(now)
        with working.read() as session:
            if not _something(session, today):
                return 0
        with working.write() as session:
            codes.end_expired(session, today, now)
            office = vault.sealing_key(PURPOSE).public_key
            windows, statuses = _due(session, ProcedureCode), _due(session, PartyFiling)
            with gazette.write() as target:
                for code, docket in windows:
                    _put_window(session, target, code, docket, office, book, today)
                for filing, docket in statuses:
                    _put_status(session, target, filing, docket, office, book, today)
            for row, docket in (*windows, *statuses):
                row.delivered_version = docket.version
                session.add(row)
        return len(windows) + len(statuses)


Shown = TypeVar("Shown", ProcedureCode, PartyFiling)


def _something(session: WorkingSession, today: date) -> bool:
    """Whether anything is due: three looks into an index, however many codes there are."""
    looks = (
        select(ProcedureCode.id).where(ProcedureCode.delivered_version == DUE),
        select(PartyFiling.id).where(PartyFiling.delivered_version == DUE),
        select(ProcedureCode.id).where(
            col(ProcedureCode.ended_at).is_(None), col(ProcedureCode.until) < today
        ),
    )
    return any(session.exec(look.limit(1)).first() is not None for look in looks)


def _due(session: WorkingSession, table: type[Shown]) -> list[tuple[Shown, Docket]]:
    """What is marked, with its case. The mark is held before the case is read (``marks``)."""
    query = select(table).where(col(table.delivered_version) == DUE)
    rows = session.exec(query.order_by(col(table.id)).limit(BATCH).with_for_update()).all()
    ids = {row.docket_id for row in rows}
    found = session.exec(select(Docket).where(col(Docket.id).in_(ids)))
    cases = {docket.id: docket for docket in found}
    return [(row, cases[row.docket_id]) for row in rows]


def _put_window(
    session: WorkingSession,
    target: GazetteSession,
    code: ProcedureCode,
    docket: Docket,
    office: PublicKey,
    book: Rulebook,
    today: date,
) -> None:
    if code.ended_at is not None:
        outward.close_window(target, code.lookup)
        return
    outward.put_window(
        target,
        code.window_id,
        window(session, code, docket, book, today),
        lookup=code.lookup,
        code_key=PublicKey(code.code_key),
        office=office,
        until=code.until,
    )


def window(
    session: WorkingSession, code: ProcedureCode, docket: Docket, book: Rulebook, today: date
) -> Window:
    """What the code opens now."""
    table = kinds.get(docket.kind)
    party = entities.entity(session, code.entity_id)
    paper = session.get_one(DocketDocument, code.document_id)
    authority = session.get_one(Authority, docket.authority_id)
    spec = documents.spec_of(table, paper.code)
    person = party.kind == "person"
    return {
        "v": SHAPE,
        "number": docket.number,
        "title": both(table.title),
        "paper": f"{spec.title} {paper.number}",
        "authority": {"zh": authority.name, "en": authority.name_en or authority.name},
        "party": party.name,
        "person": person,
        "stage": both(table.states[docket.state].title),
        "offers": list(_offers(session, docket, book, today, person=person)),
        "conditions": _conditions(docket, book, today),
    }


def _offers(
    session: WorkingSession, docket: Docket, book: Rulebook, today: date, *, person: bool
) -> Iterator[Offered]:
    offered = offers.of(docket.kind)
    rules = book.on(today).table("procedures")
    for code, offer in (offered.procedures if offered else {}).items():
        rule = rules.get(code)
        if not isinstance(rule, Procedure) or not offer.open_in(docket.state):
            continue
        if rule.persons and not person:
            continue
        made: Offered = {"code": code}
        last = last_day(session, docket, offer, rule)
        if last:
            made["until"] = last.isoformat()
        since = docket.facts.get(offer.since) if offer.since else None
        if since:
            made["since"] = str(since)
        yield made


def last_day(session: WorkingSession, docket: Docket, offer: Offer, rule: Procedure) -> date | None:
    """The party's last day for a procedure, as the clock of the case has it."""
    code = offer.ask_by or rule.ask_by
    if not code:
        return None
    query = select(DocketClock).where(DocketClock.docket_id == docket.id, DocketClock.code == code)
    clock = session.exec(query.order_by(col(DocketClock.id).desc())).first()
    return (clock.breach_due or clock.first_due) if clock and not clock.provisional else None


def _conditions(docket: Docket, book: Rulebook, today: date) -> list[Both]:
    kinds_of_list = book.on(today).list_kinds
    found = kinds_of_list.get(str(docket.facts.get("list", "")))
    return [both(text) for text in found.early_removal_conditions] if found else []


def _put_status(
    session: WorkingSession,
    target: GazetteSession,
    filing: PartyFiling,
    docket: Docket,
    office: PublicKey,
    book: Rulebook,
    today: date,
) -> None:
    outward.put_status(
        target,
        filing.filing_id,
        status(session, filing, docket, book, today),
        lookup=filing.lookup,
        reply_key=PublicKey(filing.reply_key),
        office=office,
        answer=filing.answer,
    )


def status(
    session: WorkingSession, filing: PartyFiling, docket: Docket, book: Rulebook, today: date
) -> Status:
    """Where the filing stands now."""
    authority = session.get_one(Authority, docket.authority_id)
    until = retention.shown_until(filing, docket, book)
    kept: Status = {
        "v": SHAPE,
        "number": docket.number,
        "authority": {"zh": authority.name, "en": authority.name_en or authority.name},
        "procedure": filing.procedure,
        "day": filing.day.isoformat(),
        "state": filing.state,
        "late": filing.late,
        "clocks": list(_clocks(session, filing, docket, book, today)),
    }
    if until is not None:
        kept["until"] = until.isoformat()
    return kept


def _clocks(
    session: WorkingSession, filing: PartyFiling, docket: Docket, book: Rulebook, today: date
) -> Iterator[ClockLine]:
    """The authority's clocks that run on what was filed: its own, then those of the case."""
    rule = book.on(today).table("procedures").get(filing.procedure)
    watched: tuple[str, ...] = ()
    if isinstance(rule, Procedure) and rule.answer_by:
        stem = rule.answer_by.partition(".")[0]
        query = select(DocketClock).where(
            DocketClock.docket_id == docket.id,
            col(DocketClock.code).startswith(f"{stem}."),
            DocketClock.started_on >= filing.day,
        )
        for row in session.exec(query.order_by(col(DocketClock.id))):
            watched = (*watched, row.code)
            view = clock_view(row, today, book)
            due = row.target_due or row.breach_due or row.first_due
            done = row.stopped_on.isoformat() if row.stopped_on else ""
            yield {"title": both(view.title), "due": due.isoformat(), "done": done}
        if rule.answer_by not in watched and filing.due is not None:
            done = legal_day(filing.answered_at).isoformat() if filing.answered_at else ""
            title = book.on(filing.day).deadline(rule.answer_by).title
            yield {"title": both(title), "due": filing.due.isoformat(), "done": done}


def both(text: Text) -> Both:
    """A text in both languages as JSON has it."""
    return {"zh": text.zh, "en": text.en}
