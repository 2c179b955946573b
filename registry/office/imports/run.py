"""One pass over a file: rows are read, judged, matched with the store, counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from registry.core.db import WorkingSession
from registry.core.sheets.problems import Problem
from registry.office.entities.drafts import EntityDraft
from registry.office.imports import matching
from registry.office.imports.context import Context, Progress, Tools
from registry.office.imports.judged import Judged
from registry.office.imports.kinds import Kind
from registry.office.imports.matching import Known
from registry.office.imports.report import Report
from registry.office.imports.table import Table, open_table
from registry.office.staff.officer import Acting

CHUNK = 500


@dataclass(frozen=True)
class Chunk:
    """Judged rows with what the store has on them."""

    rows: list[Judged]
    known: Known


class Run:
    """A file of one kind under judgement. ``report`` fills while ``chunks`` is gone through."""

    def __init__(
        self,
        session: WorkingSession,
        acting: Acting,
        kind: Kind,
        path: Path,
        tools: Tools,
        mapping: str | None,
    ) -> None:
        candidates = kind.mappings(mapping, tools)
        self.session = session
        self.kind = kind
        self.tools = tools
        self.table: Table = open_table(path, candidates, tools.limits)
        self.context = Context(
            session, acting, self.table.mapping, tools, frozenset(self.table.columns)
        )
        self.report = Report(kind=kind.code, mapping=self.table.mapping.name)

    def chunks(self, progress: Progress | None = None) -> Iterator[Chunk]:
        """The rows in their order. Raises ``UnusableFile`` where the file breaks off."""
        while part := list(islice(self.table.rows, CHUNK)):
            rows = [self.kind.judge(row, self.context) for row in part]
            for row in rows:
                self._refuse_repeated(row)
            known = matching.look_up(self.session, self.tools.keys, self.kind, rows)
            for row in rows:
                self._count(row, amends=matching.compare(known, self.tools.keys, row, self.kind))
            self.report.files = dict(self.context.attached.found)
            if progress is not None:
                progress(self.report.rows)
            yield Chunk(rows, known)

    def _refuse_repeated(self, row: Judged) -> None:
        if row.subject is None:
            return
        identity = row.case.identity if row.case else ()
        earlier = self.context.first_line((subject_key(row.subject), identity), row.line)
        if earlier is not None:
            params = {"other": earlier}
            row.note(Problem(row.line, "", "duplicate-row", "", "error", params))

    def _count(self, row: Judged, *, amends: bool) -> None:
        report = self.report
        report.rows += 1
        report.note(row.problems, self.tools.limits.problems)
        if not row.fits:
            report.failed += 1
        elif row.skipped:
            report.skipped += 1
        else:
            report.ready += 1
            report.amended += amends
            report.added += not amends


def subject_key(draft: EntityDraft) -> tuple[str, ...]:
    """What makes two rows of a file speak of the same subject."""
    if draft.kind == "person":
        return ("person", draft.name, draft.document.number if draft.document else "")
    code = draft.credit_code or draft.registration_number
    return ("code", code) if code else ("name", draft.name, draft.region or "")
