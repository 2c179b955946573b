"""The words by which names are taken apart, from ``words.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml


class Words(NamedTuple):
    """The lists of ``words.yaml`` in the forms in which they are asked."""

    forms: tuple[str, ...]
    groups: tuple[str, ...]
    branches: tuple[str, ...]
    works: tuple[str, ...]
    """Ends of a part that is licensed by itself."""
    heads: re.Pattern[str]
    form_inside: re.Pattern[str]
    endings: Mapping[str, tuple[tuple[str, bool], ...]]
    """Forms (True) and group words (False), longest first, by their last character."""
    aliases: dict[str, str]
    trades: frozenset[str]
    longest_trade: int
    """Characters of the longest trade word."""
    trade_lengths: Mapping[str, tuple[int, ...]]
    """First two characters to the lengths of the trade words that begin so, longest first."""
    foreign_forms: frozenset[str]
    foreign_stop: frozenset[str]
    foreign_trades: frozenset[str]
    look_alikes: tuple[str, ...]
    establishments: tuple[str, ...]
    institutes: tuple[str, ...]
    kin: Mapping[str, str]
    """Trade words to the first of those that mean the same."""
    generic: frozenset[str]
    """Trade words that may end any trade and tell no sister bodies apart."""
    shortened: Mapping[str, str]
    shortened_before: tuple[str, ...]
    transliterations: tuple[str, ...]
    """Characters that transliterations use for one sound, in one word."""
    foreign_short: Mapping[str, str]
    """Abbreviations of trade words in Latin letters."""


@cache
def words() -> Words:
    raw = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))

    def longest_first(key: str) -> tuple[str, ...]:
        return tuple(sorted(set(raw[key].split()), key=lambda word: (-len(word), word)))

    forms, trades = longest_first("forms"), longest_first("trades")
    inside = "|".join(form for form in forms if form.endswith("公司"))
    return Words(
        forms,
        longest_first("groups"),
        longest_first("branches"),
        longest_first("works"),
        re.compile("|".join(longest_first("heads"))),
        re.compile(inside),
        _by_last({**dict.fromkeys(forms, True), **dict.fromkeys(longest_first("groups"), False)}),
        dict(raw["aliases"]),
        frozenset(trades),
        max(map(len, trades)),
        _lengths(trades),
        frozenset(raw["foreign_forms"].split()),
        frozenset(raw["foreign_stop"].split()),
        frozenset(raw["foreign_trades"].split()),
        tuple(raw["look_alikes"].split()),
        tuple(raw["establishments"].split()),
        tuple(raw["institutes"].split()),
        {word: group[0] for group in map(str.split, raw["kin"]) for word in group},
        frozenset(raw["generic"].split()),
        dict(raw["shortened"]),
        tuple(raw["shortened_before"].split()),
        tuple(raw["transliterations"].split()),
        dict(raw["foreign_short"]),
    )


def _by_last(endings: Mapping[str, bool]) -> dict[str, tuple[tuple[str, bool], ...]]:
    found: dict[str, list[tuple[str, bool]]] = {}
    for ending, is_form in endings.items():
        found.setdefault(ending[-1], []).append((ending, is_form))
    return {last: tuple(some) for last, some in found.items()}


def _lengths(trades: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """A word of one character may stand before any other, so that 1 is of every start's lengths."""
    found: dict[str, set[int]] = {}
    for word in trades:
        found.setdefault(word[:2], {1}).add(len(word))
    return {start: tuple(sorted(sizes, reverse=True)) for start, sizes in found.items()}
