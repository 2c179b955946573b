"""Datasets as files: the same bytes for the same state of the gazette, so that one hash holds."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from registry.core.db import GazetteSession
from registry.core.sheets import writers
from registry.public.gazette import datasets

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_WRITTEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


@dataclass(frozen=True, slots=True)
class FileFigures:
    """``size`` in bytes; ``sha256`` of the bytes, 32 bytes."""

    size: int
    sha256: bytes


def write(
    session: GazetteSession, dataset: str, form: str, now: datetime, file: IO[bytes]
) -> FileFigures:
    """Write ``dataset`` as shown at ``now`` into ``file`` (read and write); rewinds it.

    ``form``: csv, jsonl or xlsx. Raises ``KeyError`` for another dataset.
    """
    records = datasets.records(session, dataset, now)
    rows = map(datasets.row, records)
    return write_table(file, form, datasets.COLUMNS, rows, lambda: map(datasets.document, records))


def write_table(
    file: IO[bytes],
    form: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    objects: Callable[[], Iterable[object]],
) -> FileFigures:
    """Write ``rows`` under ``header``, or for jsonl the ``objects``, and rewind the file.

    The same bytes for the same content, whenever it is written.
    """
    if form == "xlsx":
        _write_sheet(file, header, rows)
    else:
        text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
        if form == "csv":
            writers.write_csv(text, header, rows)
        else:
            writers.write_jsonl(text, objects())
        text.detach()
    size = file.tell()
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").digest()  # type: ignore[arg-type] # reads only
    file.seek(0)
    return FileFigures(size, digest)


def _write_sheet(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        writers.write_xlsx(path, header, rows)
        _without_clock(path, file)


def _without_clock(path: Path, file: IO[bytes]) -> None:
    """Copy a workbook without the times at which it and its parts were written."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, _ZIP_EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            with source.open(name) as read, target.open(part, "w") as written:
                if name == "docProps/core.xml":
                    written.write(_WRITTEN.sub(rb"\g<1>1980-01-01T00:00:00Z", read.read()))
                else:
                    shutil.copyfileobj(read, written)
