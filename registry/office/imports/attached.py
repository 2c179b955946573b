"""Files that a list names and that lie beside it, such as the PDF of a report.

At the dry run each is looked into; when the list is kept for a batch, so is the file, by its
content; at the approval the batch knows it by what was found then.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from registry.core import papers
from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.public.files.store import FileStore

Found = Mapping[str, Any]
"""``sha256``, ``size`` in bytes and ``pages`` of a file, and the ``name`` that it had."""


class NoSuchFile(RegistryError):  # noqa: N818 - reads as a sentence
    """The list names a file that is not there, or none of its own folder."""

    code = "no-such-file"
    status = 422
    message = N_("There is no file of this name beside the list.")


class TooLarge(RegistryError):  # noqa: N818
    """More bytes than a report may have."""

    code = "file-too-large"
    status = 413
    message = N_("The file is larger than {limit} MB.")


class Attached:
    """The files of one list. ``found`` fills with each that may be taken, by its name."""

    def __init__(
        self,
        *,
        beside: Path | None,
        known: Mapping[str, Found],
        keep_in: Path | None,
        largest: int,
    ) -> None:
        self.found: dict[str, Found] = dict(known)
        self._beside, self._keep_in, self._largest = beside, keep_in, largest

    def look(self, name: str) -> Found:
        """The file of this name. Raises a ``RegistryError`` that says what is wrong with it."""
        if name not in self.found:
            self.found[name] = self._look(self._path(name))
        return self.found[name]

    def _path(self, name: str) -> Path:
        """Never outside of the list's own folder, also through no link."""
        plain = PurePosixPath(name.replace("\\", "/"))
        if self._beside is None or len(plain.parts) != 1 or name.startswith("."):
            raise NoSuchFile
        path = self._beside / plain.name
        if path.is_symlink() or not path.is_file():
            raise NoSuchFile
        return path

    def _look(self, path: Path) -> Found:
        size = path.stat().st_size
        if size > self._largest:
            raise TooLarge(limit=self._largest >> 20)
        pages = papers.inspect(path)
        digest = ""
        if self._keep_in is not None:
            with path.open("rb") as file:
                digest = FileStore(self._keep_in).store(file)
        return {"name": path.name, "sha256": digest, "size": size, "pages": pages}
