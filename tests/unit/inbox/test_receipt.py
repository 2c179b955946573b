"""Receipts: every slip of the pen is noticed, what can be forgiven is forgiven."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.core.codes.public_id import CROCKFORD
from registry.public.inbox import receipt
from registry.public.inbox.receipt import InvalidReceipt, new_receipt, parse_receipt

SECRETS = receipt.secrets_of(b"k" * 32)
receipts = st.binary(min_size=12, max_size=16).map(new_receipt)


@given(receipts)
def test_a_receipt_reads_back_as_printed(code: str) -> None:
    assert len(code) == 20
    assert parse_receipt(receipt.shown(code)) == code
    assert receipt.shown(code).count("-") == 4


@given(receipts)
def test_full_width_case_spaces_and_look_alikes_are_forgiven(code: str) -> None:
    wide = "".join(chr(ord(symbol) + 0xFEE0) for symbol in receipt.shown(code))
    assert unicodedata.normalize("NFKC", wide) == receipt.shown(code)
    typed = receipt.shown(code).lower().replace("0", "o").replace("1", "l").replace("-", " － ")
    for text in (wide, typed, f"  {code}\n", receipt.shown(code).replace("-", "—")):
        assert parse_receipt(text) == code


@given(receipts, st.integers(0, 19), st.sampled_from(CROCKFORD))
def test_every_single_error_is_noticed_and_its_group_named(
    code: str, place: int, symbol: str
) -> None:
    wrong = code[:place] + symbol + code[place + 1 :]
    if wrong == code:
        return
    with pytest.raises(InvalidReceipt) as refused:
        parse_receipt(wrong)
    assert refused.value.group == place // 4 + 1


@settings(max_examples=20)
@given(receipts)
def test_every_swap_of_two_symbols_is_noticed(code: str) -> None:
    for one, other in itertools.combinations(range(20), 2):
        if code[one] == code[other]:
            continue
        symbols = list(code)
        symbols[one], symbols[other] = symbols[other], symbols[one]
        with pytest.raises(InvalidReceipt):
            parse_receipt("".join(symbols))


@given(st.text(max_size=60))
def test_check_06_any_text_is_read_or_refused(text: str) -> None:
    """Non-ASCII input never fails otherwise than as a wrong receipt."""
    try:
        assert parse_receipt(parse_receipt(text)) == parse_receipt(text)
    except InvalidReceipt as refused:
        assert set(refused.fields) == {"receipt"}
        assert refused.group is None or 1 <= refused.group <= 5


def test_a_receipt_too_long_or_short_is_refused() -> None:
    code = new_receipt()
    for text in ("", code[:-1], code + "0", "0" * 10_000):
        with pytest.raises(InvalidReceipt):
            parse_receipt(text)


def test_entropy_is_all_used() -> None:
    """Ninety bits: each of the 18 symbols takes every value."""
    seen = [set() for _ in range(18)]
    for _ in range(600):
        for place, symbol in enumerate(new_receipt()[:18]):
            seen[place].add(symbol)
    assert all(len(values) == 32 for values in seen)


def test_derived_keys_depend_on_receipt_and_installation() -> None:
    code, other = new_receipt(b"a" * 12), new_receipt(b"b" * 12)
    mine = receipt.derive(code, SECRETS)
    again = receipt.derive(code, SECRETS)
    assert (mine.lookup, bytes(mine.mailbox), bytes(mine.claim)) == (
        again.lookup,
        bytes(again.mailbox),
        bytes(again.claim),
    )
    assert receipt.keys_of(mine.root, SECRETS).lookup == mine.lookup
    elsewhere = receipt.derive(code, receipt.secrets_of(b"x" * 32))
    different = receipt.derive(other, SECRETS)
    values = {
        bytes(value)
        for keys in (mine, elsewhere, different)
        for value in (keys.lookup, keys.mailbox, keys.claim, keys.root)
    }
    assert len(values) == 12


def test_check_28_no_secret_is_cached_or_shown() -> None:
    for function in (receipt.derive, receipt.keys_of, parse_receipt, receipt.secrets_of):
        assert not hasattr(function, "cache_info")
    keys = receipt.derive(new_receipt(), SECRETS)
    for secret in (keys.lookup, bytes(keys.mailbox), bytes(keys.claim), keys.root):
        assert secret.hex() not in repr(keys)
        assert repr(secret) not in repr(keys)
    assert "ReceiptSecrets()" in repr(SECRETS)
