"""How a receipt is read aloud: over a telephone, or by who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping

from registry.core.i18n import Text

_DIGITS = (
    ("零", "zero"), ("一", "one"), ("二", "two"), ("三", "three"), ("四", "four"),
    ("五", "five"), ("六", "six"), ("七", "seven"), ("八", "eight"), ("九", "nine"),
)  # fmt: skip
_LETTERS = {
    "A": ("安徽", "Alfa"), "B": ("北京", "Bravo"), "C": ("重庆", "Charlie"),
    "D": ("大连", "Delta"), "E": ("峨眉", "Echo"), "F": ("福建", "Foxtrot"),
    "G": ("广州", "Golf"), "H": ("湖北", "Hotel"), "J": ("江苏", "Juliett"),
    "K": ("昆明", "Kilo"), "M": ("厦门", "Mike"), "N": ("南京", "November"),
    "P": ("平顶山", "Papa"), "Q": ("青岛", "Quebec"), "R": ("日照", "Romeo"),
    "S": ("山东", "Sierra"), "T": ("天津", "Tango"), "V": ("胜利", "Victor"),
    "W": ("武汉", "Whiskey"), "X": ("西安", "X-ray"), "Y": ("云南", "Yankee"),
    "Z": ("浙江", "Zulu"),
}  # fmt: skip

WORDS: Mapping[str, Text] = {
    **{str(value): Text(*words) for value, words in enumerate(_DIGITS)},
    **{
        letter: Text(f"{zh}的{letter}", f"{letter} as in {en}")
        for letter, (zh, en) in _LETTERS.items()
    },
}
"""Symbol to its word. Chinese letters go by places, as on the telephone."""
