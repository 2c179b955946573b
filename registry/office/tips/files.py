"""Files of a tip for the desk: a cleaned copy for one officer, the original for two.

The original is decrypted in memory, the copy made in a process apart (``cleaner``); nothing in
plain touches a disk.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from registry.core.db import WorkingSession
from registry.core.errors import NotFound, RegistryError
from registry.core.i18n import N_
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting
from registry.office.tips import asking
from registry.office.tips.cleaner import CLEANED, LARGEST, PDF, SECONDS
from registry.office.tips.opening import Opened
from registry.public.inbox import filesealing
from registry.public.inbox.blobs import open_sealed

MAIN = "registry.office.tips.cleaner"


class NoCleanCopy(RegistryError):  # noqa: N818
    """Of this file no cleaned copy can be made; the original takes two people."""

    code = "no-clean-copy"
    status = 422
    message = N_(
        "No cleaned copy can be made of this file. The original can be opened by two people."
    )


@dataclass(frozen=True)
class Described:
    """A file as its envelope describes it."""

    file_id: str
    name: str
    type: str
    size: int
    sha256: str
    key: bytes = field(repr=False)

    @property
    def cleanable(self) -> bool:
        return self.type in CLEANED

    @property
    def picturable(self) -> bool:
        """Whether a copy in pictures only can be made of it."""
        return self.type == PDF


def of(found: Opened) -> Iterator[Described]:
    """All files of the tip, those of later messages after its own."""
    for content in (found.facts, *(one.content for one in found.said)):
        for one in content.get("files") or ():
            yield _described(one)


def cleaned(
    session: WorkingSession,
    found: Opened,
    file_id: str,
    acting: Acting,
    *,
    folder: Path,
    pictures: bool = False,
) -> tuple[Described, bytes]:
    """A cleaned copy, of a PDF also in pictures only; audited.

    Raises ``NoCleanCopy``, ``NotFound``, ``SealRefused``.
    """
    one = _find(found, file_id)
    if not one.cleanable or (pictures and not one.picturable):
        raise NoCleanCopy
    made = run_cleaner(_content(one, folder), one.type, pictures=pictures)
    audited(session, acting, "tips:file:cleaned", f"docket:{found.tip.docket_id}", {})
    return one, made


def original(
    session: WorkingSession, found: Opened, file_id: str, acting: Acting, *, folder: Path
) -> tuple[Described, bytes]:
    """The original, which another officer has granted; audited. Raises ``Forbidden``."""
    one = _find(found, file_id)
    asking.use_original(session, found.tip.docket_id, file_id, acting)
    return one, _content(one, folder)


def run_cleaner(content: bytes, kind: str, *, pictures: bool = False) -> bytes:
    """The copy that the process makes. Raises ``NoCleanCopy`` where it makes none."""
    more = ["pictures"] if pictures else []
    try:
        done = subprocess.run(  # noqa: S603 - our own module, the type is one of a closed set
            [sys.executable, "-I", "-m", MAIN, kind, *more],
            input=content,
            capture_output=True,
            timeout=SECONDS + 10,
            check=False,
            env={},
            cwd="/",
        )
    except subprocess.TimeoutExpired:
        raise NoCleanCopy from None
    if done.returncode or not done.stdout or len(done.stdout) > 2 * LARGEST:
        raise NoCleanCopy
    return done.stdout


def _content(one: Described, folder: Path) -> bytes:
    with open_sealed(folder, one.file_id) as source:
        return b"".join(filesealing.open_file(source, file_id=one.file_id, key=one.key))


def _find(found: Opened, file_id: str) -> Described:
    match = next((one for one in of(found) if one.file_id == file_id), None)
    if match is None:
        raise NotFound
    return match


def _described(one: Mapping[str, Any]) -> Described:
    return Described(
        file_id=str(one["id"]),
        name=str(one.get("name", "")),
        type=str(one.get("type", "")),
        size=int(one.get("size", 0)),
        sha256=str(one.get("sha256", "")),
        key=bytes.fromhex(str(one["key"])),
    )
