"""Of whom a report speaks: names looked for in what was written, however they are written.

Names are compared by the registry's own key (``core.names.fold``): traditional and variant
characters, full-width letters, case, accents, spaces and dots within a name do not matter. A name
does not run on across the end of a clause, so that 小王，明天 does not speak of 王明.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from registry.core.names import fold

SHORTEST = 2
"""Characters; a single one stands in every text."""
_CLAUSE = re.compile("[，。；：！？、,;:!?\n\r\t]+")
_LOWER = ("副", "代理", "常务", "党组", "党委")
_DOUBLE = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "夏侯")


def speaks_of(content: object, names: Iterable[str]) -> bool:
    """Whether any of ``names`` stands in a text anywhere within ``content``. Keys are no texts."""
    wanted = [name for name in map(fold, names) if len(name) >= SHORTEST]
    return any(
        name in clause
        for text in _texts(content)
        for clause in map(fold, _CLAUSE.split(text))
        for name in wanted
    )


def spoken_forms(name: str, title: str = "") -> list[str]:
    """How a text may speak of an office holder: by name, and by surname with title.

    ``王样例`` with the title ``副局长`` is also 王副局长 and, as deputies are called, 王局长.
    """
    forms = [name]
    family = next((one for one in _DOUBLE if name.startswith(one)), name[:1])
    if family and title:
        plain = title
        for word in _LOWER:
            plain = plain.replace(word, "")
        forms += [f"{family}{one}" for one in dict.fromkeys((title, plain)) if one]
    return forms


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for one in content.values():
            yield from _texts(one)
    elif isinstance(content, (list, tuple)):
        for one in content:
            yield from _texts(one)
