"""Stores: engines, typed sessions, column types, and what SQLite needs to behave.

Three stores, three metadata, three session types; a session of one store cannot be handed to a
service of another without the type checker objecting. Services flush; the boundary that opened
the session commits (see ``Store.write``).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import JSON, DateTime, Dialect, Engine, MetaData, String, create_engine, event, orm
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def _metadata() -> MetaData:
    return MetaData(naming_convention=NAMING_CONVENTION)


class WorkingBase(SQLModel, registry=registry(metadata=_metadata())):
    """Tables of the working store: entities, dockets, staff, audit, rewards."""


class GazetteBase(SQLModel, registry=registry(metadata=_metadata())):
    """Tables of the gazette store: published records, the log, sealed replies."""


class IntakeBase(SQLModel, registry=registry(metadata=_metadata())):
    """Tables of the intake store: sealed tips, agency keys, jobs, watches, feedback."""


class StoreSession(Session):
    """A session on one of the three stores."""

    base: ClassVar[type[SQLModel]]


class WorkingSession(StoreSession):
    """A session on the working store."""

    base = WorkingBase


class GazetteSession(StoreSession):
    """A session on the gazette store."""

    base = GazetteBase


class IntakeSession(StoreSession):
    """A session on the intake store."""

    base = IntakeBase


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC. SQLite keeps it without a zone; it comes back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CanonicalText(TypeDecorator[str]):
    """Text that must come back byte for byte (canonical JSON under a hash)."""

    impl = String
    cache_ok = True


def json_column() -> Any:
    """JSON on SQLite, JSONB on PostgreSQL."""
    return JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


SessionT = TypeVar("SessionT", bound=StoreSession)


class Store(Generic[SessionT]):
    """One database and the session type that speaks to it.

    ``read`` gives a session whose work is never committed; ``write`` commits when the block ends
    without an exception and rolls back otherwise. On SQLite a write takes the writer's lock at
    its first statement (BEGIN IMMEDIATE), so that a read inside it cannot go stale.
    """

    def __init__(
        self,
        url: str,
        session_class: type[SessionT],
        *,
        read_only: bool = False,
        insert_only: Collection[str] = (),
        look_only: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        """``insert_only``: tables that this process may add to and neither read nor change.
        ``look_only``: tables that it may read, each with the columns that it may change.

        Held by SQLite's authorizer here, by the role's grants on PostgreSQL.
        """
        self.url = url
        self.session_class = session_class
        self.read_only = read_only
        self.engine: Engine = _engine(url, read_only=read_only)
        if (insert_only or look_only) and self.is_sqlite:
            guard = _guard(frozenset(insert_only), look_only or {})
            event.listen(self.engine, "connect", guard)
        self._writer = self.engine.execution_options(registry_write=True)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def metadata(self) -> MetaData:
        return self.session_class.base.metadata

    @contextlib.contextmanager
    def read(self) -> Iterator[SessionT]:
        with self.session_class(self.engine) as session:
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[SessionT]:
        if self.read_only:
            raise RuntimeError("this process opened the store to read only")
        with self.session_class(self._writer) as session:
            yield session
            session.commit()

    def writer(self) -> SessionT:
        """A session that its holder commits and closes (one per web request)."""
        return self.session_class(self._writer)

    def reader(self) -> SessionT:
        """A session that its holder closes."""
        return self.session_class(self.engine)

    def create_all(self) -> None:
        """Create the tables without migrations: for tests of one room."""
        self.metadata.create_all(self.engine)

    def close(self) -> None:
        self.engine.dispose()


def database_time(session: StoreSession) -> datetime | None:
    """The clock of the database server; None where this process is the database."""
    if session.get_bind().dialect.name == "sqlite":
        return None
    served: datetime | None = session.execute(sql_text("SELECT clock_timestamp()")).scalar()
    return served


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def sqlite_path(url: str) -> Path | None:
    """The file behind a SQLite URL, None for other databases."""
    parsed = make_url(url)
    if not parsed.drivername.startswith("sqlite") or not parsed.database:
        return None
    return Path(parsed.database)


def _engine(url: str, *, read_only: bool) -> Engine:
    path = sqlite_path(url)
    if path is None:
        # Not through "options", which would replace the search_path that the URL carries.
        mode = {"postgresql_readonly": True} if read_only else {}
        return create_engine(
            _with_driver(url), execution_options=mode, pool_pre_ping=True, hide_parameters=True
        )
    target = f"file:{path}?mode=ro&uri=true" if read_only else str(path)
    # An error's text would repeat the values of its statement: names and numbers of persons.
    engine = create_engine(
        f"sqlite:///{target}", connect_args={"timeout": 10}, hide_parameters=True
    )
    event.listen(engine, "connect", _reader_pragmas if read_only else _writer_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _pragmas(connection: Any, statements: tuple[str, ...]) -> None:
    # The driver must not open transactions of its own: _begin does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    cursor.close()


def _writer_pragmas(connection: Any, _record: Any) -> None:
    _pragmas(
        connection,
        (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "PRAGMA foreign_keys=ON",
            "PRAGMA secure_delete=ON",
            "PRAGMA trusted_schema=OFF",
            "PRAGMA cache_size=-32000",
        ),
    )


def _reader_pragmas(connection: Any, _record: Any) -> None:
    _pragmas(
        connection,
        ("PRAGMA query_only=ON", "PRAGMA trusted_schema=OFF", "PRAGMA cache_size=-32000"),
    )


_FORBIDDEN = frozenset(
    {
        sqlite3.SQLITE_ATTACH,
        sqlite3.SQLITE_DETACH,
        sqlite3.SQLITE_ALTER_TABLE,
        sqlite3.SQLITE_CREATE_TABLE,
        sqlite3.SQLITE_CREATE_TRIGGER,
        sqlite3.SQLITE_CREATE_VIEW,
        sqlite3.SQLITE_CREATE_TEMP_TRIGGER,
        sqlite3.SQLITE_CREATE_TEMP_VIEW,
        sqlite3.SQLITE_DROP_TABLE,
        sqlite3.SQLITE_DROP_TRIGGER,
    }
)
"""What would lead around the guard. An authorizer stops slips and injected SQL, not a debugger."""


def _guard(
    tables: frozenset[str], looked_at: Mapping[str, Collection[str]]
) -> Callable[[Any, Any], None]:
    def allow(
        action: int, first: str | None, second: str | None, _place: str | None, _by: str | None
    ) -> int:
        if action in _FORBIDDEN or (action == sqlite3.SQLITE_PRAGMA and second is not None):
            return sqlite3.SQLITE_DENY
        if first in tables and action != sqlite3.SQLITE_INSERT:
            return sqlite3.SQLITE_DENY
        if first in looked_at and action in (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_DELETE):
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_UPDATE and second not in looked_at.get(first or "", (second,)):
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    def install(connection: Any, _record: Any) -> None:
        connection.set_authorizer(allow)

    return install


def _begin(connection: Any) -> None:
    write = connection.get_execution_options().get("registry_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def in_turn(session: orm.Session, name: str) -> None:
    """Wait until no other transaction does ``name``; held until this one ends.

    What is read from here on is what the others left. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        key = {"name": f"registry.{name}"}
        session.execute(sql_text("SELECT pg_advisory_xact_lock(hashtext(:name))"), key)


@contextlib.contextmanager
def exclusive(store: Store[Any], name: str, *, lock_dir: Path) -> Iterator[bool]:
    """Whether this process alone may do ``name`` while the block runs; never waits.

    PostgreSQL: a session advisory lock, so that one of many machines holds it. SQLite: a lock on
    a file in ``lock_dir``. Both fall away when the process dies.
    """
    if store.is_sqlite:
        with _file_lock(lock_dir / f"{name}.lock") as held:
            yield held
        return
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        key = {"name": f"registry.{name}"}
        taken = connection.execute(sql_text("SELECT pg_try_advisory_lock(hashtext(:name))"), key)
        held = bool(taken.scalar())
        try:
            yield held
        finally:
            if held:
                connection.execute(sql_text("SELECT pg_advisory_unlock(hashtext(:name))"), key)


@contextlib.contextmanager
def _file_lock(path: Path) -> Iterator[bool]:
    import fcntl  # noqa: PLC0415 - POSIX only; the package imports on other systems too

    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)
