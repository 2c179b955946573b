"""A second look: pairs written from knowledge of naming habits, before the matcher was read.

``secondlook.txt`` holds a kind, two names and whether they are one body (y or n), or a short name
and the full one. Bodies are fictional; a few bureaus and banks bear their kind's real abbreviation.
Nothing is fitted to single pairs: what they showed to be wrong as a rule was mended, and
``docs/matching.md`` gives the figures of before and after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from registry.public.screening import THRESHOLD, compare
from registry.public.screening.index import NameIndex

_FILE = Path(__file__).with_name("secondlook.txt")


def run(others: Sequence[str]) -> list[str]:
    """F1 and hits by kind; short names among their full names and ``others``."""
    pairs, short = _rows()
    return [*_pairs(pairs), *_short(short, others)]


def _rows() -> tuple[list[list[str]], list[list[str]]]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("|") for line in lines if line and not line.startswith("#")]
    return [row for row in rows if len(row) == 4], [row for row in rows if len(row) == 2]


def _pairs(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    hits, every = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for kind, one, other, label in rows:
        every[label, kind] += 1
        hits[label, kind] += compare(one, other).match
    found, wrong = _of(hits, "y"), _of(hits, "n")
    same, near = _of(every, "y"), _of(every, "n")
    f1 = 2 * found / (found + wrong + same)
    yield (
        f"second look: F1 {f1:.3f}; {found} of {same} found, {wrong} of {near} near misses wrong"
    )
    for (label, kind), count in every.items():
        title = "found" if label == "y" else "wrongly hit"
        yield f"  {kind:<16} {hits[label, kind]:>2} of {count} {title}"


def _of(counts: Counter[tuple[str, str]], wanted: str) -> int:
    return sum(count for (label, _), count in counts.items() if label == wanted)


def _short(rows: Sequence[Sequence[str]], others: Sequence[str]) -> Iterator[str]:
    full = list(dict.fromkeys([*(full for _, full in rows), *others]))
    index = NameIndex((name, [name]) for name in full)
    five = sum(name in [one.ref for one in index.candidates(short, 5)] for short, name in rows)
    likely = sum(name in index.likely(short, THRESHOLD)[:5] for short, name in rows)
    yield (
        f"second look, short names among {len(full):,}: {five} of {len(rows)} among the first "
        f"five, {likely} at the default threshold"
    )
