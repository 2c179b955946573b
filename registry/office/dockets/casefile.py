"""One case read for its page: time line, clocks, parties, papers, related cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.i18n import Text
from registry.core.rules import Rulebook
from registry.office.dockets import bases, checks, documents, kinds
from registry.office.dockets.clockview import (
    ClockView,
    clock_view,
)
from registry.office.dockets.models import (
    Docket,
    DocketClock,
    DocketDocument,
    DocketEvent,
    DocketLink,
)
from registry.office.dockets.queries import PAGE, subtree
from registry.office.staff.models import Account
from registry.office.staff.officer import Officer


@dataclass(frozen=True)
class TimelineEntry:
    """An act with who did it and for whom."""

    event: DocketEvent
    title: Text
    actor: str
    stood_in_for: str


def parties(session: WorkingSession, docket: Docket) -> list[tuple[int, str]]:
    """Entity id and role of each party, in the order named."""
    return checks.parties_of(session, docket)


def papers(session: WorkingSession, docket: Docket) -> list[tuple[DocketDocument, Text]]:
    """The papers of the case with their titles, oldest first."""
    titles = kinds.get(docket.kind).documents
    rows = documents.of(session, docket)
    return [(row, titles.get(row.code, Text(row.code, row.code))) for row in rows]


def links(
    session: WorkingSession, docket: Docket, officer: Officer
) -> list[tuple[str, bool, Docket]]:
    """Related cases that the officer may see: relation, whether it leads away from here, case."""
    found = []
    for outward, here, there in (
        (True, DocketLink.docket_id, DocketLink.other_id),
        (False, DocketLink.other_id, DocketLink.docket_id),
    ):
        query = (
            select(DocketLink.relation, Docket)
            .join(Docket, col(Docket.id) == col(there))
            .where(col(here) == docket.id, subtree(officer))
            .order_by(col(Docket.id))
            .limit(PAGE)
        )
        found += [(relation, outward, other) for relation, other in session.exec(query)]
    return found


def timeline(session: WorkingSession, docket: Docket) -> list[TimelineEntry]:
    """Everything that was done, newest first."""
    table = kinds.get(docket.kind)
    query = select(DocketEvent).where(DocketEvent.docket_id == docket.id)
    log = session.exec(query.order_by(col(DocketEvent.ordinal).desc())).all()
    people = _names(session, log)
    return [
        TimelineEntry(
            event=event,
            title=act_title(table, event.action),
            actor=people.get(event.actor_id or 0, ""),
            stood_in_for=people.get(event.acting_as or 0, ""),
        )
        for event in log
    ]


_OWN_ACTS = {
    kinds.OPEN: Text("立案", "Case opened"),
    kinds.ADOPT: Text("批量导入", "Taken over from a file"),
    "reassign": Text("移交承办人", "Handed to a colleague"),
    "redact": Text("设定公开文本", "Wording for the public set"),
    "add_party": Text("增加当事人", "Party added"),
    "release": Text("承办人离岗，退回本机关", "Handed back: the officer has left"),
    "refresh": Text("更新公示的主体信息", "Published particulars brought up to date"),
    "link": Text("关联案件", "Case linked"),
    bases.FELL: Text("所依据的案件已不成立", "The case that this one rests on has fallen"),
}


def act_title(table: kinds.KindTable, code: str) -> Text:
    """What an act is called, also one that no table lists."""
    action = table.actions.get(code)
    return action.title if action else _OWN_ACTS.get(code, Text(code, code))


def _names(session: WorkingSession, log: Sequence[DocketEvent]) -> Mapping[int, str]:
    wanted = {a for event in log for a in (event.actor_id, event.acting_as) if a is not None}
    query = select(Account.id, Account.name).where(col(Account.id).in_(wanted))
    return {found: name for found, name in session.exec(query) if found is not None}


def clocks(
    session: WorkingSession,
    docket: Docket,
    today: date,
    book: Rulebook | None = None,
    now: datetime | None = None,
) -> list[ClockView]:
    """The docket's clocks, running ones first, with how much of the term has passed."""
    query = select(DocketClock).where(DocketClock.docket_id == docket.id)
    rows = session.exec(query.order_by(col(DocketClock.id))).all()
    views = [clock_view(row, today, book, now) for row in rows]
    return sorted(views, key=lambda view: view.stopped_on is not None)
