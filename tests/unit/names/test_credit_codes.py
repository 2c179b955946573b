"""Credit codes and registration numbers: what is accepted, and what each refusal says."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from registry.core.i18n import describe
from registry.core.names import (
    CreditCode,
    InvalidCreditCode,
    InvalidRegistrationNumber,
    RegistrationNumber,
    is_identifier,
    parse_credit_code,
    parse_identifier,
    parse_registration_number,
)
from registry.core.names.creditcode import (
    ALPHABET,
    CATEGORIES,
    DEPARTMENTS,
    credit_check,
    organization_check,
    registration_check,
)

DEMO = [
    "91990121XY00000126", "91990122XY0000020F", "91990123XY0000039T", "91990100XY0000047B",
    "12990100XY0000055B", "91990124XY0000063R", "91990100XY0000071U", "52990100XY000008XL",
    "91990125XY0000098T", "11990121XY00000A64", "11990000XY00000B4C",
]  # fmt: skip

symbols = st.sampled_from(ALPHABET)
digits = st.sampled_from("0123456789")
bodies = st.tuples(
    st.text(symbols, min_size=2, max_size=2),
    st.text(digits, min_size=6, max_size=6),
    st.text(symbols, min_size=9, max_size=9),
).map("".join)
codes = bodies.map(lambda body: body + credit_check(body))


@pytest.mark.parametrize("code", DEMO)
def test_the_demo_codes_parse(code: str) -> None:
    parsed = parse_credit_code(code)
    assert parsed.value == code
    assert parsed.organization_ok
    assert parsed.known_category


def test_the_parts_of_a_code() -> None:
    parsed = parse_credit_code("91990121XY00000126")
    assert (parsed.department, parsed.category, parsed.region) == ("9", "1", "990121")
    assert parsed.organization == "XY0000012"


@given(codes)
def test_every_code_with_a_right_check_symbol_parses(code: str) -> None:
    assert parse_credit_code(code) == CreditCode(code)
    assert parse_identifier(code) == CreditCode(code)


@given(codes, st.integers(0, 17), symbols)
def test_one_wrong_symbol_is_always_found(code: str, place: int, symbol: str) -> None:
    assume(code[place] != symbol)
    with pytest.raises(InvalidCreditCode) as caught:
        parse_credit_code(code[:place] + symbol + code[place + 1 :])
    assert caught.value.reason in {"check", "region"}


@given(codes, st.integers(0, 16))
def test_two_swapped_neighbours_are_always_found(code: str, place: int) -> None:
    assume(code[place] != code[place + 1])
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    with pytest.raises(InvalidCreditCode):
        parse_credit_code(swapped)


@given(codes)
def test_the_way_of_writing_does_not_count(code: str) -> None:
    wide = "".join(chr(ord(symbol) + 0xFEE0) for symbol in code)
    spaced = f" {code[:6].lower()}\u3000{code[6:12]}-{code[12:]}\n"
    assert parse_credit_code(wide).value == parse_credit_code(spaced).value == code


@given(st.text(max_size=40))
def test_no_text_is_a_traceback(text: str) -> None:
    try:
        parsed = parse_identifier(text)
    except InvalidCreditCode as error:
        assert error.reason
        assert describe(error, "zh")
    else:
        assert is_identifier(str(parsed))


@pytest.mark.parametrize("first", "159YA2N")
def test_letters_and_digits_may_lead(first: str) -> None:
    body = f"{first}1990100XY0000047"
    assert parse_credit_code(body + credit_check(body)).department == first


@pytest.mark.parametrize(
    ("text", "reason", "said"),
    [
        ("", "length", "18"),
        ("9199012", "length", "7"),
        ("91990121XY000001266", "length", "19"),
        ("91990121XY000OO126", "symbol", "“O” at position 14"),
        ("91990121XYI0000126", "symbol", "“I” at position 11"),
        ("9199012煤XY00000126", "symbol", "position 8"),
        ("919A0121XY00000126", "region", "position 4"),
        ("91990121XY00000127", "check", "check character"),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, reason: str, said: str) -> None:
    with pytest.raises(InvalidCreditCode) as caught:
        parse_credit_code(text)
    assert caught.value.reason == reason
    assert said in describe(caught.value, "en")
    assert describe(caught.value, "zh") != describe(caught.value, "en")


def test_look_alikes_are_not_corrected() -> None:
    with pytest.raises(InvalidCreditCode):
        parse_credit_code("9199O121XY00000126")


def test_an_inner_check_that_fails_is_told_not_refused() -> None:
    body = "91990121XY0000013"
    parsed = parse_credit_code(body + credit_check(body))
    assert not parsed.organization_ok


def test_categories_belong_to_departments() -> None:
    assert {pair[0] for pair in CATEGORIES} == set(DEPARTMENTS)
    assert all(pair[1] in ALPHABET for pair in CATEGORIES)


@given(st.text(digits, min_size=14, max_size=14))
def test_registration_numbers(body: str) -> None:
    number = body + registration_check(body)
    assert parse_identifier(number) == RegistrationNumber(number)
    assert parse_registration_number(number).check_ok
    wrong = body + str((int(number[-1]) + 1) % 10)
    assert not parse_registration_number(wrong).check_ok


def test_known_check_symbols() -> None:
    # ISO 7064 MOD 11,10, worked example of the standard: 0794 gives 5.
    assert registration_check("0794") == "5"
    # GB 11714, the standard's own example.
    assert organization_check("D2143569") == "X"


@pytest.mark.parametrize("text", ["", "12345", "1234567890123456", "12345678901234A", "１２"])
def test_what_is_no_registration_number(text: str) -> None:
    with pytest.raises(InvalidRegistrationNumber):
        parse_registration_number(text)
