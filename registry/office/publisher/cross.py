"""Holding the gazette against the decisions, and back (``gazette verify --cross``).

``verify_log`` shows that nothing in the log was changed afterwards; this shows that what is in
it was decided, and that what was decided is in it. What makes a decision an approved one is the
business of the rooms above: they hand in ``Approval`` and the ids they expect to be public.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlmodel import col, select

from registry.core.db import GazetteSession, WorkingSession
from registry.office.publisher.models import OutboxRow
from registry.public.gazette import queries
from registry.public.gazette.models import Content, LogRow, RecordRow

CHUNK = 500
MOST_PROBLEMS = 1000

CrossCode = Literal[
    "not-decided",
    "not-approved",
    "differs",
    "not-in-log",
    "order-differs",
    "not-shown",
    "still-shown",
]
_MEANING: Mapping[str, str] = {
    "not-decided": "a row of the log has no decision behind it",
    "not-approved": "a publication is not backed by an approved decision",
    "differs": "a row of the log is not what was decided",
    "not-in-log": "a decision marked as published is not in the log",
    "order-differs": "publications of one record stand in another order than they were decided",
    "not-shown": "an approved publication that was not withdrawn is not shown",
    "still-shown": "a withdrawn record is shown",
}

Approval = Callable[[WorkingSession, Sequence[OutboxRow]], Mapping[UUID, str]]
"""Events of these publications that no approved decision backs, each with why not."""

RECORDS_OF_FACT = frozenset(
    {"external", "site", "authority", "statistic", "intake-key", "intake-head"}
)
"""Kinds that no single decision makes: foreign snapshots, sites, authorities, figures, the
intake's keys and heads."""


@dataclass(frozen=True, slots=True)
class CrossProblem:
    """One thing that does not hold; ``str`` of it is a sentence. Names nobody."""

    code: CrossCode
    id: str
    sequence: int | None = None
    why: str = ""

    def __str__(self) -> str:
        row = f", row {self.sequence}" if self.sequence is not None else ""
        why = f": {self.why}" if self.why else ""
        return f"{self.code}: {_MEANING[self.code]} ({self.id}{row}){why}"


@dataclass
class CrossReport:
    """``waiting`` are records of which something has not reached the log yet, which is no fault."""

    rows: int = 0
    waiting: set[str] = field(default_factory=set)
    problems: list[CrossProblem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def add(self, code: CrossCode, id: str, sequence: int | None = None, why: str = "") -> None:
        """Note a problem; only the first thousand are kept."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(CrossProblem(code, id, sequence, why))


def backed_by_something(_session: WorkingSession, rows: Sequence[OutboxRow]) -> Mapping[UUID, str]:
    """The approval asked for where no room above hands in its own: a docket or an origin."""
    return {
        row.event_id: "neither docket nor origin is recorded"
        for row in rows
        if row.kind not in RECORDS_OF_FACT and row.docket_id is None and not row.origin
    }


def verify_cross(
    working: WorkingSession,
    gazette: GazetteSession,
    *,
    now: datetime,
    approval: Approval = backed_by_something,
    expected: Iterable[str] = (),
) -> CrossReport:
    """Hold every row of the log against its outbox row, and every outbox row against the log.

    ``expected`` are public ids that the rooms above hold to be published at ``now``. The
    publisher should be at rest: rows that it has in hand count as ``waiting``.
    """
    report = CrossReport()
    _from_log(working, gazette, report)
    last = _from_outbox(working, gazette, report, approval)
    _state(gazette, report, last, now)
    for id in expected:
        if id not in last and id not in report.waiting:
            report.add("not-shown", id, why="it never entered the outbox")
        elif id in last and last[id].op == "DEL":
            report.add("not-shown", id, why="it was withdrawn")
    return report


def _from_log(working: WorkingSession, gazette: GazetteSession, report: CrossReport) -> None:
    query: Any = (
        select(LogRow, Content)
        .outerjoin(Content, col(Content.sequence) == LogRow.sequence)
        .order_by(col(LogRow.sequence))
    )
    for page in _pages(gazette, query, LogRow.sequence, lambda pair: pair[0].sequence):
        events = [row.event_id for row, _ in page]
        found = working.exec(select(OutboxRow).where(col(OutboxRow.event_id).in_(events)))
        decided = {row.event_id: row for row in found}
        for row, content in page:
            report.rows += 1
            decision = decided.get(row.event_id)
            if decision is None:
                report.add("not-decided", row.id, row.sequence)
            elif not _agree(row, content, decision):
                report.add("differs", row.id, row.sequence)


def _agree(row: LogRow, content: Content | None, decision: OutboxRow) -> bool:
    told = None if content is None or content.erased else content.payload
    same_words = told is None or decision.payload is None or told == decision.payload
    marked = decision.sequence is None or decision.sequence == row.sequence
    return (
        same_words
        and marked
        and (row.op, row.kind, row.id) == (decision.op, decision.kind, decision.public_id)
        and (row.effective, row.publish_until) == (decision.effective, decision.publish_until)
    )


@dataclass(slots=True)
class _Last:
    """The last publication of an id that reached the log."""

    op: str
    sequence: int
    publish_until: datetime | None


def _from_outbox(
    working: WorkingSession, gazette: GazetteSession, report: CrossReport, approval: Approval
) -> dict[str, _Last]:
    last: dict[str, _Last] = {}
    query: Any = select(OutboxRow).where(col(OutboxRow.refused).is_(None))
    query = query.order_by(col(OutboxRow.id))
    for page in _pages(working, query, OutboxRow.id, lambda row: row.id):
        sequences = _sequences(gazette, page)
        # A row in the log that is not marked yet: the publisher stopped between its two commits.
        published = [row for row in page if row.event_id in sequences]
        for row in page:
            if row.event_id in sequences:
                continue
            if row.done is None:
                report.waiting.add(row.public_id)
            else:
                report.add("not-in-log", row.public_id)
        unbacked = approval(working, [row for row in published if row.op == "PUT"])
        for row in published:
            sequence = sequences[row.event_id]
            if row.event_id in unbacked:
                report.add("not-approved", row.public_id, sequence, unbacked[row.event_id])
            before = last.get(row.public_id)
            if before is not None and before.sequence > sequence:
                report.add("order-differs", row.public_id, sequence)
            last[row.public_id] = _Last(row.op, sequence, row.publish_until)
    return last


def _sequences(gazette: GazetteSession, rows: Sequence[OutboxRow]) -> dict[UUID, int]:
    query = select(LogRow.event_id, LogRow.sequence).where(
        col(LogRow.event_id).in_([row.event_id for row in rows])
    )
    return {event: sequence for event, sequence in gazette.exec(query)}


def _state(
    gazette: GazetteSession, report: CrossReport, last: Mapping[str, _Last], now: datetime
) -> None:
    ids = list(last)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        shown = queries.many(gazette, chunk, now)
        for id in chunk:
            until = last[id].publish_until
            due = last[id].op == "PUT" and (until is None or until > now)
            if due and id not in shown:
                report.add("not-shown", id, last[id].sequence)
            elif id in shown and not due:
                report.add("still-shown", id, shown[id].sequence)
    stray = select(RecordRow.id, RecordRow.sequence).where(col(RecordRow.reason).is_(None))
    for id, sequence in gazette.exec(stray.execution_options(yield_per=CHUNK)):
        if id not in last:
            report.add("not-decided", id, sequence)


def _pages(
    session: WorkingSession | GazetteSession,
    query: Any,
    key: Any,
    position: Callable[[Any], int],
) -> Iterator[list[Any]]:
    after = 0
    while True:
        page = list(session.exec(query.where(key > after).limit(CHUNK)).all())
        if page:
            yield page
        if len(page) < CHUNK:
            return
        after = position(page[-1])
        session.expunge_all()
