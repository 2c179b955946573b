"""Real pairs of company names, where they are at hand (``BENCH_NAMES``), in two halves.

The files are those of the tests: labelled pairs, and short names of listed companies with their
full ones. The other company of the most similar name stands in for what must not match.
"""

from __future__ import annotations

import csv
import hashlib
import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rapidfuzz import fuzz, process

from registry.public.screening import THRESHOLD, compare
from registry.public.screening.index import NameIndex

_OTHERS = 300
"""Companies of each half whose nearest other one is compared."""


def run() -> list[str]:
    """F1 with the nearest others, labelled near misses, and short names among the first five."""
    folder = Path(os.environ.get("BENCH_NAMES", "."))
    if not (folder / "pairs.csv").is_file():
        return ["real pairs: not at hand (set BENCH_NAMES to their directory)"]
    pairs, listed = _rows(folder / "pairs.csv"), _rows(folder / "short_full.csv")
    return [*_pairs(pairs, listed), *_short(listed)]


def _pairs(pairs: Sequence[Sequence[str]], listed: Sequence[Sequence[str]]) -> Iterator[str]:
    for half in (0, 1):
        mine = [row for row in pairs if _half(row[0]) == half]
        same = [compare(a, b).match for a, b, label in mine if label == "true"]
        near = [compare(a, b).match for a, b, label in mine if label != "true"]
        others = [compare(a, b).match for a, b in _nearest(listed, half)]
        wrong = sum(near) + sum(others)
        f1 = 2 * sum(same) / (len(same) + sum(same) + wrong)
        yield (
            f"real pairs, half {half + 1}: F1 {f1:.3f}; {sum(same)} of {len(same)} found, wrongly "
            f"{sum(near)} of {len(near)} near misses and {sum(others)} of {len(others)} nearest"
        )


def _nearest(listed: Sequence[Sequence[str]], half: int) -> Iterator[tuple[str, str]]:
    names = sorted({row[1] for row in listed})
    chosen = sorted(
        (name for name in names if _half(name) == half),
        key=lambda name: hashlib.sha256(name.encode()).digest(),
    )
    for name in chosen[:_OTHERS]:
        near = process.extract(name, names, scorer=fuzz.ratio, limit=2)
        yield name, next(other for other, _, _ in near if other != name)


def _short(listed: Sequence[Sequence[str]]) -> Iterator[str]:
    rows = [row for row in listed if row[0].strip()]
    index = NameIndex((name, [name]) for name in sorted({row[1] for row in rows}))
    ways: dict[str, Callable[[str], list[str]]] = {
        "by candidates": lambda short: [one.ref for one in index.candidates(short, 5)],
        "by score": lambda short: index.likely(short, 0.05)[:5],
        "by score at the default threshold": lambda short: index.likely(short, THRESHOLD)[:5],
    }
    for title, ask in ways.items():
        share = statistics.mean(row[1] in ask(row[0]) for row in rows)
        yield f"short names whose company is among the first five {title}: {share:.1%}"


def _half(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 2


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]
