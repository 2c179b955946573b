"""Videos of field work: told by their structure to be MP4 or WebM, shown as they were sent.

Nothing is decoded here; a browser does that, in its own confinement.
"""

from __future__ import annotations

from pathlib import Path

from registry.core.papers.problems import NotAVideo

_BEGINNING = 4096
_MOST_BOXES = 1000
_WEBM = b"\x1a\x45\xdf\xa3"


def media_type(path: Path) -> str:
    """``video/mp4`` or ``video/webm``. Raises ``NotAVideo`` for anything else."""
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    if beginning.startswith(_WEBM) and b"webm" in beginning[:64]:
        return "video/webm"
    if beginning[4:8] == b"ftyp" and {b"moov", b"mdat"} <= set(_boxes(path)):
        return "video/mp4"
    raise NotAVideo


def _boxes(path: Path) -> list[bytes]:
    """Names of the boxes at the top of an MP4 (ISO/IEC 14496-12), which must fill it exactly."""
    size, place = path.stat().st_size, 0
    found: list[bytes] = []
    with path.open("rb") as file:
        while place < size and len(found) < _MOST_BOXES:
            file.seek(place)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            elif length == 0:
                length = size - place
            if length < 8 or place + length > size:
                return []
            found.append(head[4:8])
            place += length
    return found
