"""What the public site's role may do on PostgreSQL, given anew after every migration.

Nothing in the working store, reading in the gazette, in the intake its own tables; those of the
inbox it may only add to, and those of agencies and keys only look at. On SQLite the same is held
by the read-only mode and the authorizer of ``core.db.Store``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, inspect, text

from registry.core.db import Store


def apply(
    name: str,
    store: Store[Any],
    role: str,
    *,
    insert_only: Collection[str],
    look_only: Mapping[str, Collection[str]] | None = None,
) -> bool:
    """Give ``role`` what it needs on store ``name`` and take the rest; False where it is missing.

    Concerns the schema that the store's ``search_path`` begins with.
    """
    if store.is_sqlite:
        return False
    with store.engine.begin() as connection:
        found = connection.execute(
            text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}
        )
        if found.scalar() is None:
            return False
        schema = str(connection.execute(text("SELECT current_schema()")).scalar())
        for statement in _statements(connection, name, schema, role, insert_only, look_only or {}):
            connection.exec_driver_sql(statement)
    return True


def _statements(
    connection: Connection,
    name: str,
    schema: str,
    role: str,
    insert_only: Collection[str],
    look_only: Mapping[str, Collection[str]],
) -> Iterator[str]:
    quote = connection.dialect.identifier_preparer.quote
    owner, place = quote(role), quote(schema)
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {place} FROM {owner}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {place} FROM {owner}"
    if name == "working":
        yield f"REVOKE ALL ON SCHEMA {place} FROM {owner}"
        return
    yield f"GRANT USAGE ON SCHEMA {place} TO {owner}"
    if name == "gazette":
        yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {place} TO {owner}"
        return
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {place} TO {owner}"
    for table in inspect(connection).get_table_names():
        rights = "INSERT" if table in insert_only else "SELECT, INSERT, UPDATE, DELETE"
        if table in look_only:
            columns = ", ".join(quote(one) for one in look_only[table])
            rights = f"SELECT, UPDATE ({columns})" if columns else "SELECT"
        if table != "alembic_version":
            yield f"GRANT {rights} ON {place}.{quote(table)} TO {owner}"
