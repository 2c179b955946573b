"""A snapshot file as entries and problems."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from registry.core.i18n import N_
from registry.core.sheets.dates import parse_day
from registry.core.sheets.limits import Limits
from registry.core.sheets.problems import Problem, UnusableFile
from registry.core.sheets.readers import RawRow, read_rows, trimmed
from registry.office.external.description import ListDescription
from registry.office.external.entry import Entry, build, clean

Progress = Callable[[int], None]
"""Called with the number of rows done so far."""


class WrongHeading(UnusableFile):
    """The column names are not those of the description."""

    code = "wrong-heading"
    message = N_("The column names of this file are not those of the list.")


@dataclass
class Snapshot:
    """What a file holds: entries by reference, in its order."""

    sha256: str
    entries: dict[str, Entry] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0


def read(
    path: Path, description: ListDescription, limits: Limits, progress: Progress | None = None
) -> Snapshot:
    """Read a whole snapshot. Rows that are wrong become problems; a file that cannot be read
    raises ``UnusableFile``, an empty one gives a snapshot without entries.
    """
    snapshot = Snapshot(file_digest(path))
    if path.stat().st_size == 0:
        return snapshot
    columns: tuple[str, ...] | None = None if description.heading else description.columns
    for raw in read_rows(path, limits, text_encoding=description.encoding):
        cells = trimmed(raw.cells)
        if not cells or (len(cells) == 1 and cells[0] in description.end_marks):
            continue
        if columns is None:
            columns = _heading(cells, description)
            continue
        snapshot.rows += 1
        _add(snapshot, description, columns, raw)
        if progress is not None and snapshot.rows % 500 == 0:
            progress(snapshot.rows)
    return snapshot


def file_digest(path: Path) -> str:
    """SHA-256 of the file as it came, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _heading(cells: tuple[str, ...], description: ListDescription) -> tuple[str, ...]:
    names = tuple(clean(cell.removeprefix("\ufeff")) for cell in cells)
    wanted = {part.column for part in description.parts.values()}
    if not wanted <= set(names):
        raise WrongHeading
    return names


def _add(
    snapshot: Snapshot, description: ListDescription, columns: tuple[str, ...], raw: RawRow
) -> None:
    problem = _problem(snapshot, description, columns, raw)
    if problem is not None:
        snapshot.problems.append(problem)
        return
    row = dict(zip(columns, raw.cells, strict=False))
    end = description.parts.get("until")
    text = clean(row.get(end.column, "")) if end else ""
    until = parse_day(text) if text and text not in description.none else None
    if text and text not in description.none and until is None:
        snapshot.problems.append(Problem(raw.line, "until", "date", text[:80]))
        return
    entry = build(description, row, until)
    snapshot.entries[entry.reference] = entry


def _problem(
    snapshot: Snapshot, description: ListDescription, columns: tuple[str, ...], raw: RawRow
) -> Problem | None:
    if len(raw.cells) < len(columns) and len(trimmed(raw.cells)) < _least(description, columns):
        return Problem(raw.line, "", "too-few-cells", str(len(raw.cells)))
    if len(trimmed(raw.cells)) > len(columns):
        return Problem(raw.line, "", "too-many-cells", str(len(raw.cells)))
    row = dict(zip(columns, raw.cells, strict=False))
    for name in ("reference", "name"):
        cell = clean(row.get(description.parts[name].column, ""))
        if not cell or cell in description.none:
            return Problem(raw.line, name, "missing")
    reference = clean(row[description.parts["reference"].column])
    if len(reference) > 200:
        return Problem(raw.line, "reference", "too-long", reference[:80])
    if reference in snapshot.entries:
        return Problem(raw.line, "reference", "duplicate-reference", reference[:80])
    return None


def _least(description: ListDescription, columns: tuple[str, ...]) -> int:
    """A list without heading writes every cell; under a heading the last ones may be missing."""
    if not description.heading:
        return len(columns)
    return 1 + max(columns.index(description.parts[name].column) for name in ("reference", "name"))


def lines(problems: list[Problem]) -> Iterator[int]:
    """The lines with errors, for a message."""
    return (problem.line for problem in problems if problem.severity == "error")
