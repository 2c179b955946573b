"""The folder of sealed files: created by the public site, read by the office, swept by the worker.

``FOLDER/ID`` is a file on its way in, ``FOLDER/kept/ID`` one that a case holds. Names are random;
times are levelled to the day. A file that belongs to nothing (its form was never sent, its process
died) is removed after two days.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from registry.core.clock import legal_day, midnight
from registry.core.errors import NotFound

KEPT = "kept"
ORPHANED_AFTER = timedelta(days=2)
"""A form lives a day; its files are given one more."""
_NAME = re.compile(r"[0-9a-f]{32}")


def create(folder: Path, file_id: str) -> BinaryIO:
    """A new file for ``file_id``, to be written once. Its group may read: the office's."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o770)
    descriptor = os.open(_inside(folder, file_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    return os.fdopen(descriptor, "wb")


def settle(file: BinaryIO, folder: Path, file_id: str, now: datetime) -> None:
    """Close ``file`` when its bytes are on the disk, and level its times to the day."""
    file.flush()
    os.fsync(file.fileno())
    file.close()
    day = midnight(legal_day(now)).timestamp()
    os.utime(_inside(folder, file_id), (day, day))


def sync(folder: Path) -> None:
    """Make the names of new files durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def discard(folder: Path, file_id: str) -> None:
    """Remove a file that belongs to nothing. None there is no fault."""
    with contextlib.suppress(FileNotFoundError):
        _inside(folder, file_id).unlink()


def keep(folder: Path, file_ids: Iterable[str]) -> None:
    """Mark files as held by a case. May be repeated."""
    (folder / KEPT).mkdir(parents=True, exist_ok=True, mode=0o750)
    for file_id in file_ids:
        with contextlib.suppress(FileNotFoundError):
            _inside(folder, file_id).rename(_inside(folder / KEPT, file_id))


def open_sealed(folder: Path, file_id: str) -> BinaryIO:
    """The sealed file of a case or of the inbox. Raises ``NotFound``."""
    for place in (folder / KEPT, folder):
        with contextlib.suppress(FileNotFoundError):
            return _inside(place, file_id).open("rb")
    raise NotFound


def erase(folder: Path, file_ids: Iterable[str]) -> None:
    """Remove the files of a case for good. Its keys must be gone first."""
    for file_id in file_ids:
        discard(folder / KEPT, file_id)
        discard(folder, file_id)


def sweep(folder: Path, claimed: Collection[str], now: datetime) -> int:
    """Remove what belongs to nothing and is older than two days; gives how many files."""
    if not folder.is_dir():
        return 0
    before = midnight(legal_day(now)).timestamp() - ORPHANED_AFTER.total_seconds()
    removed = 0
    for path in folder.iterdir():
        orphan = _NAME.fullmatch(path.name) and path.name not in claimed
        if orphan and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def free_bytes(folder: Path) -> int:
    """Room left where the files go."""
    place = folder if folder.exists() else folder.parent
    return shutil.disk_usage(place).free


def _inside(folder: Path, file_id: str) -> Path:
    if not _NAME.fullmatch(file_id):
        raise NotFound
    return folder / file_id
