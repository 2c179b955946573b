"""Field sets for rows of a file: what their columns are, and how a row is loaded.

The counterpart of forms: the same sets, asked by the imports of the office
(``registry.office.imports.fieldsets``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any, cast

import marshmallow as ma

from registry.core.i18n import N_, Text, translate
from registry.core.rules import Rules
from registry.office.imports.fieldsets import FileField, Sort
from schemas import registry as field_sets
from schemas.fields import Code, Codes, Instant, LegalDate, Money, TextLine, under

SORTS: Sequence[tuple[type[ma.fields.Field[Any]], Sort]] = (
    (LegalDate, "day"),
    (Instant, "instant"),
    (Money, "money"),
    (Codes, "codes"),
    (Code, "code"),
    (ma.fields.Boolean, "tick"),
    (ma.fields.Integer, "number"),
)
"""The first that fits; anything else is text."""
REPHRASED = {"Missing data for required field.": N_("This must be filled in.")}


class Rows:
    """The field sets of all cases, as ``FieldSets`` asks for them."""

    def fields(self, names: Sequence[str], rules: Rules | None) -> Sequence[FileField]:
        """The fields of several sets in their order, each once."""
        found: dict[str, FileField] = {}
        with under(rules) if rules is not None else nullcontext():
            for name in names:
                for key, item in field_sets.schema(name).load_fields.items():
                    found.setdefault(key, _field(key, item))
        return list(found.values())

    def load(
        self,
        names: Sequence[str],
        values: Mapping[str, Any],
        rules: Rules,
        optional: frozenset[str],
    ) -> tuple[dict[str, Any], Mapping[str, Sequence[str]]]:
        """Facts from ``values``, and messages by field for what is wrong."""
        facts: dict[str, Any] = {}
        wrong: dict[str, list[str]] = {}
        with under(rules):
            for name in names:
                schema = field_sets.schema(name)
                own = {key: value for key, value in values.items() if key in schema.load_fields}
                partial = tuple(optional & schema.load_fields.keys())
                try:
                    facts |= schema.load(own, partial=partial)
                except ma.ValidationError as error:
                    facts |= cast("dict[str, Any]", error.valid_data or {})
                    for key, told in cast("dict[str, object]", error.messages).items():
                        wrong.setdefault(key, []).extend(_texts(told))
        return facts, wrong


def _field(name: str, item: ma.fields.Field[Any]) -> FileField:
    label = item.metadata.get("label", name)
    shown = label if isinstance(label, Text) else Text(translate("zh", str(label)), str(label))
    sort = next((sort for kind, sort in SORTS if isinstance(item, kind)), "text")
    given = item.metadata.get("choices", ())
    pairs = given() if callable(given) else given
    pairs = pairs.items() if isinstance(pairs, Mapping) else pairs
    choices = {
        str(code): title if isinstance(title, Text) else Text(str(title), str(title))
        for code, title in cast("Sequence[tuple[str, Text | str]]", pairs)
    }
    longest = item.maximum if isinstance(item, TextLine) else 200
    return FileField(name, shown, cast("Sort", sort), item.required, choices, longest)


def _texts(told: object) -> list[str]:
    if isinstance(told, Mapping):
        return [text for inner in told.values() for text in _texts(inner)]
    found = told if isinstance(told, list) else [told]
    return [REPHRASED.get(str(one), str(one)) for one in found]
