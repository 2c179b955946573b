"""Features of names in Latin and other alphabets, and of a Chinese name against one of them.

Order of words does not count (``SMITH, John``), an initial stands for a word, a spelling variant
for its like; a word that both sides have beside the shared ones is another name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Indel, JaroWinkler

from registry.core.names import NameAnatomy, pinyin
from registry.core.names.anatomy import may_be_person
from registry.public.screening.weighing import FeatureResult, result

_CEILING = 0.65
"""Across scripts a score stays below the threshold: pinyin joins hundreds of thousands of names."""
_INITIAL = 0.8
_SOUND = 0.65
_VARIANT = 0.84


def features(a: NameAnatomy, b: NameAnatomy) -> list[FeatureResult]:
    """Words, numerals and forms of two names without Chinese characters."""
    found = [result("words", " ".join(a.words), " ".join(b.words), _words(a, b))]
    if a.numerals or b.numerals:
        same = sorted(a.numerals) == sorted(b.numerals)
        score = 1.0 if same else (0.0 if a.numerals and b.numerals else 0.5)
        found.append(result("numerals", " ".join(a.numerals), " ".join(b.numerals), score))
    if a.group and b.group and a.branch != b.branch:
        # Sample Group Finance Ltd is a body of Sample Group.
        found.append(result("branch", a.branch, b.branch, 0.0 if a.branch and b.branch else 0.6))
    if a.legal_form != b.legal_form:
        found.append(result("legal_form", a.legal_form, b.legal_form, 0.9))
    return found


def across_scripts(a: NameAnatomy, b: NameAnatomy) -> list[FeatureResult]:
    """A Chinese name's pinyin against the letters of the other; never a match by itself."""
    chinese, other = (b, a) if a.foreign else (a, b)
    words = other.words
    # A Chinese surname stands first or, as abroad, last.
    orders = {"".join(words), "".join((*words[-1:], *words[:-1]))}
    spoken, letters = max(
        ((pinyin(part), order) for part in (chinese.folded, _bare(chinese)) for order in orders),
        key=lambda both: (Indel.normalized_similarity(*both), both),
    )
    score = _CEILING * Indel.normalized_similarity(spoken, letters)
    mine, theirs = (letters, spoken) if a.foreign else (spoken, letters)
    return [result("pinyin", mine, theirs, score)]


def _bare(name: NameAnatomy) -> str:
    return "".join((*name.region, name.core, name.branch))


def _words(a: NameAnatomy, b: NameAnatomy) -> float:
    ours, theirs = a.words, b.words
    if sorted(ours) == sorted(theirs) or "".join(ours) == "".join(theirs):
        # Two rows of initials are the same for hundreds of names.
        return 1.0 if max(map(len, ours)) > 1 else 0.0
    ours, theirs = _joined(ours, theirs), _joined(theirs, ours)
    match = _matched(ours, theirs, persons=may_be_person(a) and may_be_person(b))
    share = match.weight / (sum(map(_weight, ours)) + sum(map(_weight, theirs)))
    if match.left and match.right:
        return 0.7 * share
    if match.initials and match.words < 2:
        # J. Sample: one word in common and a letter, which fits one name in twenty.
        return 0.65 * share
    shorter = min(ours, theirs, key=len)
    if len(shorter) > 1 or len(shorter[0]) >= 7:
        return share + 0.3 * (1 - share)
    # A bare surname or place is too little to go by.
    return 0.9 * share


class _Match(NamedTuple):
    """What pairing the words of two names came to; ``left`` and ``right`` are left over."""

    left: set[int]
    right: set[int]
    weight: float
    words: int
    initials: int


def _matched(ours: tuple[str, ...], theirs: tuple[str, ...], *, persons: bool) -> _Match:
    """Pairs words one to one, likest first."""
    pairs = sorted(
        (-likeness, i, j)
        for i, mine in enumerate(ours)
        for j, other in enumerate(theirs)
        if (likeness := _likeness(mine, other, persons=persons))
    )
    left, right = set(range(len(ours))), set(range(len(theirs)))
    weight, words, initials = 0.0, 0, 0
    for negative, i, j in pairs:
        if i in left and j in right:
            left.discard(i)
            right.discard(j)
            weight -= negative * (_weight(ours[i]) + _weight(theirs[j]))
            single = min(len(ours[i]), len(theirs[j])) == 1
            words, initials = words + (not single), initials + single
    return _Match(left, right, weight, words, initials)


def _joined(words: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """``words`` with neighbours written as one where the other name does (Aero Caribbean)."""
    found: list[str] = []
    for word in words:
        if found and found[-1] + word in others:
            found[-1] += word
        else:
            found.append(word)
    return tuple(found)


_PROVINCES = frozenset({
    "hebei", "henan", "hubei", "hunan", "shanxi", "shaanxi", "shandong", "guangdong", "guangxi",
    "jiangsu", "jiangxi", "anhui", "fujian", "zhejiang", "sichuan", "guizhou", "yunnan", "liaoning",
    "jilin", "heilongjiang", "gansu", "qinghai", "hainan", "ningxia",
})  # fmt: skip
"""Provinces are no misspellings of one another."""


def _likeness(mine: str, other: str, *, persons: bool) -> float:
    if mine == other:
        return 1.0
    short, long = sorted((mine, other), key=len)
    if len(short) == 1:
        return _INITIAL if long.startswith(short) and long.isalpha() else 0.0
    if mine.isdigit() or other.isdigit() or len(short) < 4 or {mine, other} <= _PROVINCES:
        return 0.0
    near = Indel.normalized_similarity(mine, other)
    if persons and near >= _SOUND and _consonants(mine) == _consonants(other):
        return 0.85
    if mine[0] != other[0]:
        # Who misspells a word hardly ever misses its first letter: Ridge is not Bridge.
        return 0.0
    likeness = JaroWinkler.similarity(mine, other)
    return likeness if likeness >= 0.9 and near >= _VARIANT else 0.0


_SPELLINGS = (
    ("ph", "f"),
    ("kh", "h"),
    ("dh", "d"),
    ("gh", "g"),
    ("x", "ks"),
    ("q", "k"),
    ("c", "k"),
)


@lru_cache(maxsize=20_000)
def _consonants(word: str) -> str:
    """What is left of a person's name whichever way it was put into Latin letters.

    Mohammed and Muhammad, Yusuf and Youssef, Aleksandr and Alexander.
    """
    for one, other in _SPELLINGS:
        word = word.replace(one, other)
    rest = re.sub(r"[aeiouywj]", "", word)
    return re.sub(r"(.)\1", r"\1", rest)


def _weight(word: str) -> float:
    return min(len(word), 8) + 1.0
