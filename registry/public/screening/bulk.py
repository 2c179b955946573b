"""Many counterparties at once: a file in, an outcome per row out. One bad row fails no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from registry.core.db import GazetteSession
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import translate
from registry.core.sheets.limits import Limits
from registry.core.sheets.problems import EmptyFile
from registry.core.sheets.readers import RawRow, read_rows
from registry.public.screening.check import TOGETHER, CheckRequest, CheckResult, check_many
from registry.public.screening.loading import ScreeningIndex
from registry.public.screening.titles import HEADING_ROWS, find_columns, is_list


@dataclass(frozen=True)
class RowOutcome:
    """``result`` or, where the row itself is wrong, ``error`` (an English message key)."""

    line: int
    name: str
    code: str
    result: CheckResult | None = None
    error: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: str) -> str:
        """What is wrong with the row, in the reader's language; empty where nothing is."""
        return translate(language, self.error, **self.params) if self.error else ""


def screen(
    session: GazetteSession,
    index: ScreeningIndex,
    path: Path,
    limits: Limits,
    now: datetime,
    *,
    name_column: str = "",
    code_column: str = "",
) -> Iterator[RowOutcome]:
    """Check every row of ``path``. Raises ``UnusableFile``, ``InvalidInput`` for the columns."""
    rows = (
        row
        for row in read_rows(path, limits, wanted=is_list)
        if any(cell.strip() for cell in row.cells)
    )
    top = list(islice(rows, HEADING_ROWS))
    if not top:
        raise EmptyFile
    columns = find_columns([row.cells for row in top], name_column, code_column)
    filled = chain(top[columns.heading :], rows)
    while some := list(islice(filled, TOGETHER)):
        asked = [
            _Asked(one.line, _cell(one, columns.name), _cell(one, columns.code)) for one in some
        ]
        yield from _outcomes(session, index, asked, now)


class _Asked(NamedTuple):
    line: int
    name: str
    code: str


def _outcomes(
    session: GazetteSession, index: ScreeningIndex, asked: Sequence[_Asked], now: datetime
) -> Iterator[RowOutcome]:
    requests = [CheckRequest(name=one.name or None, code=one.code or None) for one in asked]
    found = check_many(session, requests, index=index, now=now)
    for one, answer in zip(asked, found, strict=True):
        if isinstance(answer, RegistryError):
            yield RowOutcome(*one, error=_told(answer), params=answer.params)
        else:
            yield RowOutcome(*one, answer)


def _told(error: RegistryError) -> str:
    if isinstance(error, InvalidInput):
        return next(chain.from_iterable(error.fields.values()), error.message)
    return error.message


def _cell(row: RawRow, place: int | None) -> str:
    return row.cells[place].strip() if place is not None and place < len(row.cells) else ""
