"""JSON schemas of records, from the very shapes that publishing is checked against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from registry.core.errors import Misconfigured
from registry.core.i18n import N_
from registry.public.gazette.kinds import KINDS, LISTED

NAMES = {kind.code: kind.schema for kind in LISTED}
"""Kind to the name of its schema."""
REFERENCE = "#/components/schemas/{model}"


def components() -> dict[str, dict[str, Any]]:
    """Schema name to JSON schema (2020-12): each kind, its parts, and a list of each kind."""
    found: dict[str, dict[str, Any]] = {}
    for kind, name in NAMES.items():
        shape = TypeAdapter(KINDS[kind].shape).json_schema(ref_template=REFERENCE)
        parts = _plain(shape.pop("$defs", {}))
        _add(found, {**parts, name: _record(kind, _plain(shape))})
        found[f"{name}List"] = _list({"$ref": REFERENCE.format(model=name)})
    found["Record"] = {
        "anyOf": [{"$ref": REFERENCE.format(model=name)} for name in NAMES.values()],
    }
    found["RecordList"] = _list({"$ref": REFERENCE.format(model="Record")})
    found["EntityRecords"] = _list(
        {"$ref": REFERENCE.format(model="Record")},
        code={"type": "string", "description": N_("The credit code.")},
        name={"type": "string", "description": N_("Its present name, where one is known.")},
    )
    return found


def _add(found: dict[str, dict[str, Any]], more: Mapping[str, dict[str, Any]]) -> None:
    """Parts that kinds share are one schema. Raises ``Misconfigured`` for two of one name."""
    for name, shape in more.items():
        if found.setdefault(name, shape) != shape:
            raise Misconfigured(what=f"two shapes of records are called {name}")


def _record(kind: str, shape: dict[str, Any]) -> dict[str, Any]:
    own = {
        "id": {"type": "string", "description": N_("Id of the record.")},
        "kind": {"const": kind, "type": "string", "description": N_("Kind of record.")},
        "sequence": _number(N_("Row of the log from which the record's content comes."), 1),
        "updated": {
            "type": "string",
            "format": "date-time",
            "description": N_("When what it says now entered the log."),
        },
        "url": {"type": "string", "description": N_("Its page.")},
    }
    return {
        "type": "object",
        # A payload may have a word of the record's own: the record's is the one that is given.
        "properties": {**shape["properties"], **own},
        "required": list(dict.fromkeys([*own, *shape.get("required", [])])),
    }


def _list(record: dict[str, Any], **more: dict[str, Any]) -> dict[str, Any]:
    counts = {"type": "object", "additionalProperties": _number("", 0)}
    own = {
        **more,
        "sequence": _number(N_("The state of the registry: length of its log."), 0),
        "total": _number(N_("How many records there are on all pages."), 0),
        "results": {"type": "array", "items": record},
        "facets": {
            "type": "object",
            "additionalProperties": counts,
            "description": N_("Facet to value to number of records."),
        },
        "next": {
            "type": ["string", "null"],
            "description": N_("Where the next page begins; null on the last one."),
        },
    }
    return {
        "type": "object",
        "properties": own,
        "required": [name for name in own if name != "name"],
    }


def _number(description: str, least: int) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "integer", "minimum": least}
    return {**found, "description": description} if description else found


def _plain(value: Any) -> Any:
    """Without the titles and docstrings of our classes, which speak to programmers."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    dropped = {"title", "description"} if isinstance(value.get("title"), str) else set()
    return {key: _plain(one) for key, one in value.items() if key not in dropped}
