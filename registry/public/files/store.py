"""A directory of files named by the SHA-256 of what they hold.

The name proves the content, equal files are kept once, and a file is there whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from registry.core.errors import NotFound, RegistryError
from registry.core.i18n import N_

_BLOCK = 1 << 20
_HASH = re.compile(r"[0-9a-f]{64}")


class FileTooLarge(RegistryError):  # noqa: N818
    """More bytes than are taken; nothing was kept."""

    code = "file-too-large"
    status = 413
    message = N_("The file is larger than {limit} bytes.")


class FileStore:
    """Files below ``directory``, two letters of the hash per folder."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def store(self, stream: BinaryIO, *, limit: int | None = None) -> str:
        """Keep what ``stream`` gives; answers its SHA-256 in hex. Raises ``FileTooLarge``."""
        self.directory.mkdir(parents=True, exist_ok=True)
        draft = self.directory / f".{secrets.token_hex(16)}"
        digest, size = hashlib.sha256(), 0
        try:
            with draft.open("xb") as file:
                while block := stream.read(_BLOCK):
                    size += len(block)
                    if limit is not None and size > limit:
                        raise FileTooLarge(limit=limit)
                    digest.update(block)
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            path = self._path(digest.hexdigest())
            path.parent.mkdir(exist_ok=True)
            draft.replace(path)
            _sync(path.parent)
        finally:
            draft.unlink(missing_ok=True)
        return digest.hexdigest()

    def open(self, sha256: str) -> BufferedReader:
        """The file for reading. Raises ``NotFound``, also for what is not a hash."""
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            raise NotFound from None

    def has(self, sha256: str) -> bool:
        """Whether the file is here."""
        return _HASH.fullmatch(sha256) is not None and self._path(sha256).is_file()

    def remove(self, sha256: str) -> bool:
        """Delete the file; whether there was one."""
        try:
            self._path(sha256).unlink()
        except FileNotFoundError:
            return False
        return True

    def is_intact(self, sha256: str) -> bool:
        """Whether the file still has the content that its name says."""
        with self.open(sha256) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256

    def path(self, sha256: str) -> Path:
        """Where the file lies, for a process that takes paths. Raises ``NotFound``."""
        if not self.has(sha256):
            raise NotFound
        return self._path(sha256)

    def draft(self, name: str) -> Path:
        """A place beside the files for something that is being made, gone once it is stored."""
        self.directory.mkdir(parents=True, exist_ok=True)
        return self.directory / f".{secrets.token_hex(8)}-{name}"

    def _path(self, sha256: str) -> Path:
        if _HASH.fullmatch(sha256) is None:
            raise NotFound
        return self.directory / sha256[:2] / sha256


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
