"""What the values of a facet are called."""

from __future__ import annotations

from datetime import date

import pytest

from public_site.present import results
from registry.core.rules import load


@pytest.mark.parametrize(
    ("facet", "value"),
    [
        ("ground", "G6-4"),
        ("ground", "H05"),
        ("ground", "closure"),
        ("scope", "status-evaluation"),
        ("field", "evaluation"),
    ],
)
def test_no_value_is_shown_as_its_code(facet: str, value: str) -> None:
    rules = load().on(date(2026, 7, 1))
    label = results._label(facet, value, rules)
    assert not isinstance(label, str)
    assert value not in (label.zh, label.en)


def test_an_unknown_value_is_shown_as_it_is() -> None:
    rules = load().on(date(2026, 7, 1))
    label = results._label("ground", "X99", rules)
    assert not isinstance(label, str)
    assert label.zh == "X99"
