"""All kinds of case of an installation, read once from the YAML tables of the rooms.

A table that names something unknown, has a state that cannot be reached or an action that cannot
be taken does not load.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import yaml

from registry.office.dockets import table
from registry.office.dockets.shape import (
    ADOPT,
    BACK,
    OPEN,
    Action,
    ClockRule,
    FileImport,
    InvalidKind,
    KindTable,
    PublishRule,
    Relation,
    Start,
    State,
    UnknownKind,
)

__all__ = [
    "ADOPT",
    "BACK",
    "OPEN",
    "Action",
    "ClockRule",
    "FileImport",
    "InvalidKind",
    "KindBook",
    "KindTable",
    "PublishRule",
    "Relation",
    "Start",
    "State",
    "UnknownKind",
    "book",
    "get",
    "rights",
]


class KindBook:
    """All kinds of an installation, by code."""

    def __init__(self) -> None:
        self._tables: dict[str, KindTable] = {}

    def add(self, path: Path) -> KindTable:
        """Read one table, importing the module with its hooks. Raises ``InvalidKind``."""
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if isinstance(content, dict) and content.get("hooks"):
            importlib.import_module(str(content["hooks"]))
        found = table.read(path, content)
        self._tables[found.code] = found
        return found

    def add_folder(self, folder: Path) -> None:
        """Read every table directly in ``folder``; other YAML files are left alone."""
        for path in sorted(folder.glob("*.yaml")):
            head = path.read_text(encoding="utf-8").lstrip()
            if head.startswith("kind:") or "\nkind:" in head[:2000]:
                self.add(path)

    def get(self, code: str) -> KindTable:
        """Raises ``UnknownKind``."""
        try:
            return self._tables[code]
        except KeyError:
            raise UnknownKind(kind=code) from None

    @property
    def tables(self) -> Mapping[str, KindTable]:
        return MappingProxyType(self._tables)


_BOOK: list[KindBook] = []


def book() -> KindBook:
    """The kinds that come with the package: one table per YAML file of a room of ``office``."""
    if not _BOOK:
        made = KindBook()
        for room in sorted(Path(__file__).parent.parent.iterdir()):
            if room.is_dir():
                made.add_folder(room)
                for part in sorted(room.glob("*/__init__.py")):
                    made.add_folder(part.parent)
        _BOOK.append(made)
    return _BOOK[0]


@lru_cache(maxsize=1)
def rights() -> frozenset[str]:
    """Clocks that measure a party's right, over all kinds that come with the package."""
    return frozenset(
        rule.code
        for table in book().tables.values()
        for rule in table.clocks.values()
        if rule.right
    )


def get(code: str) -> KindTable:
    """The table of ``code``. Raises ``UnknownKind``."""
    return book().get(code)
