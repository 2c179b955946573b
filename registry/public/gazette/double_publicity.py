"""Penalties and licences in force as the files that provincial credit platforms take (双公示).

They say what the public gazette says and nothing beside it: no record about a natural person, no
document number, nothing whose publicity or term is over. What stands in which column is in
``double_publicity.yaml``; the imports of this registry read the files back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import IO, Any

import yaml

from registry.core.clock import legal_day
from registry.core.db import GazetteSession
from registry.core.i18n import Text
from registry.core.rules import Rulebook, Rules
from registry.public.gazette import datasets, files
from registry.public.gazette.queries import Record

_LAYOUTS = Path(__file__).with_suffix(".yaml")
_TEN_THOUSAND = 10_000
_CREDIT_CODE = 18
_BETWEEN = "；"
"""Titles of categories may hold a 、 of their own."""


@dataclass(frozen=True)
class Column:
    """One column; see the head of the layouts for what its parts mean."""

    code: str
    """The field of the standard, such as ``CF_WSH``."""
    title: str
    value: str = ""
    form: str = ""
    table: str = ""
    text: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """A dataset in the columns of the standard."""

    dataset: str
    title: Text
    columns: tuple[Column, ...]
    in_force: Mapping[str, frozenset[str]]
    last_day: str

    @property
    def header(self) -> tuple[str, ...]:
        return tuple(column.title for column in self.columns)


@dataclass(frozen=True)
class Wanted:
    """Which records: decided from ``since`` to ``until`` (both inclusive), by ``authorities``.

    ``authorities`` are credit codes; None: of every authority.
    """

    since: date | None = None
    until: date | None = None
    authorities: frozenset[str] | None = None


EVERYTHING = Wanted()


@cache
def layouts() -> Mapping[str, Layout]:
    """The layouts by the dataset that each one holds."""
    content: dict[str, Any] = yaml.safe_load(_LAYOUTS.read_text(encoding="utf-8"))
    return {name: _layout(name, body) for name, body in content["layouts"].items()}


def _layout(name: str, body: Mapping[str, Any]) -> Layout:
    columns = tuple(
        Column(**{"form" if key == "as" else key: value for key, value in column.items()})
        for column in body["columns"]
    )
    in_force = {key: frozenset(values) for key, values in body.get("in_force", {}).items()}
    return Layout(name, Text(**body["title"]), columns, in_force, body.get("last_day", ""))


def write(
    session: GazetteSession,
    dataset: str,
    form: str,
    now: datetime,
    file: IO[bytes],
    book: Rulebook,
    wanted: Wanted = EVERYTHING,
) -> files.FileFigures:
    """Write the file into ``file`` (read and write) and rewind it.

    ``form``: csv, xlsx, or jsonl with the fields of the standard as keys. Raises ``KeyError`` for a
    dataset that has no such layout.
    """
    layout = layouts()[dataset]
    found = rows(session, dataset, now, book, wanted)
    codes = [column.code for column in layout.columns]

    def objects() -> Iterator[dict[str, str]]:
        return (dict(zip(codes, row, strict=True)) for row in found)

    return files.write_table(file, form, layout.header, found, objects)


def rows(
    session: GazetteSession,
    dataset: str,
    now: datetime,
    book: Rulebook,
    wanted: Wanted = EVERYTHING,
) -> Iterator[Sequence[str]]:
    """The rows of ``dataset`` in the columns of its layout, oldest publication first."""
    layout, today = layouts()[dataset], legal_day(now)
    for record in datasets.records(session, dataset, now):
        if _in_force(layout, record, today) and _asked(record, wanted):
            rules = book.on(_decided(record))
            yield [_cell(column, record.payload, rules) for column in layout.columns]


def count(
    session: GazetteSession,
    dataset: str,
    now: datetime,
    wanted: Wanted = EVERYTHING,
) -> int:
    """How many rows the file has."""
    layout, today = layouts()[dataset], legal_day(now)
    return sum(
        _in_force(layout, record, today) and _asked(record, wanted)
        for record in datasets.records(session, dataset, now)
    )


def _in_force(layout: Layout, record: Record, today: date) -> bool:
    """Whether it is in force today, beyond being shown (which the gazette sees to)."""
    if any(_read(record.payload, path) not in known for path, known in layout.in_force.items()):
        return False
    last = _read(record.payload, layout.last_day) if layout.last_day else None
    return last is None or str(last) >= today.isoformat()


def _asked(record: Record, wanted: Wanted) -> bool:
    day = _decided(record)
    if (wanted.since and day < wanted.since) or (wanted.until and day > wanted.until):
        return False
    by = _read(record.payload, "authority.code")
    return wanted.authorities is None or by in wanted.authorities


def _decided(record: Record) -> date:
    return date.fromisoformat(record.payload["decision"]["date"])


def _read(payload: Mapping[str, Any], path: str) -> Any:
    """What stands at the path, None where the record says nothing of it."""
    found: Any = payload
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _cell(column: Column, payload: Mapping[str, Any], rules: Rules) -> str:
    if not column.value:
        return column.text
    found = _read(payload, column.value)
    if found is None:
        return ""
    if column.words:
        return column.words.get(str(found), "")
    return FORMS[column.form](found, column, rules)


def _title(found: Any, column: Column, rules: Rules) -> str:
    codes = found if isinstance(found, list) else [found]
    return _BETWEEN.join(rules.title(column.table, code).zh for code in codes)


def _ten_thousand(found: Any, _column: Column, _rules: Rules) -> str:
    """Yuan in ten thousands of yuan, exactly and without zeros at the end."""
    return f"{(Decimal(str(found)) / _TEN_THOUSAND).normalize():f}"


def _representative(found: Any, _column: Column, _rules: Rules) -> str:
    return _BETWEEN.join(one["name"] for one in found if one["role"] == "legal-representative")


FORMS: Mapping[str, Callable[[Any, Column, Rules], str]] = {
    "": lambda found, _column, _rules: str(found),
    "day": lambda found, _column, _rules: str(found).replace("-", "/"),
    "ten-thousand": _ten_thousand,
    "title": _title,
    "credit-code": lambda found, _c, _r: str(found) if len(str(found)) == _CREDIT_CODE else "",
    "registration-number": lambda found, _c, _r: (
        "" if len(str(found)) == _CREDIT_CODE else str(found)
    ),
    "legal-representative": _representative,
}
"""How a value is written, by the word that stands at ``as``."""
