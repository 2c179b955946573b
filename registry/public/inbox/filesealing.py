"""Sealed files: secretstream XChaCha20-Poly1305 in frames of 64 KiB, the last one marked.

The key of a file is random and stands in the tip's envelope, beside name, type and size; the
file itself is ``header ‖ frames`` and says nothing. Every frame is padded to 64 KiB, so its
length tells the size in steps of 64 KiB only. File id and tip purpose are bound in as associated
data of the first frame; a file without its FINAL frame, or with anything behind it, is refused.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from nacl.bindings import (
    crypto_secretstream_xchacha20poly1305_ABYTES,
    crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    crypto_secretstream_xchacha20poly1305_init_pull,
    crypto_secretstream_xchacha20poly1305_init_push,
    crypto_secretstream_xchacha20poly1305_KEYBYTES,
    crypto_secretstream_xchacha20poly1305_pull,
    crypto_secretstream_xchacha20poly1305_push,
    crypto_secretstream_xchacha20poly1305_state,
    crypto_secretstream_xchacha20poly1305_TAG_FINAL,
    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
    sodium_pad,
    sodium_unpad,
)
from nacl.exceptions import CryptoError

from registry.public.inbox.sealing import SealRefused, new_id

FRAME = 64 * 1024
SEALED_FRAME = FRAME + crypto_secretstream_xchacha20poly1305_ABYTES
HEADER = crypto_secretstream_xchacha20poly1305_HEADERBYTES
LABEL_BYTES = 4096
"""How much of a file's beginning is kept to name its type."""


@dataclass(frozen=True)
class SealedFile:
    """A file as its owner knows it: what goes into the envelope."""

    id: str
    """Name of the sealed file, 32 hex digits, random."""
    key: bytes = field(repr=False)
    size: int = 0
    sha256: str = ""
    """Of the plain content: the reporter can show later that it was his file."""
    beginning: bytes = field(default=b"", repr=False)
    frames: int = 1
    name: str = field(default="", repr=False)
    """As the reporter called it; sealed, like everything here."""
    type: str = ""
    """What its beginning looks like; a label only."""


class FileSealer:
    """Takes plain bytes, gives them sealed to ``out``; keeps at most one frame in memory."""

    def __init__(self, out: BinaryIO, *, file_id: str = "") -> None:
        self.file_id = file_id or new_id()
        self.size = 0
        self.frames = 0
        self._out = out
        self._key = secrets.token_bytes(crypto_secretstream_xchacha20poly1305_KEYBYTES)
        self._state = crypto_secretstream_xchacha20poly1305_state()
        self._digest = hashlib.sha256()
        self._pending = bytearray()
        self._beginning = b""
        out.write(crypto_secretstream_xchacha20poly1305_init_push(self._state, self._key))

    def write(self, data: bytes) -> int:
        """Seal ``data``; gives its length."""
        self._digest.update(data)
        self.size += len(data)
        if len(self._beginning) < LABEL_BYTES:
            self._beginning += data[: LABEL_BYTES - len(self._beginning)]
        self._pending += data
        # A padded frame carries at most FRAME - 1 bytes, so a full one cannot be the last.
        while len(self._pending) > FRAME - 1:
            self._push(bytes(self._pending[: FRAME - 1]), final=False)
            del self._pending[: FRAME - 1]
        return len(data)

    def finish(self) -> SealedFile:
        """Seal what is left under the FINAL mark. The caller closes ``out``."""
        self._push(bytes(self._pending), final=True)
        self._pending.clear()
        return SealedFile(
            self.file_id,
            self._key,
            self.size,
            self._digest.hexdigest(),
            self._beginning,
            self.frames,
        )

    def _push(self, plain: bytes, *, final: bool) -> None:
        tag = (
            crypto_secretstream_xchacha20poly1305_TAG_FINAL
            if final
            else crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
        )
        bound = bytes.fromhex(self.file_id) if not self.frames else None
        self._out.write(
            crypto_secretstream_xchacha20poly1305_push(
                self._state, sodium_pad(plain, FRAME), bound, tag
            )
        )
        self.frames += 1


def open_file(source: BinaryIO, *, file_id: str, key: bytes) -> Iterator[bytes]:
    """The plain content, frame by frame. Raises ``SealRefused`` as soon as something is wrong.

    What came before the error was authentic but may not be all: use nothing before the end.
    """
    header = source.read(HEADER)
    state = crypto_secretstream_xchacha20poly1305_state()
    try:
        crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
    except (CryptoError, ValueError, TypeError):
        raise SealRefused from None
    bound: bytes | None = bytes.fromhex(file_id)
    final = False
    while not final:
        plain, final = _pull(state, source.read(SEALED_FRAME), bound)
        bound = None
        yield plain
    if source.read(1):
        raise SealRefused


def plain_reader(source: BinaryIO, *, file_id: str, key: bytes) -> BinaryIO:
    """The plain content as a stream; raises as ``open_file`` while it is read."""
    return io.BufferedReader(_Plain(open_file(source, file_id=file_id, key=key)), FRAME)


class _Plain(io.RawIOBase):
    def __init__(self, frames: Iterator[bytes]) -> None:
        self._frames, self._rest = frames, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            following = next(self._frames, None)
            if following is None:
                return 0
            self._rest = following
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


def packed(one: SealedFile) -> dict[str, Any]:
    """What is kept, sealed, of a file that waits: its name on the disk, its key, what it is."""
    return {
        "id": one.id,
        "key": one.key.hex(),
        "size": one.size,
        "sha256": one.sha256,
        "name": one.name,
    }


def unpacked(found: Mapping[str, Any]) -> SealedFile:
    """The file of ``packed``."""
    return SealedFile(
        found["id"],
        bytes.fromhex(found["key"]),
        size=found["size"],
        sha256=found["sha256"],
        name=found["name"],
    )


def _pull(
    state: crypto_secretstream_xchacha20poly1305_state, frame: bytes, bound: bytes | None
) -> tuple[bytes, bool]:
    if len(frame) != SEALED_FRAME:
        raise SealRefused
    try:
        padded, tag = crypto_secretstream_xchacha20poly1305_pull(state, frame, bound)
        plain = sodium_unpad(padded, FRAME)
    except (CryptoError, ValueError):
        raise SealRefused from None
    return plain, tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL
