"""Dates of birth as lists write them, and how well two go together."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.names.birthdates import (
    PATTERN,
    Born,
    PartialDate,
    likeness,
    parse_birth,
    read_births,
)

WRITTEN = {
    "1962-03-19": [(1962, 3, 19)],
    "19 Mar 1962": [(1962, 3, 19)],
    "19 March 1962": [(1962, 3, 19)],
    "March 19, 1962": [(1962, 3, 19)],
    "1962年3月19日": [(1962, 3, 19)],
    "1962/3/19": [(1962, 3, 19)],
    "Mar 1962": [(1962, 3)],
    "1962年3月": [(1962, 3)],
    "1962": [(1962,)],
    "1962 to 1964": [(1962,), (1963,), (1964,)],
    "1962-1963": [(1962,), (1963,)],
    "1900 to 1999": [(1900,)],
    "1962-13-01": [(1962,)],
    "unknown": [],
    "": [],
}


@pytest.mark.parametrize(("text", "dates"), WRITTEN.items(), ids=str)
def test_writings(text: str, dates: list[tuple[int, ...]]) -> None:
    assert [one.date for one in read_births([text])] == [PartialDate(*one) for one in dates]


@pytest.mark.parametrize("text", ["circa 1962", "approximately 1962", "约1962年", "ca. 1962"])
def test_what_says_itself_that_it_is_not_certain(text: str) -> None:
    assert read_births([text]) == [Born(PartialDate(1962), about=True)]


PAIRS = {
    ("1962-03-19", "1962-03-19"): 1.0,
    ("1962", "1962"): 1.0,
    ("1962-03-19", "1962"): 0.95,
    ("1962", "19 Mar 1962"): 0.95,
    ("1962-03-19", "Mar 1962"): 0.95,
    ("1962-03-09", "9 Mar 1962"): 1.0,
    ("1962-09-03", "9 Mar 1962"): 0.9,
    ("1962-03-19", "1 Jan 1962"): 0.9,
    ("1962-01-01", "19 Mar 1962"): 0.9,
    ("1962-03-19", "circa 1963"): 0.9,
    ("1962-03-19", "18 Mar 1962"): 0.7,
    ("1962-03-19", "19 May 1962"): 0.7,
    ("1962-03", "May 1962"): 0.4,
    ("1962-03-19", "19 Mar 1963"): 0.6,
    ("1962-03-19", "2 Nov 1962"): 0.4,
    ("1962-03-19", "19 Mar 1972"): 0.0,
    ("1962-03-19", "1963"): 0.0,
    ("1962-03-19", "circa 1966"): 0.0,
}


@pytest.mark.parametrize(("pair", "score"), PAIRS.items(), ids=str)
def test_how_well_two_go_together(pair: tuple[str, str], score: float) -> None:
    (given,) = read_births([pair[1]])
    assert likeness(parse_birth(pair[0]), given) == score


BIRTHS = st.dates(date(1000, 1, 1), date(2999, 12, 31)).flatmap(
    lambda day: st.sampled_from([day.isoformat()[:size] for size in (4, 7, 10)])
)


@given(BIRTHS, BIRTHS)
def test_no_side_comes_first(one: str, other: str) -> None:
    a, b = parse_birth(one), parse_birth(other)
    assert likeness(a, Born(b)) == likeness(b, Born(a))
    assert likeness(a, Born(a)) == 1.0
    assert a.isoformat() == one, "and is written as it was read"
    assert read_births([one]) == [Born(a)]


@given(st.text(max_size=30) | st.from_regex(r"[0-9./ -]{1,12}(Mar|to|circa)?[0-9 ]{0,8}"))
def test_whatever_a_list_says_is_read_or_says_nothing(text: str) -> None:
    for one in read_births([text]):
        assert 0 <= likeness(PartialDate(1962, 3, 19), one) <= 1
    if re.fullmatch(PATTERN, text):
        parse_birth(text)
    else:
        with pytest.raises(ValueError, match="not a date of birth"):
            parse_birth(text)
