"""Usual writings and usual slips are brought to one; what only looks like one stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.names import anatomy, fold
from registry.core.names.folding import is_settled
from registry.core.names.vocabulary import words
from registry.core.names.writings import as_written, by_sound, expanded, tidied, with_form

TEXT = st.text(
    alphabet="范本矿业有限责任公司集团线可同色第一二号井ⅡI—2#（）、自然人独资", max_size=16
)


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("12、范本煤矿", "范本煤矿"),
        ("（3）范本煤矿", "范本煤矿"),
        ("范本煤矿2#井", "范本煤矿2号井"),
        ("范本No.2煤矿", "范本2号煤矿"),
        ("范本煤矿Ⅱ号井", "范本煤矿2号井"),
        ("范本煤矿IV号井", "范本煤矿4号井"),
        ("范本公司第—分公司", "范本公司第一分公司"),
        ("范本有限公司（自然人独资）", "范本有限公司"),
        ("范本煤矿（技改）", "范本煤矿"),
        ("范本事务所（普通合伙）", "范本事务所（普通合伙）"),
        ("范本-样例公司", "范本-样例公司"),
        ("3M中国", "3M中国"),
    ],
)
def test_remarks_and_numbering(written: str, tidy: str) -> None:
    assert tidied(written) == tidy


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("范本有线公司", "范本有限公司"),
        ("范本有限责公司", "范本有限责任公司"),
        ("范本有限任公司", "范本有限责任公司"),
        ("范本有限公可", "范本有限公司"),
        ("范本有限责壬公司", "范本有限责任公司"),
        ("范本有限责任公", "范本有限责任公司"),
        ("范本有限公同第二分公司", "范本有限公司第二分公司"),
        ("范本股分有限公司", "范本股份有限公司"),
        ("范本般份有限责任公司", "范本股份有限责任公司"),
        ("范本控股分公司", "范本控股分公司"),
        ("范本参股有限公司", "范本参股有限公司"),
        ("范本有色公司", "范本有色公司"),
        ("范本无限公司", "范本无限公司"),
        ("有限公司", "有限公司"),
    ],
)
def test_forms_are_mended(written: str, mended: str) -> None:
    assert with_form(written) == mended


@given(TEXT)
def test_mending_is_done_once(text: str) -> None:
    for mend in (with_form, expanded, by_sound):
        once = mend(fold(text))
        assert mend(once) == once
    name = f"范本{text}"
    assert anatomy(name) == anatomy(tidied(name))


@given(st.text(alphabet="".join(words().transliterations), min_size=1, max_size=9), st.data())
def test_transliterations_of_one_sound_are_one(brand: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(brand) - 1))
    alike = next(each for each in words().transliterations if brand[at] in each)
    other = brand[:at] + data.draw(st.sampled_from(alike)) + brand[at + 1 :]
    assert (by_sound(brand) == by_sound(other)) is (len(brand) >= 4 or brand == other)
    assert as_written(by_sound(brand), f"{brand}矿业") in {brand, by_sound(brand)}


def test_a_brand_with_a_sense_is_never_respelt() -> None:
    assert by_sound("范本得利") == "范本得利"
    assert by_sound("德利") == "德利"


@given(st.text(st.characters(min_codepoint=0x4DF0, max_codepoint=0xA010), max_size=12))
def test_a_name_that_is_settled_needs_no_tidying(name: str) -> None:
    if is_settled(name):
        assert fold(tidied(name)) == name
        assert anatomy(name).folded == name


def test_every_settled_character_is_its_own_key() -> None:
    points = range(0x4E00, 0xA000)
    assert all(fold(chr(point)) == chr(point) for point in points if is_settled(chr(point)))
    assert is_settled("样例煤矿")
    assert not any(map(is_settled, ("", "樣例", "样例1", "样例（煤矿）", "ー号井")))
