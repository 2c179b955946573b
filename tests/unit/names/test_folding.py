"""Comparison keys and pinyin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.names import fold, initials, pinyin, split_pinyin


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("萬方實業（香港）有限公司", "万方实业(香港)有限公司"),
        ("上葯康德樂股份（香港）有限公司", "上药康德乐股份(香港)有限公司"),
        ("Ｂｅｓｔ　Ｍｉｎｅ　Ｃｏ．，　Ｌｔｄ．", "best mine co ltd"),
        ("样例煤矿《集团》“总”·公司", "样例煤矿集团总公司"),
        ("Société Générale", "societe generale"),
        ("礦業", "矿业"),
        ("鑛業", "矿业"),
        ("二〇一", "二零一"),
    ],
)
def test_one_name_in_two_writings(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_characters_of_simplified_names_stay() -> None:
    assert fold("乾元") == "乾元"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_a_part_folds_as_the_whole_does(one: str, other: str) -> None:
    assert fold(one + other) == fold(one) + fold(other)


def test_pinyin_reads_by_words() -> None:
    assert pinyin("重庆长沙") == "chongqingchangsha"
    assert pinyin("演示省3号 矿A") == "yanshisheng3haokuanga"
    assert initials("演示省虚岭县") == "yssxlx"


@given(st.text(max_size=30))
def test_pinyin_never_fails(text: str) -> None:
    assert isinstance(pinyin(text) + initials(text), str)


def test_pinyin_is_split_into_syllables() -> None:
    assert split_pinyin("xulingxian") == ("xu", "ling", "xian")
    assert split_pinyin("washington") == ()
