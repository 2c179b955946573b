"""Processes that check parts of a list beside the worker's own, one part each at a time.

A helper gets requests and gives results; it writes nothing, so that one that dies or hangs loses
nothing: its part is done here. Each maps the file of names like a server process and shares its
memory. They end with their worker (the pipe closes), or when no list is waiting.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

import structlog

from registry.core.db import GazetteSession, Store
from registry.core.errors import RegistryError
from registry.public.screening.check import CheckRequest, CheckResult, check_many
from registry.public.screening.loading import ScreeningIndex

PATIENCE = 20.0
"""Seconds to wait for all parts once the worker's own is done: well below a job's lease."""

Found = list[CheckResult | RegistryError]
Here = Callable[[Sequence[CheckRequest]], Found]

log = structlog.get_logger()


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Helpers:
    """Up to ``most`` helper processes on the gazette at ``url`` and the file of names at ``path``.

    For one thread. Started by ``call``, ended by ``dismiss``.
    """

    def __init__(
        self, url: str, path: Path | None, most: int, *, patience: float = PATIENCE
    ) -> None:
        self._url, self._path, self._most = url, path, most
        self._patience = patience
        self._all: list[_Helper] = []

    @property
    def pids(self) -> list[int]:
        """The helpers' process ids."""
        return [one.pid for one in self._all]

    def call(self, wanted: int) -> int:
        """Starts up to ``wanted`` helpers, and says how many are ready for a part by now."""
        while len(self._all) < min(wanted, self._most):
            self._all.append(_Helper(self._url, self._path))
        self._all = [one for one in self._all if one.alive()]
        return sum(one.is_ready() for one in self._all)

    def check(
        self, parts: Sequence[Sequence[CheckRequest]], here: Here, now: datetime, threshold: float
    ) -> list[Found]:
        """What ``check_many`` gives for each of ``parts``, in their order. ``here`` does the first,
        those beyond the helpers that are ready, and those of helpers that fail.
        """
        ready = [one for one in self._all if one.is_ready()]
        given = list(zip(parts[1:], ready, strict=False))
        asked = [one.ask(part, now, threshold) for part, one in given]
        found = [here(parts[0])]
        until = time.monotonic() + self._patience
        for (part, one), sent in zip(given, asked, strict=True):
            left = max(until - time.monotonic(), 0.01)
            found.append((one.answer(left) if sent else None) or here(part))
        return found + [here(part) for part in parts[len(found) :]]

    def dismiss(self) -> None:
        """Ends all helpers."""
        for one in self._all:
            one.end()
        self._all = []


class _Helper:
    """One process and the pipe to it."""

    def __init__(self, url: str, path: Path | None) -> None:
        # Not forked: the worker has threads and open databases.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, url, path), daemon=True)
        self._process.start()
        theirs.close()
        self._ready = False

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    def alive(self) -> bool:
        return self._process.is_alive()

    def is_ready(self) -> bool:
        """Whether it has its names; it says so once."""
        if not self._ready:
            self._ready = self.answer(0) is not None
        return self._ready

    def ask(self, part: Sequence[CheckRequest], now: datetime, threshold: float) -> bool:
        try:
            self._pipe.send((list(part), now, threshold))
        except OSError:
            self.end()
            return False
        return True

    def answer(self, patience: float) -> Found | None:
        """What it sends; None where it fails, or stays silent so long, and is ended then."""
        try:
            if self._pipe.poll(patience):
                found: Found | None = self._pipe.recv()
                return found
        except (EOFError, OSError):
            pass
        else:
            if not patience:
                return None
        log.warning("a helper failed", pid=self.pid)
        self.end()
        return None

    def end(self) -> None:
        self._ready = False
        self._pipe.close()
        self._process.kill()
        self._process.join()


def _serve(pipe: Connection, url: str, path: Path | None) -> None:
    """A helper's life: its names, then part after part until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    store = Store(url, GazetteSession, read_only=True)
    index = ScreeningIndex(path)
    pipe.send([])
    while True:
        try:
            part, now, threshold = pipe.recv()
        except EOFError:
            return
        found: Found | None
        try:
            with store.read() as session:
                found = check_many(session, part, index=index, now=now, threshold=threshold)
        except Exception as error:
            # Only the type: an exception's text may carry a name. The part is done in the worker.
            log.error("a helper's part failed", error=type(error).__name__)
            found = None
        pipe.send(found)
