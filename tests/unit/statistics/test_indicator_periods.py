"""Periods and definitions of indicators."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from registry.public.indicators import definition, periods
from registry.public.indicators.periods import LENGTHS, MONTHS, UnknownPeriod, containing, parse

days = st.dates(date(2001, 1, 1), date(2099, 12, 31))
lengths = st.sampled_from(LENGTHS)


@given(days, lengths)
def test_a_period_is_read_as_it_is_written(day: date, length: periods.Length) -> None:
    found = containing(day, length)
    assert parse(found.code) == found
    assert found.first <= day <= found.last
    assert containing(found.first, length) == containing(found.last, length) == found
    assert containing(found.last + timedelta(days=1), length).before() == found
    assert found.year_before().first == found.first.replace(year=found.first.year - 1)
    assert (found.last + timedelta(days=1)).day == 1


@given(days)
def test_shorter_periods_fill_the_longer_one(day: date) -> None:
    for length in LENGTHS:
        whole, months = containing(day, length), []
        at = whole.first
        while at <= whole.last:
            months.append(containing(at, "month"))
            at = months[-1].last + timedelta(days=1)
        assert len(months) == MONTHS[length] and months[-1].last == whole.last


@given(st.text(max_size=9))
def test_whatever_is_typed_gives_a_period_or_a_reason(text: str) -> None:
    try:
        assert parse(parse(text).code) == parse(text)
    except UnknownPeriod as error:
        assert "period" in error.fields


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-Q5", "2026-H3", "26", "", "1999", "9999"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(UnknownPeriod):
        parse(text)


def _content() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(definition.FILE.read_text(encoding="utf-8"))
    return found


def test_an_earlier_edition_keeps_its_meaning() -> None:
    content = deepcopy(_content())
    old = content["indicators"]["penalties-decided"]
    new = deepcopy(old) | {"since": 2}
    new["count"] = {"acts": {"kind": "penalty", "acts": ["serve"]}}
    content["edition"] = 2
    content["indicators"]["penalties-decided"] = [old | {"until": 1}, new]
    first, second = definition.read(content, 1), definition.read(content, 2)
    assert first.all["penalties-decided"].count["acts"] == ["decide", "adopt"]
    assert second.all["penalties-decided"].count["acts"] == ["serve"]
    assert definition.read(content).edition == 2
    with pytest.raises(KeyError):
        definition.read(content, 3)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("tips-received", {"publish": "year", "unit": "stones"}),
        ("tips-received", {"colour": "red"}),
        ("rewards-paid", {"why_not": None, "small": "show"}),
        ("hazards-in-time-share", {"count": {"ratio": {"of": ["nothing"], "by": ["lapses"]}}}),
        ("lapses", {"count": {}}),
        ("lapses", {"small": "hide"}),
    ],
    ids=["unit", "key", "small", "ratio", "count", "lengths"],
)
def test_a_wrong_definition_is_refused(code: str, change: dict[str, Any]) -> None:
    content = deepcopy(_content())
    content["indicators"][code] |= change
    with pytest.raises(definition.InvalidIndicators):
        definition.read(content)
