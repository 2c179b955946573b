"""Stores on SQLite: who may write, what is committed, what instants become, who is alone."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError

from registry.core.db import Store, UtcDateTime, WorkingSession, exclusive, sqlite_path, sqlite_url

DIALECT = sqlite.dialect()


@pytest.fixture
def store(tmp_path: Path) -> Store[WorkingSession]:
    made = Store(sqlite_url(tmp_path / "store.db"), WorkingSession)
    with made.write() as session:
        session.execute(text("CREATE TABLE note (words TEXT)"))
    return made


def notes(store: Store[WorkingSession]) -> list[str]:
    with store.read() as session:
        return list(session.execute(text("SELECT words FROM note")).scalars())


def test_a_write_is_committed_and_a_failed_one_is_not(store: Store[WorkingSession]) -> None:
    with store.write() as session:
        session.execute(text("INSERT INTO note VALUES ('kept')"))
    with pytest.raises(ZeroDivisionError), store.write() as session:
        session.execute(text("INSERT INTO note VALUES ('lost')"))
        raise ZeroDivisionError
    with store.read() as session:
        session.execute(text("INSERT INTO note VALUES ('only read')"))
    assert notes(store) == ["kept"]
    store.close()


def test_a_store_opened_to_read_cannot_write(store: Store[WorkingSession]) -> None:
    reader = Store(store.url, WorkingSession, read_only=True)
    with pytest.raises(RuntimeError), reader.write():
        pass
    with reader.read() as session, pytest.raises(OperationalError):
        session.execute(text("INSERT INTO note VALUES ('never')"))
    reader.close()
    store.close()


def test_foreign_keys_and_secure_delete_are_on(store: Store[WorkingSession]) -> None:
    with store.read() as session:
        for pragma, value in (("foreign_keys", 1), ("secure_delete", 1), ("journal_mode", "wal")):
            assert session.execute(text(f"PRAGMA {pragma}")).scalar() == value
    store.close()


def test_instants_are_kept_in_utc() -> None:
    kind, eight = UtcDateTime(), timezone(timedelta(hours=8))
    kept = kind.process_bind_param(datetime(2026, 7, 1, 8, 0, tzinfo=eight), DIALECT)
    assert kept == datetime(2026, 7, 1, 0, 0)  # noqa: DTZ001 - SQLite keeps no zone
    assert kind.process_result_value(kept, DIALECT) == datetime(2026, 7, 1, 0, 0, tzinfo=UTC)
    assert kind.process_bind_param(None, DIALECT) is None
    with pytest.raises(ValueError, match="time zone"):
        kind.process_bind_param(datetime(2026, 7, 1, 8, 0), DIALECT)  # noqa: DTZ001


def test_only_one_holds_a_lock(store: Store[WorkingSession], tmp_path: Path) -> None:
    found: list[bool] = []

    def try_it(name: str) -> None:
        with exclusive(store, name, lock_dir=tmp_path) as held:
            found.append(held)

    with exclusive(store, "one", lock_dir=tmp_path) as held:
        assert held
        for name in ("one", "another"):
            other = threading.Thread(target=try_it, args=(name,))
            other.start()
            other.join()
    try_it("one")
    assert found == [False, True, True]
    store.close()


def test_addresses() -> None:
    assert sqlite_path("sqlite:////var/lib/x.db") == Path("/var/lib/x.db")
    assert sqlite_path("sqlite://") is None
    assert sqlite_path("postgresql://host/x") is None
