"""Of whom a report speaks: names looked for in what was written, however it is spaced."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping

SHORTEST = 2
"""Characters; a single one stands in every text."""


def speaks_of(content: object, names: Iterable[str]) -> bool:
    """Whether any of ``names`` stands in a text anywhere within ``content``.

    Compatibility forms, case and white space do not matter. Keys are no texts.
    """
    wanted = [name for name in map(folded, names) if len(name) >= SHORTEST]
    return any(name in text for text in map(folded, _texts(content)) for name in wanted)


def folded(text: str) -> str:
    """The text as it is compared."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for one in content.values():
            yield from _texts(one)
    elif isinstance(content, (list, tuple)):
        for one in content:
            yield from _texts(one)
