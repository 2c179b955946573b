"""The worker's second thread: jobs step by step, and what must be forgotten of them.

Apart from the rounds of publishing: a list of ten thousand names must not keep a removal waiting.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import structlog

from registry.core import jobs, keys
from registry.core.clock import Clock
from registry.core.db import exclusive
from registry.core.jobs.running import Handler
from registry.office.imports import deliveries as rows
from registry.office.reports import filing
from registry.office.worker.office import Office
from registry.office.worker.places import delivery_places, filing_places
from registry.public.agencies import history, lists
from registry.public.deliveries import service as deliveries
from registry.public.filings import service as filings
from registry.public.gazette.erasure import truncate_journal
from registry.public.inbox import blobs
from registry.public.screening import ScreeningIndex
from registry.public.screening.helpers import Helpers, processors
from registry.public.screening.lists import handler
from registry.public.screening.loading import NamesFile, path_in

PAUSE = 0.5
CLEAN_EVERY = timedelta(minutes=1)

log = structlog.get_logger()


class Jobs:
    """All kinds of jobs of one worker process. The index of names is loaded at the first need."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._cleaned: datetime | None = None
        self._unwritten = False
        """Whether erased bytes may still stand in SQLite's journal."""
        self._names = NamesFile(path_in(office.settings.index_dir))
        names = path_in(office.settings.index_dir)
        most = min(office.settings.list_processes, processors()) - 1
        self._helpers = Helpers(office.gazette.url, names, most)
        self._handlers: dict[str, Handler] = {
            lists.KIND: handler(
                office.intake,
                office.gazette,
                ScreeningIndex(names),
                lambda: keys.load_agency_key(office.settings.key_dir),
                self._helpers,
            ),
            filings.KIND: filing.handler(filing_places(office)),
            deliveries.KIND: rows.handler(delivery_places(office)),
        }

    def run(self, stopping: threading.Event, *, clock: Clock) -> None:
        """Step after step until ``stopping`` is set; what fails is logged and tried again."""
        while not stopping.is_set():
            try:
                busy = self.clean(clock()) | self.write_names(clock()) | self.step(clock)
            except Exception as error:
                # Only the type: an exception's text may carry what a job holds.
                log.error("jobs failed", error=type(error).__name__)
                busy = False
            if not busy:
                self._helpers.dismiss()
            stopping.wait(0 if busy else PAUSE)
        self._helpers.dismiss()

    def drain(self, now: datetime) -> None:
        """Every job that is due at ``now``."""
        self.clean(now)
        self.write_names(now)
        while self.step(lambda: now):
            pass
        self._helpers.dismiss()

    def step(self, clock: Clock) -> bool:
        """One step of one job; False where none is due."""
        return jobs.run_step(self.office.intake, self._handlers, clock=clock)

    def write_names(self, now: datetime) -> bool:
        """The file from which server processes take the names, where it is missing or old."""
        with self.office.gazette.read() as session:
            if not self._names.is_due(session):
                return False
            locks = self.office.settings.lock_dir
            with exclusive(self.office.working, "names", lock_dir=locks) as held:
                if held:
                    self._names.write(session, now)
        return False

    def clean(self, now: datetime) -> bool:
        """Delete jobs whose time is over and old checks, out of the journal, too."""
        if self._cleaned is not None and self._cleaned <= now < self._cleaned + CLEAN_EVERY:
            return False
        keep = timedelta(days=self.office.settings.history_days)
        with self.office.intake.write() as session:
            erased = jobs.erase_expired(session, now) + history.erase_old(session, now, keep)
            held = filings.waiting_files(session)
            waiting = deliveries.waiting_files(session)
        sealed = self.office.settings.sealed_dir
        blobs.sweep(filings.folder(sealed), held, now)
        blobs.sweep(deliveries.folder(sealed), waiting, now)
        self._unwritten = self._unwritten or erased > 0
        if self._unwritten and self.office.intake.is_sqlite:
            self._unwritten = not truncate_journal(self.office.intake)
        self._cleaned = now
        return erased > 0
