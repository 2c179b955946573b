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
from registry.core.i18n import N_, translate
from registry.core.names import fold
from registry.core.sheets.limits import Limits
from registry.core.sheets.problems import EmptyFile
from registry.core.sheets.readers import RawRow, read_rows
from registry.public.screening.check import TOGETHER, CheckRequest, CheckResult, check_many
from registry.public.screening.loading import ScreeningIndex

NAME_COLUMNS = ("name", "单位名称", "企业名称", "公司名称", "名称", "供应商名称", "主体名称")
CODE_COLUMNS = ("code", "credit_code", "统一社会信用代码", "社会信用代码", "信用代码", "税号")


@dataclass(frozen=True)
class Columns:
    """Places of the columns to screen by; at least one of them is known."""

    name: int | None
    code: int | None
    heading: bool


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
    rows = read_rows(path, limits)
    first = next(rows, None)
    if first is None:
        raise EmptyFile
    columns = find_columns(first.cells, name_column, code_column)
    every = rows if columns.heading else chain([first], rows)
    filled = (row for row in every if any(cell.strip() for cell in row.cells))
    while some := list(islice(filled, TOGETHER)):
        asked = [
            _Asked(one.line, _cell(one, columns.name), _cell(one, columns.code)) for one in some
        ]
        yield from _outcomes(session, index, asked, now)


def find_columns(heading: Sequence[str], name: str = "", code: str = "") -> Columns:
    """The columns called ``name`` and ``code``, or else by the usual titles.

    A file of one column without a title is taken as names. Raises ``InvalidInput``.
    """
    titles = [fold(cell) for cell in heading]
    places = {
        part: _place(titles, (given,) if given else usual)
        for part, given, usual in (("name", name, NAME_COLUMNS), ("code", code, CODE_COLUMNS))
    }
    missing = {
        part: [N_("There is no column with this title.")]
        for part, given in (("name", name), ("code", code))
        if given and places[part] is None
    }
    if missing:
        raise InvalidInput(missing)
    if places["name"] is None and places["code"] is None:
        if len([title for title in titles if title]) == 1:
            return Columns(0, None, heading=False)
        raise InvalidInput({"file": [N_("No column of names or credit codes was recognised.")]})
    return Columns(places["name"], places["code"], heading=True)


def _place(titles: Sequence[str], wanted: Sequence[str]) -> int | None:
    known = {fold(title) for title in wanted}
    return next((place for place, title in enumerate(titles) if title in known), None)


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
