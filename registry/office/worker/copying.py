"""A whole store as files, and back: SQLite's own backup, or one CSV per table of PostgreSQL."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
from sqlalchemy import Connection, inspect, text

from registry.core.db import Store, sqlite_path
from registry.migrations import service as migrations
from registry.migrations.tables import load_all

DriverError = psycopg.Error
_BLOCK = 1 << 20
_FORM = "(FORMAT csv, HEADER, ENCODING 'UTF8')"


def copy_out(store: Store[Any], target: Path) -> list[str] | None:
    """Copy ``store`` as it is at one instant, while others read and write it.

    Gives the tables in the order in which they can be filled; None for SQLite, whose copy is a
    database itself.
    """
    path = sqlite_path(store.url)
    if path is not None:
        _copy_file(path, _database(target))
        return None
    target.mkdir()
    load_all()
    tables = [table.name for table in store.metadata.sorted_tables]
    with store.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        raw: Any = connection.connection.dbapi_connection
        for table in tables:
            statement = f'COPY "{table}" TO STDOUT {_FORM}'
            with _table(target, table).open("wb") as file, raw.cursor().copy(statement) as copy:
                file.writelines(bytes(block) for block in copy)
    return tables


def missing(source: Path, tables: Sequence[str] | None) -> list[str]:
    """Names of files that a copy of these tables (None: SQLite) should have and has not."""
    wanted = [_database(source)]
    if tables is not None:
        wanted = [_table(source, table) for table in tables]
    return [str(path.relative_to(source.parent)) for path in wanted if not path.is_file()]


def copy_in(
    name: str, store: Store[Any], source: Path, revision: str, tables: Sequence[str] | None
) -> None:
    """Fill the empty ``store``, on PostgreSQL in the schema of ``revision``."""
    path = sqlite_path(store.url)
    if path is not None:
        store.close()
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(_database(source), path)
        return
    migrations.upgrade(name, store, revision)
    with store.engine.begin() as connection:
        raw: Any = connection.connection.dbapi_connection
        for table in tables or ():
            with _table(source, table).open("rb") as file:
                statement = f'COPY "{table}" ({_columns(source, table)}) FROM STDIN {_FORM}'
                with raw.cursor().copy(statement) as copy:
                    for block in _blocks(file):
                        copy.write(block)
            _advance_sequences(connection, table)


def _copy_file(source: Path, target: Path) -> None:
    origin, copy = sqlite3.connect(source), sqlite3.connect(target)
    try:
        origin.backup(copy)
    finally:
        copy.close()
        origin.close()


def _database(place: Path) -> Path:
    return place.with_suffix(".db")


def _table(folder: Path, table: str) -> Path:
    return folder / f"{table}.csv"


def _columns(source: Path, table: str) -> str:
    with _table(source, table).open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file), [])
    return ", ".join(f'"{column}"' for column in header)


def _advance_sequences(connection: Connection, table: str) -> None:
    """COPY does not move the counter behind a key; the next insert would collide."""
    for column in inspect(connection).get_pk_constraint(table)["constrained_columns"]:
        named = {"table": f'"{table}"', "column": column}
        counter = connection.execute(
            text("SELECT pg_get_serial_sequence(:table, :column)"), named
        ).scalar()
        if counter:
            largest = f'SELECT coalesce(max("{column}"), 0) + 1 FROM "{table}"'  # noqa: S608
            connection.execute(
                text(f"SELECT setval(:counter, ({largest}), false)"), {"counter": counter}
            )


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block
