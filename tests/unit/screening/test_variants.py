"""Invented names by kind: what is written otherwise is found, what only comes near is not."""

from __future__ import annotations

import importlib

import pytest

from registry.public.screening import compare

# The benchmarks and the command know each other: the command comes first.
importlib.import_module("admin.cli")
variants = importlib.import_module("admin.benchmarks.variants")
matching = importlib.import_module("admin.benchmarks.matching")
BODIES = list(importlib.import_module("admin.benchmarks.invented").several(120, seed=21))
LOWEST = {"slip of sound in the trade": 0.6, "slip of look in the trade": 0.5}


@pytest.mark.parametrize("kind", variants.SAME)
def test_a_name_written_otherwise_is_found(kind: str) -> None:
    pairs = list(matching._pairs(BODIES, variants.SAME[kind]))
    found = sum(compare(*pair).match for pair in pairs)
    assert pairs
    assert found / len(pairs) >= LOWEST.get(kind, 0.95), [
        pair for pair in pairs if not compare(*pair).match
    ]


@pytest.mark.parametrize("kind", variants.NEAR)
def test_a_name_that_comes_near_is_another(kind: str) -> None:
    pairs = list(matching._pairs(BODIES, variants.NEAR[kind]))
    assert pairs
    assert [pair for pair in pairs if compare(*pair).match] == []
