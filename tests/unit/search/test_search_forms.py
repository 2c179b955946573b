from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.public.search import forms

TEXT = st.text("安全華煤号ＡBcé 19\n\t，。（）〔〕-·\u3000\u200b\U00020000ㄅか한🙂", max_size=30)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("演示省（虚岭）煤業 有限公司", "演示省虚岭煤业有限公司"),
        ("Ａcme  Mining, Ltd.", "acme mining ltd"),
        ("ABC 煤矿", "abc煤矿"),
        ("（演）煤安罚〔2026〕12号", "演煤安罚2026 12号"),
        ("Société-Générale", "societe generale"),
        ("，。", ""),
    ],
)
def test_names(text: str, form: str) -> None:
    assert forms.name_form(text) == form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("瞒报 事故", "瞒报事故"),
        ("安全\n生产", "安全生产"),
        ("瞒报。事故", "瞒报 事故"),
        ("第 3 号", "第3号"),
        ("gas explosion; two", "gas explosion two"),
    ],
)
def test_texts(text: str, form: str) -> None:
    assert forms.text_form(text) == form


@given(TEXT)
def test_forms_are_final(text: str) -> None:
    for form in (forms.name_form, forms.code_form):
        assert form(form(text)) == form(text)


@given(TEXT, st.booleans())
def test_a_mapped_form_is_the_form_with_its_places(text: str, name: bool) -> None:
    form, origins = forms.mapped_form(text, name=name)
    plain = forms.name_form(text) if name else forms.text_form(text)
    assert form.strip(" ") == plain
    assert len(form) == len(origins)
    assert origins == sorted(origins)
    assert all(0 <= one < len(text) for one in origins)


@given(TEXT, st.data())
def test_tokens_of_a_part_are_tokens_of_the_whole(text: str, data: st.DataObject) -> None:
    form = forms.text_form(text)
    start = data.draw(st.integers(0, len(form)))
    part = form[start : data.draw(st.integers(start, len(form)))]
    cut_word = (start and forms.in_word(form[start - 1])) or (
        start + len(part) < len(form) and forms.in_word(form[start + len(part)])
    )
    if not cut_word:
        assert set(forms.pairs_and_words(part)) <= set(forms.tokens(form))


def test_every_character_begins_a_token() -> None:
    assert list(forms.tokens("煤矿a1号")) == ["煤矿", "矿", "a1", "号"]


@pytest.mark.parametrize(
    ("name", "sound", "initials"),
    [
        ("重庆样例煤业", "ChongQingYangLiMeiYe", ["cqylmy"]),
        ("演示省虚岭县一号煤矿", "YanShiShengXuLingXianYiHaoMeiKuang", ["yssxlxyhmk", "yhmk"]),
        ("演示省", "YanShiSheng", ["yss"]),
        ("A1 煤矿", "A1MeiKuang", ["a1mk"]),
        ("Acme Mining", "", []),
    ],
)
def test_spoken(name: str, sound: str, initials: list[str]) -> None:
    assert forms.spoken(name) == (sound, initials)
