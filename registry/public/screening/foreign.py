"""Features of names in Latin and other alphabets, and of a Chinese name against one of them.

Order of words does not count (``SMITH, John``), an initial stands for a word, a spelling variant
for its like; a word that both sides have beside the shared ones is another name.
"""

from __future__ import annotations

from rapidfuzz.distance import Indel, JaroWinkler

from registry.core.names import NameAnatomy, pinyin
from registry.public.screening.weighing import FeatureResult, result

_CEILING = 0.65
"""Across scripts a score stays below the threshold: pinyin joins hundreds of thousands of names."""
_INITIAL = 0.8
_VARIANT = 0.84


def features(a: NameAnatomy, b: NameAnatomy) -> list[FeatureResult]:
    """Words, numerals and forms of two names without Chinese characters."""
    found = [result("words", " ".join(a.words), " ".join(b.words), _words(a.words, b.words))]
    if a.numerals or b.numerals:
        same = sorted(a.numerals) == sorted(b.numerals)
        score = 1.0 if same else (0.0 if a.numerals and b.numerals else 0.5)
        found.append(result("numerals", " ".join(a.numerals), " ".join(b.numerals), score))
    if a.legal_form != b.legal_form:
        found.append(result("legal_form", a.legal_form, b.legal_form, 0.9))
    return found


def across_scripts(a: NameAnatomy, b: NameAnatomy) -> list[FeatureResult]:
    """A Chinese name's pinyin against the letters of the other; never a match by itself."""
    chinese, other = (b, a) if a.foreign else (a, b)
    letters = "".join(other.words)
    spoken = max(
        (pinyin(part) for part in (chinese.folded, _bare(chinese))),
        key=lambda text: Indel.normalized_similarity(text, letters),
    )
    score = _CEILING * Indel.normalized_similarity(spoken, letters)
    mine, theirs = (letters, spoken) if a.foreign else (spoken, letters)
    return [result("pinyin", mine, theirs, score)]


def _bare(name: NameAnatomy) -> str:
    return "".join((*name.region, name.core, name.branch))


def _words(ours: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    if sorted(ours) == sorted(theirs) or "".join(ours) == "".join(theirs):
        return 1.0
    ours, theirs = _joined(ours, theirs), _joined(theirs, ours)
    left, right, matched = _matched(ours, theirs)
    share = matched / (sum(map(_weight, ours)) + sum(map(_weight, theirs)))
    if left and right:
        return 0.7 * share
    shorter = min(ours, theirs, key=len)
    if len(shorter) > 1 or len(shorter[0]) >= 7:
        return share + 0.3 * (1 - share)
    # A bare surname or place is too little to go by.
    return 0.9 * share


def _matched(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[set[int], set[int], float]:
    """Pairs words one to one, likest first: what is left of each, and the weight that matched."""
    pairs = sorted(
        (-likeness, i, j)
        for i, mine in enumerate(ours)
        for j, other in enumerate(theirs)
        if (likeness := _likeness(mine, other))
    )
    left, right = set(range(len(ours))), set(range(len(theirs)))
    matched = 0.0
    for negative, i, j in pairs:
        if i in left and j in right:
            left.discard(i)
            right.discard(j)
            matched -= negative * (_weight(ours[i]) + _weight(theirs[j]))
    return left, right, matched


def _joined(words: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """``words`` with neighbours written as one where the other name does (Aero Caribbean)."""
    found: list[str] = []
    for word in words:
        if found and found[-1] + word in others:
            found[-1] += word
        else:
            found.append(word)
    return tuple(found)


def _likeness(mine: str, other: str) -> float:
    if mine == other:
        return 1.0
    short, long = sorted((mine, other), key=len)
    if len(short) == 1:
        return _INITIAL if long.startswith(short) and long.isalpha() else 0.0
    if mine.isdigit() or other.isdigit() or len(short) < 4:
        return 0.0
    likeness = JaroWinkler.similarity(mine, other)
    return (
        likeness
        if likeness >= 0.9 and Indel.normalized_similarity(mine, other) >= _VARIANT
        else 0.0
    )


def _weight(word: str) -> float:
    return min(len(word), 8) + 1.0
