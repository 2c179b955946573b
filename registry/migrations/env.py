"""Alembic's entry point for all three stores; ``service`` passes the connection and the tables."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, MetaData


def run(connection: Connection, metadata: MetaData) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite cannot alter most things in place; Alembic then rebuilds the table.
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"], context.config.attributes["metadata"])
