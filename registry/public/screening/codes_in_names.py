"""Credit codes where a name was expected: typed into the wrong field, or pasted behind the name.

A code that is looked up as a name is found nowhere, and its bearer would be told clear. Whoever
asks by name is therefore asked for a code wherever one stands, and told where it is mistyped.
"""

from __future__ import annotations

import re
import unicodedata

from registry.core.names import normalize_code

LEAST = 8
"""Symbols from which a run of digits can be meant as a code."""
FEWEST_DIGITS = 10
"""Digits by which 18 symbols within a name are a code and not a word."""
_LABEL = r"(?:统一)?(?:社会)?(?:信用代码|信用代碼|税号|稅號|纳税人识别号|代码|credit code|uscc)"
_CODE = r"[0-9A-Z]{2}[0-9]{5}[0-9A-Z]{11}"
"""18 symbols with the place of a region in them; what is mistyped is still taken for a code."""
_WITHIN = re.compile(
    rf"[(\[【,;、/]?\s*(?:{_LABEL}\s*(?:/\s*{_LABEL}\s*)*)?[:]?\s*"
    rf"(?<![0-9A-Z])(?P<code>{_CODE})(?![0-9A-Z])\s*[)\]】]?",
    re.IGNORECASE,
)


def looks_like_code(text: str) -> bool:
    """Whether ``text`` is meant as a code: Latin letters and digits only, most of them digits."""
    packed = normalize_code(text)
    digits = sum(char.isdigit() for char in packed)
    plain = packed.isascii() and packed.isalnum()
    return plain and len(packed) >= LEAST and digits * 2 > len(packed)


def part(text: str) -> tuple[str, str]:
    """``text`` as a name, and the code that it is or holds; either may be empty.

    A code keeps its mistakes: whoever reads it says what is wrong with it.
    """
    name = text.strip()
    if sum(char.isdigit() for char in name) < LEAST // 2:
        return name, ""
    if looks_like_code(name):
        return "", name
    found = _WITHIN.search(unicodedata.normalize("NFKC", name))
    if found is None or sum(char.isdigit() for char in found["code"]) < FEWEST_DIGITS:
        return name, ""
    rest = f"{found.string[: found.start()]} {found.string[found.end() :]}".strip()
    return rest, found["code"]
