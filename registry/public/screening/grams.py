"""What a name is found by: characters and pairs, word pieces, and syllables across scripts.

A gram is any hashable; the index keeps hashes only. Han names yield characters and neighbouring
pairs; Latin names words and their trigrams; each also the pairs of its syllables, marked so that
only a name of the other script asks for them (pinyin is for recall across scripts, and homophones
within one script would drown the rest).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from registry.core.names import core_name, fold, has_han, reading, split_pinyin
from registry.core.names.anatomy import foreign_words

Gram = tuple[str, ...] | str

PROVINCE_SHORT = {
    "北京": "京", "天津": "津", "河北": "冀", "山西": "晋", "内蒙古": "蒙", "辽宁": "辽",
    "吉林": "吉", "黑龙江": "黑", "上海": "沪", "江苏": "苏", "浙江": "浙", "安徽": "皖",
    "福建": "闽", "江西": "赣", "山东": "鲁", "河南": "豫", "湖北": "鄂", "湖南": "湘",
    "广东": "粤", "广西": "桂", "海南": "琼", "重庆": "渝", "四川": "川", "贵州": "黔",
    "云南": "滇", "西藏": "藏", "陕西": "陕", "甘肃": "甘", "青海": "青", "宁夏": "宁",
    "新疆": "新", "香港": "港", "澳门": "澳", "台湾": "台", "广州": "穗", "深圳": "深",
}  # fmt: skip
"""Official one-character names of provinces, and two of cities that names use as well."""

_NOISE = re.compile(r"^(?:s?\*?st|xd|xr|dr)(?=[^a-z])|(?<=[^a-z0-9])(?:a|b|u|w|uw)$")
"""Marks of the stock exchanges before and behind short names."""


def searchable(name: str) -> str:
    """The folded name without form, exchange marks and remarks: what is matched as a sequence."""
    core = core_name(name)
    if has_han(core):
        core = _NOISE.sub("", core) or core
        shorter = core.removesuffix("股份").removesuffix("集团").removesuffix("控股")
        return shorter or core
    return core


def grams_of(name: str) -> set[Gram]:
    """The grams under which ``name`` is kept."""
    return set(_own(name)) | set(_spoken(name, mark="of"))


def query_grams(name: str) -> tuple[set[Gram], set[Gram]]:
    """The grams by which ``name`` asks: in its own script, and across scripts."""
    mark = "latin" if has_han(fold(name)) else "han"
    return set(_own(name)), set(_spoken(name, mark=mark))


def _own(name: str) -> Iterator[Gram]:
    core = searchable(name)
    if has_han(core):
        yield from core
        yield from (first + second for first, second in pairwise(core))
        return
    for word in foreign_words(name):
        yield ("word", word)
        if len(word) > 3:
            padded = f"^{word}$"
            yield from (padded[i : i + 3] for i in range(len(padded) - 2))


def _spoken(name: str, *, mark: str) -> Iterator[Gram]:
    """Pairs of syllables under the script that they come from, or that a query asks for."""
    core = searchable(name)
    han = has_han(core)
    side = ("han" if han else "latin") if mark == "of" else mark
    spoken: Iterable[str]
    if han:
        spoken = [reading(character) for character in core]
    else:
        words = [split_pinyin(word) for word in foreign_words(name) if word.isalpha()]
        if not words or not all(words):
            return
        spoken = [syllable for word in words for syllable in word]
    yield from ((side, first, second) for first, second in pairwise(spoken))
