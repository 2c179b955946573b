"""Codes: read however they are typed, never mistaken for one another or for a report's receipt."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.core.codes.public_id import CROCKFORD
from registry.core.errors import InvalidInput
from registry.core.keys import Vault
from registry.public.inbox import receipt
from registry.public.procedures import codes

ENTROPY = st.binary(min_size=16, max_size=16)


@given(ENTROPY, st.sampled_from(["-", " ", "－", "", "·"]), st.booleans())
def test_a_code_is_read_however_it_is_typed(entropy: bytes, between: str, lower: bool) -> None:
    code = receipt.new_receipt(entropy)
    typed = between.join(receipt.groups(code))
    assert codes.parse(typed.lower() if lower else typed) == code


@given(ENTROPY, st.integers(0, 19), st.sampled_from(CROCKFORD))
def test_one_wrong_symbol_is_noticed_and_its_group_named(
    entropy: bytes, place: int, symbol: str
) -> None:
    code = receipt.new_receipt(entropy)
    wrong = code[:place] + symbol + code[place + 1 :]
    if wrong == code:
        return
    with pytest.raises(InvalidInput) as told:
        codes.parse(wrong)
    assert f"group {place // 4 + 1} " in told.value.fields["code"][0]


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_whatever_is_typed_is_answered_at_its_field(text: str) -> None:
    try:
        assert len(codes.parse(text, "receipt")) == 20
    except InvalidInput as told:
        assert list(told.fields) == ["receipt"]


@settings(max_examples=5, deadline=None)
@given(ENTROPY, ENTROPY)
def test_a_code_is_no_receipt_of_a_report_and_no_other_code(one: bytes, other: bytes) -> None:
    key = b"k" * 32
    here, tips = codes.secrets_of(key), receipt.secrets_of(key)
    code = receipt.new_receipt(one)
    derived = codes.derive(code, here)
    assert derived.lookup != receipt.derive(code, tips).lookup
    assert derived.lookup == codes.derive(code, here).lookup
    if receipt.new_receipt(other) != code:
        assert derived.lookup != codes.derive(receipt.new_receipt(other), here).lookup


def test_the_offices_key_follows_from_its_vault_and_purpose() -> None:
    vault, other = Vault(b"v" * 32, b"h" * 32), Vault(b"w" * 32, b"h" * 32)
    assert bytes(vault.sealing_key(b"a")) == bytes(vault.sealing_key(b"a"))
    found = {bytes(v.sealing_key(p)) for v in (vault, other) for p in (b"a", b"b")}
    assert len(found) == 4
    assert b"v" * 32 not in found
