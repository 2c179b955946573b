"""Alembic's entry point for all three stores; ``service`` passes the connection and the tables."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import JSON, Connection, MetaData
from sqlmodel import AutoString

from registry.core.db import CanonicalText, UtcDateTime


def render(kind: str, item: object, autogen: object) -> str | Literal[False]:
    """Our column types by their own names, SQLModel's strings as plain ones."""
    if kind != "type":
        return False
    if isinstance(item, AutoString):
        return "sa.String()"
    if isinstance(item, UtcDateTime | CanonicalText):
        autogen.imports.add(f"from registry.core.db import {type(item).__name__}")  # type: ignore[attr-defined]
        return f"{type(item).__name__}()"
    if isinstance(item, JSON):
        autogen.imports.add("from registry.core.db import json_column")  # type: ignore[attr-defined]
        return "json_column()"
    return False


def run(connection: Connection, metadata: MetaData) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite cannot alter most things in place; Alembic then rebuilds the table.
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"], context.config.attributes["metadata"])
