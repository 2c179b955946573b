"""What an import knows of the field sets of cases: they belong to the layer above.

Whoever calls hands over an object that describes the fields of a set and loads a row with it;
forms, API bodies and rows of a file are thus judged by one and the same set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from registry.core.i18n import Text
from registry.core.rules import Rules

Sort = Literal["text", "day", "instant", "money", "number", "tick", "code", "codes"]


@dataclass(frozen=True)
class FileField:
    """A field as a column: ``label`` names it, ``choices`` are its codes with their titles."""

    name: str
    label: Text
    sort: Sort
    required: bool
    choices: Mapping[str, Text] = field(default_factory=dict)
    longest: int = 10_000
    """How many characters a text may have."""


class FieldSets(Protocol):
    """Field sets by the names that the tables of cases use."""

    def fields(self, names: Sequence[str], rules: Rules | None) -> Sequence[FileField]:
        """The fields of several sets in their order, with the choices of ``rules``.

        Without rules the choices are those of the newest ones.
        """

    def load(
        self,
        names: Sequence[str],
        values: Mapping[str, Any],
        rules: Rules,
        optional: frozenset[str],
    ) -> tuple[dict[str, Any], Mapping[str, Sequence[str]]]:
        """Facts from ``values``, and English messages by field for what is wrong.

        Fields of ``optional`` may be absent.
        """
