"""Candidates for a name among hundreds of thousands, compact and without a second writing.

The index is a row of segments. What is added makes a small segment of its own; a segment is melted
into the one before it when it has grown to half of its size, so there are few and each name is
built in a few times only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from registry.core.names import anatomy, fold, has_han, reading
from registry.core.names.anatomy import PROVINCE_SHORT, take_apart
from registry.public.screening.chinese import may_meet
from registry.public.screening.comparison import reaches
from registry.public.screening.segment import Segment
from registry.public.screening.signature import Query, query_of, searchable

POOL = 150
"""Names that are ranked closely."""
COMPARED = 24
"""Names that are compared part by part where contradictions have fallen out already."""
CONTRADICTED = 0.3
"""No name whose brand or numerals contradict scores higher."""
_ACROSS = 0.65
"""No name in another script scores higher."""


class Candidate(NamedTuple):
    """A name that may be meant. ``rank`` orders candidates of one query and means nothing else."""

    ref: str
    name: str
    rank: float


class _Hit(NamedTuple):
    score: float
    segment: Segment
    number: int


class NameIndex:
    """Names by reference. One writer at a time; readers in other threads see whole additions."""

    def __init__(self, entries: Iterable[tuple[str, Iterable[str]]] = ()) -> None:
        kept = _worth_keeping(entries)
        self._segments: tuple[Segment, ...] = (Segment.build(kept),) if kept else ()
        self._count = len(kept)

    @classmethod
    def of(cls, segment: Segment) -> NameIndex:
        """An index of one segment that is there already."""
        found = cls()
        found._segments = (segment,)
        found._count = segment.references()
        return found

    def merged(self) -> Segment:
        """All that is kept in one segment."""
        if len(self._segments) == 1:
            return self._segments[0]
        return Segment.build([one for each in self._segments for one in each.entries()])

    def __len__(self) -> int:
        """How many references there are."""
        return self._count

    def put(self, ref: str, names: Iterable[str]) -> None:
        """Keeps ``names`` under ``ref``, in place of those it had."""
        self.put_all([(ref, names)])

    def put_all(self, entries: Iterable[tuple[str, Iterable[str]]]) -> None:
        """Keeps names under each reference, in place of those it had; no names remove it."""
        latest = dict(entries)
        for ref in latest:
            self.remove(ref)
        kept = _worth_keeping(latest.items())
        if not kept:
            return
        segments = [*self._segments, Segment.build(kept)]
        while len(segments) > 1 and 2 * len(segments[-1]) >= len(segments[-2]):
            last = segments.pop().entries()
            segments[-1] = Segment.build([*segments[-1].entries(), *last])
        self._segments = tuple(segments)
        self._count += len(kept)

    def remove(self, ref: str) -> None:
        """Forgets ``ref``; its names' characters are overwritten."""
        for segment in self._segments:
            if segment.remove(ref):
                self._count -= 1

    def names(self, ref: str) -> tuple[str, ...]:
        """The names kept under ``ref``."""
        return tuple(
            segment.name(number)
            for segment in self._segments
            for number in segment.numbers(ref)
            if segment.arrays.alive[number]
        )

    def likely(self, name: str, threshold: float, *, compared: int = COMPARED) -> list[str]:
        """References with a name that compares at ``threshold`` or better, likeliest first.

        ``compared``: how many names are compared part by part, the rarest agreement first.
        """
        asked = anatomy(name)
        strict = threshold > CONTRADICTED
        query = query_of(asked, across=threshold <= _ACROSS)
        found: dict[str, float] = {}
        for hit in self._hits(query, compared if strict else POOL, strict=strict):
            kept = take_apart(hit.segment.name(hit.number))
            if strict and not kept.foreign and not asked.foreign and not may_meet(asked, kept):
                continue
            score = reaches(asked, kept, threshold)
            if score:
                ref = hit.segment.ref_of(hit.number)
                found[ref] = max(score, found.get(ref, 0.0))
        return sorted(found, key=lambda ref: -found[ref])

    def candidates(self, query: str, limit: int = 20) -> list[Candidate]:
        """The likeliest references for ``query``, each with its best name, likeliest first."""
        hits = self._hits(query_of(anatomy(query), across=True), max(POOL, limit), strict=False)
        if not hits:
            return []
        asked, whole = searchable(query), fold(query)
        found: dict[str, Candidate] = {}
        for hit in hits:
            name = hit.segment.name(hit.number)
            rank = (
                hit.score / hits[0].score
                + _order(asked, searchable(name))
                + _whole(whole, fold(name))
            )
            ref = hit.segment.ref_of(hit.number)
            if ref not in found or rank > found[ref].rank:
                found[ref] = Candidate(ref, name, rank)
        ranked = sorted(found.values(), key=lambda each: (-each.rank, len(each.name), each.ref))
        return ranked[:limit]

    def memory(self) -> int:
        """Bytes that the index itself holds."""
        return sum(array.nbytes for one in self._segments for array in one.arrays)

    def _hits(self, query: Query, limit: int, *, strict: bool) -> list[_Hit]:
        """The names that share the rarest grams, best first."""
        segments = self._segments
        lengths = np.zeros(len(query.grams), np.int64)
        for segment in segments:
            starts, ends = segment.spans(query.grams)
            lengths += ends - starts
        total = sum(map(len, segments)) + 1
        counts = lengths.tolist()
        order = sorted(
            (place for place, count in enumerate(counts) if count), key=counts.__getitem__
        )
        rarity = [
            weight * log(1 + total / count) if count else 0.0
            for weight, count in zip(query.weights, counts, strict=True)
        ]
        hits: list[_Hit] = []
        for segment in segments:
            numbers, scores = segment.collect(query, order, rarity, strict=strict, limit=limit)
            hits += [
                _Hit(score, segment, number)
                for score, number in zip(scores.tolist(), numbers.tolist(), strict=True)
            ]
        hits.sort(key=lambda hit: (-hit.score, hit.number))
        return hits[:limit]


def _worth_keeping(entries: Iterable[tuple[str, Iterable[str]]]) -> list[tuple[str, Sequence[str]]]:
    found: dict[str, list[str]] = {}
    for ref, names in entries:
        kept = [name for name in names if name.strip()]
        if kept:
            found[ref] = list(dict.fromkeys((*found.get(ref, ()), *kept)))
    return list(found.items())


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
