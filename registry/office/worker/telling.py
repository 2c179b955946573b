"""The worker's third thread: measures, watches and webhooks.

Apart from the rounds of publishing: a side that answers slowly keeps no publication waiting. Calls
to different endpoints go out beside each other, those to one endpoint one after the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import date, datetime

import structlog

from registry.core import keys
from registry.core.clock import Clock, legal_day
from registry.core.db import exclusive
from registry.office.imports import deliveries
from registry.office.punishments import carrying, publication, service, telling
from registry.office.reports import filing
from registry.office.worker.office import Office
from registry.office.worker.places import delivery_places, filing_places
from registry.public.watches import recheck
from registry.public.watches.watched import WatchedNames
from registry.public.webhooks import delivery, news
from registry.public.webhooks import service as webhooks

PAUSE = 0.5
CALLS = 8
"""Endpoints called at once."""

log = structlog.get_logger()


class Telling:
    """All that goes out to departments and agencies, and what they answer."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._day: date | None = None
        self._watched = WatchedNames()

    def run(self, stopping: threading.Event, *, clock: Clock) -> None:
        """Round after round until ``stopping`` is set; what fails is logged and tried again."""
        while not stopping.is_set():
            stopping.wait(0 if self.round(clock) else PAUSE)

    def round(self, clock: Clock) -> bool:
        """Every task once, each for itself; whether one of them found something to do."""
        return any([self._attempt(task, clock()) for task in self._tasks()] + [self.call(clock)])

    def drain(self, now: datetime) -> None:
        """Everything that is due at ``now``; errors reach the caller."""
        while any([task(now) for task in self._tasks()]):
            pass
        self.call(lambda: now)

    def _tasks(self) -> tuple[Callable[[datetime], bool], ...]:
        return (
            self.take_in,
            self.measures,
            self.tell,
            self.filings,
            self.rows,
            self.news,
            self.watches,
            self.daily,
        )

    def _attempt(self, task: Callable[[datetime], bool], now: datetime) -> bool:
        try:
            return task(now)
        except Exception as error:
            # Only the type: an exception's text may carry what a record says.
            log.error("telling failed", task=task.__name__, error=type(error).__name__)
            return False

    def take_in(self, now: datetime) -> bool:
        """Departments' answers come in."""
        with self.office.intake.read() as session:
            if not carrying.waits(session):
                return False
        with self._alone("feedback") as held:
            return held and carrying.take_in(self.office.working, self.office.intake, now) > 0

    def measures(self, now: datetime) -> bool:
        """Departments hear of what was published and removed."""
        office = self.office
        with office.gazette.read() as gazette, office.working.read() as session:
            if not telling.behind(session, gazette, now):
                return False
        with self._alone("measures") as held:
            if not held:
                return False
            with office.gazette.read() as gazette, office.working.write() as session:
                return telling.catch_up(session, gazette, office.book, now) > 0

    def tell(self, now: datetime) -> bool:
        """Notices go where departments' systems read them."""
        with self.office.working.read() as session:
            if not carrying.untold(session):
                return False
        with self._alone("notices") as held:
            return held and carrying.tell(self.office.working, self.office.intake, now) > 0

    def filings(self, now: datetime) -> bool:
        """Organizations' systems hear where the reports stand that they filed."""
        with self.office.working.read() as session:
            if not filing.behind(session):
                return False
        with self._alone("filings") as held:
            return held and filing.tell(filing_places(self.office), now) > 0

    def rows(self, now: datetime) -> bool:
        """Platforms hear where the rows stand that they handed in."""
        with self.office.working.read() as session:
            if not deliveries.behind(session):
                return False
        with self._alone("deliveries") as held:
            return held and deliveries.tell(delivery_places(self.office), now) > 0

    def news(self, now: datetime) -> bool:
        """Messages about listings are queued."""
        office = self.office
        with office.gazette.read() as gazette, office.intake.read() as session:
            if not news.behind(session, gazette, now):
                return False
        with self._alone("news") as held:
            if not held:
                return False
            with office.gazette.read() as gazette, office.intake.write() as session:
                return news.tell(session, gazette, now) > 0

    def watches(self, now: datetime) -> bool:
        """Watched counterparties are looked at again."""
        office = self.office
        with office.gazette.read() as gazette, office.intake.read() as session:
            if not recheck.behind(session, gazette, now):
                return False
        with self._alone("watches") as held:
            if not held:
                return False
            root = keys.load_agency_key(office.settings.key_dir)
            with office.gazette.read() as gazette, office.intake.write() as session:
                names = self._watched
                return recheck.look_again(session, gazette, names=names, root=root, now=now) > 0

    def daily(self, now: datetime) -> bool:
        """Once a legal day: reminders, figures, and what is forgotten."""
        if self._day == legal_day(now):
            return False
        with self._alone("daily") as held:
            if not held:
                return False
            with self.office.working.write() as session:
                service.remind(session, self.office.book, now)
                publication.publish_figures(session, now)
            with self.office.intake.write() as session:
                webhooks.forget_delivered(session, now)
        self._day = legal_day(now)
        return True

    def call(self, clock: Clock) -> bool:
        """Call the endpoints that have something to hear; whether there were any."""
        office = self.office
        with office.intake.read() as session:
            waiting = delivery.due(session, clock())
        if not waiting:
            return False
        root = keys.load_agency_key(office.settings.key_dir)
        said = office.settings

        def one(endpoint: int) -> int:
            return delivery.turn(
                office.intake,
                endpoint,
                root,
                clock=clock,
                private=said.webhook_private,
                trust=said.webhook_ca_file,
            )

        with ThreadPoolExecutor(CALLS) as pool:
            return any(list(pool.map(_guarded(one), waiting)))

    def _alone(self, name: str) -> AbstractContextManager[bool]:
        return exclusive(self.office.working, name, lock_dir=self.office.settings.lock_dir)


def _guarded(one: Callable[[int], int]) -> Callable[[int], int]:
    def call(endpoint: int) -> int:
        try:
            return one(endpoint)
        except Exception as error:
            log.error("call failed", endpoint=endpoint, error=type(error).__name__)
            return 0

    return call
