"""Files that appear whole or not at all, and progress for whoever watches."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A path to write to; its file takes the place of ``target`` once the block has ended well."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def progress(label: str, rows: Iterable[Any] | None = None) -> Any:
    """A progress bar on stderr, shown only where that is a terminal."""
    length = 0 if rows is None else None
    return click.progressbar(
        rows, length, label=label, show_eta=False, file=sys.stderr, hidden=not sys.stderr.isatty()
    )


class Bar:
    """A progress bar that only learns how many rows are done."""

    def __init__(self, label: str) -> None:
        self._bar = progress(label)

    def __enter__(self) -> Bar:
        self._bar.__enter__()
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.__exit__(None, None, None)

    def at(self, done: int) -> None:
        """``done`` rows so far; it starts again where a second pass does."""
        step = done if done < self._bar.pos else done - self._bar.pos
        if done < self._bar.pos:
            self._bar.pos = 0
        self._bar.length = max(self._bar.length or 0, done)
        self._bar.update(step)
