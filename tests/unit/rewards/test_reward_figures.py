"""Small cells stay hidden, also from who subtracts. Voucher numbers and PINs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.core.codes import vouchers
from registry.core.errors import InvalidInput
from registry.office.rewards.figures import Cell, suppressed

LEAST = 5

cells = st.dictionaries(
    st.sampled_from(["T1", "T2", "T3", "T4", "T5"]),
    st.builds(Cell, st.integers(0, 12), st.integers(0, 10**9)),
)


@settings(deadline=None)
@given(cells)
def test_no_small_cell_is_shown_or_can_be_reckoned(given: dict[str, Cell]) -> None:
    shown = suppressed(given, LEAST)
    assert shown.cells.keys() == given.keys()
    for key, one in shown.cells.items():
        assert one is None or one == given[key]
        assert one is None or one.count == 0 or one.count >= LEAST
    hidden = [key for key, one in shown.cells.items() if one is None]
    if shown.total is not None and hidden:
        rest = shown.total.count - sum(one.count for one in shown.cells.values() if one)
        assert rest >= LEAST, "the difference gives a small cell away"
        assert len(hidden) > 1 or rest == 0 or given[hidden[0]].count >= LEAST


def test_a_single_small_cell_hides_the_total() -> None:
    shown = suppressed({"T1": Cell(3, 100)}, LEAST)
    assert shown.cells == {"T1": None}
    assert shown.total is None


def test_the_smallest_other_cell_goes_with_a_single_small_one() -> None:
    shown = suppressed({"T1": Cell(2, 1), "T2": Cell(7, 1), "T3": Cell(90, 1)}, LEAST)
    assert shown.cells == {"T1": None, "T2": None, "T3": Cell(90, 1)}
    assert shown.total == Cell(99, 3)


def test_two_small_ones_are_not_given_away_by_their_sum() -> None:
    shown = suppressed({"T1": Cell(4, 1), "T2": Cell(4, 1), "T3": Cell(90, 1)}, LEAST)
    assert shown.total != Cell(98, 3) or shown.cells["T3"] is None, "8 is 4 and 4"


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567", "12a456", "１２３４５６", "111111", "123456", "987654"]
)
def test_bad_pins_are_refused(pin: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        vouchers.check_pin(pin)
    assert "pin" in caught.value.fields


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_can_be_asked_for(text: str) -> None:
    assert isinstance(vouchers.parse_number(text), str)


def test_numbers_are_typed_as_people_type_them() -> None:
    number = vouchers.new_number()
    assert vouchers.parse_number(f" {number.lower().replace('-', ' ')} ") == number
