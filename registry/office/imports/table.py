"""A file as rows of our fields: the heading is searched, columns are named, lines are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from registry.core.sheets.limits import Limits
from registry.core.sheets.problems import EmptyFile, Problem, TooManyRows
from registry.core.sheets.readers import (
    RawRow,
    is_json,
    read_objects,
    read_rows,
    trimmed,
)
from registry.office.imports import problems
from registry.office.imports.mapping import ColumnMapping, Heading, check_heading, heading

_NOTE = re.compile(
    r"(注|备注|说明|填表|制表|填报|合计|共计|总计|联系|报送单位|单位（?盖章）?)\s*[:：]"
)


@dataclass(frozen=True)
class Row:
    """One row under our field names. ``malformed`` is set where the line itself is wrong."""

    line: int
    fields: Mapping[str, str]
    malformed: Problem | None = None


@dataclass(frozen=True)
class Table:
    """The mapping that was recognised, and the rows, to be gone through once."""

    mapping: ColumnMapping
    columns: tuple[str, ...]
    """Our fields for which the file has a column."""
    rows: Iterator[Row]


def open_table(path: Path, candidates: Sequence[ColumnMapping], limits: Limits) -> Table:
    """Find the heading within the first rows and give the rows below it.

    Ministries put a title, a date and notes above the column names, and a signature below the
    last row. Raises ``UnusableFile``.
    """
    if is_json(path, limits):
        return _json_table(path, candidates, limits)
    rows = read_rows(path, limits)
    best: tuple[Heading, RawRow] | None = None
    above: list[RawRow] = []
    for raw in rows:
        above.append(raw)
        found = heading(raw.cells, candidates)
        if found is not None and (best is None or found.known > best[0].known):
            best = (found, raw)
        if found is not None and not found.missing:
            best = (found, raw)
            break
        if len(above) >= limits.heading_rows:
            break
    if not above:
        raise EmptyFile
    if best is None:
        names = [names[0] if names else field for field, names in _wanted(candidates)]
        raise problems.NoHeading(columns="、".join(names))
    head, raw = best
    check_heading(head, raw.cells)
    return Table(head.mapping, _named(head), _rows(head, raw, rows, limits))


def _wanted(candidates: Sequence[ColumnMapping]) -> list[tuple[str, tuple[str, ...]]]:
    if not candidates:
        return []
    first = candidates[0]
    return [(field, first.columns.get(field, ())) for field in first.required]


def _rows(head: Heading, raw: RawRow, rest: Iterator[RawRow], limits: Limits) -> Iterator[Row]:
    width = len(trimmed(raw.cells))
    count = 0
    for row in rest:
        cells = trimmed(row.cells)
        if not cells or _is_note(head, cells):
            continue
        count += 1
        if count > limits.rows:
            raise TooManyRows(limit=limits.rows)
        malformed = None
        if len(cells) > max(width, len(head.fields)):
            malformed = Problem(row.line, "", "too-many-cells")
        pairs = zip(head.fields, chain(cells, [""] * width), strict=False)
        fields = {field: cell for field, cell in pairs if field is not None}
        yield Row(row.line, fields, malformed)


def _named(head: Heading) -> tuple[str, ...]:
    return tuple(field for field in head.fields if field is not None)


def _is_note(head: Heading, cells: Sequence[str]) -> bool:
    """A line that says nothing of any field: only a number, or words outside the known columns.

    A lone cell under a known column is a row, lest data be dropped unseen, unless it begins as
    notes below a table do.
    """
    filled = [place for place, cell in enumerate(cells) if cell.strip()]
    if len(filled) != 1:
        return False
    place = filled[0]
    field = head.fields[place] if place < len(head.fields) else None
    return field in {None, "ordinal"} or bool(_NOTE.match(cells[place].strip()))


def _json_table(path: Path, candidates: Sequence[ColumnMapping], limits: Limits) -> Table:
    objects = read_objects(path, limits)
    first = next(objects, None)
    if first is None:
        raise EmptyFile
    names = tuple(first.fields or ())
    found = heading(names, candidates) if len(names) > 1 else None
    if found is None:
        wanted = [names[0] if names else field for field, names in _wanted(candidates)]
        raise problems.NoHeading(columns="、".join(wanted))
    mapping = found.mapping

    def rows() -> Iterator[Row]:
        for item in chain([first], objects):
            if item.fields is None:
                yield Row(item.line, {}, Problem(item.line, "", "bad-json"))
                continue
            fields: dict[str, str] = {}
            for name, value in item.fields.items():
                field = mapping.field_of(name)
                if field is not None:
                    fields.setdefault(field, value)
            yield Row(item.line, fields)

    return Table(mapping, _named(found), rows())
