"""What a name is found by: characters and pairs, word pieces, and syllables across scripts.

A gram is a 32-bit number made by arithmetic alone, so that a written index means the same to every
process. Chinese names yield characters and neighbouring pairs of their comparable text; names in
other letters yield words and their trigrams; each also the pairs of its syllables, marked so that
only a name of the other script asks for them (pinyin is for recall across scripts, and homophones
within one script would drown the rest).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from registry.core.names import reading, split_pinyin

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

GAP = 10
"""The code point that ends each name in a run of texts: a line feed, which no folded text holds."""
SINGLE, PAIR, WORD, PIECE, HAN_SOUND, LATIN_SOUND = range(6)
WEIGHTS = (0.6, 1.0, 1.5, 0.4, 1.5, 1.5)
"""Pairs and words tell more than single characters and trigrams, beyond their rarity."""
_SALTS = np.array(
    [0x1B873593, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F, 0x165667B1, 0x9E3779B9], np.uint64
)
_FIRST, _SECOND = np.uint64(0x9E3779B1), np.uint64(0x85EBCA77)


def points_of(texts: Sequence[str]) -> U32:
    """The code points of all ``texts`` in one array, a ``GAP`` behind each."""
    joined = "\n".join([*texts, ""])
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)


def owners_of(points: U32) -> U32:
    """For each of ``points``, to which text it belongs."""
    ends = points == GAP
    before: U32 = np.cumsum(ends, dtype=np.uint32) - ends.astype(np.uint32)
    return before


def singles(points: U32) -> U32:
    """A gram per code point."""
    return _mixed(points, None, SINGLE)


def pairs(points: U32, kind: int = PAIR) -> U32:
    """A gram per neighbouring pair: one fewer than there are points."""
    return _mixed(points[:-1], points[1:], kind)


def sounds(points: U32, kind: int = HAN_SOUND) -> U32:
    """A gram per neighbouring pair of syllables of Chinese text."""
    found, places = np.unique(points, return_inverse=True)
    spoken = [_sound(reading(chr(point)) if point != GAP else "\n") for point in found.tolist()]
    return pairs(np.array(spoken, np.uint32)[places], kind)


def word_grams(words: Sequence[str], *, mark: int = LATIN_SOUND) -> list[tuple[int, int]]:
    """Grams of a name in other letters, each with its kind; syllables where it may be pinyin."""
    found = [gram for word in words for gram in _pieces(word)]
    found += [(gram, mark) for gram in spoken_grams(words, mark)]
    return found


def spoken_grams(words: Sequence[str], kind: int) -> list[int]:
    """Pairs of syllables of ``words``; none if these are not pinyin."""
    parts = [split_pinyin(word) for word in words if word.isalpha()]
    if not parts or not all(parts):
        return []
    spoken = [_sound(syllable) for word in parts for syllable in word]
    return pairs(np.array(spoken, np.uint32), kind).tolist() if len(spoken) > 1 else []


def merged(points: U32) -> U64:
    """The characters of each text as one signature: two rows, a column for each text.

    It tells, almost always, that a character is not in the text.
    """
    if not len(points):
        return np.empty((2, 0), np.uint64)
    ends = np.flatnonzero(points == GAP)
    starts = np.concatenate([[0], ends[:-1] + 1])
    return np.bitwise_or.reduceat(_bits(points), starts, axis=1)


def _bits(points: U32) -> U64:
    """For each code point one bit in either of two rows, none for a ``GAP``."""
    mixed = points * _FIRST
    places = np.stack([mixed >> np.uint64(20), mixed >> np.uint64(26)]) & np.uint64(63)
    found: U64 = np.uint64(1) << places
    found[:, points == GAP] = 0
    return found


def _mixed(first: U32, second: U32 | None, kind: int) -> U32:
    mixed = first.astype(np.uint64) * _FIRST + _SALTS[kind]
    if second is not None:
        mixed ^= second.astype(np.uint64) * _SECOND
    found: U32 = ((mixed * _SECOND) & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return found


@lru_cache(maxsize=4096)
def _sound(syllable: str) -> int:
    return crc32(syllable.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=50_000)
def _pieces(word: str) -> tuple[tuple[int, int], ...]:
    """The word itself, and the trigrams by which a misspelt word is still found."""
    own = (_hash(word, WORD), WORD)
    if len(word) < 4:
        return (own,)
    padded = f"^{word}$"
    some = dict.fromkeys(padded[i : i + 3] for i in range(len(padded) - 2))
    return (own, *((_hash(piece, PIECE), PIECE) for piece in some))


def _hash(text: str, kind: int) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"), int(_SALTS[kind]))
