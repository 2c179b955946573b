"""Consistent copies of all stores and files, and their way back.

The publisher is held still while the copy is made, so that no decision can be in the gazette's
copy without being in the working store's: what was copied unmarked is published again after a
restore and recognised by its event id.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from registry.core.clock import rfc3339
from registry.core.db import GazetteSession, Store, exclusive, sqlite_path
from registry.core.errors import RegistryError
from registry.migrations import service as migrations
from registry.office.publisher import queries as outbox
from registry.office.worker.office import Office
from registry.public.gazette import erasure
from registry.public.gazette import restore as gazette

MANIFEST = "manifest.json"
FOLDERS = ("keys", "files", "evidence")


class BackupRefused(RegistryError):  # noqa: N818 - reads as a sentence
    code = "backup-refused"
    status = 409
    message = "The copy cannot be made or read: {why}"


def backup(office: Office, target: Path, *, now: datetime) -> None:
    """Write a copy of every store, key and file below ``target``, which must be empty."""
    if target.exists() and any(target.iterdir()):
        raise BackupRefused(why=f"{target} is not empty")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    with exclusive(office.working, "publisher", lock_dir=office.settings.lock_dir) as held:
        if not held:
            raise BackupRefused(why="the publisher is at work; try again in a moment")
        revisions = {}
        for name, store in office.stores.items():
            revisions[name] = migrations.current(store)
            _copy_store(store, target / name)
    for folder in FOLDERS:
        source = office.settings.data_dir / folder
        if source.is_dir():
            shutil.copytree(source, target / folder)
    manifest = {"made": rfc3339(now), "revisions": revisions, "format": 1}
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def restore(office: Office, source: Path) -> dict[str, Any]:
    """Fill empty stores from ``source``; returns the manifest. The caller verifies and replays.

    Raises ``BackupRefused`` where there is no copy, or where the stores are not empty.
    """
    manifest_path = source / MANIFEST
    if not manifest_path.is_file():
        raise BackupRefused(why=f"{source} holds no manifest")
    manifest: dict[str, Any] = json.loads(manifest_path.read_text(encoding="utf-8"))
    for name, store in office.stores.items():
        if migrations.current(store) is not None:
            raise BackupRefused(why=f"the {name} store is not empty")
    for name, store in office.stores.items():
        _fill_store(name, store, source / name, manifest["revisions"][name])
    for folder in FOLDERS:
        if (source / folder).is_dir():
            shutil.copytree(source / folder, office.settings.data_dir / folder, dirs_exist_ok=True)
    office.migrate()
    return manifest


def replay_removals(office: Office, newer_gazette: str | None, *, now: datetime) -> int:
    """Remove again what was removed after the copy was made; gives how many records.

    The removals come from the copied outbox and, where one survived, from a newer gazette store.
    """
    with office.working.read() as session:
        wanted = outbox.removals(session)
    if newer_gazette is not None:
        newer = Store(newer_gazette, GazetteSession, read_only=True)
        with newer.read() as session:
            wanted += gazette.removals(session)
        newer.close()
    with office.gazette.write() as session:
        removed = gazette.replay(session, wanted, recorded=now)
    erasure.finish(office.gazette, now=now)
    return len(removed)


def _copy_store(store: Store[Any], target: Path) -> None:
    path = sqlite_path(store.url)
    if path is not None:
        origin = sqlite3.connect(path)
        copy = sqlite3.connect(target.with_suffix(".db"))
        with copy:
            origin.backup(copy)
        copy.close()
        origin.close()
        return
    target.mkdir()
    with store.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        for table in _tables(store):
            statement = f'COPY "{table}" TO STDOUT (FORMAT csv, HEADER)'
            raw: Any = connection.connection.dbapi_connection
            with (target / f"{table}.csv").open("wb") as file, raw.cursor().copy(statement) as copy:
                file.writelines(bytes(block) for block in copy)


def _fill_store(name: str, store: Store[Any], source: Path, revision: str | None) -> None:
    path = sqlite_path(store.url)
    if path is not None:
        store.close()
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(source.with_suffix(".db"), path)
        return
    if revision is None:
        return
    migrations.upgrade(name, store, revision)
    with store.engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        raw: Any = connection.connection.dbapi_connection
        for table in _tables(store):
            with (source / f"{table}.csv").open(encoding="utf-8") as head:
                header = head.readline().strip()
            columns = ", ".join(f'"{column}"' for column in header.split(","))
            statement = f'COPY "{table}" ({columns}) FROM STDIN (FORMAT csv, HEADER)'
            with (source / f"{table}.csv").open("rb") as file, raw.cursor().copy(statement) as copy:
                for block in _blocks(file):
                    copy.write(block)
        for filled in store.metadata.sorted_tables:
            for column in filled.primary_key.columns:
                _advance_sequence(connection, filled.name, column.name)


def _advance_sequence(connection: Any, table: str, column: str) -> None:
    """COPY does not move a serial column's counter; the next insert would collide."""
    sequence = connection.execute(
        text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table, "column": column}
    ).scalar()
    if sequence:
        connection.execute(
            text(f'SELECT setval(:sequence, coalesce(max("{column}"), 1)) FROM "{table}"'),  # noqa: S608
            {"sequence": sequence},
        )


def _tables(store: Store[Any]) -> list[str]:
    return [table.name for table in store.metadata.sorted_tables]


def _blocks(file: Any) -> Iterator[bytes]:
    while block := file.read(1 << 20):
        yield block
