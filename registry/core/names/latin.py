"""The words of names in Latin and other alphabets."""

from __future__ import annotations

import re
import unicodedata

from registry.core.names.folding import fold
from registry.core.names.vocabulary import words

_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where words are written together (SampleHoldingsLimited)."""
_LETTERS = str.maketrans(
    dict(
        zip(
            "абвгдеёзийклмнопрстуфыэѓґіїјқңөұүһαβγδεζηικλμνοπρσςτυφω",
            "abvgdeezijklmnoprstufyeggiijqnouuhavgdeziiklmnoprsstyfo",
            strict=True,
        ),
    )
    | {
        "ж": "zh",
        "х": "kh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "shch",
        "ю": "yu",
        "я": "ya",
        "ъ": "",
        "ь": "",
        "є": "ye",
        "ђ": "dj",
        "љ": "lj",
        "њ": "nj",
        "ћ": "c",
        "џ": "dz",
        "θ": "th",
        "ξ": "x",
        "χ": "ch",
        "ψ": "ps",
    }
)
"""Cyrillic and Greek letters as international papers write them (after BGN/PCGN and ISO 843)."""
_LETTERS |= {ord(chr(a).upper()): b.upper() for a, b in _LETTERS.items()}
_HONG_KONG = re.compile(r"\bH\.?K\.?(?=\W|$)")
_GLUED = re.compile(
    r"(?<=[a-z]{2})(?:limited|holdings?|group|company|corporation|international|intl|incorporated|"
    r"coltd|ltd)$"
)


def foreign_words(name: str) -> tuple[str, ...]:
    """The words of a name in other scripts, folded, without forms of organisation.

    ``S.A.`` counts as one word; a name of nothing but forms keeps them.
    """
    plain = unicodedata.normalize("NFKC", name).strip()
    if not re.search(r"\s", plain):
        plain = _HUMPS.sub(" ", plain)
    plain = _HONG_KONG.sub("Hong Kong", plain)
    joined = re.sub(r"\b(\w)[./](?=\w\b)", r"\1", plain).replace("'", "").replace("’", "")
    parts = [part for part in re.split(r"[\W_]+", joined.translate(_LETTERS)) if part]
    # A single capital is an initial (A. Sample), a small letter a word between two (Casa y Sol).
    kept = [part for part in parts if len(part) > 1 or not part.islower()] or parts
    every = [folded for part in kept if (folded := fold(part))]
    if len(every) == 1:
        every = [_unglued(every[0])]
    known = words()
    drop = known.foreign_forms | known.foreign_stop
    if not known.foreign_forms.isdisjoint(every):
        # Only of a body: Eng and Ind are surnames.
        every = [known.foreign_short.get(part, part) for part in every]
    return tuple(part for part in every if part not in drop) or tuple(every)


def behind_group(name: str) -> str:
    """What stands behind Group in a name: the words of a body of that group, else nothing."""
    parts = [fold(part) for part in re.split(r"[\W_]+", unicodedata.normalize("NFKC", name))]
    if "group" not in parts[1:]:
        return ""
    known = words()
    drop = known.foreign_forms | known.foreign_stop | {""}
    behind = parts[len(parts) - parts[::-1].index("group") :]
    return " ".join(part for part in behind if part not in drop)


def _unglued(word: str) -> str:
    """A name written in one word, without the forms at its end (SAMPLEHOLDINGSLIMITED)."""
    while found := _GLUED.search(word):
        word = word[: found.start()]
    return word
