"""Which documents of a segment answer a query, exactly.

A phrase: the postings of its tokens, rarest first, leave candidates; whether the phrase stands
in a candidate is read off its folded text. So there are no positions to write, and a phrase of
common words costs one substring test per candidate.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import TypeVar

from registry.public.search import forms
from registry.public.search.query import (
    And,
    Dated,
    Filter,
    Ids,
    Leaf,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
)
from registry.public.search.whoosh_engine import bits
from registry.public.search.whoosh_engine.build import INDEXED
from registry.public.search.whoosh_engine.segment import Block, SegmentReader

FEW = 48
"""So few candidates are read at once rather than reduced by further postings."""
MANY = 3
"""From every third document on it is faster to scan the whole block."""
SHORTEST_CODE = 3
"""Characters that the beginning of a code must have where no field is named."""
KEPT = 256
"""Results kept per segment: of whole queries, and of phrases."""

_Key = TypeVar("_Key")


class Matcher:
    """Evaluates queries on one segment, keeping what it found."""

    def __init__(self, segment: SegmentReader) -> None:
        self.segment = segment
        self._results: dict[Query, int] = {}
        self._identities: dict[Leaf, int] = {}
        self._phrases: dict[tuple[str, str, bool], int] = {}

    def matching(self, query: Query) -> int:
        """The set of documents that answer ``query``, deleted and ended ones included."""
        found = self._results.get(query)
        if found is None:
            found = self._evaluate(query)
            _keep(self._results, query, found)
        return found

    def _evaluate(self, query: Query) -> int:
        if isinstance(query, And):
            return self._all_of(query.parts)
        if isinstance(query, Or):
            return reduce(or_, map(self.matching, query.parts), 0)
        if isinstance(query, Not):
            return self.segment.all & ~self.matching(query.part)
        return self._leaf(query) if isinstance(query, Phrase | Prefix) else self._selected(query)

    def _selected(self, query: Filter | Dated | Ids) -> int:
        if isinstance(query, Filter):
            return reduce(or_, (self.segment.keyword(query.facet, v) for v in query.values), 0)
        if isinstance(query, Dated):
            return self._dated(query)
        numbers = self.segment.numbers
        found = [numbers[id] for id in query.ids if id in numbers]
        return bits.from_documents(found, self.segment.count)

    def _all_of(self, parts: tuple[Query, ...]) -> int:
        found = self.segment.all
        for part in parts:
            if not found:
                break
            found &= self.matching(part)
        return found

    def _dated(self, query: Dated) -> int:
        first = query.first.toordinal() if query.first else 1
        last = query.last.toordinal() if query.last else 1 << 31
        order, days = self.segment.order("oldest"), self.segment.days
        start = bisect_left(order, first, key=days.__getitem__)
        end = bisect_left(order, last + 1, key=days.__getitem__)
        return bits.from_documents(order[start:end], self.segment.count)

    def _leaf(self, leaf: Leaf) -> int:
        if leaf.field == "authority":
            return self._keyword_containing("authority", leaf)
        if leaf.field is None:
            return self.identity(leaf) | self._texts(leaf)
        return self._texts(leaf) if leaf.field == "text" else self.identity(leaf)

    def identity(self, leaf: Leaf) -> int:
        """Documents that ``leaf`` names: by name, sound, code or number."""
        found = self._identities.get(leaf)
        if found is None:
            found = self._identified(leaf)
            _keep(self._identities, leaf, found)
        return found

    def _identified(self, leaf: Leaf) -> int:
        found = 0
        open_end = isinstance(leaf, Prefix)
        form = forms.name_form(leaf.text)
        if leaf.field in {None, "name"}:
            found |= self.containing("names", form, open_end)
            if open_end and forms.is_latin(form):
                found |= self._sounding(form)
        if leaf.field in {None, "number"}:
            found |= self.containing("numbers", form, open_end)
        if leaf.field in {None, "code"}:
            found |= self._coded(leaf, open_end)
        return found

    def _texts(self, leaf: Leaf) -> int:
        return self.containing("texts", forms.text_form(leaf.text), isinstance(leaf, Prefix))

    def _coded(self, leaf: Leaf, open_end: bool) -> int:
        code = forms.code_form(leaf.text)
        if not code or (leaf.field is None and len(code) < SHORTEST_CODE) or not code.isascii():
            return 0
        return self.beginning("codes", code if open_end else f"{code}\n")

    def _sounding(self, letters: str) -> int:
        """Names of which a syllable begins ``letters``, or whose initials begin so."""
        block, sounds = self.segment.block("sounds"), self.segment.sounds
        found = []
        position = sounds.find(letters)
        while position >= 0:
            if block.text[position].isupper():
                found.append(block.document_at(position))
                position = block.offsets[found[-1] + 1] - 1
            position = sounds.find(letters, position + 1)
        by_sound = bits.from_documents(found, self.segment.count)
        return by_sound | self.beginning("initials", letters)

    def beginning_sound(self, letters: str, among: int) -> int:
        """Documents ``among`` those given of which a name's pinyin or initials begin so."""
        sounds = self.segment.sounds
        offsets = self.segment.block("sounds").offsets
        begun = f"\n{letters}"
        by_sound = (
            document
            for document in bits.documents(among, self.segment.count)
            if sounds.find(begun, offsets[document], offsets[document + 1]) >= 0
        )
        found = bits.from_documents(by_sound, self.segment.count)
        return found | self.beginning("initials", letters, among)

    def _keyword_containing(self, facet: str, leaf: Leaf) -> int:
        form, open_end = forms.name_form(leaf.text), isinstance(leaf, Prefix)
        values = {
            value
            for combination in self.segment.combinations.get(facet, [])
            for value in combination
            if any(forms.occurrences(forms.name_form(value), form, open_end=open_end))
        }
        return reduce(or_, (self.segment.keyword(facet, value) for value in values), 0)

    def beginning(self, name: str, text: str, among: int | None = None) -> int:
        """Documents of which a part of the block begins with ``text``."""
        return self._reading(name, f"\n{text}", True, among)

    def containing(self, name: str, form: str, open_end: bool) -> int:
        """Documents whose block contains ``form``, at the borders of Latin words."""
        key = (name, form, open_end)
        found = self._phrases.get(key)
        if found is None:
            found = self._containing(name, form, open_end) if form else 0
            _keep(self._phrases, key, found)
        return found

    def _containing(self, name: str, form: str, open_end: bool) -> int:
        letter = INDEXED[name]
        tokens = forms.pairs_and_words(form)
        if open_end and tokens and not forms.is_cjk(form[-1]):
            tokens.pop()
        if not tokens:
            return self._by_beginnings(name, form, open_end)
        packed = []
        for token in dict.fromkeys(tokens):
            one = self.segment.term(letter + token.encode("utf-8", "surrogatepass"))
            if one is None:
                return 0
            packed.append(one)
        if tokens == [form]:
            return bits.unpack(packed[0], self.segment.count)
        packed.sort(key=bits.packed_size)
        candidates = self.segment.all
        for one in packed:
            candidates &= bits.unpack(one, self.segment.count)
            if candidates.bit_count() <= FEW:
                break
        return self._reading(name, form, open_end, candidates)

    def _by_beginnings(self, name: str, form: str, open_end: bool) -> int:
        """A form without a pair or whole word: one character, or the beginning of a word."""
        pieces = form.split(" ") if " " in form else [form]
        first = pieces[0]
        cjk = forms.is_cjk(first[0])
        key = INDEXED[name] + (first[0] if cjk else first).encode("utf-8", "surrogatepass")
        found = bits.unite(
            (packed for _, packed in self.segment.dictionary.starting_with(key)),
            self.segment.count,
        )
        exact = len(form) == 1 if cjk else len(pieces) == 1 and not any(map(forms.is_cjk, form))
        return found if exact else self._reading(name, form, open_end, found)

    def _reading(self, name: str, form: str, open_end: bool, among: int | None) -> int:
        """Documents ``among`` those given (None: all) in whose block ``form`` stands."""
        block, count = self.segment.block(name), self.segment.count
        text, offsets = block.text, block.offsets
        borders = forms.in_word(form[0]), not open_end and forms.in_word(form[-1])
        if among is None or among.bit_count() * MANY > count:
            found = bits.from_documents(_scan(block, form, borders), count)
            return found if among is None else found & among
        documents = bits.documents(among, count)
        if borders == (False, False):
            found_in = text.find
            kept = [d for d in documents if found_in(form, offsets[d], offsets[d + 1]) >= 0]
        else:
            kept = [
                d for d in documents if _find(text, form, borders, offsets[d], offsets[d + 1]) >= 0
            ]
        return bits.from_documents(kept, count)


def _scan(block: Block, form: str, borders: tuple[bool, bool]) -> Iterator[int]:
    """The documents in whose block ``form`` stands, by reading all of it."""
    text, offsets, end = block.text, block.offsets, len(block.text)
    found_in = text.find if borders == (False, False) else None
    position = text.find(form) if found_in else _find(text, form, borders, 0, end)
    document = -1
    while position >= 0:
        # Common text stands in the next document too: look there before searching for it.
        document += 1
        if offsets[document + 1] <= position:
            document = bisect_right(offsets, position, document) - 1
        yield document
        start = offsets[document + 1]
        position = found_in(form, start) if found_in else _find(text, form, borders, start, end)


def _find(text: str, form: str, borders: tuple[bool, bool], start: int, end: int) -> int:
    """Where ``form`` stands between ``start`` and ``end``; -1 if nowhere.

    ``borders``: whether it may not begin, and not end, inside a Latin word.
    """
    before, after = borders
    position = text.find(form, start, end)
    while position >= 0:
        follows = position + len(form)
        if not (before and forms.in_word(text[position - 1])) and not (
            after and forms.in_word(text[follows])
        ):
            return position
        position = text.find(form, position + 1, end)
    return -1


def _keep(cache: dict[_Key, int], key: _Key, value: int) -> None:
    if len(cache) >= KEPT:
        cache.clear()
    cache[key] = value
