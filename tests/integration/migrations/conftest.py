"""An empty store of each kind, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

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
