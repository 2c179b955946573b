"""The migrations make exactly the tables that the code declares, on both databases, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession, sqlite_url
from registry.migrations import service

SESSIONS = {"working": WorkingSession, "gazette": GazetteSession, "intake": IntakeSession}


@pytest.fixture(params=service.STORES)
def empty_store(
    request: pytest.FixtureRequest, backend: str, tmp_path: Path
) -> Iterator[tuple[str, Store[Any]]]:
    name = str(request.param)
    if backend == "sqlite":
        store: Store[Any] = Store(sqlite_url(tmp_path / "empty.db"), SESSIONS[name])
        yield name, store
        store.close()
        return
    base = request.getfixturevalue("postgres_urls")[name]
    admin = create_engine(base.replace("postgresql://", "postgresql+psycopg://", 1))
    with admin.begin() as connection:
        connection.execute(text("CREATE SCHEMA migrated"))
    store = Store(base.replace(f"search_path%3D{name}", "search_path%3Dmigrated"), SESSIONS[name])
    yield name, store
    store.close()
    with admin.begin() as connection:
        connection.execute(text("DROP SCHEMA migrated CASCADE"))
    admin.dispose()


def test_upgrade_makes_what_the_code_declares(empty_store: tuple[str, Store[Any]]) -> None:
    name, store = empty_store
    service.upgrade(name, store)
    assert service.current(store) == service.head(name)
    assert service.differences(store) == []


def test_downgrade_leaves_nothing_behind(empty_store: tuple[str, Store[Any]]) -> None:
    name, store = empty_store
    service.upgrade(name, store)
    service.downgrade(name, store, "base")
    left = set(inspect(store.engine).get_table_names()) - {"alembic_version"}
    assert left == set()


def test_upgrade_twice_changes_nothing(empty_store: tuple[str, Store[Any]]) -> None:
    name, store = empty_store
    service.upgrade(name, store)
    service.upgrade(name, store)
    assert service.differences(store) == []
