"""Tables that spreadsheets open without taking a name for a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from registry.core.sheets.writers import (
    LONGEST_CELL,
    neutral,
    write_csv,
    write_jsonl,
    write_xlsx,
    xlsx_bytes,
)

HEADER = ("name", "code")


@pytest.mark.parametrize(
    "cell", ["=1+1", "+86", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "－1", "＋1", "＠a"]
)
def test_formulas_are_neutralised(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "text"),
    [(None, ""), (-5, "-5"), (Decimal("-1.50"), "-1.50"), ("0012", "0012"), ("a\x07b", "ab")],
)
def test_the_rest_is_left_alone(cell: object, text: str) -> None:
    assert neutral(cell) == text


@given(st.text(max_size=50))
def test_no_text_becomes_a_formula(text: str) -> None:
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_csv_opens_as_chinese(tmp_path: Path) -> None:
    file = io.StringIO(newline="")
    write_csv(file, HEADER, [("样例,煤矿", "=cmd()"), (None, 12)])
    text = file.getvalue()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert rows == [["name", "code"], ["样例,煤矿", "'=cmd()"], ["", "12"]]


def _on_disk(path: Path, rows: list[tuple[str, str]]) -> None:
    write_xlsx(path, HEADER, rows)


def _in_memory(path: Path, rows: list[tuple[str, str]]) -> None:
    path.write_bytes(xlsx_bytes(HEADER, rows))


@pytest.mark.parametrize("write", [_on_disk, _in_memory])
def test_xlsx_holds_text_only(
    tmp_path: Path, write: Callable[[Path, list[tuple[str, str]]], None]
) -> None:
    path = tmp_path / "out.xlsx"
    write(path, [("=1+1", "0012"), ("bell\x07", "x" * (LONGEST_CELL + 5))])
    sheet = load_workbook(path).active
    assert sheet is not None
    cells = [[cell for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [cell.data_type for row in cells for cell in row] == ["s"] * 4
    assert [cells[0][0].value, cells[0][1].value, cells[1][0].value] == ["'=1+1", "0012", "bell"]
    assert len(str(cells[1][1].value)) == LONGEST_CELL


def test_json_lines(tmp_path: Path) -> None:
    file = io.StringIO()
    write_jsonl(file, [{"name": "样例\n煤矿"}, {"name": "=1"}])
    assert "样例" in file.getvalue()
    lines = file.getvalue().splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["样例\n煤矿", "=1"]
