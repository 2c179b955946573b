"""Our own query tree: what a search asks, before any engine.

A leaf without a field asks the names (with pinyin and initials), codes, numbers and texts. What
"contains" means stands in ``forms``: a Chinese phrase is found wherever its characters follow
each other, a Latin word only as a whole word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

TEXT_FIELDS = ("name", "code", "number", "text", "authority")
"""Fields that a leaf may name."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Records with this text. A Latin word at its end must be whole, unless it is a ``Prefix``."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """As ``Phrase``, but a Latin word or a number at its end may go on. What is typed without
    quotation marks is one, and of letters only it asks pinyin and initials too."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Records with one of these values of a facet."""

    facet: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dated:
    """Records with a day, from ``first`` to ``last``, both included. None: open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Ids:
    """The records with these ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All of ``parts``; of none, every record."""

    parts: tuple[Query, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of ``parts``; of none, no record."""

    parts: tuple[Query, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """All but those of ``part``."""

    part: Query


Leaf: TypeAlias = Phrase | Prefix
Query: TypeAlias = Phrase | Prefix | Filter | Dated | Ids | And | Or | Not
EVERYTHING = And()


def wanted(query: Query) -> Iterator[Leaf]:
    """The leaves that a record may be found by: all that are not excluded."""
    if isinstance(query, Phrase | Prefix):
        yield query
    elif isinstance(query, And | Or):
        for part in query.parts:
            yield from wanted(part)
