"""The worker: publishes, indexes, erases and ends terms, over and over.

Any number may run: each task takes its own lock and the others pass by.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import structlog

from registry.core.clock import Clock, legal_day
from registry.core.db import exclusive
from registry.office.listings import service as listings
from registry.office.publisher import service as publisher
from registry.office.worker.office import Office
from registry.public.gazette import checkpoint, erasure
from registry.public.search import Indexer

PAUSE = 0.25
"""Seconds between rounds: publication must reach the pages well within two seconds."""
BATCH = 500

log = structlog.get_logger()


class Worker:
    """One worker process on an opened installation."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.indexer = Indexer(office.gazette, office.index)
        self._day: date | None = None

    def run(self, stopping: threading.Event, *, clock: Clock) -> None:
        """Round after round until ``stopping`` is set. A failing task is logged and retried."""
        while not stopping.is_set():
            busy = False
            for name, task in self._tasks():
                busy = self._attempt(name, task, clock()) or busy
            stopping.wait(0 if busy else PAUSE)

    def drain(self, now: datetime) -> None:
        """Everything that is due at ``now``; errors reach the caller."""
        while any([task(now) for _, task in self._tasks()]):
            pass

    def _tasks(self) -> tuple[tuple[str, Callable[[datetime], bool]], ...]:
        return (
            ("terms", self.end_terms),
            ("publish", self.publish),
            ("index", self.index),
            ("erase", self.erase),
        )

    def _attempt(self, name: str, task: Callable[[datetime], bool], now: datetime) -> bool:
        try:
            return task(now)
        except Exception as error:
            # Only the type: an exception's text may carry what a record says.
            log.error("worker task failed", task=name, error=type(error).__name__)
            return False

    def end_terms(self, now: datetime) -> bool:
        """Once a legal day: append the removal of every listing whose term has ended."""
        today = legal_day(now)
        if self._day == today:
            return False
        with exclusive(self.office.working, "terms", lock_dir=self._locks) as held:
            if held:
                with self.office.working.write() as session:
                    listings.expire_due(session, now=now, book=self.office.book)
        self._day = today
        return held

    def publish(self, now: datetime) -> bool:
        """Carry decisions to the gazette and sign a checkpoint over what came."""
        done = publisher.run_once(
            self.office.working, self.office.gazette, now=now, lock_dir=self._locks, limit=BATCH
        )
        if done:
            with self.office.gazette.write() as session:
                checkpoint.sign_newest(session, self.office.settings.key_dir, now=now)
        return done > 0

    def index(self, now: datetime) -> bool:
        """Bring the local search index to the gazette's state."""
        return self.indexer.catch_up(now, limit=BATCH) > 0

    def erase(self, now: datetime) -> bool:
        """Make removed content physically gone from the store and the index."""
        with self.office.gazette.read() as session:
            waiting = bool(erasure.pending(session))
        if waiting:
            self.office.index.compact()
            erasure.finish(self.office.gazette, now=now)
        return False

    @property
    def _locks(self) -> Path:
        return self.office.settings.lock_dir
