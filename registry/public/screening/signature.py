"""What the index keeps of a name beside its writing. All of it follows from the anatomy."""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

import numpy as np

from registry.core.names import NameAnatomy, anatomy
from registry.core.names.anatomy import without_marks
from registry.public.screening import grams
from registry.public.screening.grams import U32, U64, WEIGHTS

_ALL = (1 << 64) - 1


class Features(NamedTuple):
    """``text`` and ``brand`` of a Chinese name, else ``words``; ``numerals`` as a byte."""

    text: str
    brand: str
    numerals: int
    words: tuple[str, ...] = ()


def features_of(parts: NameAnatomy) -> Features:
    """The features of a name taken apart."""
    numerals = crc32("|".join(sorted(parts.numerals)).encode()) % 255 + 1 if parts.numerals else 0
    if parts.foreign:
        return Features("", "", numerals, parts.words)
    return Features(text_of(parts), parts.brand, numerals)


def text_of(parts: NameAnatomy) -> str:
    """What of a Chinese name is matched as a sequence: no form, no group words."""
    return "".join((*parts.region, parts.core, parts.branch)) or parts.folded


def searchable(name: str) -> str:
    """``text_of`` a name without exchange marks; the words of a name in other letters in one."""
    parts = anatomy(name)
    if parts.foreign:
        return "".join(parts.words)
    return without_marks(text_of(parts))


class Query(NamedTuple):
    """How a name asks: grams with weights, and the signatures that a likely name agrees with."""

    grams: U32
    weights: list[float]
    brand: U64
    text: U64
    numerals: int


def query_of(parts: NameAnatomy, *, across: bool) -> Query:
    """The query of a name taken apart; ``across`` asks for names in other scripts too."""
    own = features_of(parts)
    found: dict[int, float] = {}
    if own.text:
        points = grams.points_of([own.text])[:-1]
        found |= dict.fromkeys(grams.singles(points).tolist(), WEIGHTS[grams.SINGLE])
        found |= dict.fromkeys(grams.pairs(points).tolist(), WEIGHTS[grams.PAIR])
        if across:
            spoken = grams.sounds(points, grams.LATIN_SOUND).tolist()
            found |= dict.fromkeys(spoken, WEIGHTS[grams.LATIN_SOUND])
    else:
        mark = grams.HAN_SOUND
        some = grams.word_grams(own.words, mark=mark)
        found |= {gram: WEIGHTS[kind] for gram, kind in some if across or kind != mark}
    brand, text = signatures(own)
    numbers = np.fromiter(found, np.uint32, len(found))
    return Query(numbers, list(found.values()), brand, text, own.numerals)


def signatures(own: Features) -> tuple[U64, U64]:
    """Which characters the brand has, and which may answer to another's brand."""
    if not own.text:
        return np.zeros(2, np.uint64), np.full(2, _ALL, np.uint64)
    both = grams.merged(grams.points_of([own.brand, own.text]))
    return both[:, 0], both[:, 1]
