"""A file as rows of text cells. What a file is, its content decides, never its name.

CSV and JSON lines (UTF-8 or GB18030, also gzipped) are streamed; sheets (XLSX, XLS, ODS) are
read by calamine after their size is checked. Random bytes raise nothing but ``UnusableFile``.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from registry.core.sheets import encoding, problems
from registry.core.sheets.limits import MIB, Limits

BLOCK = 1 << 18
MOST_PARTS = 1000
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_PAGES = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"%pdf-", b"{\\rtf")
"""How a web page that is only called .xls begins, a PDF, a letter: text, and no rows."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class RawRow:
    """One row. ``line`` counts from 1 as a person sees it in the file."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class RawObject:
    """One line of JSON. ``fields`` is None where the line is not an object."""

    line: int
    fields: dict[str, str] | None


class InflatingReader(io.RawIOBase):
    """Reads a gzip stream and stops as soon as it grows beyond the limits."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._file = gzip.open(path, "rb")  # noqa: SIM115 - closed in close()
        self._limits = limits
        self._most = min(limits.inflated_bytes, max(MIB, path.stat().st_size * limits.ratio))
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        try:
            data = self._file.read(len(view))
        except (OSError, EOFError, zlib.error) as error:
            raise problems.DamagedFile from error
        self._read += len(data)
        if self._read > self._most:
            raise problems.Inflates(limit=self._limits.ratio)
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def check_size(path: Path, limits: Limits) -> None:
    """Raises ``EmptyFile`` or ``FileTooLarge`` before anything is read."""
    size = path.stat().st_size
    if size == 0:
        raise problems.EmptyFile
    if size > limits.bytes:
        raise problems.FileTooLarge(limit=limits.bytes // MIB)


@contextmanager
def open_bytes(path: Path, limits: Limits) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked where it is gzipped, within the limits."""
    check_size(path, limits)
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    raw: BinaryIO
    if packed:
        raw = cast("BinaryIO", io.BufferedReader(InflatingReader(path, limits), BLOCK))
    else:
        raw = path.open("rb")
    with raw:
        yield raw


def is_json(path: Path, limits: Limits) -> bool:
    """Whether the first sign of the text is a curly bracket."""
    with open_bytes(path, limits) as file:
        head = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"{")


Top = Sequence[Sequence[str]]
"""The first rows of a sheet, ``Limits.heading_rows`` of them."""


def read_rows(
    path: Path,
    limits: Limits,
    *,
    text_encoding: str | None = None,
    wanted: Callable[[Top], bool] | None = None,
) -> Iterator[RawRow]:
    """The rows of a CSV text, of the one sheet whose top is ``wanted``, or else of the first sheet
    with content.

    ``text_encoding`` is for sources that say theirs; otherwise it is detected. Raises
    ``UnusableFile``; ``SeveralSheets`` where more than one sheet is wanted.
    """
    check_size(path, limits)
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith((_ZIP, _OLE)):
        yield from _sheet_rows(path, limits, wanted, zipped=head.startswith(_ZIP))
        return
    yield from _csv_rows(path, limits, text_encoding)


def read_objects(path: Path, limits: Limits) -> Iterator[RawObject]:
    """The objects of a file of JSON lines; values as text. Raises ``UnusableFile``."""
    name = _detect(path, limits)
    with open_bytes(path, limits) as file, _text(file, name) as text:
        rows = 0
        for line, content in _lines(text, limits):
            if not content.strip():
                continue
            rows += 1
            if rows > limits.rows:
                raise problems.TooManyRows(limit=limits.rows)
            yield RawObject(line, _object(content))


def _lines(text: io.TextIOWrapper, limits: Limits) -> Iterator[tuple[int, str]]:
    longest = limits.cell_characters * 16
    line = 0
    while True:
        try:
            content = text.readline(longest + 1)
        except UnicodeDecodeError as error:
            raise problems.UnknownEncoding(line=line + 1) from error
        if not content:
            return
        line += 1
        if len(content) > longest:
            raise problems.CellTooLong(limit=longest)
        yield line, content


def _object(content: str) -> dict[str, str] | None:
    try:
        found = json.loads(content, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    return {str(key): _plain(value) for key, value in found.items()}


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return "、".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _csv_rows(path: Path, limits: Limits, text_encoding: str | None) -> Iterator[RawRow]:
    name = text_encoding or _detect(path, limits)
    with open_bytes(path, limits) as file:
        head = file.read(8192)
    if not _bare(head):
        raise problems.EmptyFile
    if b"\0" in head or _bare(head).lower().startswith(_PAGES):
        raise problems.UnknownFormat
    with open_bytes(path, limits) as file, _text(file, name) as text:
        # The bound of the csv module (131,072 a cell) belongs to the whole process, so it is
        # left as it is; ours is lower and is applied to each row.
        reader = csv.reader(text, delimiter=_delimiter(head))
        count = 0
        while True:
            start = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise _csv_problem(error, limits) from error
            except UnicodeDecodeError as error:
                raise problems.UnknownEncoding(line=start) from error
            count += 1
            yield RawRow(start, _within(tuple(cells), count, limits))


def _bare(head: bytes) -> bytes:
    return head.removeprefix(b"\xef\xbb\xbf").strip(b" \r\n\t\x1a")


def _csv_problem(error: csv.Error, limits: Limits) -> problems.UnusableFile:
    if "field larger" in str(error):
        return problems.CellTooLong(limit=limits.cell_characters)
    return problems.DamagedFile()


def _delimiter(head: bytes) -> str:
    """The sign that parts most cells in the first lines: comma, tabulator or semicolon."""
    return max(",\t;", key=lambda sign: head.count(sign.encode()))


def _detect(path: Path, limits: Limits) -> encoding.Encoding:
    with open_bytes(path, limits) as file:
        return encoding.detect(iter(lambda: file.read(BLOCK), b""))


def _text(file: BinaryIO, name: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(file, encoding=name, newline="")


def _sheet_rows(
    path: Path, limits: Limits, wanted: Callable[[Top], bool] | None, *, zipped: bool
) -> Iterator[RawRow]:
    if zipped:
        _check_zip(path, limits)
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
    except (CalamineError, ValueError, OSError) as error:
        raise problems.DamagedFile from error
    except BaseException as error:  # a panic of the native reader is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        raise problems.DamagedFile from error
    filled = [one for one in sheets if one.total_height]
    if not filled:
        raise problems.EmptyFile
    sheet = _chosen(filled, limits, wanted)
    if sheet.total_height > limits.rows + limits.heading_rows:
        raise problems.TooManyRows(limit=limits.rows)
    if sheet.total_width > limits.columns:
        raise problems.TooManyCells(limit=limits.columns)
    first = (sheet.start or (0, 0))[0]
    yielded = 0
    for offset, cells in enumerate(sheet.iter_rows()):
        # iter_rows starts with the first used row of the sheet.
        texts = tuple(_cell(cell) for cell in cells)
        if any(texts):
            yielded += 1
            yield RawRow(first + offset + 1, _within(texts, yielded, limits))


def _chosen(
    sheets: list[CalamineSheet], limits: Limits, wanted: Callable[[Top], bool] | None
) -> CalamineSheet:
    if wanted is None or len(sheets) == 1:
        return sheets[0]
    fit = [one for one in sheets if wanted(_top(one, limits))]
    if len(fit) > 1:
        raise problems.SeveralSheets(count=len(fit))
    return fit[0] if fit else sheets[0]


def _top(sheet: CalamineSheet, limits: Limits) -> Top:
    rows = ([_cell(cell) for cell in row] for row in sheet.iter_rows())
    return list(islice((row for row in rows if any(row)), limits.heading_rows))


def _check_zip(path: Path, limits: Limits) -> None:
    """Refuses an archive that unpacks to more than the limits; calamine unpacks it all.

    The directory of an archive may lie, so every entry is inflated here once, in small blocks
    that are thrown away.
    """
    most = min(limits.inflated_bytes, max(MIB, path.stat().st_size * limits.ratio))
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS or sum(part.file_size for part in entries) > most:
                raise problems.Inflates(limit=limits.ratio)
            total = 0
            for part in entries:
                total += _inflated(file, part, most - total)
                if total > most:
                    raise problems.Inflates(limit=limits.ratio)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, zlib.error) as error:
        raise problems.DamagedFile from error


def _inflated(file: BinaryIO, part: zipfile.ZipInfo, most: int) -> int:
    """To how many bytes an entry unpacks, counted no further than just above ``most``."""
    file.seek(part.header_offset + 26)
    name, extra = int.from_bytes(file.read(2), "little"), int.from_bytes(file.read(2), "little")
    file.seek(name + extra, io.SEEK_CUR)
    if part.compress_type == zipfile.ZIP_STORED:
        return part.compress_size
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise problems.DamagedFile
    inflate, left, total = zlib.decompressobj(-15), part.compress_size, 0
    while left > 0 and not inflate.eof and total <= most:
        block = file.read(min(BLOCK, left))
        if not block:
            raise problems.DamagedFile
        left -= len(block)
        while block and total <= most:
            total += len(inflate.decompress(block, BLOCK * 4))
            block = inflate.unconsumed_tail
    return total


def _within(cells: tuple[str, ...], count: int, limits: Limits) -> tuple[str, ...]:
    if count > limits.rows + limits.heading_rows:
        raise problems.TooManyRows(limit=limits.rows)
    if len(cells) > limits.columns:
        raise problems.TooManyCells(limit=limits.columns)
    if any(len(cell) > limits.cell_characters for cell in cells):
        raise problems.CellTooLong(limit=limits.cell_characters)
    return cells


Cell = int | float | str | bool | time | date | datetime | timedelta


def _cell(value: Cell) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """Cells without the empty ones at the end."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return tuple(cells[:end])
