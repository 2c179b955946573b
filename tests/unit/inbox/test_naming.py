"""Names in texts: by the registry's own key, not across the end of a clause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.public.inbox.naming import speaks_of, spoken_forms

SIGNS = "王张样例局长 　·"


@pytest.mark.parametrize(
    "text",
    ["局长王樣例收钱", "ＷＡＮＧ 王　样　例", "王·样例", "（王样例）", "找王样例。他", "王樣例"],
)
def test_spellings_of_a_name_are_found(text: str) -> None:
    assert speaks_of({"text": text}, ["王样例"])


@pytest.mark.parametrize("text", ["小王，样例如下", "王。样例", "王\n样例", "王样品", ""])
def test_other_words_are_not(text: str) -> None:
    assert not speaks_of({"deep": [{"text": text}]}, ["王样例"])


def test_keys_single_signs_and_nothing_are_no_names() -> None:
    assert not speaks_of({"王样例": "无"}, ["王样例"])
    assert not speaks_of({"text": "王"}, ["王", "", "·"])


def test_a_deputy_is_called_by_the_full_title_too() -> None:
    assert spoken_forms("王样例", "副局长") == ["王样例", "王副局长", "王局长"]
    assert spoken_forms("欧阳样例", "局长") == ["欧阳样例", "欧阳局长"]
    assert spoken_forms("王样例") == ["王样例"]


@given(
    st.text(SIGNS, max_size=6),
    st.text(SIGNS, max_size=6),
    st.text("王张样例", min_size=2, max_size=4),
)
def test_what_holds_a_name_speaks_of_it(before: str, after: str, name: str) -> None:
    assert speaks_of([before + name + after], [name])
