"""Hidden cells cannot be computed: every small table is tried, by a reader who knows everything
but the cells, the procedure included."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.public.indicators.suppression import suppress


@pytest.mark.parametrize("known", [False, True], ids=["total-as-shown", "total-known-anyway"])
@pytest.mark.parametrize(
    ("cells", "most", "below"), [(2, 12, 3), (3, 11, 5), (4, 6, 3), (4, 7, 4)], ids=str
)
def test_every_hidden_cell_stays_open(cells: int, most: int, below: int, known: bool) -> None:
    alike: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for table in product(range(most + 1), repeat=cells):
        shown = suppress({f"r{n}": value for n, value in enumerate(table)}, below)
        seen = tuple(shown.cells[f"r{n}"] for n in range(cells))
        alike[seen, sum(table) if known else shown.total].append(table)
    for (seen, _), tables in alike.items():  # type: ignore[misc]
        for place in range(cells):
            if seen[place] is None:
                assert len({table[place] for table in tables}) > 1, (seen, tables)


counts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40), max_size=8)


@given(counts, st.integers(2, 10))
def test_what_is_shown_is_true_and_no_small_cell_is(cells: dict[str, int], below: int) -> None:
    shown = suppress(cells, below)
    assert shown.cells.keys() == cells.keys()
    for key, value in shown.cells.items():
        assert value is None or (value == cells[key] and not 0 < value < below)
    assert shown.total in (None, sum(cells.values()))
    assert sum(value is None for value in shown.cells.values()) != 1 or shown.total is None


def test_nothing_is_hidden_without_need() -> None:
    assert suppress({"a": 5, "b": 0, "c": 9}, 5).cells == {"a": 5, "b": 0, "c": 9}
    assert suppress({"a": 5, "b": 0, "c": 9}, 5).total == 14
    assert suppress({"a": 3, "b": 4, "c": 9, "d": 3}, 5).cells["c"] == 9
