"""Showing in the original text what a query found."""

from __future__ import annotations

from typing import Literal, TypeAlias

from registry.public.search import forms
from registry.public.search.query import Prefix, Query, wanted

Fragments: TypeAlias = list[tuple[str, bool]]
"""Pieces of a text in order, and whether each was searched for. Together they are the text."""
Field: TypeAlias = Literal["name", "number", "text"]


def highlight(text: str, query: Query, field: Field = "text") -> Fragments:
    """``text`` in pieces. Folded as in the search: traditional and full-width text is found.

    Hits of pinyin or initials are not marked: nothing of the text was typed.
    """
    marked = _marked(text, query, field)
    fragments: Fragments = []
    start = 0
    for position in range(1, len(text) + 1):
        if position == len(text) or marked[position] != marked[start]:
            fragments.append((text[start:position], marked[start]))
            start = position
    return fragments


def excerpt(text: str, query: Query, width: int = 120) -> Fragments:
    """Some ``width`` characters around the first hit, with "…" where something is left out."""
    if len(text) <= width:
        return highlight(text, query)
    marked = _marked(text, query, "text")
    first = marked.index(True) if True in marked else 0
    start = max(0, min(first - width // 4, len(text) - width))
    fragments: Fragments = [("…", False)] if start else []
    for position in range(start, start + width):
        if fragments and position > start and fragments[-1][1] == marked[position]:
            fragments[-1] = (fragments[-1][0] + text[position], marked[position])
        else:
            fragments.append((text[position], marked[position]))
    return fragments if start + width >= len(text) else [*fragments, ("…", False)]


def _marked(text: str, query: Query, field: Field) -> list[bool]:
    marked = [False] * len(text)
    name = field != "text"
    form, origins = forms.mapped_form(text, name=name)
    for leaf in wanted(query):
        if leaf.field not in {None, field}:
            continue
        part = forms.name_form(leaf.text) if name else forms.text_form(leaf.text)
        for start, end in forms.occurrences(form, part, open_end=isinstance(leaf, Prefix)):
            first, last = origins[start], origins[end - 1]
            marked[first : last + 1] = [True] * (last + 1 - first)
    return marked
