"""A list described as data: its format, its columns, what its free text says.

A description names for each part of the published entry the column it comes from; patterns are
regular expressions whose named groups are parts of the entry, tried on every piece of a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from registry.core.errors import Misconfigured, NotFound
from registry.core.i18n import N_, Text

BUILT_IN = Path(__file__).parent / "lists"
SINGLE = frozenset({"reference", "name", "type", "remarks", "until"})
MULTIPLE = frozenset({"aliases", "programs", "countries", "birth_dates", "identifiers"})
TYPES = ("organization", "person", "vessel", "aircraft", "other")


class UnknownList(NotFound):
    """No description of this list."""

    code = "unknown-external-list"
    message = N_("There is no external list called {name}. Known: {known}.")


@dataclass(frozen=True)
class Part:
    """Where a part of the entry comes from: a column, split at ``split`` where it holds many."""

    column: str
    split: str = ""
    values: Mapping[str, str] | None = None
    default: str = ""


@dataclass(frozen=True)
class FreeText:
    """A column of free text: cut at ``split``, each piece tried against ``patterns``."""

    column: str
    split: str
    strip: str
    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class ListDescription:
    """One list of another body."""

    code: str
    title: Text
    publisher: Text
    encoding: str | None
    heading: bool
    columns: tuple[str, ...]
    none: frozenset[str]
    end_marks: frozenset[str]
    parts: Mapping[str, Part]
    details: Mapping[str, str]
    texts: tuple[FreeText, ...]
    date_in_name: re.Pattern[str] | None


def describe(code: str, folders: Iterable[Path] = ()) -> ListDescription:
    """The description of a list. Raises ``UnknownList``, ``Misconfigured``."""
    known = descriptions(folders)
    if code not in known:
        raise UnknownList(name=code, known=", ".join(sorted(known)))
    return known[code]


def descriptions(folders: Iterable[Path] = ()) -> dict[str, ListDescription]:
    """All lists by code; those of the installation win over the built-in ones."""
    found: dict[str, ListDescription] = {}
    for folder in (BUILT_IN, *folders):
        for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
            description = _read(path)
            found[description.code] = description
    return found


@cache
def _read(path: Path) -> ListDescription:
    try:
        # The base loader, safe as any, leaves No and 1e3 the words that they are in a column name.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
        return _description(content)
    except (KeyError, TypeError, ValueError, AttributeError, re.error, yaml.YAMLError) as error:
        raise Misconfigured(what=f"the external list {path.name} is wrong: {error}") from error


def _description(content: Mapping[str, Any]) -> ListDescription:
    form = content.get("format", {})
    columns = tuple(str(column) for column in content["columns"])
    parts = {name: _part(value) for name, value in content["fields"].items()}
    texts = tuple(_text(value) for value in content.get("texts", ()))
    details = {str(key): str(column) for key, column in content.get("details", {}).items()}
    used = {part.column for part in parts.values()} | set(details.values())
    _check(parts, used | {text.column for text in texts}, columns)
    date_in_name = content.get("date_in_name")
    return ListDescription(
        code=str(content["list"]),
        title=Text(content["title"]["zh"], content["title"]["en"]),
        publisher=Text(content["publisher"]["zh"], content["publisher"]["en"]),
        encoding=form.get("encoding"),
        heading=_flag(form.get("heading", "true")),
        columns=columns,
        none=frozenset(str(item) for item in content.get("none", ())),
        end_marks=frozenset(str(item) for item in form.get("end_marks", ())),
        parts=parts,
        details=details,
        texts=texts,
        date_in_name=re.compile(date_in_name) if date_in_name else None,
    )


def _flag(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("format.heading must be true or false")
    return text == "true"


def _check(parts: Mapping[str, Part], used: set[str], columns: tuple[str, ...]) -> None:
    for name in ("reference", "name"):
        if name not in parts:
            raise ValueError(f"fields.{name} is missing")
    if unknown := set(parts) - SINGLE - MULTIPLE:
        raise ValueError(f"unknown fields {sorted(unknown)}")
    if unknown := used - set(columns):
        raise ValueError(f"unknown columns {sorted(unknown)}")
    kinds = set((parts["type"].values or {}).values()) if "type" in parts else set()
    if unknown := kinds - set(TYPES):
        raise ValueError(f"unknown types {sorted(unknown)}")


def _part(value: str | Mapping[str, Any]) -> Part:
    if isinstance(value, str):
        return Part(value)
    values = value.get("values")
    return Part(
        column=value["column"],
        split=value.get("split", ""),
        values={str(k).casefold(): str(v) for k, v in values.items()} if values else None,
        default=value.get("default", ""),
    )


def _text(value: Mapping[str, Any]) -> FreeText:
    patterns = tuple(re.compile(pattern) for pattern in value["patterns"])
    for pattern in patterns:
        if unknown := set(pattern.groupindex) - MULTIPLE:
            raise ValueError(f"unknown groups {sorted(unknown)}")
    return FreeText(value["column"], value["split"], value.get("strip", ""), patterns)
