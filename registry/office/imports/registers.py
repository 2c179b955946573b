"""A row of a register of entities: added where unknown, filled in where known."""

from __future__ import annotations

from registry.office.imports import subjects
from registry.office.imports.cells import Cells
from registry.office.imports.context import Context
from registry.office.imports.judged import Judged
from registry.office.imports.table import Row


def judge(row: Row, context: Context) -> Judged:
    """The row with all its problems. Nothing is looked up in the store here."""
    cells = Cells(row, context)
    judged = Judged(row.line, cells.problems)
    kind = cells.term("subject_kind", {"enterprise", "institution", "person"})
    alone = not cells.get("code") and cells.get("document")
    if kind == "person" or (kind is None and alone):
        judged.subject = subjects.person(cells, "name", "document")
        return judged
    judged.subject = subjects.unit(cells, kind, names=subjects.names_of(cells))
    subjects.flag_missing_code(cells, judged.subject)
    return judged
