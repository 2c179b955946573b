"""The worker: publishes, indexes, erases and ends terms, over and over.

Any number may run: each task takes its own lock and the others pass by.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog

from registry.core.clock import Clock, legal_day
from registry.core.db import exclusive
from registry.office.dockets import bases, climbing
from registry.office.dockets.terms import end_due
from registry.office.imports import retention
from registry.office.listings import service as listings
from registry.office.providers import service as providers
from registry.office.publisher import service as publisher
from registry.office.reports.preparing import Preparer
from registry.office.worker import procedures
from registry.office.worker.counting import Counting
from registry.office.worker.heartbeat import Heartbeat
from registry.office.worker.jobs import Jobs
from registry.office.worker.office import Office
from registry.office.worker.telling import Telling
from registry.office.worker.tips import TipTasks
from registry.public.gazette import checkpoint, erasure, queries
from registry.public.screening.loading import NamesFile, path_in
from registry.public.search import IndexBusy, Indexer

PAUSE = 0.25
"""Seconds between rounds: publication must reach the pages well within two seconds."""
BATCH = 500
TERMS_EVERY = timedelta(minutes=10)
"""Terms end at midnight; what comes in with a term that is over already is met by then."""
LONGEST_REST = timedelta(minutes=1)
"""A task that fails again and again is tried at least this often."""

log = structlog.get_logger()


class Worker:
    """One worker process on an opened installation."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.indexer = Indexer(office.gazette, office.index, files=office.settings.file_dir)
        self.preparer = Preparer(
            office.working,
            kept=office.settings.evidence_dir,
            out=office.settings.file_dir,
            lock_dir=office.settings.lock_dir,
        )
        self.tips = TipTasks(office)
        self.jobs = Jobs(office)
        self._names = NamesFile(path_in(office.settings.index_dir))
        self.telling = Telling(office)
        self.counting = Counting(office)
        self._terms_ended: datetime | None = None
        self._files_erased: date | None = None
        self._unsigned = True
        """Whether rows may stand in the log that no checkpoint covers, as after a crash."""
        self._failures: dict[str, int] = {}
        self._rests_until: dict[str, datetime] = {}

    def run(self, stopping: threading.Event, *, clock: Clock) -> None:
        """Round after round until ``stopping`` is set. A failing task is logged and retried.

        Jobs, what is told to others, and figures go on beside the rounds, in threads of their own.
        """
        ended, pulse = threading.Event(), Heartbeat(self._locks)
        beside = [
            threading.Thread(target=one.run, args=(ended,), kwargs={"clock": clock})
            for one in (self.jobs, self.telling, self.counting)
        ]
        for thread in beside:
            thread.start()
        try:
            while not stopping.is_set():
                pulse.beat(clock())
                stopping.wait(0 if self.round(clock) else PAUSE)
        finally:
            pulse.stop()
            ended.set()
            for thread in beside:
                thread.join()

    def round(self, clock: Clock) -> bool:
        """Every task once, each for itself; gives whether one of them found something to do."""
        return any([self._attempt(name, task, clock()) for name, task in self._tasks()])

    def drain(self, now: datetime) -> None:
        """Everything that is due at ``now``; errors reach the caller.

        What another worker has in hand is left to it.
        """
        while any([task(now) for _, task in self._tasks()]):
            pass
        self.jobs.drain(now)
        self.telling.drain(now)
        self.counting.drain(now)
        while any([task(now) for _, task in self._tasks()]):
            pass
        if self.office.index.has_remains():
            try:
                self.office.index.compact()
            except IndexBusy:
                return
        self.erase(now)

    def _tasks(self) -> tuple[tuple[str, Callable[[datetime], bool]], ...]:
        return (
            ("terms", self.end_terms),
            ("reports", self.prepare_reports),
            ("tips", self.tips.run),
            ("parties", self.carry_procedures),
            ("publish", self.publish),
            ("sign", self.sign),
            ("index", self.index),
            ("names", self.forget_names),
            ("erase", self.erase),
            ("files", self.erase_files),
        )

    def _attempt(self, name: str, task: Callable[[datetime], bool], now: datetime) -> bool:
        if now < self._rests_until.get(name, now):
            return False
        try:
            found = task(now)
        except Exception as error:
            failures = self._failures[name] = self._failures.get(name, 0) + 1
            rest = min(timedelta(seconds=PAUSE * 2 ** min(failures, 10)), LONGEST_REST)
            self._rests_until[name] = now + rest
            # Only the type: an exception's text may carry what a record says.
            log.error("worker task failed", task=name, error=type(error).__name__)
            return False
        self._failures.pop(name, None)
        return found

    def end_terms(self, now: datetime) -> bool:
        """Append the removal of every listing and penalty whose term has ended.

        And let cases hear of the end of what they rest on, where none told them.
        """
        last = self._terms_ended
        if last and legal_day(last) == legal_day(now) and last <= now < last + TERMS_EVERY:
            return False
        with exclusive(self.office.working, "terms", lock_dir=self._locks) as held:
            if not held:
                return False
            with self.office.working.write() as session:
                ended = listings.expire_due(session, now=now, book=self.office.book)
                ended += bases.catch_up(session, now=now, book=self.office.book)
                ended += climbing.climb_due(session, now=now, book=self.office.book)
                ended += providers.end_terms(session, now=now, book=self.office.book)
                ended += end_due(session, "report", "end_publicity", now=now, book=self.office.book)
        self._terms_ended = now
        return ended > 0

    def prepare_reports(self, now: datetime) -> bool:
        """Public copies and texts of reports are made, accepted ones become public."""
        return self.preparer.step(now, self.office.book)

    def carry_procedures(self, now: datetime) -> bool:
        """Carry what parties filed into the cases, and what their codes and receipts show out."""
        return procedures.carry(self.office, now)

    def publish(self, now: datetime) -> bool:
        """Carry decisions to the gazette."""
        done = publisher.run_once(
            self.office.working, self.office.gazette, now=now, lock_dir=self._locks, limit=BATCH
        )
        self._unsigned = self._unsigned or done > 0
        return done > 0

    def sign(self, now: datetime) -> bool:
        """Sign a checkpoint over what came. Publication goes on where the key is missing."""
        if not self._unsigned:
            return False
        with exclusive(self.office.working, "checkpoint", lock_dir=self._locks) as held:
            if held:
                with self.office.gazette.write() as session:
                    if queries.state(session, now).sequence:
                        checkpoint.sign_newest(session, self.office.settings.key_dir, now=now)
                self._unsigned = False
        return False

    def index(self, now: datetime) -> bool:
        """Bring the local search index to the gazette's state."""
        return self.indexer.catch_up(now, limit=BATCH) > 0

    def forget_names(self, now: datetime) -> bool:
        """Wipe removed and corrected names out of the file that server processes share."""
        with self.office.gazette.read() as session:
            if not self._names.must_forget(session):
                return False
            with exclusive(self.office.working, "names", lock_dir=self._locks) as held:
                if held:
                    self._names.forget(session)
        return False

    def erase(self, now: datetime) -> bool:
        """Make removed content physically gone from the store, once the index is rid of it.

        The indexer takes removals in and, within its own short time, writes its files anew.
        """
        with self.office.gazette.read() as session:
            if not erasure.pending(session):
                return False
        if self.indexer.behind(now) or self.office.index.has_remains():
            return False
        with self.office.gazette.read() as session:
            if self._names.must_forget(session):
                return False
        with exclusive(self.office.working, "erase", lock_dir=self._locks) as held:
            if held:
                erasure.finish(self.office.gazette, now=now)
        return False

    def erase_files(self, now: datetime) -> bool:
        """Erase imported files, and what receipts show, whose time is over: once a legal day."""
        if self._files_erased == legal_day(now):
            return False
        settings = self.office.settings
        with exclusive(self.office.working, "files", lock_dir=self._locks) as held:
            if held:
                with self.office.working.write() as session:
                    retention.erase_due(
                        session, settings.evidence_dir, now=now, book=self.office.book
                    )
                procedures.forget(self.office, now)
                self._files_erased = legal_day(now)
        return False

    @property
    def _locks(self) -> Path:
        return self.office.settings.lock_dir
