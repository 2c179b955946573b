"""A part of the index that never grows: names, their references and their postings, as arrays.

Grams are hashed into buckets; the postings of all buckets lie in one array, each bucket's in
ascending order. A query adds up the rarity of the grams that each name shares with it, rarest grams
first and within a budget of postings; then the names whose brand or numerals contradict fall out,
by two 64-bit signatures and a byte, and the common grams tell the rest apart.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from registry.core.names.anatomy import take_apart
from registry.public.screening import grams
from registry.public.screening.grams import U8, U32, U64
from registry.public.screening.signature import Features, Query, features_of

BUDGET = 8_000
"""Postings that may bring in names: what bounds a query's time on common words."""
_FEWEST_BITS, _MOST_BITS = 14, 20
_TOGETHER = 50_000
"""Names taken apart at a time while an index is built: bounds the memory that takes."""
F32 = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]


class Arrays(NamedTuple):
    """What a segment is made of. ``ends``: where each name, reference or posting list ends."""

    text: U8
    """All names in UTF-8, one behind the other; zeros where a name was forgotten."""
    ends: U32
    refs: U8
    ref_ends: U32
    """References are in ascending order of their UTF-8."""
    firsts: U32
    """The first name of each reference, and behind the last the number of names."""
    starts: U32
    """Where each bucket's postings begin, and the end of the last."""
    postings: U32
    signatures: U64
    """Four numbers for each name: the characters of its text in two, of its brand in two."""
    numerals: U8
    alive: U8


class Segment:
    """Names by reference, in arrays that may lie in memory or in a mapped file."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self._shift = np.uint32(32 - (len(arrays.starts) - 1).bit_length() + 1)
        self._scratch = threading.local()

    @classmethod
    def build(cls, entries: Iterable[tuple[str, Sequence[str]]]) -> Segment:
        """A segment of ``entries``: references, each once, with their names."""
        return cls(
            _build(sorted((ref.encode("utf-8", "surrogatepass"), names) for ref, names in entries))
        )

    def __len__(self) -> int:
        """How many names it was made of."""
        return len(self.arrays.ends)

    def references(self) -> int:
        """How many references are still kept."""
        firsts = self.arrays.firsts[:-1]
        return int(np.count_nonzero(self.arrays.alive[firsts])) if len(firsts) else 0

    def numbers(self, ref: str) -> range:
        """The numbers of the names that stand under ``ref``."""
        wanted = ref.encode("utf-8", "surrogatepass")
        count = len(self.arrays.ref_ends)
        at = bisect_left(range(count), wanted, key=self._ref)
        if at == count or self._ref(at) != wanted:
            return range(0)
        firsts = self.arrays.firsts
        return range(int(firsts[at]), int(firsts[at + 1]))

    def entries(self) -> list[tuple[str, list[str]]]:
        """What is still kept."""
        firsts = self.arrays.firsts.tolist()
        return [
            (self._ref(at).decode("utf-8", "surrogatepass"), [self.name(i) for i in range(*span)])
            for at, span in enumerate(pairwise(firsts))
            if self.arrays.alive[span[0]]
        ]

    def name(self, number: int) -> str:
        ends = self.arrays.ends
        start = int(ends[number - 1]) if number else 0
        return self.arrays.text[start : int(ends[number])].tobytes().decode()

    def ref_of(self, number: int) -> str:
        at = int(np.searchsorted(self.arrays.firsts, number, "right")) - 1
        return self._ref(at).decode("utf-8", "surrogatepass")

    def remove(self, ref: str) -> bool:
        """Forgets ``ref``: its names' characters are overwritten. Whether it stood here."""
        numbers, held = self.numbers(ref), self.arrays
        if not numbers or not held.alive[numbers[0]]:
            return False
        held.alive[numbers[0] : numbers[-1] + 1] = 0
        start = int(held.ends[numbers[0] - 1]) if numbers[0] else 0
        held.text[start : int(held.ends[numbers[-1]])] = 0
        return True

    def wipe(self, ref: str) -> bool:
        """``remove`` from all that a file keeps: signatures and postings, too."""
        numbers, held = self.numbers(ref), self.arrays
        for number in numbers:
            if held.alive[number]:
                self._unpost(number)
        span = slice(numbers.start, numbers.stop)
        held.signatures[span] = held.numerals[span] = 0
        return self.remove(ref)

    def _unpost(self, number: int) -> None:
        """Writes a neighbour over each posting of ``number``: lists stay in order and in place."""
        features = [features_of(take_apart(self.name(number)))]
        points = grams.points_of([features[0].text])
        postings = self.arrays.postings
        for found, _ in (*_chinese(points), _foreign(features)):
            for start, end in zip(*(span.tolist() for span in self.spans(found)), strict=True):
                at = start + int(np.searchsorted(postings[start:end], number))
                if at < end and postings[at] == number:
                    postings[at] = (
                        postings[at - 1] if at > start else postings[min(at + 1, end - 1)]
                    )

    def spans(self, asked: U32) -> tuple[U32, U32]:
        """Where the postings of each gram begin and end."""
        buckets = asked >> self._shift
        return self.arrays.starts[buckets], self.arrays.starts[buckets + np.uint32(1)]

    def collect(
        self, query: Query, order: list[int], rarity: list[float], *, strict: bool, limit: int
    ) -> tuple[U32, F32]:
        """The ``limit`` best names for ``query`` with their summed rarity, in no order.

        ``order`` is that of the grams, rarest first; ``strict`` drops names that contradict.
        """
        los, his = (span.tolist() for span in self.spans(query.grams))
        bringing: list[U32] = []
        sizes: list[int] = []
        gains: list[float] = []
        left = BUDGET
        rest: list[int] = []
        for place in order:
            length = his[place] - los[place]
            if not length:
                continue
            if rest or (length > left and bringing):
                rest.append(place)
                continue
            left -= length
            bringing.append(self.arrays.postings[los[place] : his[place]])
            sizes.append(length)
            gains.append(rarity[place])
        if not bringing:
            return np.empty(0, np.uint32), np.empty(0, np.float32)
        brought = np.concatenate(bringing)
        kept = self._possible(brought, query, strict=strict)
        by = np.repeat(np.arange(len(sizes)), sizes)[kept]
        numbers, totals = self._summed(brought[kept], by, np.array(gains, np.float32))
        for place in rest:
            some = self.arrays.postings[los[place] : his[place]]
            at = np.minimum(np.searchsorted(some, numbers), len(some) - 1)
            totals[some[at] == numbers] += np.float32(rarity[place])
        if len(numbers) > limit:
            best = np.argpartition(totals, -limit)[-limit:]
            return numbers[best], totals[best]
        return numbers, totals

    def _possible(self, brought: U32, query: Query, *, strict: bool) -> Places:
        """Where in ``brought`` stand names that are kept and, if ``strict``, may be meant.

        Two brands that each have a character that the other name lacks are two bodies, and so are
        two names with other numerals.
        """
        held = self.arrays
        names = brought.astype(np.intp)
        if not strict:
            kept: Places = np.flatnonzero(held.alive.take(names))
            return kept
        where: Places = np.flatnonzero(held.numerals.take(names) == query.numerals)
        rows = held.signatures.take(names[where], axis=0)
        asked, others = query.brand, ~query.text
        lacks = ((rows[:, 0] & asked[0]) != asked[0]) | ((rows[:, 1] & asked[1]) != asked[1])
        lacks &= ((rows[:, 2] & others[0]) | (rows[:, 3] & others[1])) != 0
        where = where[~lacks]
        meant: Places = where[held.alive.take(names[where]) != 0]
        return meant

    def _summed(self, names: U32, by: Places, gains: F32) -> tuple[U32, F32]:
        """Each of ``names`` once, in the order in which they came, with the sum of its gains.

        ``by``: by which gram each came. Of one gram a name counts once; where another was wiped
        out it stands twice.
        """
        twice = (names[1:] == names[:-1]) & (by[1:] == by[:-1])
        if twice.any():
            once = np.append(True, ~twice)
            names, by = names[once], by[once]
        scratch = self._ranks()
        ranks = np.arange(len(names), dtype=np.int32)
        scratch[names[::-1]] = ranks[::-1]
        found = names[scratch[names] == ranks]
        scratch[found] = ranks[: len(found)]
        totals = np.zeros(len(found), np.float32)
        np.add.at(totals, scratch[names], gains[by])
        return found, totals

    def _ranks(self) -> npt.NDArray[np.int32]:
        """Room for a number per name, with whatever was left there."""
        if not hasattr(self._scratch, "ranks"):
            self._scratch.ranks = np.zeros(len(self), np.int32)
        ranks: npt.NDArray[np.int32] = self._scratch.ranks
        return ranks

    def _ref(self, at: int) -> bytes:
        ends = self.arrays.ref_ends
        start = int(ends[at - 1]) if at else 0
        return self.arrays.refs[start : int(ends[at])].tobytes()


def _build(entries: list[tuple[bytes, Sequence[str]]]) -> Arrays:
    names = [name for _, some in entries for name in some]
    size = min(max((len(names) * 2).bit_length(), _FEWEST_BITS), _MOST_BITS)
    parts = [
        _part(names[start : start + _TOGETHER], start, np.uint64(32 - size))
        for start in range(0, max(len(names), 1), _TOGETHER)
    ]
    starts, postings = _postings([part.keys for part in parts], size)
    written = [name.encode() for name in names]
    refs = [ref for ref, _ in entries]
    return Arrays(
        _bytes(written),
        _ends(written),
        _bytes(refs),
        _ends(refs),
        np.cumsum([0, *(len(some) for _, some in entries)], dtype=np.uint32),
        starts,
        postings,
        np.concatenate([part.signatures for part in parts]),
        np.concatenate([part.numerals for part in parts]),
        np.ones(len(names), np.uint8),
    )


class _Part(NamedTuple):
    """What some names, taken apart together, give: ``keys`` are bucket and name in one number."""

    keys: U64
    signatures: U64
    numerals: U8


def _part(names: Sequence[str], first: int, shift: np.uint64) -> _Part:
    features = [features_of(take_apart(name)) for name in names]
    points = grams.points_of([one.text for one in features])
    foreign = np.fromiter((not one.text for one in features), np.bool_, len(features))
    texts = grams.merged(points)
    brands = grams.merged(grams.points_of([one.brand for one in features]))
    texts[:, foreign] = np.uint64((1 << 64) - 1)
    keys = [
        ((found.astype(np.uint64) >> shift) << np.uint64(32)) | (owners + np.uint64(first))
        for found, owners in (*_chinese(points), _foreign(features))
    ]
    return _Part(
        _distinct(np.concatenate(keys)),
        np.ascontiguousarray(np.concatenate([texts, brands]).T),
        np.fromiter((one.numerals for one in features), np.uint8, len(features)),
    )


def _distinct(keys: U64) -> U64:
    """``keys`` in order, each once. Sorted in place: numpy's ``unique`` hashes, many times slower
    where nearly all differ."""
    keys.sort()
    return keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys


def _postings(keys: Sequence[U64], size: int) -> tuple[U32, U32]:
    """Starts of the buckets and all postings."""
    every = np.concatenate(keys)
    every.sort()
    counts = np.bincount((every >> np.uint64(32)).astype(np.int64), minlength=1 << size)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)
    return starts, (every & np.uint64(0xFFFFFFFF)).astype(np.uint32)


def _chinese(points: U32) -> Iterable[tuple[U32, U32]]:
    owners = grams.owners_of(points)
    real = points != grams.GAP
    yield grams.singles(points)[real], owners[real]
    if len(points) > 1:
        both = real[:-1] & real[1:]
        yield grams.pairs(points)[both], owners[:-1][both]
        yield grams.sounds(points)[both], owners[:-1][both]


def _foreign(features: list[Features]) -> tuple[U32, U32]:
    found = [
        (gram, number)
        for number, one in enumerate(features)
        if one.words
        for gram, _ in grams.word_grams(one.words)
    ]
    both = np.array(found, np.uint32).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _bytes(parts: Sequence[bytes]) -> U8:
    return np.frombuffer(bytearray(b"".join(parts)), np.uint8)


def _ends(parts: Sequence[bytes]) -> U32:
    return np.cumsum([len(part) for part in parts], dtype=np.uint32)
