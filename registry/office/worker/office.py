"""An opened installation as the closed side sees it: stores, rules, keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from registry.core import rules
from registry.core.db import (
    GazetteSession,
    IntakeSession,
    SessionT,
    Store,
    WorkingSession,
    sqlite_path,
)
from registry.core.errors import Misconfigured
from registry.core.rules import Rulebook
from registry.core.settings import OfficeSettings
from registry.migrations import grants
from registry.migrations import service as migrations
from registry.office.imports.fieldsets import FieldSets
from registry.public.agencies.models import LOOK_ONLY
from registry.public.inbox.models import INSERT_ONLY
from registry.public.procedures.models import INSERT_ONLY as FILINGS
from registry.public.search import SearchIndex, open_index


@dataclass(frozen=True)
class Office:
    """What the worker, the command line and the demo act on. Closed by ``opened``."""

    settings: OfficeSettings
    working: Store[WorkingSession]
    gazette: Store[GazetteSession]
    intake: Store[IntakeSession]
    field_sets: FieldSets | None = None
    """Of the layer above; without them no case comes in by a file (``office.imports``)."""

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

    def own_folders(self, name: str) -> tuple[Path, ...]:
        """Where the installation keeps its own ``mappings`` (columns) or ``external`` lists."""
        rules_dir = self.settings.rules_dir
        return (rules_dir / name,) if rules_dir else ()

    def migrate(self) -> None:
        """Bring all three stores to their heads.

        Raises ``Misconfigured`` where one cannot be reached or has a schema unknown here.
        """
        for name, store in self.stores.items():
            self.revision(name)
            try:
                migrations.upgrade(name, store)
            except CommandError:
                raise Misconfigured(
                    what=f"the {name} store was made by another version of this program"
                ) from None
            grants.apply(
                name,
                store,
                self.settings.public_role,
                insert_only=INSERT_ONLY | FILINGS,
                look_only=LOOK_ONLY,
            )
            path = sqlite_path(store.url)
            if path is not None:
                # Personal data; a directory that was there before may be open to everybody.
                path.chmod(path.stat().st_mode & ~0o007)

    def revision(self, name: str) -> str | None:
        """The schema that a store is at; None for one that is not there yet, which stays so.

        Raises ``Misconfigured`` for a database that cannot be reached or read.
        """
        store = self.stores[name]
        path = sqlite_path(store.url)
        if path is not None and not path.exists():
            return None
        try:
            return migrations.current(store)
        except SQLAlchemyError as error:
            # Without the driver's words: they may hold an address with a password.
            raise Misconfigured(
                what=f"the {name} store cannot be opened ({type(error).__name__}); check "
                f"REGISTRY_{name.upper()}_URL and that the database runs"
            ) from None

    def check_schema(self) -> None:
        """Refuse to work on stores that are not at their heads.

        Raises ``Misconfigured`` naming the cure.
        """
        for name in self.stores:
            at = self.revision(name)
            if at is None:
                raise Misconfigured(what=f"the {name} store is empty; run: registry init")
            if at != migrations.head(name):
                raise Misconfigured(
                    what=f"the {name} store is not up to date; run: registry migrate"
                )


@contextmanager
def opened(
    settings: OfficeSettings, *, make: bool = True, field_sets: FieldSets | None = None
) -> Iterator[Office]:
    """Open the stores of ``settings`` and close them at the end.

    With ``make`` the data directory is made where there is none. Raises ``Misconfigured`` for an
    address that is none.
    """
    if make:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Made here, for a folder that comes to be as a parent is open to all who may pass.
        settings.evidence_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings.sealed_dir.mkdir(parents=True, exist_ok=True, mode=0o770)
    office = Office(
        settings=settings,
        working=_store("working", settings.working_url, WorkingSession),
        gazette=_store("gazette", settings.gazette_url, GazetteSession),
        intake=_store("intake", settings.intake_url, IntakeSession),
        field_sets=field_sets,
    )
    try:
        yield office
    finally:
        for store in office.stores.values():
            store.close()


def _store(name: str, url: str, session_class: type[SessionT]) -> Store[SessionT]:
    setting = f"REGISTRY_{name.upper()}_URL"
    try:
        store = Store(url, session_class)
    except (ArgumentError, ImportError, ValueError):
        raise Misconfigured(what=f"{setting} is not the address of a database") from None
    if store.engine.dialect.name not in {"sqlite", "postgresql"}:
        raise Misconfigured(what=f"{setting} must begin with sqlite:/// or postgresql://")
    return store
