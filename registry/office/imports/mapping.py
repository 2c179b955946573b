"""Column mappings: which column of a source means which of our fields. YAML, one per source.

A mapping file names its ``kind``, ``columns`` (our field to the names that a source uses for it),
``required`` fields without which a row of names is no heading, and ``values`` (per field: the
source's wording to our code). Our own field names are always understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from registry.core.errors import Misconfigured
from registry.core.i18n import Text
from registry.core.names import fold
from registry.office.imports import problems

BUILT_IN = Path(__file__).parent / "mappings"


@dataclass(frozen=True)
class ColumnMapping:
    """One source's way of writing rows of one kind."""

    name: str
    kind: str
    title: Text
    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    values: Mapping[str, Mapping[str, str]]
    personal: frozenset[str]
    """Fields whose values are masked in reports."""

    def field_of(self, column: str) -> str | None:
        """Our field for a column name as the source writes it."""
        known = self._by_alias
        return known.get(column_key(column)) or known.get(column_key(_without_remark(column)))

    @property
    def _by_alias(self) -> Mapping[str, str]:
        return _aliases(self)

    def value(self, field: str, text: str) -> str | None:
        """Our code for the source's wording, where the mapping has one."""
        return self.values.get(field, {}).get(fold(text))

    def __hash__(self) -> int:
        return hash((self.kind, self.name))


@cache
def _aliases(mapping: ColumnMapping) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for field, names in mapping.columns.items():
        for name in (field, *names):
            found.setdefault(column_key(name), field)
    return found


@lru_cache(maxsize=4096)
def column_key(name: str) -> str:
    """A column name as compared: folded, without signs."""
    return re.sub(r"[\W_]", "", fold(name))


def _without_remark(name: str) -> str:
    """Without what stands in brackets or after a colon, as in 单位名称（全称）."""
    for sign in "(（[【:：":
        head, _, _ = name.partition(sign)
        name = head or name
    return name


@cache
def load(folder: Path) -> tuple[ColumnMapping, ...]:
    """All mappings of a folder, by file name. Raises ``Misconfigured`` for one that is wrong."""
    return tuple(_read(path) for path in sorted(folder.glob("*.yaml")))


def mappings(kind: str, folders: Iterable[Path] = ()) -> list[ColumnMapping]:
    """Mappings for a kind: those of the installation first, then the built-in ones."""
    found: dict[str, ColumnMapping] = {}
    for folder in (*folders, BUILT_IN):
        for mapping in load(folder) if folder.is_dir() else ():
            if mapping.kind == kind:
                found.setdefault(mapping.name, mapping)
    return list(found.values())


def choose(
    kind: str,
    name: str | None,
    folders: Iterable[Path] = (),
    among: Sequence[ColumnMapping] | None = None,
) -> list[ColumnMapping]:
    """The mapping called ``name``, or all of the kind. Raises ``UnknownMapping``."""
    candidates = list(among) if among is not None else mappings(kind, folders)
    if name is None:
        return candidates
    named = [mapping for mapping in candidates if mapping.name == name]
    if not named:
        raise problems.UnknownMapping(mapping=name)
    return named


@dataclass(frozen=True)
class Heading:
    """A recognised row of column names: per column our field, or None."""

    mapping: ColumnMapping
    fields: tuple[str | None, ...]

    @property
    def known(self) -> int:
        return sum(field is not None for field in self.fields)

    @property
    def missing(self) -> list[str]:
        return [field for field in self.mapping.required if field not in self.fields]


def heading(cells: Sequence[str], candidates: Sequence[ColumnMapping]) -> Heading | None:
    """The mapping under which ``cells`` read best as column names; None if under none.

    At least two columns must be known; of several mappings the one lacking least, then knowing
    most, is taken.
    """
    readings = [_reading(cells, mapping) for mapping in candidates]
    readings = [reading for reading in readings if reading.known >= 2]
    return min(readings, key=lambda r: (len(r.missing), -r.known), default=None)


def check_heading(found: Heading, cells: Sequence[str]) -> None:
    """Raises ``NoHeading`` for lacking columns, ``RepeatedColumn`` for two of the same field."""
    if found.missing:
        columns = [found.mapping.columns.get(field, (field,)) for field in found.missing]
        raise problems.NoHeading(columns="、".join(names[0] for names in columns if names))
    seen: dict[str, int] = {}
    for position, field in enumerate(found.fields):
        if field is not None and field in seen:
            pair = f"{cells[seen[field]].strip()}、{cells[position].strip()}"
            raise problems.RepeatedColumn(columns=pair[:80])
        if field is not None:
            seen[field] = position


def _reading(cells: Sequence[str], mapping: ColumnMapping) -> Heading:
    return Heading(mapping, tuple(mapping.field_of(cell) if cell else None for cell in cells))


def _read(path: Path) -> ColumnMapping:
    try:
        # The base loader, safe as any, leaves No and 1e3 the words that they are in a column name.
        content: dict[str, Any] = yaml.load(
            path.read_text(encoding="utf-8"),
            Loader=yaml.BaseLoader,  # noqa: S506
        )
        columns = {
            field: tuple(map(str, names or ())) for field, names in content["columns"].items()
        }
        required = tuple(content["required"])
        unknown = [field for field in required if field not in columns]
        if unknown:
            raise KeyError(unknown[0])
        return ColumnMapping(
            name=path.stem,
            kind=content["kind"],
            title=Text(content["title"]["zh"], content["title"]["en"]),
            columns=columns,
            required=required,
            values={
                field: {fold(wording): str(code) for wording, code in pairs.items()}
                for field, pairs in content.get("values", {}).items()
            },
            personal=frozenset(content.get("personal", ())),
        )
    except (KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise Misconfigured(what=f"the column mapping {path.name} is wrong: {error}") from error
