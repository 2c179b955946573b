"""Facets: how many hits have which value."""

from __future__ import annotations

from collections import Counter
from itertools import compress

from registry.public.search.whoosh_engine import bits
from registry.public.search.whoosh_engine.segment import SegmentReader

CHEAP = 12
"""Hits whose values are looked up in the time of one intersection of sets."""


class Counting:
    """Counts values on one segment. Sets of common values are kept."""

    def __init__(self, segment: SegmentReader) -> None:
        self.segment = segment
        self._sets: dict[str, dict[str, int]] = {}

    def counts(self, facet: str, hits: int) -> Counter[str]:
        """Value to number of documents in ``hits``; values without one are left out."""
        number = hits.bit_count()
        combinations = self.segment.combinations.get(facet)
        if not number or combinations is None:
            return Counter()
        if len(combinations) * CHEAP < number:
            sets = self._value_sets(facet)
            found = {value: (members & hits).bit_count() for value, members in sets.items()}
            return Counter({value: count for value, count in found.items() if count})
        column, count = self.segment.columns[facet], self.segment.count
        if number << 4 > count:
            by_combination = Counter(compress(column, bits.flags(hits, count)))
        else:
            by_combination = Counter(map(column.__getitem__, bits.documents(hits, count)))
        totals: Counter[str] = Counter()
        for combination, documents in by_combination.items():
            for value in combinations[combination]:
                totals[value] += documents
        return totals

    def _value_sets(self, facet: str) -> dict[str, int]:
        found = self._sets.get(facet)
        if found is None:
            values = {value for one in self.segment.combinations[facet] for value in one}
            found = {value: self.segment.keyword(facet, value) for value in values}
            self._sets[facet] = found
        return found
