"""The worker's fourth thread: figures of periods that are over.

A year over many cases is counted for half a minute; publication must not wait for it.
"""

from __future__ import annotations

import threading
from datetime import date, datetime

import structlog

from registry.core.clock import Clock, legal_day
from registry.core.db import exclusive
from registry.office.statistics import publication, service
from registry.office.worker.office import Office

PAUSE = 60.0
"""Seconds between two looks at the calendar."""

log = structlog.get_logger()


class Counting:
    """Looks once a legal day which periods are over, counts, keeps and publishes them."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._done: date | None = None

    def run(self, stopping: threading.Event, *, clock: Clock) -> None:
        """Round after round until ``stopping`` is set; what fails is logged and tried again."""
        while not stopping.is_set():
            try:
                self.drain(clock())
            except Exception as error:
                # Only the type: an exception's text may carry what a record says.
                log.error("counting failed", error=type(error).__name__)
            stopping.wait(PAUSE)

    def drain(self, now: datetime) -> None:
        """Whatever is due at ``now``; errors reach the caller."""
        if self._done == legal_day(now):
            return
        office, known = self.office, service.settled(now)
        with exclusive(office.working, "statistics", lock_dir=office.settings.lock_dir) as held:
            if not held:
                return
            with office.working.read() as reader:
                for period in service.due(reader, now):
                    with office.working.write() as session:
                        made = service.make(session, period, known, reader=reader)
                        publication.publish(session, made, now, office.settings)
            self._done = legal_day(now)
