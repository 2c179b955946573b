"""Values out of a YAML file of ours, with every problem noted instead of the first one raised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from registry.core.i18n import Text


class Reader:
    """Collects problems while values are taken out of parsed YAML."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[str] = []

    def problem(self, text: str) -> None:
        self.problems.append(text)

    def keys(self, where: str, value: object, allowed: frozenset[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.problem(f"{where}: must be a mapping")
            return {}
        for key in value:
            if key not in allowed:
                self.problem(f"{where}: unknown key {key!r}")
        return cast("dict[str, Any]", value)

    def text(self, where: str, value: object) -> Text:
        if isinstance(value, dict) and set(value) == {"zh", "en"}:
            return Text(str(value["zh"]), str(value["en"]))
        self.problem(f"{where}: needs both zh and en")
        return Text("?", "?")

    def names(self, where: str, value: object) -> tuple[str, ...]:
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.problem(f"{where}: must be a list of names")
        return ()

    def flag(self, where: str, value: object) -> bool:
        if not isinstance(value, bool):
            self.problem(f"{where}: must be true or false")
        return value is True

    def known(
        self, where: str, what: str, names: tuple[str, ...], known: Callable[[str], bool]
    ) -> tuple[str, ...]:
        for name in names:
            if not known(name):
                self.problem(f"{where}: unknown {what} {name!r}")
        return names
