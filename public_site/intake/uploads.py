"""Uploads are sealed while they arrive: no file, temporary or other, ever holds them in clear.

Werkzeug would put a part of more than 500 kB into a temporary file. ``SealingRequest`` gives it a
sink instead, which encrypts frame by frame into the folder of sealed files and keeps 64 KiB in
memory. (``_get_file_stream`` is Werkzeug's hook for this; a test pins its behaviour.) A sink never
raises for what is too large or too many: it swallows the rest, so that the texts of the form,
which may follow in the body, are still read and nothing that was typed is lost.
"""

from __future__ import annotations

import contextlib
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from flask import Request, g

from registry.core.i18n import N_
from registry.core.settings import PublicSettings
from registry.public.inbox import blobs
from registry.public.inbox.filesealing import FileSealer, SealedFile
from registry.public.inbox.sealing import new_id

TOO_MANY = N_("At most {most} files can be sent at once.")
TOO_LARGE = N_("A file is larger than {size} MB and was not taken.")
TOO_MUCH = N_("Together the files are larger than {size} MB; the last ones were not taken.")
TOO_MUCH_IN_ALL = N_(
    "All files of a report together may take {size} MB; those that did not fit were not taken."
)
NO_ROOM = N_("Files cannot be taken at the moment. Send the report without them, or call.")


@dataclass(frozen=True)
class Limits:
    """Largest number and sizes of files of one request, and the room that must stay free."""

    files: int = 10
    file_bytes: int = 100 * 1024 * 1024
    all_bytes: int = 300 * 1024 * 1024
    free_bytes: int = 1024 * 1024 * 1024


def that_fit(
    files: Sequence[SealedFile], *, held: Sequence[SealedFile], settled: int, limits: PublicSettings
) -> tuple[list[SealedFile], list[str]]:
    """Which of new ``files`` a report still takes, and what to say of the rest, which is removed.

    ``held``: sealed in earlier attempts of the same form; ``settled``: bytes that the report has
    already from earlier messages.
    """
    taken: list[SealedFile] = []
    problems: list[str] = []
    used = settled + sum(one.size for one in held)
    for one in files:
        if len(held) + len(taken) >= limits.tip_files:
            problems.append(TOO_MANY.format(most=limits.tip_files))
        elif used + one.size > limits.tip_total_bytes:
            problems.append(TOO_MUCH_IN_ALL.format(size=limits.tip_total_bytes // (1024 * 1024)))
        else:
            taken.append(one)
            used += one.size
            continue
        blobs.discard(limits.sealed_dir, one.id)
    return taken, list(dict.fromkeys(problems))


@dataclass
class Desk:
    """The sealed files of one request."""

    folder: Path
    limits: Limits
    now: datetime
    accepting: bool = True
    files: list[SealedFile] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    total: int = 0
    _open: list[Sink] = field(default_factory=list)

    def sink(self, filename: str) -> Sink:
        """Where the next part goes. One without a name is an empty input of the form."""
        wanted = bool(filename) and self.accepting
        if wanted and len(self._open) >= self.limits.files:
            self.refuse(TOO_MANY, most=self.limits.files)
            wanted = False
        elif wanted and blobs.free_bytes(self.folder) < self.limits.free_bytes:
            self.refuse(NO_ROOM)
            wanted = False
        sink = Sink(self, _clean_name(filename), wanted=wanted)
        if wanted:
            self._open.append(sink)
        return sink

    def refuse(self, message: str, **params: int) -> None:
        """Note once what is wrong."""
        filled = message.format(**params)
        if filled not in self.problems:
            self.problems.append(filled)

    def close(self) -> None:
        """At the end of the request: nothing half done stays."""
        for sink in self._open:
            sink.abandon()


class Sink:
    """A write-only stream that seals; what Werkzeug needs of a file, and no more."""

    def __init__(self, desk: Desk, name: str, *, wanted: bool) -> None:
        self._desk = desk
        self._name = name
        self._file: BinaryIO | None = None
        self._sealer: FileSealer | None = None
        self.id = new_id()
        self._position = 0
        self.sealed: SealedFile | None = None
        """The file once it is complete; None for one that was not taken."""
        if wanted:
            self._file = blobs.create(desk.folder, self.id)
            self._sealer = FileSealer(self._file, file_id=self.id)

    def write(self, data: bytes) -> int:
        self._position += len(data)
        if self._sealer is None:
            return len(data)
        self._desk.total += len(data)
        if self._position > self._desk.limits.file_bytes:
            self._drop(TOO_LARGE, self._desk.limits.file_bytes)
        elif self._desk.total > self._desk.limits.all_bytes:
            self._drop(TOO_MUCH, self._desk.limits.all_bytes)
        else:
            self._write(data)
        return len(data)

    def _write(self, data: bytes) -> None:
        try:
            cast(FileSealer, self._sealer).write(data)
        except OSError:
            self._drop(NO_ROOM)

    def seek(self, _place: int, _whence: int = 0) -> int:
        """Werkzeug rewinds a part when it is complete: the moment to finish it."""
        self._finish()
        return 0

    def tell(self) -> int:
        return self._position

    def read(self, _size: int = -1) -> bytes:
        """Nothing: what was sealed cannot be read here."""
        return b""

    def close(self) -> None:
        """Nothing to do: ``seek`` finishes a part, ``Desk.close`` removes one that never was."""

    def __iter__(self) -> Iterator[bytes]:
        return iter(())

    def abandon(self) -> None:
        """Remove a part that never became complete."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            blobs.discard(self._desk.folder, self.id)
            self._file = self._sealer = None

    def _finish(self) -> None:
        if self._sealer is None or self._file is None:
            return
        try:
            sealed = self._sealer.finish()
            blobs.settle(self._file, self._desk.folder, self.id, self._desk.now)
        except OSError:
            self._drop(NO_ROOM)
            return
        self._file = self._sealer = None
        kind = label(sealed.beginning)
        self.sealed = replace(sealed, name=self._name, type=kind, beginning=b"")
        self._desk.files.append(self.sealed)

    def _drop(self, why: str, limit: int = 0) -> None:
        self._desk.refuse(why, size=limit // (1024 * 1024))
        self.abandon()


class SealingRequest(Request):
    """A request whose uploads go to the desk of its page, where the page has opened one.

    Others stay in memory, whatever their size: lists name people, and what pages take is small.
    ``spool`` is for the one page that takes large files.
    """

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        desk: Desk | None = g.get("sealing_desk")
        if desk is not None:
            return cast("IO[bytes]", desk.sink(filename or ""))
        if g.get("spooled"):
            return super()._get_file_stream(
                total_content_length, content_type, filename, content_length
            )
        return io.BytesIO()


def spool() -> None:
    """Let large uploads of this request go through a temporary file without a name."""
    g.spooled = True


_MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypheic", 4, "image/heic"),
    (b"%PDF-", 0, "application/pdf"),
    (b"PK\x03\x04", 0, "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "application/x-ole-storage"),
    (b"ftyp", 4, "video/mp4"),
    (b"\x1aE\xdf\xa3", 0, "video/x-matroska"),
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"#!AMR", 0, "audio/amr"),
    (b"RIFF", 0, "audio/wav"),
    (b"OggS", 0, "audio/ogg"),
)


def label(beginning: bytes) -> str:
    """What a file looks like by its first bytes. A label: nothing is decided by it."""
    for magic, place, name in _MAGIC:
        if beginning[place : place + len(magic)] == magic:
            return name
    return "application/octet-stream"


def _clean_name(name: str) -> str:
    """The last part of a name, without what cannot be shown."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ")
    return shown.strip()[:200]


def as_token(one: SealedFile) -> dict[str, Any]:
    """A sealed file as it travels in the form's token."""
    return {
        "id": one.id,
        "key": one.key.hex(),
        "size": one.size,
        "sha256": one.sha256,
        "frames": one.frames,
        "name": one.name,
        "type": one.type,
    }


def from_token(content: dict[str, Any]) -> SealedFile:
    """The way back; the token is authenticated, so its shape is ours."""
    return SealedFile(**{**content, "key": bytes.fromhex(content["key"])})
