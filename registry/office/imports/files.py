"""Uploaded files: kept by content hash outside the web root, never under a name from outside."""

from __future__ import annotations

import hashlib
import os
import shutil
import unicodedata
from pathlib import Path
from tempfile import NamedTemporaryFile

from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.core.sheets.limits import Limits
from registry.core.sheets.readers import check_size

NAME_LENGTH = 120
_BLOCK = 1 << 20


class FileErased(RegistryError):  # noqa: N818 - the family reads as sentences
    """Its time is over; whoever still wants it applied uploads it again."""

    code = "file-erased"
    status = 410
    message = N_("This file has been erased. Upload it again.")


class FileGone(RegistryError):  # noqa: N818 - the family reads as sentences
    """The stored bytes are missing or are not those that were checked."""

    code = "file-gone"
    status = 500
    message = N_("The file of this batch has been lost or changed in the store.")


def keep(source: Path, folder: Path, limits: Limits) -> tuple[str, Path]:
    """Copy ``source`` under its SHA-256 and give both. Raises ``UnusableFile`` by its size."""
    check_size(source, limits)
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    target = path_of(folder, digest)
    if target.exists():
        return digest, target
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with source.open("rb") as file, NamedTemporaryFile(dir=target.parent, delete=False) as part:
        shutil.copyfileobj(file, part)
        part.flush()
        os.fsync(part.fileno())
    Path(part.name).replace(target)
    return digest, target


def open_kept(folder: Path, digest: str) -> Path:
    """The stored file, verified against its hash. Raises ``FileGone``."""
    path = path_of(folder, digest)
    if not path.is_file():
        raise FileGone
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise FileGone
    return path


def path_of(folder: Path, digest: str) -> Path:
    """Where the evidence of dockets lies, too: two hex digits, then the hash."""
    return folder / digest[:2] / digest


def erase(folder: Path, digest: str) -> None:
    """Overwrite the stored bytes and remove them; what is gone already stays gone."""
    path = path_of(folder, digest)
    if not path.is_file():
        return
    with path.open("r+b") as file:
        left = path.stat().st_size
        while left > 0:
            left -= file.write(bytes(min(left, _BLOCK)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink(missing_ok=True)


def shown_name(name: str) -> str:
    """A name from outside as it may be shown: no folders, no control characters, not long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    return visible.strip()[-NAME_LENGTH:] or "file"
