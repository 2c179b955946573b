"""Candidates for a name among hundreds of thousands, in memory and compact.

Grams are hashed into buckets; a bucket's postings lie in one array. A query adds up the rarity of
the grams that each name shares with it, rarest grams first and within a budget of postings, then
ranks the best by how much of the query they cover and in which order. Additions since the last
build stand in a small dictionary; when it has grown, the arrays are built anew.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable
from math import log
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from registry.core.names import fold, has_han, reading
from registry.public.screening.grams import (
    PROVINCE_SHORT,
    Gram,
    grams_of,
    query_grams,
    searchable,
)

BUCKETS = 1 << 18
BUDGET = 10_000
"""Postings that may bring in names: what bounds a query's time on common words."""
REFINE = 10_000
"""Postings that, after these, may still tell the names found apart."""
POOL = 150
"""Names that are ranked closely."""
REBUILD_AFTER = 5_000
"""Names added before the arrays are built anew."""


class Candidate(NamedTuple):
    """A name that may be meant. ``rank`` orders candidates of one query and means nothing else."""

    ref: str
    name: str
    rank: float


class _Tables(NamedTuple):
    """What is replaced as one when the arrays are built anew, so that a reader never mixes two."""

    starts: array[int]
    postings: array[int]
    fresh: dict[int, array[int]]

    def numbers(self, bucket: int) -> array[int]:
        found = self.postings[self.starts[bucket] : self.starts[bucket + 1]]
        fresh = self.fresh.get(bucket)
        return found + fresh if fresh else found

    def length(self, bucket: int) -> int:
        fresh = self.fresh.get(bucket)
        return self.starts[bucket + 1] - self.starts[bucket] + (len(fresh) if fresh else 0)


class NameIndex:
    """Names by reference. One writer at a time; readers in other threads see whole additions."""

    def __init__(self, entries: Iterable[tuple[str, Iterable[str]]] = ()) -> None:
        self._refs: list[str] = []
        self._numbers: dict[str, list[int]] = {}
        self._text = bytearray()
        self._ends = array("I")
        self._owner = array("I")
        self._built = 0
        for ref, names in entries:
            self._append(ref, names)
        self._tables = self._build()

    def __len__(self) -> int:
        """How many references there are."""
        return len(self._numbers)

    def put(self, ref: str, names: Iterable[str]) -> None:
        """Keeps ``names`` under ``ref``, in place of those it had."""
        self.remove(ref)
        for number in self._append(ref, names):
            for bucket in _buckets(grams_of(self.name(number))):
                self._tables.fresh.setdefault(bucket, array("I")).append(number)
        if len(self._ends) - self._built > REBUILD_AFTER:
            self._tables = self._build()

    def remove(self, ref: str) -> None:
        """Forgets ``ref``; its names' characters are overwritten."""
        for number in self._numbers.pop(ref, ()):
            start, end = self._span(number)
            self._text[start:end] = b"\0" * (end - start)
            self._refs[self._owner[number]] = ""

    def names(self, ref: str) -> tuple[str, ...]:
        """The names kept under ``ref``."""
        return tuple(self.name(number) for number in self._numbers.get(ref, ()))

    def name(self, number: int) -> str:
        start, end = self._span(number)
        return self._text[start:end].decode()

    def candidates(self, query: str, limit: int = 20) -> list[Candidate]:
        """The likeliest references for ``query``, each with its best name, likeliest first."""
        own, across = query_grams(query)
        scores = self._collect(own, across)
        pool = heapq.nlargest(max(POOL, limit), scores, key=scores.__getitem__)
        if not pool:
            return []
        asked, whole = searchable(query), fold(query)
        top = scores[pool[0]]
        found: dict[str, Candidate] = {}
        for number in pool:
            ref = self._refs[self._owner[number]]
            if not ref:
                continue
            name = self.name(number)
            rank = (
                scores[number] / top + _order(asked, searchable(name)) + _whole(whole, fold(name))
            )
            if ref not in found or rank > found[ref].rank:
                found[ref] = Candidate(ref, name, rank)
        return sorted(found.values(), key=lambda each: (-each.rank, len(each.name), each.ref))[
            :limit
        ]

    def memory(self) -> int:
        """Bytes that the index itself holds, the references' strings included."""
        import sys  # noqa: PLC0415 - for the figure only

        tables = self._tables
        own = (self._text, self._ends, self._owner, tables.starts, tables.postings)
        total = sum(sys.getsizeof(part) for part in own) + sys.getsizeof(self._refs)
        total += sum(map(sys.getsizeof, self._refs)) + sys.getsizeof(self._numbers)
        total += sum(sys.getsizeof(each) for each in self._numbers.values())
        fresh = sum(sys.getsizeof(each) + 100 for each in tables.fresh.values())
        return total + fresh

    def _append(self, ref: str, names: Iterable[str]) -> list[int]:
        kept = list(dict.fromkeys(name for name in names if name.strip()))
        if not kept:
            return []
        self._refs.append(ref)
        numbers = self._numbers.setdefault(ref, [])
        for name in kept:
            numbers.append(len(self._ends))
            self._text += name.encode()
            self._ends.append(len(self._text))
            self._owner.append(len(self._refs) - 1)
        return numbers[-len(kept) :]

    def _span(self, number: int) -> tuple[int, int]:
        return (self._ends[number - 1] if number else 0), self._ends[number]

    def _build(self) -> _Tables:
        """Sorts all postings into one array; removed names fall out."""
        lists: list[array[int]] = []
        counts = array("I", bytes(4 * (BUCKETS + 1)))
        for number in range(len(self._ends)):
            alive = self._refs[self._owner[number]]
            buckets = array("I", _buckets(grams_of(self.name(number))) if alive else ())
            lists.append(buckets)
            for bucket in buckets:
                counts[bucket + 1] += 1
        for bucket in range(BUCKETS):
            counts[bucket + 1] += counts[bucket]
        fill = array("I", counts)
        postings = array("I", bytes(4 * counts[BUCKETS]))
        for number, buckets in enumerate(lists):
            for bucket in buckets:
                postings[fill[bucket]] = number
                fill[bucket] += 1
        self._built = len(self._ends)
        return _Tables(counts, postings, {})

    def _collect(self, own: set[Gram], across: set[Gram]) -> dict[int, float]:
        """Name number to the summed rarity of shared grams, rarest first."""
        total = len(self._ends) + 1
        tables = self._tables
        wanted = [(tables.length(b), _size(gram), b) for gram in own for b in [_bucket(gram)]]
        wanted += [(tables.length(b), _size(gram), b) for gram in across for b in [_bucket(gram)]]
        scores: dict[int, float] = {}
        left = BUDGET + REFINE
        for length, size, bucket in sorted(wanted):
            if not length:
                continue
            if length > left and scores:
                break
            left -= length
            weight = size * log(1 + total / length)
            numbers = tables.numbers(bucket)
            if left >= REFINE or not scores:
                for number in numbers:
                    scores[number] = scores.get(number, 0.0) + weight
            else:
                for number in scores.keys() & set(numbers):
                    scores[number] += weight
        return scores


def _bucket(gram: Gram) -> int:
    return hash(gram) % BUCKETS


def _buckets(grams: Iterable[Gram]) -> set[int]:
    return {_bucket(gram) for gram in grams}


def _size(gram: Gram) -> float:
    """Pairs and words tell more than single characters and trigrams, beyond their rarity."""
    if isinstance(gram, tuple):
        return 1.5
    return {1: 0.6, 2: 1.0, 3: 0.4}[len(gram)]


def _order(asked: str, name: str) -> float:
    """How much of ``asked`` stands in ``name`` in the same order, and how little else does."""
    if not asked or not name:
        return 0.0
    if asked == name:
        return 4.0
    han = has_han(asked)
    if han != has_han(name):
        spoken = ("".join(map(reading, text)) for text in (asked, name))
        return 2 * fuzz.ratio(*spoken) / 100
    if not han:
        return 2 * fuzz.ratio(asked, name) / 100
    placed = max(_in_order(asked, name), _in_order(asked, _shortened(name)))
    inside = 0.5 if asked in name else 0.0
    return 2 * placed / len(asked) + inside + 0.3 * len(asked) / max(len(asked), len(name))


def _whole(asked: str, name: str) -> float:
    """A little for what ``_order`` leaves out: form, group words, marks."""
    return 0.5 * LCSseq.similarity(asked, name) / len(asked) if asked else 0.0


def _in_order(asked: str, name: str) -> int:
    """Length of the longest common subsequence."""
    return int(LCSseq.similarity(asked, name))


def _shortened(name: str) -> str:
    """The name with its region in one character (深 for 深圳), as short names write it."""
    for length in (2, 3):
        if short := PROVINCE_SHORT.get(name[:length]):
            return short + name[length:]
    return name
