"""A row of another body's list as the entry that we publish."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import rfc8785

from registry.office.external.description import MULTIPLE, ListDescription, Part
from registry.public.gazette.payloads import ExternalPayload

NAME_LENGTH = 500
TEXT_LENGTH = 8000


@dataclass(frozen=True)
class Entry:
    """An entry of a snapshot. ``payload`` lacks the source's date, over the rest is ``digest``."""

    reference: str
    payload: ExternalPayload
    digest: str
    until: date | None


def build(description: ListDescription, row: Mapping[str, str], until: date | None) -> Entry:
    """The entry in ``row`` (column to text). Reference and name must be there."""
    many: dict[str, list[str]] = {name: [] for name in MULTIPLE}
    single: dict[str, str] = {}
    for name, part in description.parts.items():
        values = _values(description, part, row)
        if name in MULTIPLE:
            many[name].extend(values)
        elif values:
            single[name] = values[0]
    for text in description.texts:
        for piece in _pieces(text.split, text.strip, _cell(description, row, text.column)):
            _read_piece(text.patterns, piece, many)
    payload = _payload(description, row, single, many)
    digest = hashlib.sha256(rfc8785.dumps(dict(payload))).hexdigest()  # type: ignore[arg-type]
    return Entry(single["reference"], payload, digest, until)


def _payload(
    description: ListDescription,
    row: Mapping[str, str],
    single: Mapping[str, str],
    many: Mapping[str, list[str]],
) -> ExternalPayload:
    payload: ExternalPayload = {
        "list": description.code,
        "reference": single["reference"],
        "name": single["name"][:NAME_LENGTH],
        "type": single.get("type", "other"),  # type: ignore[typeddict-item]
        "source_date": "",
    }
    for name in sorted(MULTIPLE):
        values = list(dict.fromkeys(value for value in many[name] if value))
        if values:
            payload[name] = values  # type: ignore[literal-required]
    if "remarks" in single:
        payload["remarks"] = single["remarks"][:TEXT_LENGTH]
    cells = {key: _cell(description, row, column) for key, column in description.details.items()}
    details = {key: cell for key, cell in cells.items() if cell}
    if details:
        payload["details"] = details
    return payload


def _values(description: ListDescription, part: Part, row: Mapping[str, str]) -> list[str]:
    cell = _cell(description, row, part.column)
    pieces = [piece.strip() for piece in re.split(part.split, cell)] if part.split else [cell]
    if part.values is not None:
        pieces = [part.values.get(piece.casefold(), part.default) for piece in pieces]
    return [piece or part.default for piece in pieces if piece or part.default]


def _cell(description: ListDescription, row: Mapping[str, str], column: str) -> str:
    cell = clean(row.get(column, ""))
    return "" if cell in description.none else cell


def clean(text: str) -> str:
    """Text without control characters and needless blanks."""
    if text.isprintable():
        return " ".join(text.split())
    visible = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    return " ".join(visible.split())


def _pieces(split: str, strip: str, text: str) -> Iterator[str]:
    if not text:
        return
    for piece in re.split(split, text.removesuffix(strip) if strip else text):
        yield piece.strip()


def _read_piece(
    patterns: Sequence[re.Pattern[str]], piece: str, many: dict[str, list[str]]
) -> None:
    for pattern in patterns:
        found = pattern.fullmatch(piece)
        if found:
            for name, value in found.groupdict().items():
                if value:
                    many[name].append(value.strip())
            return


def date_in_name(description: ListDescription, name: str) -> date | None:
    """The snapshot's day as its file name tells it, where the list says how."""
    if description.date_in_name is None:
        return None
    found = description.date_in_name.search(Path(name).name)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
