"""The matcher on real pairs of company names; skipped where the data is not at hand.

The data lies outside the project. ``REGISTRY_TEST_DATA`` names its directory, by default the one
beside the checkout. The bounds are those the project set itself; the halves guard against fitting.
"""

from __future__ import annotations

import csv
import hashlib
import os
from pathlib import Path

import pytest
from rapidfuzz import fuzz, process

from registry.public.screening import compare
from registry.public.screening.index import NameIndex

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("REGISTRY_TEST_DATA", ROOT.parent / "shared" / "data")) / "names"

pytestmark = pytest.mark.skipif(
    not (DATA / "pairs.csv").is_file(), reason=f"no test data at {DATA} (set REGISTRY_TEST_DATA)"
)


def _half(text: str) -> str:
    return "dev" if int(hashlib.sha256(text.encode()).hexdigest(), 16) % 2 == 0 else "held-out"


def _rows(name: str) -> list[list[str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def _nearest_others(half: str, count: int) -> list[tuple[str, str]]:
    """Listed companies with the most similarly written other one."""
    names = sorted({row[1] for row in _rows("short_full.csv")})
    chosen = sorted(
        (name for name in names if _half(name) == half),
        key=lambda name: hashlib.sha256(name.encode()).digest(),
    )[:count]
    found = []
    for name in chosen:
        near = process.extract(name, names, scorer=fuzz.ratio, limit=2)
        found.append((name, next(other for other, _, _ in near if other != name)))
    return found


@pytest.mark.parametrize("half", ["dev", "held-out"])
def test_same_and_other_companies(half: str) -> None:
    pairs = [row for row in _rows("pairs.csv") if _half(row[0]) == half]
    same = [compare(a, b).match for a, b, label in pairs if label == "true"]
    near = [compare(a, b).match for a, b, label in pairs if label == "false"]
    others = [compare(a, b).match for a, b in _nearest_others(half, 300)]
    hits, wrong = sum(same), sum(near) + sum(others)
    f1 = 2 * hits / (len(same) + hits + wrong)
    assert f1 >= 0.97, (half, f1, hits, len(same), sum(near), sum(others))
    assert sum(near) <= max(1, len(near) // 5)


@pytest.mark.parametrize("half", ["dev", "held-out"])
def test_short_names_find_their_companies(half: str) -> None:
    rows = [row for row in _rows("short_full.csv") if row[0].strip()]
    index = NameIndex((name, [name]) for name in sorted({row[1] for row in rows}))
    asked = [row for row in rows if _half(row[1]) == half]
    found = sum(
        full in [each.ref for each in index.candidates(short, 5)] for short, full, *_ in asked
    )
    assert found / len(asked) >= 0.98
