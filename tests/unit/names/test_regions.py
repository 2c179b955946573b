"""Regions of GB/T 2260."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.codes.regions import (
    all_regions,
    children,
    full_name,
    region,
    region_path,
    search_regions,
)


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("140000", "山西省", "Shanxi Province"),
        ("610000", "陕西省", "Shaanxi Province"),
        ("150000", "内蒙古自治区", "Inner Mongolia Autonomous Region"),
        ("540000", "西藏自治区", "Xizang (Tibet) Autonomous Region"),
        ("650000", "新疆维吾尔自治区", "Xinjiang Uygur Autonomous Region"),
        ("810000", "香港特别行政区", "Hong Kong Special Administrative Region"),
        ("820000", "澳门特别行政区", "Macao Special Administrative Region"),
        ("610100", "西安市", "Xi'an City"),
        ("341500", "六安市", "Lu'an City"),
        ("422800", "恩施土家族苗族自治州", "Enshi Tujia and Miao Autonomous Prefecture"),
        ("653229", "和安县", "He'an County"),
        ("990121", "虚岭县", "Xuling County"),
    ],
)
def test_names_in_both_languages(code: str, zh: str, en: str) -> None:
    found = region(code)
    assert found is not None
    assert (found.zh, found.en) == (zh, en)


def test_paths() -> None:
    assert region_path("140105") == ("140000", "140100", "140105")
    assert region_path("429004") == ("420000", "429004")
    assert region_path("990121") == ("990000", "990100", "990121")
    assert region_path("149999") == ("140000", "149999")
    assert region_path("14") == region_path("") == region_path("１４０１０５") == ()


def test_abolished_codes_are_known_but_not_offered() -> None:
    gone = region("110104")
    assert gone is not None
    assert (gone.zh, gone.current, gone.last_listed) == ("宣武区", False, "2009")
    assert gone not in children("110100")
    assert gone not in search_regions("宣武")


def test_every_region_is_whole() -> None:
    current = all_regions()
    assert len(current) > 3200
    assert len({item.code for item in current}) == len(current)
    for item in all_regions(current=False):
        assert item.zh
        assert item.en.isascii() or "ü" in item.en or "ö" in item.en
        assert item.demo == item.code.startswith("99")
        assert item.parent is None or region(item.parent)


def test_children_lead_back() -> None:
    assert len(children()) == 35  # 34 and the demo's
    assert {item.code for item in children("990100")} >= {"990121", "990125"}
    for province in children():
        assert all(item.parent == province.code for item in children(province.code))


def test_search() -> None:
    assert search_regions("太原")[0].code == "140100"
    assert search_regions("SHAANXI")[0].code == "610000"
    assert search_regions("140105")[0].code == "140105"
    assert search_regions(" ") == ()
    assert full_name("110105") == "北京市朝阳区"
    assert full_name("140105", "en") == "Xiaodian District, Taiyuan City, Shanxi Province"


@given(st.text(max_size=10))
def test_no_text_fails(text: str) -> None:
    search_regions(text)
    assert region(text) is None or region_path(text)
