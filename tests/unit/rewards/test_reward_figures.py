"""Small cells stay hidden, also from who subtracts. Voucher numbers, PINs, signatures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from registry.core.codes import vouchers
from registry.core.errors import InvalidInput
from registry.office.rewards.figures import LEAST, Cell, suppressed

cells = st.dictionaries(
    st.sampled_from(["T1", "T2", "T3", "T4", "T5"]),
    st.builds(Cell, st.integers(0, 12), st.integers(0, 10**9)),
)


@given(cells)
def test_no_small_cell_is_shown_or_can_be_reckoned(given: dict[str, Cell]) -> None:
    shown = suppressed(given)
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
    shown = suppressed({"T1": Cell(3, 100)})
    assert shown.cells == {"T1": None}
    assert shown.total is None


def test_the_smallest_other_cell_goes_with_a_single_small_one() -> None:
    shown = suppressed({"T1": Cell(2, 1), "T2": Cell(7, 1), "T3": Cell(90, 1)})
    assert shown.cells == {"T1": None, "T2": None, "T3": Cell(90, 1)}
    assert shown.total == Cell(99, 3)


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567", "12a456", "１２３４５６", "111111", "123456", "987654"]
)
def test_bad_pins_are_refused(pin: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        vouchers.check_pin(pin)
    assert "pin" in caught.value.fields


@given(st.binary(min_size=32, max_size=32), st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_a_claim_holds_for_its_voucher_pin_and_key_only(seed: bytes, pin: str) -> None:
    key, number = SigningKey(seed), vouchers.new_number()
    verifier = vouchers.pin_verifier(pin, number, b"k" * 32)
    signature = vouchers.sign(key, number, verifier)
    public = bytes(key.verify_key)
    assert vouchers.is_claim(public, number, verifier, signature)
    assert not vouchers.is_claim(public, vouchers.new_number(), verifier, signature)
    assert not vouchers.is_claim(public, number, verifier[::-1] + b"x", signature)
    assert not vouchers.is_claim(b"short", number, verifier, signature)
    assert not vouchers.is_claim(public, number, verifier, b"short")
    assert vouchers.same_pin(verifier, pin, number, b"k" * 32)
    assert not vouchers.same_pin(verifier, pin, number, b"j" * 32)


@given(st.text(max_size=40))
def test_any_text_can_be_asked_for(text: str) -> None:
    assert isinstance(vouchers.parse_number(text), str)
    assert not vouchers.same_pin(b"x" * 32, text, "A", b"k" * 32)


def test_check_06_pin_with_foreign_letters_is_no_error() -> None:
    """Comparison in constant time raises for text that is not ASCII; ours compares bytes."""
    assert not vouchers.same_pin(b"x" * 32, "矿井密码", "A", b"k" * 32)


def test_numbers_are_typed_as_people_type_them() -> None:
    number = vouchers.new_number()
    assert vouchers.parse_number(f" {number.lower().replace('-', ' ')} ") == number
