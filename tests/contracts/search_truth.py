"""What a search must find, said as plainly as possible and with no index: the contract's truth."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from registry.core.names import syllables
from registry.public.search.documents import IndexDocument
from registry.public.search.forms import CJK, code_form, name_form, spoken, text_form
from registry.public.search.query import (
    And,
    Dated,
    Filter,
    Ids,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
)


def truth(documents: Iterable[IndexDocument], query: Query, now: datetime) -> set[str]:
    """Ids of all documents that answer ``query`` and may be shown at ``now``."""
    return {
        one.id
        for one in documents
        if (one.publish_until is None or one.publish_until > now) and answers(one, query)
    }


def counts(documents: Sequence[IndexDocument], ids: set[str], facet: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    for one in documents:
        if one.id in ids:
            found.update(set(one.keywords.get(facet, ())))
    return dict(found)


def answers(document: IndexDocument, query: Query) -> bool:  # noqa: PLR0911 - one per node
    match query:
        case And(parts):
            return all(answers(document, part) for part in parts)
        case Or(parts):
            return any(answers(document, part) for part in parts)
        case Not(part):
            return not answers(document, part)
        case Filter(facet, values):
            return bool(set(values) & set(document.keywords.get(facet, ())))
        case Ids(ids):
            return document.id in ids
        case Dated(first, last):
            day = document.date
            return day is not None and (first or day) <= day <= (last or day)
        case Phrase(text, field):
            return _leaf(document, text, field, open_end=False)
        case Prefix(text, field):
            return _leaf(document, text, field, open_end=True)
    raise TypeError(query)


def _leaf(document: IndexDocument, text: str, field: str | None, *, open_end: bool) -> bool:
    name, running, code = name_form(text), text_form(text), code_form(text)
    fields = {
        "name": any(_stands_in(name_form(one), name, open_end) for one in document.names)
        or (open_end and any(_sounds_like(one, name) for one in document.names)),
        "number": any(_stands_in(name_form(one), name, open_end) for one in document.numbers),
        "text": any(_stands_in(text_form(one), running, open_end) for one in document.texts),
        "code": any(_is_code(code_form(one), code, field, open_end) for one in document.codes),
        "authority": any(
            _stands_in(name_form(one), name, open_end)
            for one in document.keywords.get("authority", ())
        ),
    }
    if field is None:
        del fields["authority"]
        return any(fields.values())
    return fields[field]


def _stands_in(whole: str, part: str, open_end: bool) -> bool:
    if not part:
        return False
    word = rf"[^\s{CJK}]"
    before = f"(?<!{word})" if re.match(word, part[0]) else ""
    after = f"(?!{word})" if re.match(word, part[-1]) and not open_end else ""
    return re.search(before + re.escape(part) + after, whole) is not None


def _is_code(whole: str, part: str, field: str | None, open_end: bool) -> bool:
    if not part or not part.isascii() or (field is None and len(part) < 3):
        return False
    return whole.startswith(part) if open_end else whole == part


def _sounds_like(name: str, letters: str) -> bool:
    if not re.fullmatch("[a-z]{2,}", letters) or not re.search(f"[{CJK}]", name):
        return False
    heard = syllables(name)
    tails = ("".join(heard[start:]) for start in range(len(heard)))
    initials = spoken(name)[1]
    return any(one.startswith(letters) for one in (*tails, *initials))
