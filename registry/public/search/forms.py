"""Comparison forms of texts: what "contains" means in the search.

Every character is folded by itself (full width, traditional, case; ``registry.core.names.fold``),
so that the form of a part is a part of the form of the whole and a hit can be shown in the
original. Two forms differ in what they do with what stands between characters:

- ``name_form``: beside a Chinese character nothing counts, neither brackets nor spaces;
- ``text_form``: beside a Chinese character spaces do not count (line breaks inside words are
  common in official texts), punctuation separates.

Between Latin words and numbers one space remains in both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from registry.core.names import fold, syllables

CJK = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
"""Scripts written without spaces, as the inside of a character class."""
_SPACE, _BREAK = "\t", " "
_IN_TEXT = re.compile(rf"(?<=[{CJK}])\t+|\t+(?=[{CJK}])")
_IN_NAME = re.compile(rf"(?<=[{CJK}])[\t ]+|[\t ]+(?=[{CJK}])")
_GAPS = re.compile(r"[\t ]+")
_CJK = re.compile(f"[{CJK}]")
_PIECES = re.compile(rf"[{CJK}]+|[^{CJK}\s]+")
_REGION = re.compile(r"^(?:.{2,8}?(?:自治[区州县旗]|[省市县盟]|(?<![社小园])区))+")
_LATIN = re.compile(r"[a-z]{2,}")


class _Fold(dict[int, str]):
    """Character to its folded form, filled as characters are met."""

    def __missing__(self, point: int) -> str:
        folded = self[point] = _fold_character(chr(point))
        return folded


def _fold_character(character: str) -> str:
    if character.isspace():
        return _SPACE
    folded = fold(character)
    if folded or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return folded
    return _BREAK


_FOLDED = _Fold()


def text_form(text: str) -> str:
    """The form of running text."""
    return _GAPS.sub(" ", _IN_TEXT.sub("", text.translate(_FOLDED))).strip(" ")


def name_form(text: str) -> str:
    """The form of a name or a number of a paper."""
    return _GAPS.sub(" ", _IN_NAME.sub("", text.translate(_FOLDED))).strip(" ")


def code_form(text: str) -> str:
    """The form of a code: letters and digits only."""
    return _GAPS.sub("", text.translate(_FOLDED))


def mapped_form(text: str, *, name: bool) -> tuple[str, list[int]]:
    """The form of ``text`` and, for each of its characters, where it stands in ``text``."""
    folded: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(text):
        piece = _FOLDED[ord(character)]
        folded.append(piece)
        origins.extend([position] * len(piece))
    form = "".join(folded)
    gaps = (match.span() for match in (_IN_NAME if name else _IN_TEXT).finditer(form))
    form, origins = _without(form, origins, gaps)
    repeats = ((match.start() + 1, match.end()) for match in _GAPS.finditer(form))
    form, origins = _without(form, origins, repeats)
    return form.replace(_SPACE, " "), origins


def _without(
    form: str, origins: list[int], spans: Iterable[tuple[int, int]]
) -> tuple[str, list[int]]:
    kept: list[str] = []
    places: list[int] = []
    last = 0
    for start, end in (*spans, (len(form), len(form))):
        kept.append(form[last:start])
        places += origins[last:start]
        last = end
    return "".join(kept), places


def tokens(form: str) -> list[str]:
    """What is indexed of a form: pairs of Chinese characters and whole Latin words.

    The last character of a run stands alone too, so that each character begins some token and
    a single character is found as the beginning of tokens.
    """
    found: list[str] = []
    for piece in _PIECES.findall(form):
        if is_cjk(piece[0]):
            found += [piece[start : start + 2] for start in range(len(piece))]
        else:
            found.append(piece)
    return found


def pairs_and_words(form: str) -> list[str]:
    """The tokens that a text containing ``form`` must have."""
    return [one for one in tokens(form) if len(one) > 1 or not is_cjk(one)]


def occurrences(form: str, part: str, *, open_end: bool) -> Iterator[tuple[int, int]]:
    """Where ``part`` stands in ``form``, not inside a Latin word; with ``open_end`` to its end."""
    position = form.find(part) if part else -1
    while position >= 0:
        end = position + len(part)
        inside = position > 0 and in_word(part[0]) and in_word(form[position - 1])
        if open_end and in_word(part[-1]):
            while end < len(form) and in_word(form[end]):
                end += 1
        elif end < len(form) and in_word(part[-1]) and in_word(form[end]):
            inside = True
        if not inside:
            yield position, end
        position = form.find(part, position + 1)


def in_word(character: str) -> bool:
    """Whether ``character`` belongs to a word written with spaces around it."""
    return character > " " and not is_cjk(character)


def is_cjk(character: str) -> bool:
    return _CJK.match(character) is not None


def is_latin(form: str) -> bool:
    """Whether ``form`` may be pinyin or initials: two Latin letters or more and nothing else."""
    return _LATIN.fullmatch(form) is not None


def spoken(name: str) -> tuple[str, list[str]]:
    """How a Chinese name sounds; ``("", [])`` for others.

    Its pinyin with each syllable capitalised ("ShanXiMeiYe"), and its initials, whole and
    without the region that it begins with.
    """
    form = name_form(name)
    if not _CJK.search(form):
        return "", []
    form = form.replace(" ", "")
    heard = [one.capitalize() if one.isascii() else "" for one in syllables(form)]
    match = _REGION.match(form)
    starts = {0, match.end() if match and match.end() < len(heard) else 0}
    initials = ["".join(one[:1] for one in heard[start:]).lower() for start in sorted(starts)]
    return "".join(heard), [one for one in initials if one]
