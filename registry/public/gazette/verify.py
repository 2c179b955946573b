"""Verifying the whole log: leaves, tree, checkpoints, removals, order, present state.

Streams the log once and trusts nothing stored: every hash is computed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from nacl.signing import VerifyKey
from sqlalchemy import func
from sqlmodel import col, select

from registry.core.db import GazetteSession
from registry.public.gazette import checkpoint, leaf, merkle, tree
from registry.public.gazette.entry import NO_BUCKET
from registry.public.gazette.models import (
    CheckpointRow,
    Content,
    Erasure,
    HandleRow,
    LogRow,
    RecordRow,
    TreeNode,
)

ProblemCode = Literal[
    "row-missing",
    "content-changed",
    "content-lost",
    "content-after-removal",
    "leaf-changed",
    "tree-changed",
    "checkpoint-broken",
    "put-after-removal",
    "time-runs-backwards",
    "state-differs",
    "shown-after-removal",
    "handles-after-removal",
]
MOST_PROBLEMS = 1000
CHUNK = 1000

_MEANING: Mapping[str, str] = {
    "row-missing": "a row of the log is missing",
    "content-changed": "what a row says is not what was committed to",
    "content-lost": "the content of a row is gone though nothing was to be forgotten",
    "content-after-removal": "content that was to be forgotten is there",
    "leaf-changed": "a leaf is not the hash of its commitment",
    "tree-changed": "a node of the tree is not the hash of the leaves below it",
    "checkpoint-broken": "a signed checkpoint does not fit the log",
    "put-after-removal": "something follows a removal under the same id",
    "time-runs-backwards": "a row was recorded before the one ahead of it",
    "state-differs": "the present state of a record is not what the log says last",
    "shown-after-removal": "a removed record is shown",
    "handles-after-removal": "a removed record can still be found by a name or number",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not hold; ``str`` of it is a sentence. Names nobody."""

    code: ProblemCode
    sequence: int | None = None
    id: str | None = None

    def __str__(self) -> str:
        places = [f"row {self.sequence}"] if self.sequence is not None else []
        places += [self.id] if self.id else []
        where = f" ({', '.join(places)})" if places else ""
        return f"{self.code}: {_MEANING[self.code]}{where}"


@dataclass
class Report:
    """What a verification saw. ``size`` and ``root`` are the computed ones."""

    size: int = 0
    root: bytes = merkle.EMPTY_ROOT
    with_content: int = 0
    forgotten: int = 0
    checkpoints: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def add(self, code: ProblemCode, sequence: int | None = None, id: str | None = None) -> None:
        """Note a problem; only the first thousand are kept."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(code, sequence, id))


def verify_log(session: GazetteSession, *, key: VerifyKey | None = None) -> Report:
    """Verify everything; with ``key`` (the log's public one) also who signed the checkpoints."""
    report = Report()
    ids = _walk(session, report, key)
    _verify_state(session, report, ids)
    return report


@dataclass(slots=True)
class _Trace:
    """What the log says of one id so far."""

    first: int
    last: int
    kind: str
    publish_until: datetime | None
    removed: bool = False


def _walk(session: GazetteSession, report: Report, key: VerifyKey | None) -> dict[str, _Trace]:
    forgotten = _forgotten(session)
    checkpoints = _Checkpoints(session, report, key)
    frontier = merkle.Frontier()
    made: dict[merkle.Node, bytes] = {}
    traces: dict[str, _Trace] = {}
    recorded: datetime | None = None
    checkpoints.compare(frontier)
    for row, content in _rows(session):
        for missing in range(frontier.size + 1, row.sequence)[:1]:
            report.add("row-missing", missing)
        if recorded is not None and row.recorded < recorded:
            report.add("time-runs-backwards", row.sequence, row.id)
        recorded = row.recorded
        _verify_row(report, row, content, forgotten.get(row.id, 0))
        _trace(report, traces, row)
        computed = merkle.leaf_hash(row.commitment)
        if computed != row.leaf_hash:
            report.add("leaf-changed", row.sequence, row.id)
        made.update(frontier.push(computed))
        checkpoints.compare(frontier)
        if len(made) >= CHUNK:
            _verify_nodes(session, report, made)
    _verify_nodes(session, report, made)
    report.size, report.root = frontier.size, frontier.root()
    stored = session.exec(select(func.count()).select_from(TreeNode)).one()
    if stored != sum(frontier.size >> level for level in range(1, frontier.size.bit_length())):
        report.add("tree-changed")
    checkpoints.finish()
    return traces


def _rows(session: GazetteSession) -> Iterator[tuple[LogRow, Content | None]]:
    query: Any = (
        select(LogRow, Content)
        .outerjoin(Content, col(Content.sequence) == LogRow.sequence)
        .order_by(col(LogRow.sequence))
    )
    last = 0
    # Keyset pages: a server-side cursor would need another form on each database.
    while True:
        page = session.exec(query.where(LogRow.sequence > last).limit(CHUNK)).all()
        yield from page
        if len(page) < CHUNK:
            return
        last = page[-1][0].sequence
        session.expunge_all()


def _forgotten(session: GazetteSession) -> dict[str, int]:
    """Per id the sequence before which its rows were to be forgotten."""
    query = select(Erasure.record_id, func.max(Erasure.sequence)).group_by(col(Erasure.record_id))
    return {id: sequence for id, sequence in session.exec(query)}


def _verify_row(report: Report, row: LogRow, content: Content | None, forgotten: int) -> None:
    if content is not None and content.erased and (content.payload.strip() or any(content.salt)):
        report.add("content-after-removal", row.sequence, row.id)
    if content is None or content.erased:
        report.forgotten += 1
        if row.sequence >= forgotten:
            report.add("content-lost", row.sequence, row.id)
        return
    report.with_content += 1
    if row.sequence < forgotten:
        report.add("content-after-removal", row.sequence, row.id)
    event = leaf.event(
        sequence=row.sequence,
        op=row.op,
        kind=row.kind,
        id=row.id,
        effective=row.effective,
        recorded=row.recorded,
        payload=content.payload,
    )
    committed = leaf.commitment(content.salt, event) == row.commitment
    if not committed or not leaf.is_canonical(content.payload):
        report.add("content-changed", row.sequence, row.id)


def _trace(report: Report, traces: dict[str, _Trace], row: LogRow) -> None:
    trace = traces.get(row.id)
    if trace is None:
        trace = traces[row.id] = _Trace(row.sequence, row.sequence, row.kind, row.publish_until)
    elif trace.removed:
        report.add("put-after-removal", row.sequence, row.id)
    trace.last, trace.publish_until = row.sequence, row.publish_until
    trace.removed = trace.removed or row.op == "DEL"


def _verify_nodes(session: GazetteSession, report: Report, made: dict[merkle.Node, bytes]) -> None:
    nodes = list(made)
    for start in range(0, len(nodes), CHUNK):
        chunk = nodes[start : start + CHUNK]
        stored = tree.read_nodes(session, chunk)
        for level, index in chunk:
            if stored.get((level, index)) != made[level, index]:
                report.add("tree-changed", (index + 1) << level)
    made.clear()


class _Checkpoints:
    """Holds the kept checkpoints against the tree as it grows."""

    def __init__(self, session: GazetteSession, report: Report, key: VerifyKey | None) -> None:
        query = select(CheckpointRow).order_by(col(CheckpointRow.tree_size))
        self._left = list(session.exec(query))[::-1]
        self._report = report
        self._key = key

    def compare(self, frontier: merkle.Frontier) -> None:
        while self._left and self._left[-1].tree_size == frontier.size:
            row = self._left.pop()
            self._report.checkpoints += 1
            if row.root != frontier.root() or not self._holds(row):
                self._report.add("checkpoint-broken", row.tree_size)

    def _holds(self, row: CheckpointRow) -> bool:
        try:
            stated = checkpoint.parse(row.note)
            if self._key is not None:
                checkpoint.verify(row.note, self._key)
        except checkpoint.InvalidCheckpoint:
            return False
        return (stated.size, stated.root) == (row.tree_size, row.root)

    def finish(self) -> None:
        """Checkpoints over more rows than there are: the log was cut."""
        for row in self._left:
            self._report.add("checkpoint-broken", row.tree_size)
            self._report.add("row-missing", self._report.size + 1)


def _verify_state(session: GazetteSession, report: Report, traces: Mapping[str, _Trace]) -> None:
    seen = 0
    query = select(RecordRow).execution_options(yield_per=CHUNK)
    for record in session.exec(query):
        seen += 1
        trace = traces.get(record.id)
        if trace is None:
            report.add("state-differs", record.sequence, record.id)
        elif trace.removed and record.reason is None:
            report.add("shown-after-removal", record.sequence, record.id)
        elif trace != _Trace(
            record.first_sequence,
            record.sequence,
            record.kind,
            record.publish_until,
            record.reason is not None,
        ):
            report.add("state-differs", record.sequence, record.id)
    if seen != len(traces):
        report.add("state-differs")
    orphaned = (
        select(HandleRow.record_id)
        .join(RecordRow, col(RecordRow.id) == HandleRow.record_id, isouter=True)
        .where(
            HandleRow.bucket != NO_BUCKET,
            col(RecordRow.id).is_(None) | col(RecordRow.reason).is_not(None),
        )
        .distinct()
    )
    for id in session.exec(orphaned):
        report.add("handles-after-removal", None, id)
    _verify_orphans(session, report)


def _verify_orphans(session: GazetteSession, report: Report) -> None:
    orphans = (
        select(Content.sequence)
        .join(LogRow, col(LogRow.sequence) == Content.sequence, isouter=True)
        .where(col(LogRow.sequence).is_(None))
    )
    for sequence in session.exec(orphans):
        report.add("row-missing", sequence)
