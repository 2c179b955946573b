"""Reading one segment: what it holds never changes, what is deleted in it is said elsewhere."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from registry.public.search.whoosh_engine import bits, files
from registry.public.search.whoosh_engine.build import BLOCKS, HEADER, Row, keyword_key

CACHED_TERMS = 4096

Order = Literal["newest", "oldest", "closest", "ending"]


class Block:
    """Folded text of all documents of a segment, one after the other."""

    def __init__(self, text: str, offsets: array[int]) -> None:
        self.text = text
        self.offsets = offsets

    def document_at(self, position: int) -> int:
        return bisect_right(self.offsets, position) - 1

    def of(self, document: int) -> str:
        return self.text[self.offsets[document] : self.offsets[document + 1]]


class SegmentReader:
    """The data of a segment, each part decoded when first asked for."""

    def __init__(self, directory: Path, segment: files.Segment) -> None:
        self.dictionary = files.Dictionary(directory, segment)
        self._data = files.map_documents(directory, segment)
        (length,) = HEADER.unpack_from(self._data)
        header = json.loads(self._data[HEADER.size : HEADER.size + length])
        self._base = HEADER.size + length
        self._extents: dict[str, tuple[int, int]] = header["sections"]
        self.count: int = header["count"]
        self.all = bits.full(self.count)
        self.combinations: dict[str, list[list[str]]] = header["facets"]
        """Per facet the distinct combinations of values."""
        self.columns = {name: self._array("H", f"facet.{name}") for name in self.combinations}
        """Per facet and document the number of its combination."""
        self.until = self._array("q", "until")
        self.days = self._array("I", "day")
        self.lengths = self._array("H", "length")
        self.term = lru_cache(CACHED_TERMS)(self.dictionary.get)
        """Packed postings of a term, None where no document has it."""
        self.block = lru_cache(None)(self._block)
        self.order = lru_cache(None)(self._order)
        self._ended = lru_cache(2)(self._first_ending)

    def _section(self, name: str) -> bytes:
        start, length = self._extents[name]
        return self._data[self._base + start : self._base + start + length]

    def _array(self, typecode: Literal["H", "I", "q"], name: str) -> array[int]:
        return array(typecode, self._section(name))

    def _block(self, name: str) -> Block:
        text = self._section(name).decode("utf-8", "surrogatepass")
        return Block(text, self._array("I", f"{name}.offsets"))

    def _order(self, name: Order) -> array[int]:
        return self._array("H", f"order.{name}")

    @cached_property
    def sounds(self) -> str:
        """The block of pinyin without its capitals."""
        return self.block("sounds").text.lower()

    @cached_property
    def ids(self) -> list[str]:
        return self._section("ids").decode().split("\n")

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Document number per id."""
        return {id: number for number, id in enumerate(self.ids)}

    def postings(self, key: bytes) -> int:
        """The set of documents that have the term."""
        packed = self.term(key)
        return bits.unpack(packed, self.count) if packed else 0

    def keyword(self, facet: str, value: str) -> int:
        """The set of documents with ``value``."""
        return self.postings(keyword_key(facet, value))

    def ended(self, instant: int) -> int:
        """The set of documents whose end has come at ``instant`` (microseconds)."""
        return self._ended(bisect_right(self._ends, instant))

    @cached_property
    def _ends(self) -> list[int]:
        return [self.until[number] for number in self.order("ending")]

    def _first_ending(self, number: int) -> int:
        return bits.from_documents(self.order("ending")[:number], self.count)

    def row(self, number: int) -> Row:
        """What ``build.row`` gave for the document."""
        keywords: dict[str, tuple[str, ...]] = {}
        for facet, combinations in self.combinations.items():
            values = combinations[self.columns[facet][number]]
            if values:
                keywords[facet] = tuple(values)
        return Row(
            id=self.ids[number],
            blocks=tuple(self.block(name).of(number) for name in BLOCKS),
            until=self.until[number],
            day=self.days[number],
            keywords=keywords,
        )

    def rows(self, documents: Sequence[int]) -> Iterator[Row]:
        return map(self.row, documents)

    def close(self) -> None:
        self._data.close()
