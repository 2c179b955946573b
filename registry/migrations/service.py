"""Bring a store's schema to its head, say where it stands, and write the next revision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from registry.core.db import Store
from registry.migrations.tables import load_all

HERE = Path(__file__).parent
STORES = ("working", "gazette", "intake")


def head(name: str) -> str | None:
    """The newest revision of store ``name`` that this program knows."""
    return ScriptDirectory.from_config(_config(name)).get_current_head()


def current(store: Store[Any]) -> str | None:
    """The revision that the database is at; None for an empty one."""
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(name: str, store: Store[Any], revision: str = "head") -> None:
    """Bring ``store`` up to ``revision``. Does nothing where it is there already."""
    with _configured(name, store) as config:
        command.upgrade(config, revision)


def downgrade(name: str, store: Store[Any], revision: str) -> None:
    """Take ``store`` back to ``revision`` (tests prove each step both ways)."""
    with _configured(name, store) as config:
        command.downgrade(config, revision)


def differences(store: Store[Any]) -> list[Any]:
    """What the tables in code have that the database has not, and the reverse."""
    load_all()
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, store.metadata))


def write_revision(name: str, store: Store[Any], message: str, number: str) -> None:
    """Write the next revision file from the difference between tables and database."""
    with _configured(name, store) as config:
        command.revision(config, message=message, autogenerate=True, rev_id=number)


def _config(name: str) -> Config:
    if name not in STORES:
        raise KeyError(name)
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("version_locations", str(HERE / "versions" / name))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


@contextmanager
def _configured(name: str, store: Store[Any]) -> Iterator[Config]:
    load_all()
    with _foreign_keys_paused(store) as connection:
        config = _config(name)
        config.attributes["connection"] = connection
        config.attributes["metadata"] = store.metadata
        yield config
        connection.commit()


@contextmanager
def _foreign_keys_paused(store: Store[Any]) -> Iterator[Connection]:
    """SQLite rebuilds a table by copy and rename, which must not cascade into its children."""
    if not store.is_sqlite:
        with store.engine.connect() as connection:
            yield connection
        return
    with store.engine.connect().execution_options(registry_write=True) as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            raw.execute("PRAGMA foreign_keys=ON")
