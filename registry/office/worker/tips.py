"""The worker's part in tips and rewards: taking in, delivering, heads, claims, what lapses."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from registry.core.clock import legal_day
from registry.core.db import exclusive
from registry.core.keys import load_vault
from registry.office.rewards import publication
from registry.office.rewards import service as rewards
from registry.office.tips import heads, ingest, intake_keys, mailboxes, posting
from registry.office.tips.ingest import Stores
from registry.office.worker.office import Office
from registry.public.inbox import blobs
from registry.public.inbox import queries as inbox

HOURLY = timedelta(hours=1)


class TipTasks:
    """What is done for tips in every round; what is due by the day, once an hour."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._daily: datetime | None = None

    def run(self, now: datetime) -> bool:
        """Everything once; gives whether something was done."""
        return any([self.take_in(now), self.deliver(now), self.claims(now), self.daily(now)])

    def take_in(self, now: datetime) -> bool:
        """Carry tips and messages from the inbox to the desks."""
        office, folder = self.office, self.office.settings.sealed_dir
        stores = Stores(office.working, office.gazette, office.intake, self._locks)
        return (
            ingest.ingest(
                stores, now=now, book=office.book, keep=lambda ids: blobs.keep(folder, ids)
            )
            > 0
        )

    def deliver(self, now: datetime) -> bool:
        """Carry status and letters to the mailboxes; ``now`` is not looked at."""
        del now
        return posting.deliver(self.office.working, self.office.gazette, lock_dir=self._locks) > 0

    def claims(self, now: datetime) -> bool:
        """Take over what reporters claimed."""
        with exclusive(self.office.working, "reward-claims", lock_dir=self._locks) as held:
            if not held:
                return False
            with self.office.intake.read() as session:
                if not inbox.claims(session, limit=1):
                    return False
            vault = load_vault(self.office.settings.key_dir)
            return (
                rewards.take_claims(
                    self.office.working,
                    self.office.intake,
                    vault=vault,
                    now=now,
                    book=self.office.book,
                )
                > 0
            )

    def daily(self, now: datetime) -> bool:
        """Heads of past days, reminders, lapsed awards, closed mailboxes, orphaned files."""
        last = self._daily
        if last and legal_day(last) == legal_day(now) and last <= now < last + HOURLY:
            return False
        office = self.office
        heads.publish_due(office.working, office.gazette, now=now, lock_dir=self._locks)
        with exclusive(office.working, "reward-terms", lock_dir=self._locks) as held:
            if held:
                with office.working.write() as session:
                    rewards.lapse_due(session, now, office.book)
                    rewards.remind_due(session, now, office.book, rewards.remind_by_mailbox)
        mailboxes.close_purged(office.working, office.gazette)
        with office.working.write() as session:
            intake_keys.publish(session, now)
            publication.publish_figures(session, now)
        self._sweep(now)
        self._daily = now
        return False

    def _sweep(self, now: datetime) -> None:
        with self.office.intake.write() as session:
            inbox.forget_forms(session, legal_day(now) - timedelta(days=2))
            held = inbox.claimed_files(session)
        blobs.sweep(self.office.settings.sealed_dir, held, now)

    @property
    def _locks(self) -> Path:
        return self.office.settings.lock_dir
