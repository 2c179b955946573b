"""An opened installation as the closed side sees it: stores, rules, keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from registry.core import rules
from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession
from registry.core.errors import Misconfigured
from registry.core.rules import Rulebook
from registry.core.settings import OfficeSettings
from registry.migrations import service as migrations
from registry.public.search import SearchIndex, open_index


@dataclass(frozen=True)
class Office:
    """What the worker, the command line and the demo act on. Closed by ``opened``."""

    settings: OfficeSettings
    working: Store[WorkingSession]
    gazette: Store[GazetteSession]
    intake: Store[IntakeSession]

    @cached_property
    def book(self) -> Rulebook:
        return rules.load(self.settings.rules_dir, demo=self.settings.demo)

    @cached_property
    def index(self) -> SearchIndex:
        return open_index(self.settings.search_engine, self.settings.index_dir)

    @property
    def stores(
        self,
    ) -> dict[str, Store[WorkingSession] | Store[GazetteSession] | Store[IntakeSession]]:
        return {"working": self.working, "gazette": self.gazette, "intake": self.intake}

    def migrate(self) -> None:
        """Bring all three stores to their heads."""
        for name, store in self.stores.items():
            migrations.upgrade(name, store)

    def check_schema(self) -> None:
        """Refuse to work on stores that are not at their heads.

        Raises ``Misconfigured`` naming the cure.
        """
        for name, store in self.stores.items():
            if migrations.current(store) != migrations.head(name):
                raise Misconfigured(
                    what=f"the {name} store is not up to date; run: registry migrate"
                )


@contextmanager
def opened(settings: OfficeSettings) -> Iterator[Office]:
    """Open the stores of ``settings`` and close them at the end."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    office = Office(
        settings=settings,
        working=Store(settings.working_url, WorkingSession),
        gazette=Store(settings.gazette_url, GazetteSession),
        intake=Store(settings.intake_url, IntakeSession),
    )
    try:
        yield office
    finally:
        for store in office.stores.values():
            store.close()
