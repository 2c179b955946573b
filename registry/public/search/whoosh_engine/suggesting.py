"""Names like a misspelt one: candidates by shared pairs of characters and by sound, then likeness.

Likeness is the better of two normalised similarities: of the characters and of the pinyin
(a wrong character of the same sound is the commonest slip in a Chinese name).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rapidfuzz import fuzz

from registry.public.search import forms
from registry.public.search.whoosh_engine import bits
from registry.public.search.whoosh_engine.matching import Matcher

LIKE_ENOUGH = 68.0
"""Per cent of likeness from which a name is suggested."""
MOST_CANDIDATES = 400
"""Names compared per segment."""
MOST_PAIRS = 24
"""Rarest pairs of characters of the text that are looked up."""


def suggestions(matcher: Matcher, text: str, shown: int) -> Iterator[tuple[float, int]]:
    """Likeness and document number of the names like ``text`` among ``shown``."""
    form = forms.name_form(text)
    sound = forms.spoken(form)[0].lower()
    if len(form) < 2:
        return
    segment = matcher.segment
    for document in _candidates(matcher, form, shown):
        likeness = 0.0
        for name in segment.block("names").of(document).split("\n"):
            likeness = max(likeness, _likeness(form, name)) if name else likeness
        if sound:
            for one in segment.block("sounds").of(document).lower().split("\n"):
                likeness = max(likeness, _likeness(sound, one)) if one else likeness
        if likeness >= LIKE_ENOUGH:
            yield likeness, document


def _likeness(asked: str, name: str) -> float:
    """Of the whole name, or of the part of it that is as long as what was asked, less a little."""
    part = fuzz.partial_ratio(asked, name) - 4.0 if len(asked) < len(name) else 0.0
    return max(fuzz.ratio(asked, name), part)


def _candidates(matcher: Matcher, form: str, shown: int) -> list[int]:
    """Documents that share most pairs with ``form``, rare pairs counting more."""
    segment = matcher.segment
    found: list[tuple[int, bytes]] = []
    for token in set(forms.tokens(form)):
        packed = segment.term(b"n" + token.encode("utf-8", "surrogatepass"))
        if packed is not None:
            found.append((bits.packed_size(packed), packed))
    found.sort(key=lambda item: item[0])
    shares: Counter[int] = Counter()
    for number, packed in found[:MOST_PAIRS]:
        weight = max(1, segment.count.bit_length() - number.bit_length())
        for document in bits.documents(bits.unpack(packed, segment.count) & shown, segment.count):
            shares[document] += weight
    return [document for document, _ in shares.most_common(MOST_CANDIDATES)]
