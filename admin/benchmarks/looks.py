"""Second, third and fourth looks: pairs written from naming habits, before the matcher was read.

A file holds a kind, two names and whether they are one body (y or n), or a short name and the full
one. Kinds that begin with ``miss-`` are near misses. Bodies of the second and third look are
fictional, but for abbreviations of a few bureaus and banks; the fourth look has real public bodies,
in the kinds and proportions of real pairs. Nothing is fitted to single pairs: what they showed to
be wrong as a rule was mended, and ``docs/matching.md`` gives the figures of before and after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from registry.public.screening import THRESHOLD, compare
from registry.public.screening.index import NameIndex

_LOOKS = {
    "second look": "secondlook.txt",
    "third look": "thirdlook.txt",
    "fourth look": "fourthlook.txt",
    "fifth look": "fifthlook.txt",
}


class Pair(NamedTuple):
    """Two names, the kind of their difference and whether they are one body."""

    kind: str
    one: str
    other: str
    same: bool


@dataclass(frozen=True)
class Look:
    """One set: its pairs, and short names each with its full one."""

    title: str
    pairs: Sequence[Pair]
    short: Sequence[tuple[str, str]]


def run(others: Sequence[str]) -> list[str]:
    """F1, hits by kind and every wrong pair; short names among their full names and ``others``."""
    return [line for look in read() for line in (*_pairs(look), *_short(look, others))]


def read() -> list[Look]:
    """The sets, in the order in which they were written."""
    return [_look(title, Path(__file__).with_name(name)) for title, name in _LOOKS.items()]


def _look(title: str, file: Path) -> Look:
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = [line.split("|") for line in lines if line and not line.startswith("#")]
    pairs = [Pair(row[0], row[1], row[2], row[3] == "y") for row in rows if len(row) == 4]
    return Look(title, pairs, [(row[0], row[1]) for row in rows if len(row) == 2])


def _pairs(look: Look) -> Iterator[str]:
    hits = [(pair, compare(pair.one, pair.other).match) for pair in look.pairs]
    same = sum(pair.same for pair in look.pairs)
    near = sum(pair.kind.startswith("miss-") for pair in look.pairs)
    found = sum(hit for pair, hit in hits if pair.same)
    wrong = sum(hit for pair, hit in hits if not pair.same)
    wrong_near = sum(hit for pair, hit in hits if pair.kind.startswith("miss-"))
    f1 = 2 * found / (found + wrong + same)
    told = f"{found} of {same} found, {wrong_near} of {near} near misses wrong"
    yield f"{look.title}: F1 {f1:.3f}; {told}"
    counted = Counter((pair.kind, pair.same, hit) for pair, hit in hits)
    for kind, is_same in dict.fromkeys((pair.kind, pair.same) for pair in look.pairs):
        yes, no = counted[kind, is_same, True], counted[kind, is_same, False]
        title = "found" if is_same else "wrongly hit"
        yield f"  {kind:<16} {yes:>2} of {yes + no} {title}"
    for pair, hit in hits:
        if hit != pair.same:
            score = compare(pair.one, pair.other).score
            yield f"  {'wrong' if hit else 'missed'} at {score:.2f}: {pair.one} / {pair.other}"


def _short(look: Look, others: Sequence[str]) -> Iterator[str]:
    full = list(dict.fromkeys([*(full for _, full in look.short), *others]))
    index = NameIndex((name, [name]) for name in full)
    first = [name in [one.ref for one in index.candidates(short, 5)] for short, name in look.short]
    likely = sum(name in index.likely(short, THRESHOLD)[:5] for short, name in look.short)
    yield (
        f"{look.title}, short names among {len(full):,}: {sum(first)} of {len(first)} among the "
        f"first five, {likely} at the default threshold"
    )
    for (short, name), found in zip(look.short, first, strict=True):
        if not found:
            yield f"  not among the first five: {short} / {name}"
