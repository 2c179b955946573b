"""Writing a segment: folded texts beside each other, and which documents have which token.

Per document stand in the data file: id, blocks of folded text (``\\n`` before, between and after
the parts), the instant it ends, its day, its facet values, and three ready orders. Postings hold
document numbers only: no positions, no weights. A phrase is decided by the folded text.
"""

from __future__ import annotations

import json
import struct
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from registry.public.search import forms
from registry.public.search.documents import IndexDocument
from registry.public.search.engine import Source
from registry.public.search.whoosh_engine import bits, files

MOST = 25_000
"""Documents of a segment: what a removal makes us write anew, and what a set of bits is long."""
NEVER = 1 << 62
"""``until`` of a document without an end."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
BLOCKS = ("names", "sounds", "initials", "codes", "numbers", "texts")
INDEXED = {"names": b"n", "numbers": b"d", "texts": b"t"}
"""Blocks whose tokens have postings, and the letter that their terms begin with."""
KEYWORD = b"k"
HEADER = struct.Struct("<I")


@dataclass(slots=True)
class Row:
    """One document as a segment holds it. Blocks are in the order of ``BLOCKS``."""

    id: str
    blocks: tuple[str, ...]
    until: int
    day: int
    keywords: Mapping[str, tuple[str, ...]]

    @property
    def name_length(self) -> int:
        """Characters of the present name: the closer to what was asked, the shorter."""
        return self.blocks[0].find("\n", 1) - 1 if self.blocks[0] else 0


def row(document: IndexDocument) -> Row:
    """Fold all that is searched of ``document``."""
    until = document.publish_until
    spoken = [forms.spoken(name) for name in document.names]
    return Row(
        id=document.id,
        blocks=(
            _block(map(forms.name_form, document.names)),
            _block(sound for sound, _ in spoken),
            _block(one for _, initials in spoken for one in initials),
            _block(map(forms.code_form, document.codes)),
            _block(map(forms.name_form, document.numbers)),
            _block(map(forms.text_form, document.texts)),
        ),
        until=NEVER if until is None else microseconds(until),
        day=document.date.toordinal() if document.date else 0,
        keywords=document.keywords,
    )


def microseconds(instant: datetime) -> int:
    """``instant`` as it is stored: microseconds since 1970, exactly."""
    return (instant - _EPOCH) // _MICROSECOND


def _block(parts: Iterable[str]) -> str:
    kept = list(dict.fromkeys(part for part in parts if part))
    return "\n" + "\n".join(kept) + "\n" if kept else ""


@dataclass
class Builder:
    """Collects rows and writes segments of at most ``MOST`` documents."""

    directory: Path
    written: list[files.Part] = field(default_factory=list)
    _rows: list[Row] = field(default_factory=list)
    _postings: dict[bytes, dict[str, list[int]]] = field(default_factory=dict)

    def add(self, new: Row) -> None:
        if not self._postings:
            self._postings = {letter: defaultdict(list) for letter in INDEXED.values()}
        number = len(self._rows)
        self._rows.append(new)
        for block, letter in INDEXED.items():
            postings = self._postings[letter]
            for token in set(forms.tokens(new.blocks[BLOCKS.index(block)])):
                postings[token].append(number)
        if len(self._rows) == MOST:
            self.flush()

    def flush(self) -> None:
        """Write what has been collected."""
        if self._rows:
            rows, self._rows = self._rows, []
            postings, self._postings = self._postings, {}
            terms = _terms(rows, postings)
            data = _data(rows)
            segment = files.write_segment(self.directory, len(rows), terms, data)
            self.written.append(files.Part(segment))


def _terms(
    rows: Sequence[Row], postings: Mapping[bytes, Mapping[str, list[int]]]
) -> Iterator[tuple[bytes, bytes]]:
    """All terms with their packed postings, ascending."""
    count = len(rows)
    keyed = [
        (letter + token.encode("utf-8", "surrogatepass"), documents)
        for letter, found in postings.items()
        for token, documents in found.items()
    ]
    keyed.extend(_keyword_postings(rows).items())
    keyed.sort(key=lambda item: item[0])
    for key, documents in keyed:
        yield key, bits.pack(documents, count)


def keyword_key(facet: str, value: str) -> bytes:
    return KEYWORD + facet.encode() + b"\0" + value.encode("utf-8", "surrogatepass")


def _keyword_postings(rows: Sequence[Row]) -> dict[bytes, list[int]]:
    found: dict[bytes, list[int]] = defaultdict(list)
    for number, one in enumerate(rows):
        for facet, values in one.keywords.items():
            for value in dict.fromkeys(values):
                found[keyword_key(facet, value)].append(number)
    return found


def _data(rows: Sequence[Row]) -> Iterator[bytes]:
    """The data file: length of the header, header (JSON), sections."""
    sections: dict[str, bytes] = {}
    sections["ids"] = "\n".join(one.id for one in rows).encode()
    for position, block in enumerate(BLOCKS):
        texts = [one.blocks[position] for one in rows]
        offsets = array("I", [0])
        total = 0
        for text in texts:
            total += len(text)
            offsets.append(total)
        sections[block] = "".join(texts).encode("utf-8", "surrogatepass")
        sections[f"{block}.offsets"] = offsets.tobytes()
    sections["until"] = array("q", (one.until for one in rows)).tobytes()
    sections["day"] = array("I", (one.day for one in rows)).tobytes()
    sections["length"] = array("H", (min(one.name_length, 65535) for one in rows)).tobytes()
    for name, order in _orders(rows).items():
        sections[f"order.{name}"] = array("H", order).tobytes()
    facets, columns = _columns(rows)
    sections.update(columns)
    header = json.dumps(
        {"count": len(rows), "facets": facets, "sections": _extents(sections)}, ensure_ascii=False
    ).encode()
    yield HEADER.pack(len(header))
    yield header
    yield from sections.values()


def _orders(rows: Sequence[Row]) -> dict[str, list[int]]:
    """Documents newest first, oldest first, by closeness of name, and by when they end."""
    numbers = range(len(rows))
    return {
        "newest": sorted(numbers, key=lambda n: (-rows[n].day, rows[n].id)),
        "oldest": sorted(numbers, key=lambda n: (rows[n].day, rows[n].id)),
        "closest": sorted(numbers, key=lambda n: (rows[n].name_length, -rows[n].day, rows[n].id)),
        "ending": sorted(numbers, key=lambda n: rows[n].until),
    }


def _columns(rows: Sequence[Row]) -> tuple[dict[str, list[tuple[str, ...]]], dict[str, bytes]]:
    """Per facet the distinct combinations of values, and which one each document has."""
    names = sorted({facet for one in rows for facet in one.keywords})
    facets: dict[str, list[tuple[str, ...]]] = {}
    columns: dict[str, bytes] = {}
    for facet in names:
        known: dict[tuple[str, ...], int] = {}
        column = array("H")
        for one in rows:
            column.append(known.setdefault(tuple(one.keywords.get(facet, ())), len(known)))
        facets[facet] = list(known)
        columns[f"facet.{facet}"] = column.tobytes()
    return facets, columns


def _extents(sections: Mapping[str, bytes]) -> dict[str, tuple[int, int]]:
    extents: dict[str, tuple[int, int]] = {}
    position = 0
    for name, data in sections.items():
        extents[name] = (position, len(data))
        position += len(data)
    return extents


def build_source(directory: Path, source: Source) -> list[files.Part]:
    """Write all documents of a source. Runs in a process of its own when building in parallel."""
    builder = Builder(directory)
    for document in source():
        builder.add(row(document))
    builder.flush()
    return builder.written
