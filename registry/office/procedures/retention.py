"""How long a receipt opens its filing: until it is settled, and a time that the rules give.

Of what was filed the case keeps its own copy. The status with the answer lies outward only so
that the party can read it; after the time of the rule ``procedure.status`` it is overwritten and
gone. A later answer opens the receipt anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import or_
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import GazetteSession, Store, WorkingSession
from registry.core.rules import Rulebook
from registry.office.audit import service as audit
from registry.office.dockets.models import Docket
from registry.office.procedures.models import PartyFiling
from registry.public.gazette import erasure
from registry.public.procedures import service as outward
from registry.public.procedures.codes import STATUS_KEPT
from registry.public.procedures.models import ProcedureStatus

CHUNK = 200


def shown_until(filing: PartyFiling, docket: Docket, book: Rulebook) -> date | None:
    """The last day on which the receipt opens it; None while it is open or no rule ends it.

    It counts from the last answer, from the day on which the party took it back, or, of one that
    was recorded and needs no answer, from the day on which its case was closed.
    """
    settled: date | None = None
    if filing.state == "answered" and filing.answered_at is not None:
        settled = legal_day(filing.answered_at)
    elif filing.state == "withdrawn":
        settled = filing.withdrawn_on
    elif filing.state == "recorded" and docket.closed_at is not None:
        settled = legal_day(docket.closed_at)
    if settled is None:
        return None
    deadline = book.on(settled).deadlines.get(STATUS_KEPT)
    if deadline is None or deadline.breach is None:
        return None
    due = book.due(settled, deadline.breach)
    return None if due.provisional else due.day


def erase_due(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    *,
    now: datetime,
    book: Rulebook,
) -> int:
    """Erase every status whose time is over; gives how many. Each is audited.

    Outward first: a crash between the two stores repeats it, which then finds nothing.
    """
    with working.read() as session:
        over = list(_over(session, legal_day(now), book))
    for start in range(0, len(over), CHUNK):
        part = over[start : start + CHUNK]
        with gazette.write() as target:
            outward.erase_statuses(target, [lookup for _, lookup in part])
        with working.write() as session:
            for filing_id, _ in part:
                _erased(session, filing_id, now)
    if over:
        erasure.clean(gazette, [ProcedureStatus.__tablename__])
    return len(over)


def _over(session: WorkingSession, today: date, book: Rulebook) -> Iterator[tuple[int, bytes]]:
    query = (
        select(PartyFiling, Docket)
        .join(Docket, col(Docket.id) == col(PartyFiling.docket_id))
        .where(
            col(PartyFiling.status_erased).is_(None),
            or_(
                col(PartyFiling.state).in_(["answered", "withdrawn"]),
                col(Docket.closed_at).is_not(None),
            ),
        )
    )
    for filing, docket in session.exec(query.order_by(col(PartyFiling.id))):
        last = shown_until(filing, docket, book)
        if last is not None and last < today:
            yield filing.id or 0, filing.lookup


def _erased(session: WorkingSession, filing_id: int, now: datetime) -> None:
    filing = session.get_one(PartyFiling, filing_id)
    filing.status_erased = legal_day(now)
    session.add(filing)
    audit.record(
        session,
        actor=None,
        action="procedures:status:erased",
        subject=f"docket:{filing.docket_id}",
        detail={"filing": filing.id, "procedure": filing.procedure},
        now=now,
    )
