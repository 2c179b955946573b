"""Which ground of a list a reason in free words means. Data decides; doubt is a problem."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from registry.core.errors import Misconfigured
from registry.core.names import fold
from registry.core.rules import ListKind

PHRASES = Path(__file__).parent / "phrases"
_CODE = re.compile(r"[A-Z]\d{1,2}-\d{1,2}")


@dataclass(frozen=True)
class Phrases:
    """The wordings of one list's grounds, folded."""

    ignore: tuple[str, ...]
    articles: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, tuple[tuple[str, ...], ...]]


def match(kind: ListKind, text: str) -> list[str]:
    """Codes of the grounds that ``text`` may mean: one is an answer, several are a doubt.

    A code or the title in full decides at once; then the article cited; then the phrases.
    """
    return list(_match(kind.code, tuple((c, g.title.zh) for c, g in kind.grounds.items()), text))


@lru_cache(maxsize=4096)
def _match(code: str, titles: tuple[tuple[str, str], ...], text: str) -> tuple[str, ...]:
    known = dict(titles)
    named = [found for found in _CODE.findall(text.upper()) if found in known]
    if named:
        return tuple(dict.fromkeys(named))
    folded = _key(text)
    whole = [ground for ground, title in titles if _key(title) == folded]
    if whole:
        return tuple(whole)
    data = load(code)
    cited = [g for g, forms in data.articles.items() if any(form in folded for form in forms)]
    if cited:
        return tuple(ground for ground in cited if ground in known)
    for phrase in data.ignore:
        folded = folded.replace(phrase, "")
    said = [
        ground
        for ground, phrases in data.phrases.items()
        if ground in known and any(all(part in folded for part in parts) for parts in phrases)
    ]
    return tuple(said)


@lru_cache(maxsize=64)
def load(code: str) -> Phrases:
    """The phrases of a list; none where it has no file. Raises ``Misconfigured``."""
    path = PHRASES / f"{code}.yaml"
    if not path.is_file():
        return Phrases((), {}, {})
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        return Phrases(
            ignore=tuple(_key(item) for item in content.get("ignore", ())),
            articles={
                ground: tuple(_key(form) for form in forms)
                for ground, forms in content.get("articles", {}).items()
            },
            phrases={
                ground: tuple(
                    tuple(_key(part) for part in ([item] if isinstance(item, str) else item))
                    for item in items
                )
                for ground, items in content.get("phrases", {}).items()
            },
        )
    except (TypeError, AttributeError) as error:
        raise Misconfigured(what=f"the phrases {path.name} are wrong: {error}") from error


def _key(text: str) -> str:
    """As compared: folded, without brackets and points, so that 第（四）项 is 第四项."""
    return re.sub(r"[^\w]", "", fold(text))
