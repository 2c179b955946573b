"""The migrations make exactly the tables that the code declares, on both databases, both ways."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect

from registry.core.db import Store
from registry.migrations import service


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
