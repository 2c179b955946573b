"""Readers: whatever comes in, rows or one of our own named errors come out."""

from __future__ import annotations

import csv
import gzip
import io
import json
import struct
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.core.sheets import problems
from registry.core.sheets.limits import Limits
from registry.core.sheets.readers import read_objects, read_rows, trimmed

TITLE = ("序号", "单位名称", "公布日期")
ROWS = (("1", "演示省样例煤矿有限公司", "2026年7月1日"), ("2", "样例，含逗号", 'x"y'))
HEADS = (b"PK\x03\x04", b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
few = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def write(folder: Path, content: bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def as_csv(rows: object, delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue()


def cells(path: Path, limits: Limits | None = None) -> list[tuple[str, ...]]:
    return [row.cells for row in read_rows(path, limits or Limits())]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("packed", [False, True])
def test_text_in_both_encodings_with_any_delimiter_also_gzipped(
    tmp_path: Path, encoding: str, delimiter: str, packed: bool
) -> None:
    content = as_csv((TITLE, *ROWS), delimiter).encode(encoding)
    path = write(tmp_path, gzip.compress(content) if packed else content)
    assert cells(path) == [TITLE, *ROWS]


def test_rare_characters_of_names_are_read_in_gb18030(tmp_path: Path) -> None:
    name = "㭎林䶮淼𠮷矿业"
    path = write(tmp_path, as_csv([("单位名称", "备注"), (name, "甲")]).encode("gb18030"))
    assert cells(path)[1][0] == name


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", problems.EmptyFile),
        (b"\n \n", problems.EmptyFile),
        ("名称,甲\n".encode("utf-16"), problems.WrongEncoding),
        ("名称,甲\n".encode("utf-32"), problems.WrongEncoding),
        ("naïve,café,größe\n".encode("latin-1"), problems.UnknownEncoding),
        (("礦業公司名稱與地址、負責人姓名及公佈日期" * 3).encode("big5"), problems.UnknownEncoding),
        (b"a,b\0c\n", problems.UnknownFormat),
        (b"\x1f\x8b\x08\x00 cut", problems.DamagedFile),
        (b"PK\x03\x04 cut", problems.DamagedFile),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut", problems.DamagedFile),
    ],
)
def test_what_cannot_be_read_has_a_name(
    tmp_path: Path, content: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        cells(write(tmp_path, content))


def test_a_truncated_gzip_is_damaged(tmp_path: Path) -> None:
    whole = gzip.compress(as_csv([TITLE, *ROWS * 500]).encode())
    with pytest.raises(problems.DamagedFile):
        cells(write(tmp_path, whole[: len(whole) // 2]))


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(b"a,b\n" * 4_000_000)
    with pytest.raises(problems.Inflates):
        cells(write(tmp_path, bomb))


def workbook(folder: Path, rows: object) -> Path:
    book = openpyxl.Workbook()
    for row in rows:  # type: ignore[attr-defined]
        book.active.append(row)
    path = folder / "book.xlsx"
    book.save(path)
    return path


def test_a_workbook_gives_text_dates_and_serials_with_their_lines(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["题"], [], ["名", "日", "数"], ["甲", date(2026, 7, 1), 46204]])
    rows = list(read_rows(path, Limits()))
    assert [row.line for row in rows] == [1, 3, 4]
    assert rows[2].cells == ("甲", "2026-07-01", "46204")


def test_an_open_document_sheet(tmp_path: Path) -> None:
    names = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    }
    spaces = " ".join(f'xmlns:{short}="{long}"' for short, long in names.items())
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in (TITLE, ROWS[0])
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body>'
        f'<office:spreadsheet><table:table table:name="表">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "sheet.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    assert cells(path) == [TITLE, ROWS[0]]


def test_a_zip_bomb_is_refused_even_when_its_directory_lies(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["名"], ["甲"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b"\0" * 200_000_000)
    with pytest.raises(problems.Inflates):
        cells(path)
    content = bytearray(path.read_bytes())
    place = content.rfind(b"xl/bomb.xml") - 46
    assert content[place : place + 4] == b"PK\x01\x02"
    content[place + 24 : place + 28] = struct.pack("<I", 1000)
    with pytest.raises(problems.Inflates):
        cells(write(tmp_path, bytes(content), "lying.xlsx"))


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        (Limits(bytes=20), problems.FileTooLarge),
        (Limits(rows=1, heading_rows=1), problems.TooManyRows),
        (Limits(columns=2), problems.TooManyCells),
        (Limits(cell_characters=5), problems.CellTooLong),
    ],
)
def test_limits_hold_for_text_and_sheets(
    tmp_path: Path, limits: Limits, error: type[Exception]
) -> None:
    text = write(tmp_path, as_csv([TITLE, *ROWS]).encode())
    sheet = workbook(tmp_path, [TITLE, *ROWS])
    for path in (text, sheet):
        with pytest.raises(error):
            cells(path, limits)


def test_a_cell_beyond_the_bound_of_the_csv_module_is_named_as_too_long(tmp_path: Path) -> None:
    path = write(tmp_path, as_csv([TITLE, ["甲" * 200_000]]).encode())
    with pytest.raises(problems.CellTooLong) as told:
        cells(path)
    assert told.value.params["limit"] == Limits().cell_characters


def test_lines_of_json(tmp_path: Path) -> None:
    lines = [json.dumps({"name": "甲", "n": 1, "x": None}, ensure_ascii=False), "", "[1]", "{bad"]
    objects = list(read_objects(write(tmp_path, "\n".join(lines).encode()), Limits()))
    assert [item.line for item in objects] == [1, 3, 4]
    assert objects[0].fields == {"name": "甲", "n": "1", "x": ""}
    assert objects[1].fields is None and objects[2].fields is None


@few
@given(st.binary(max_size=400))
def test_random_bytes_raise_nothing_but_our_own_errors(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, content)
    for read in (read_rows, read_objects):
        try:
            rows = list(read(path, Limits()))
        except problems.UnusableFile:
            continue
        assert all(row.line >= 1 for row in rows)


@few
@given(st.sampled_from(HEADS), st.data())
def test_bytes_that_begin_like_a_container_raise_nothing_but_our_own_errors(
    tmp_path: Path, head: bytes, data: st.DataObject
) -> None:
    path = write(tmp_path, head + data.draw(st.binary(max_size=600)))
    with pytest.raises(problems.UnusableFile):
        cells(path)


def _workbook() -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in (TITLE, *ROWS):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


WORKBOOK = _workbook()


@few
@given(data=st.data())
def test_a_flipped_byte_in_a_workbook_is_read_or_named(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(WORKBOOK)
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    try:
        found = cells(write(tmp_path, bytes(content), "flipped.xlsx"))
    except problems.UnusableFile:
        return
    assert all(isinstance(value, str) for row in found for value in row)


cell = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff"), max_size=12
)


@few
@given(
    st.lists(st.lists(cell, min_size=2, max_size=5), min_size=1, max_size=8),
    st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_what_is_written_as_csv_is_read_back(
    tmp_path: Path, rows: list[list[str]], encoding: str
) -> None:
    rows = [["一", "二", "三"], *rows]
    found = cells(write(tmp_path, as_csv(rows).encode(encoding)))
    assert [trimmed(row) for row in found] == [trimmed(row) for row in rows]
