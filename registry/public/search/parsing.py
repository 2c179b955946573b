"""From what a user types to a query tree. No text is an error.

``"…"`` (also “…”, 「…」, 『…』) a phrase · ``-word`` or ``NOT word`` exclusion · ``a OR b`` (also
``a | b``) either · ``word*`` beginning · ``name:word``, ``名称：word`` one field · otherwise every
word must be found, in any field. Brackets belong to names and papers and mean nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from registry.public.search.forms import code_form
from registry.public.search.query import And, Leaf, Not, Or, Phrase, Prefix, Query

LONGEST = 200
"""Characters of a query that are read; the rest is ignored."""
MOST_LEAVES = 16
"""Words and phrases that are read."""

FIELDS = {
    "name": "name", "名称": "name", "单位": "name", "单位名称": "name", "企业": "name",
    "code": "code", "代码": "code", "信用代码": "code", "统一社会信用代码": "code",
    "number": "number", "文号": "number", "编号": "number", "决定书文号": "number",
    "text": "text", "正文": "text", "内容": "text", "事由": "text",
    "authority": "authority", "机关": "authority", "决定机关": "authority",
}  # fmt: skip
_QUOTES = {"“": "”", "”": "”", '"': '"', "＂": "＂", "「": "」", "『": "』", "„": "“"}
_SEPARATORS = " \t\r\n\f\v\u00a0\u3000,，、;；。"
_OPENING = "".join(_QUOTES)
_FIELD = re.compile(r"([^\W\d_]{2,9})[:：]")
_EITHER = {"OR", "|", "||"}
_BOTH = {"AND", "&", "&&"}


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    quoted: bool = False
    excluded: bool = False
    field: str | None = None


def parse_query(text: str) -> Query:
    """The query that ``text`` asks. Of nothing searchable, ``EVERYTHING``."""
    groups: list[list[Query]] = []
    leaves = 0
    either = excluded = False
    for word in _words(text[:LONGEST]):
        if not word.quoted and not word.field and not word.excluded:
            if word.text.upper() in _EITHER and word.text.isupper() | (not word.text.isalpha()):
                either = bool(groups)
                continue
            if word.text in _BOTH:
                continue
            if word.text == "NOT":
                excluded = True
                continue
        leaf = _leaf(word)
        if leaf is None or leaves == MOST_LEAVES:
            continue
        leaves += 1
        part: Query = Not(leaf) if excluded or word.excluded else leaf
        if either:
            groups[-1].append(part)
        else:
            groups.append([part])
        either = excluded = False
    parts = tuple(group[0] if len(group) == 1 else Or(tuple(group)) for group in groups)
    return parts[0] if len(parts) == 1 else And(parts)


def _leaf(word: _Word) -> Leaf | None:
    if not code_form(word.text):
        return None
    if word.quoted:
        return Phrase(word.text, word.field)
    return Prefix(word.text.rstrip("*＊"), word.field)


def _words(text: str) -> Iterator[_Word]:
    """Words and quoted phrases with their marks, from left to right."""
    position = 0
    while position < len(text):
        if text[position] in _SEPARATORS:
            position += 1
            continue
        excluded = text[position] in "-－" and position + 1 < len(text)
        start = position + 1 if excluded else position
        field = _FIELD.match(text, start)
        name = FIELDS.get(field[1].lower()) if field else None
        if field and name:
            start = field.end()
        if start < len(text) and text[start] in _OPENING:
            end, position = _closing(text, start)
            yield _Word(text[start + 1 : end], True, excluded, name)
            continue
        end = start
        while end < len(text) and text[end] not in _SEPARATORS and text[end] not in _OPENING:
            end += 1
        if end > start:
            yield _Word(text[start:end], False, excluded, name)
        position = max(end, position + 1)


def _closing(text: str, start: int) -> tuple[int, int]:
    """Where the phrase opened at ``start`` ends and where reading goes on."""
    marks = {_QUOTES[text[start]], text[start]} | ({'"'} if text[start] in "“”" else set())
    for position in range(start + 1, len(text)):
        if text[position] in marks:
            return position, position + 1
    return len(text), len(text)
