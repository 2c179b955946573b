"""Imports every module that declares tables, so that a store's metadata is complete.

Used by the migrations, ``registry doctor`` and the tests.
"""

from __future__ import annotations

import importlib
import pkgutil

import registry


def load_all() -> None:
    """Import every ``models`` module below ``registry``."""
    for module in pkgutil.walk_packages(registry.__path__, "registry."):
        if module.name.rpartition(".")[2] == "models":
            importlib.import_module(module.name)
