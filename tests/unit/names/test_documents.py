"""Resident ids and masking. All numbers lie in the fictional region 99."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.names import InvalidResidentId, mask_document, parse_resident_id
from registry.core.names.documents import resident_check

births = st.dates(date(1900, 1, 1), date(2026, 1, 1))
serials = st.integers(0, 999).map("{:03}".format)


def _number(birth: date, serial: str) -> str:
    body = f"990101{birth:%Y%m%d}{serial}"
    return body + resident_check(body)


@given(births, serials)
def test_every_right_number_parses(birth: date, serial: str) -> None:
    parsed = parse_resident_id(_number(birth, serial))
    assert (parsed.birth, parsed.region) == (birth, "990101")
    assert parsed.sex == ("male" if int(serial) % 2 else "female")
    assert f"{birth:%Y%m%d}" not in f"{parsed} {parsed!r}"


@given(births, serials, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_digit_is_always_found(birth: date, serial: str, place: int, digit: str) -> None:
    number = _number(birth, serial)
    wrong = number[:place] + digit + number[place + 1 :]
    if wrong != number:
        with pytest.raises(InvalidResidentId):
            parse_resident_id(wrong)


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), serials)
def test_an_old_number_is_written_out(birth: date, serial: str) -> None:
    old = f"990101{birth:%y%m%d}{serial}"
    assert parse_resident_id(old).value == _number(birth, serial)


@given(st.text(max_size=30))
def test_no_text_is_a_traceback(text: str) -> None:
    try:
        parse_resident_id(text)
    except InvalidResidentId as error:
        assert error.params == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "shape"),
        ("99010119700101001", "shape"),
        ("09010119700101001X", "shape"),
        ("990101197013010014", "birth"),
        ("990101197002300014", "birth"),
        ("990101700231001", "birth"),
        ("990101197001010011", "check"),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(InvalidResidentId) as caught:
        parse_resident_id(text)
    assert caught.value.reason == reason


def test_a_birth_ahead_is_refused_where_the_day_is_known() -> None:
    number = _number(date(2026, 1, 1), "001")
    assert parse_resident_id(number, today=date(2026, 1, 1))
    with pytest.raises(InvalidResidentId):
        parse_resident_id(number, today=date(2025, 12, 31))


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("990101197001010014", "990101********0014"),
        ("９９０１０１19700101001x", "990101********001X"),
        ("990101700101001", "990101******001"),
        ("T990101197001010014", "T990101********0014"),
        ("E12345678", "E*******8"),
        ("HK-A1234567890", "HK**********90"),
        ("AB12", "****"),
        ("", ""),
        ("990101********0014", "990101********0014"),
    ],
)
def test_masking(number: str, masked: str) -> None:
    assert mask_document(number) == masked


@given(st.text(st.sampled_from("0123456789ABCX"), max_size=40))
def test_masking_hides_most_and_keeps_the_length(number: str) -> None:
    masked = mask_document(number)
    assert len(masked) == len(number)
    assert masked.count("*") >= 6 or len(number) < 9
    assert mask_document(masked) == masked
