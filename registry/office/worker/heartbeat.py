"""That a worker is alive, told by a file of this machine: touched while it goes round, removed
when it stops in order. An old one is what a worker that was killed or hangs leaves behind.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

EVERY = timedelta(seconds=30)
_NAME = "worker.beat"


class Heartbeat:
    """Of one worker process. With several on a machine the file is the latest one's."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / _NAME
        self._last: datetime | None = None

    def beat(self, now: datetime) -> None:
        """Say that the worker went round; at most every half minute."""
        if self._last is not None and self._last <= now < self._last + EVERY:
            return
        self._last = now
        # A full disk is told of by what fails on it; work that can go on goes on.
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.write_text(now.isoformat(), encoding="ascii")

    def stop(self) -> None:
        """The worker stops in order."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def last(folder: Path) -> datetime | None:
    """When a worker of this machine last went round; None where none runs or it stopped."""
    try:
        found = datetime.fromisoformat((folder / _NAME).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return found.astimezone(UTC)
