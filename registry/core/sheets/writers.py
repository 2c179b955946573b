"""Rows to CSV, XLSX and JSON lines, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import TextIO

import xlsxwriter
from openpyxl import Workbook

FORMATS = ("csv", "xlsx", "jsonl")
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Control characters: no XML may hold them, nor does anybody read them."""
LONGEST_CELL = 32_767
"""Characters that a cell of XLSX holds (ECMA-376 as Excel limits it)."""


def neutral(cell: object) -> str:
    """``cell`` as text that no spreadsheet takes for a formula (OWASP, CSV injection).

    Numbers are left as they are: a negative one is no formula.
    """
    if cell is None:
        return ""
    if isinstance(cell, int | float | Decimal):
        return str(cell)
    text = _UNSEEN.sub("", str(cell))
    return f"'{text}" if text.startswith(_FORMULA) else text


def plain(text: str) -> str:
    """A cell as it was before ``neutral``: what we wrote ourselves, read back, is the same text."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def write_csv(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """CSV with a byte order mark, without which Excel misreads Chinese."""
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows([neutral(cell) for cell in row] for row in rows)


def write_xlsx(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One sheet; every cell is text, so that codes keep their zeros."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(header))
    for row in rows:
        sheet.append([neutral(cell)[:LONGEST_CELL] for cell in row])
    book.save(path)


def xlsx_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The same sheet in memory, with no temporary file: for what may not touch a disk in clear."""
    target = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, plain)
    sheet = book.add_worksheet()
    for number, row in enumerate(chain([header], rows)):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, neutral(cell)[:LONGEST_CELL])
    book.close()
    return target.getvalue()


def write_jsonl(file: TextIO, rows: Iterable[object]) -> None:
    """One JSON object a line."""
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
