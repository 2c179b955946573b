"""Comparison keys: one writing for all the ways in which a name is written.

Full-width, traditional and variant characters, case, accents, brackets, spaces and punctuation do
not tell bodies apart; the key has none of them. Pinyin serves recall only: it joins far too much
to decide anything.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

_STAY = "乾薹菸袷著藉"
"""Characters that OpenCC's single-character table maps away but that names written in simplified
characters use in their own right (乾 as in 乾元)."""
_VARIANTS = {
    "傢": "家", "菓": "果", "濬": "浚", "鉄": "铁", "豊": "丰", "栄": "荣", "広": "广", "発": "发",
    "竜": "龙", "沢": "泽", "関": "关", "団": "团", "恵": "惠", "薬": "药", "塩": "盐", "気": "气",
    "実": "实", "桜": "樱", "斉": "齐", "徳": "德", "総": "总", "経": "经", "営": "营",
    "鑛": "矿", "鉱": "矿", "砿": "矿", "昇": "升", "堃": "坤", "喆": "哲",
    "○": "零", "〇": "零",
}  # fmt: skip
_LATIN = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
}  # fmt: skip
_HAN = (
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF),
)  # fmt: skip


@cache
def _simplified() -> dict[str, str]:
    """Traditional and variant characters to simplified ones, character by character.

    OpenCC is asked once, for every character: a table keeps a key independent of its
    neighbours, so that a part of a name folds as the whole does, and is fifty times as fast.
    """
    import opencc  # noqa: PLC0415 - 20 ms that a command which folds nothing need not pay

    characters = [chr(c) for first, last in _HAN for c in range(first, last + 1)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    table = {a: b for a, b in zip(characters, simplified, strict=True) if a != b}
    for character in _STAY:
        table.pop(character, None)
    return {**table, **{a: b for a, b in _VARIANTS.items() if a != b}}


class _Table(dict[int, str]):
    """Character to what stands for it in a key, worked out at its first use."""

    def __missing__(self, point: int) -> str:
        found = self[point] = _folded(chr(point))
        return found


_TABLE = _Table()


def _folded(character: str) -> str:
    """What ``character`` becomes; empty for spaces, punctuation and marks."""
    plain = unicodedata.normalize("NFKC", character).casefold()
    if len(plain) > 1:
        return "".join(_TABLE[ord(c)] for c in plain)
    if not plain or unicodedata.category(plain)[0] not in "LN":
        return _VARIANTS.get(plain, "")
    if plain in _LATIN:
        return _LATIN[plain]
    if ord(plain) < 0x250 or 0x1E00 <= ord(plain) < 0x2000:
        return unicodedata.normalize("NFD", plain)[0]
    return _simplified().get(plain, plain)


@cache
def _settled() -> re.Pattern[str]:
    """Text of nothing but common Chinese characters that stand for themselves in a key."""
    others = _simplified()
    runs: list[tuple[int, int]] = []
    for point in range(0x4E00, 0xA000):
        if chr(point) in others:
            continue
        if runs and runs[-1][1] == point - 1:
            runs[-1] = (runs[-1][0], point)
        else:
            runs.append((point, point))
    return re.compile("[" + "".join(f"{chr(a)}-{chr(b)}" for a, b in runs) + "]+")


def is_settled(text: str) -> bool:
    """Whether ``text`` has only common Chinese characters and is its own key: most names are."""
    return _settled().fullmatch(text) is not None


def fold(text: str) -> str:
    """The comparison key of ``text``: equal for spellings that mean the same name.

    Compatibility forms (NFKC), case, traditional and variant characters, Latin accents; brackets,
    spaces and punctuation are dropped. Idempotent, and a key of a part is a part of the key.
    """
    return text.translate(_TABLE)


_ANY_HAN = re.compile("[" + "".join(f"{chr(a)}-{chr(b)}" for a, b in _HAN) + "]")


def is_han(character: str) -> bool:
    """Whether ``character`` is a Chinese character."""
    return "\u4e00" <= character <= "\u9fff" or _ANY_HAN.match(character) is not None


def has_han(text: str) -> bool:
    """Whether any character of ``text`` is Chinese."""
    return _ANY_HAN.search(text) is not None


@lru_cache(maxsize=20_000)
def _syllables(key: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - half a second and 30 MB, for pinyin only

    read = lazy_pinyin(key, errors=" ".join, v_to_u=False)
    return tuple(part for parts in read for part in parts.split(" "))


@cache
def reading(character: str) -> str:
    """The usual syllable of one character, without regard to its word; others come as they are.

    Fast and stable, for recall; ``syllables`` reads by words.
    """
    return _syllables(character)[0] if is_han(character) else character


@cache
def _all_syllables() -> frozenset[str]:
    common = (chr(c) for c in range(0x4E00, 0x9FA6))
    encodable = (c for c in common if c.encode("gb2312", "ignore"))
    return frozenset(reading(character) for character in encodable)


@lru_cache(maxsize=4096)
def split_pinyin(letters: str) -> tuple[str, ...]:
    """The syllables that a run of Latin letters is made of, fewest first; none if it is not pinyin.

    ``xulingxian`` gives ``xu ling xian``; ``washington`` nothing.
    """
    best: list[tuple[str, ...] | None] = [None] * len(letters) + [()]
    known = _all_syllables()
    for start in range(len(letters) - 1, -1, -1):
        for end in range(min(len(letters), start + 6), start, -1):
            rest = best[end]
            if rest is None or letters[start:end] not in known:
                continue
            current = best[start]
            if current is None or len(rest) + 1 < len(current):
                best[start] = (letters[start:end], *rest)
    return best[0] or ()


def syllables(text: str) -> tuple[str, ...]:
    """The syllables of ``text`` without tones, read by words (重庆 is chong qing).

    What is not Chinese comes character by character.
    """
    return _syllables(fold(text))


def pinyin(text: str) -> str:
    """The syllables of ``text`` in one word, without tones: ``yanshisheng``."""
    return "".join(syllables(text))


def initials(text: str) -> str:
    """The first letters of the syllables of ``text``: ``yss``."""
    return "".join(syllable[0] for syllable in syllables(text) if syllable)
