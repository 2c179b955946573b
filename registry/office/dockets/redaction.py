"""Finding what must not be published in free texts: document numbers, telephones, addresses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from registry.core.names import mask_document

_RESIDENT = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{9}[\dXx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


def personal_numbers(text: str) -> list[str]:
    """Resident numbers, mobile numbers and mail addresses in ``text``, full-width ones too."""
    narrow = unicodedata.normalize("NFKC", text)
    return [found.group() for p in (_RESIDENT, _MOBILE, _MAIL) for found in p.finditer(narrow)]


_MASKS = frozenset("某*×xX〇○□…")


def only_takes_away(original: str, wording: str) -> bool:
    """Whether ``wording`` is ``original`` with signs left out or masked, and says nothing new."""
    left = iter(unicodedata.normalize("NFKC", original))
    said = unicodedata.normalize("NFKC", wording)
    return all(sign in left for sign in said if sign not in _MASKS and not sign.isspace())


def suggestion(text: str, names: Iterable[str] = ()) -> str:
    """``text`` as it might be published: numbers masked, ``names`` shortened to 张某.

    A proposal for the officer, who decides.
    """
    narrow = unicodedata.normalize("NFKC", text) if personal_numbers(text) else text
    narrow = _RESIDENT.sub(lambda found: mask_document(found.group()), narrow)
    narrow = _MAIL.sub("***", _MOBILE.sub(lambda found: f"{found.group()[:3]}********", narrow))
    for name in sorted(set(names), key=len, reverse=True):
        if len(name) > 1:
            narrow = narrow.replace(name, f"{name[0]}某")
    return narrow
