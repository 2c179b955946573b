"""Samples that anyone can draw again, intervals that are honest, and drawings without overlaps."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from registry.core.graph import BOX_HEIGHT, MOST_ROWS, Node, draw
from registry.office.reports.sampling import order, wilson


@given(st.text(max_size=20), st.lists(st.integers(1, 10_000), unique=True, max_size=60))
def test_the_order_depends_on_seed_and_ids_alone(seed: str, ids: list[int]) -> None:
    found = order(seed, ids)
    assert sorted(found) == sorted(ids)
    assert found == order(seed, list(reversed(ids)))


def test_every_report_comes_first_about_equally_often() -> None:
    first = [order(str(seed), list(range(1, 11)))[0] for seed in range(2000)]
    counts = [first.count(one) for one in range(1, 11)]
    assert min(counts) > 140 and max(counts) < 260


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_interval_holds_the_share(hits: int, more: int) -> None:
    trials = hits + more
    low, high = wilson(hits, trials)
    assert 0 <= low <= high <= 1
    if trials:
        assert low - 1e-9 <= hits / trials <= high + 1e-9


def test_the_interval_of_the_textbook() -> None:
    low, high = wilson(10, 50)
    assert (round(low, 3), round(high, 3)) == (0.112, 0.330)
    assert wilson(0, 3)[1] > 0.5, "three sound reports say little"


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40)), max_size=80))
def test_no_two_boxes_overlap_and_lines_go_right(places: list[tuple[int, int]]) -> None:
    nodes = [Node(f"{n}", "名" * (n % 40), "other", column) for n, (column, _) in enumerate(places)]
    edges = [
        (a.key, b.key)
        for a in nodes
        for b in nodes
        if b.column == a.column + 1 and hash(b) % 3 == 0
    ]
    drawing = draw(nodes, edges)
    assert len(drawing.boxes) + drawing.left_out == len(nodes)
    by_column: dict[int, list[int]] = {}
    for box in drawing.boxes:
        by_column.setdefault(box.x, []).append(box.y)
        assert 0 <= box.y <= drawing.height - BOX_HEIGHT and len(box.lines) <= 2
    for rows in by_column.values():
        ordered = sorted(rows)
        assert len(rows) <= MOST_ROWS
        assert all(b - a >= BOX_HEIGHT for a, b in pairwise(ordered))
