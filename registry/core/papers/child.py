"""Looking into files in a child process: time, memory and output of it are bounded.

A file that makes the reader run wild ends the child, not the site. The child gets paths, answers
with one line of JSON, and knows nothing else of the registry.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.core.papers.problems import BY_CODE, BombPdf, BrokenPdf, UnusableFile

_SECONDS = {"inspect": 30, "prepare": 300, "image": 30}
"""Wall-clock limit per task; the limit of processor time stands in the child."""


@dataclass(frozen=True)
class Prepared:
    """What was made of a PDF: its pages, and how many characters of text were in it."""

    pages: int
    characters: int


def inspect(path: Path) -> int:
    """The number of pages of a PDF that may be taken. Raises an ``UnusableFile``."""
    return int(_finish("inspect", start("inspect", path))["pages"])


def prepare(path: Path, copy: Path, text: Path) -> Prepared:
    """Write the public copy and the text of a PDF that was inspected. Raises ``UnusableFile``."""
    return prepared(start("prepare", path, copy, text))


def prepared(process: subprocess.Popen[bytes]) -> Prepared:
    """The outcome of a child that ``start`` began with ``prepare``. Raises ``UnusableFile``."""
    found = _finish("prepare", process)
    return Prepared(int(found["pages"]), int(found["characters"]))


def prepare_image(path: Path, copy: Path) -> None:
    """Write a picture anew, without what the camera wrote into it. Raises ``NotAnImage``."""
    _finish("image", start("image", path, copy))


def start(task: str, *paths: Path) -> subprocess.Popen[bytes]:
    """Begin a task without waiting for it."""
    command = [sys.executable, "-I", "-m", "registry.core.papers.task", task, *map(str, paths)]
    return subprocess.Popen(  # noqa: S603 - our own module with paths that we made
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _finish(task: str, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    try:
        output, _ = process.communicate(timeout=_SECONDS[task])
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise BombPdf from None
    found: dict[str, Any] = {}
    with contextlib.suppress(ValueError):
        found = json.loads(output or b"{}")
    problem = found.get("problem")
    if problem:
        raise BY_CODE.get(str(problem), UnusableFile)
    if process.returncode < 0 or not found:
        # Ended by a limit: it wanted more time or memory than any honest file.
        raise BombPdf if process.returncode != 1 else BrokenPdf
    return found
