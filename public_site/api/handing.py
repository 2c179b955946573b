"""What takes files in through the API shares: room on the disk, and a body sealed as it arrives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import request

from public_site import context
from public_site.intake import draft
from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.core.web.moment import now
from registry.public.inbox import blobs
from registry.public.inbox.filesealing import FRAME, FileSealer, SealedFile
from registry.public.inbox.sealing import new_id


class NoRoom(RegistryError):  # noqa: N818 - reads as a sentence
    """The disk of the sealed files is nearly full."""

    code = "no-room"
    status = 503
    message = N_("Nothing can be taken in at the moment. Try again later.")


def make_room(folder: Path) -> None:
    """Make the folder of sealed files. Raises ``NoRoom``."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o770)
    if blobs.free_bytes(folder) < context.settings().tip_free_bytes:
        raise NoRoom


class Lines:
    """Counts the lines of a body that are not blank, as far as it matters, while it passes."""

    def __init__(self, enough: int) -> None:
        self.enough = enough
        self.found = 0
        self._inside = False
        """Whether the line that is being read has been counted."""

    def see(self, part: bytes) -> None:
        """The next part of the body."""
        for line in part.splitlines(keepends=True) if self.found < self.enough else ():
            if line.strip() and not self._inside:
                self.found += 1
                self._inside = True
            if line.endswith((b"\n", b"\r")):
                self._inside = False


def sealed_body(folder: Path, largest: int, see: Callable[[bytes], None]) -> SealedFile:
    """The request's body, sealed frame by frame in ``folder``; of ``largest`` bytes at most.

    ``see`` is shown each part of it in clear. Raises ``NoRoom``, and 413 for a larger one; nothing
    of it stays then.
    """
    make_room(folder)
    request.max_content_length = largest
    draft.take_turn()
    file_id = new_id()
    file = blobs.create(folder, file_id)
    try:
        sealer = FileSealer(file, file_id=file_id)
        while part := request.stream.read(FRAME):
            see(part)
            sealer.write(part)
        sealed = sealer.finish()
        blobs.settle(file, folder, file_id, now())
    except BaseException as error:
        file.close()
        blobs.discard(folder, file_id)
        if isinstance(error, OSError):
            raise NoRoom from error
        raise
    return sealed
