"""The order of hits: total, and a matter of the document and the query alone.

Relevance is a tier: the name (code, number) is what was asked; begins so; contains all of it;
contains some of it; only the text does. Within the tiers of names the shorter name is the closer
one, then the newer record; among texts the newer one. Nothing depends on how often words occur
in the index, so that a hit keeps its place while others come and go.
"""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import compress, islice
from typing import TypeAlias

from registry.public.search import forms
from registry.public.search.engine import Sort
from registry.public.search.query import Leaf, Prefix, Query, wanted
from registry.public.search.whoosh_engine import bits
from registry.public.search.whoosh_engine.matching import Matcher
from registry.public.search.whoosh_engine.segment import Order

Key: TypeAlias = tuple[int, int, int, str]
"""Tier, length of the name, day (negative where the newest comes first), id."""
LAST_TIER = 4
_SPARSE = 16


def top(
    matcher: Matcher, query: Query, hits: int, *, sort: Sort, most: int, after: Key | None
) -> list[tuple[Key, int]]:
    """The first ``most`` of ``hits`` behind ``after``, as keys and document numbers."""
    found: list[tuple[Key, int]] = []
    for tier, order, members in _tiers(matcher, query, hits, sort):
        if after is None or tier >= after[0]:
            rest = after if after is not None and tier == after[0] else None
            left = most - len(found)
            found += _first(matcher, members, tier=tier, order=order, most=left, after=rest)
        if len(found) >= most:
            break
    return found


def _tiers(
    matcher: Matcher, query: Query, hits: int, sort: Sort
) -> Iterator[tuple[int, Order, int]]:
    """Disjoint parts of ``hits`` with their tier and the order within, best first."""
    naming = [leaf for leaf in wanted(query) if leaf.field in {None, "name", "code", "number"}]
    if sort == "oldest":
        yield LAST_TIER, "oldest", hits
        return
    if sort == "newest" or not naming:
        yield LAST_TIER, "newest", hits
        return
    some = all_ = None
    for leaf in naming:
        one = matcher.identity(leaf) & hits
        some = one if some is None else some | one
        all_ = one if all_ is None else all_ & one
    rest = hits
    for tier, members in enumerate(_closest(matcher, naming, all_ or 0)):
        yield tier, "closest", members & rest
        rest &= ~members
    yield 2, "closest", (all_ or 0) & rest
    rest &= ~(all_ or 0)
    yield 3, "closest", (some or 0) & rest
    yield LAST_TIER, "newest", rest & ~(some or 0)


def _closest(matcher: Matcher, leaves: Sequence[Leaf], among: int) -> tuple[int, int]:
    """Documents whose name, code or number is all that was asked, and that begin so."""
    if not among:
        return 0, 0
    asked = " ".join(leaf.text for leaf in leaves)
    name, code = forms.name_form(asked), forms.code_form(asked)
    equal = matcher.beginning("names", f"{name}\n", among)
    equal |= matcher.beginning("codes", f"{code}\n", among)
    equal |= matcher.beginning("numbers", f"{name}\n", among)
    begun = matcher.beginning("names", name, among)
    if forms.is_latin(name) and all(isinstance(leaf, Prefix) for leaf in leaves):
        begun |= matcher.beginning_sound(name, among)
    return equal, begun


def _first(
    matcher: Matcher, members: int, *, tier: int, order: Order, most: int, after: Key | None
) -> list[tuple[Key, int]]:
    segment = matcher.segment
    number = members.bit_count()
    if not number or most <= 0:
        return []

    def key(document: int) -> Key:
        day = segment.days[document]
        length = segment.lengths[document] if order == "closest" else 0
        return tier, length, day if order == "oldest" else -day, segment.ids[document]

    if number * _SPARSE < segment.count:
        keyed = sorted(
            (key(document), document) for document in bits.documents(members, segment.count)
        )
        start = bisect_right(keyed, after, key=lambda item: item[0]) if after else 0
        return keyed[start : start + most]
    ordered: Sequence[int] = segment.order(order)
    if after is not None:
        ordered = ordered[bisect_right(ordered, after, key=key) :]
    chosen = bits.flags(members, segment.count)
    picked = islice(compress(ordered, map(chosen.__getitem__, ordered)), most)
    return [(key(document), document) for document in picked]


def mark(sort: Sort, key: Key) -> str:
    """Where to go on after ``key``, for an address."""
    text = json.dumps([sort, *key], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_mark(sort: Sort, text: str | None) -> Key | None:
    """The key in ``text``; None where ``mark`` did not give it for this order."""
    if not text:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        order, tier, length, day, id = found
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError):
        return None
    whole = all(type(one) is int for one in (tier, length, day))
    return (tier, length, day, id) if order == sort and whole and isinstance(id, str) else None
