"""What the API's document promises of a field is what the field takes."""

from __future__ import annotations

import re
from datetime import date

import marshmallow as ma
import pytest

from schemas.api.fields import DAY, FILLED, Day, Line


class Body(ma.Schema):
    title = Line(maximum=10, required=True, description="Title")
    on = Day(description="Day")


def taken(**given: object) -> bool:
    try:
        Body().load({"title": "x", **given})
    except ma.ValidationError:
        return False
    return True


def exists(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def test_the_pattern_of_a_day_is_the_calendar() -> None:
    pattern = re.compile(DAY)
    for year in (1899, *range(1900, 2200), 2200):
        for month in range(14):
            for day in (0, 1, 9, 10, 19, 20, 28, 29, 30, 31, 32):
                wanted = 1900 <= year < 2200 and exists(year, month, day)
                text = f"{year}-{month:02}-{day:02}"
                assert bool(pattern.search(text)) == wanted, text
    for text in ("2024-02-29", "2026-02-29", "2100-02-29", "2026-11-31"):
        assert taken(on=text) == bool(pattern.search(text)), text


@pytest.mark.parametrize(
    "text", ["", " ", "\t", "\u3000\xa0", "\x1c", " x ", "样例", "a\tb", "a\nb"]
)
def test_a_required_line_is_not_blank(text: str) -> None:
    assert taken(title=text) == bool(re.search(FILLED, text))
