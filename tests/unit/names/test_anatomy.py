"""Names taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.names import anatomy, core_name, fold

CASES = [
    # name, regions, brand, trade, legal form, branch
    ("演示省虚岭县一号样例煤矿有限公司(虚构)", "演示 虚岭", "1号样例", "煤矿", "有限公司", ""),
    ("四川都江堰范本铁合金冶炼有限公司", "四川 都江堰", "范本", "铁合金 冶炼", "有限公司", ""),
    ("香港范本聯合制葯有限公司", "香港", "范本联合", "制药", "有限公司", ""),
    ("范本（洛阳）实业有限公司", "洛阳", "范本", "实业", "有限公司", ""),
    ("农行虚岭支行", "中国", "农业", "银行", "", "虚岭支行"),
    ("范本证券股份有限公司太原一路证券营业部", "", "范本", "证券", "股份有限公司",
     "太原一路证券营业部"),
    ("范本基金合伙企业（有限合伙）", "", "范本", "基金", "合伙企业有限合伙", ""),
    ("中国石油化工股份有限公司", "中国", "石油化工", "", "股份有限公司", ""),
    ("有限公司", "", "", "", "有限公司", ""),
    ("太原", "", "太原", "", "", ""),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_parts(case: tuple[str, ...]) -> None:
    parts = anatomy(case[0])
    assert (
        " ".join(parts.region),
        parts.brand,
        " ".join(parts.trade),
        parts.legal_form,
        parts.branch,
    ) == case[1:]


def test_numerals_in_any_writing() -> None:
    assert anatomy("虚岭县第十二煤矿").numerals == ("12",)
    assert anatomy("虚岭县贰号井煤矿").numerals == anatomy("虚岭县2号井煤矿").numerals == ("2",)
    assert anatomy("虚岭县第一百零二煤矿").numerals == ("102",)
    assert anatomy("虚岭县十号井").numerals == anatomy("虚岭县10号井").numerals == ("10",)
    assert anatomy("虚岭县二〇一矿").numerals == ("201",)
    assert anatomy("三一范本有限公司").numerals == ()


def test_a_bare_county_counts_only_in_its_province() -> None:
    assert anatomy("山西平遥范本煤业有限公司").region == ("山西", "平遥")
    assert anatomy("平遥范本煤业有限公司").region == ()


def test_foreign_names_are_words_without_forms() -> None:
    parts = anatomy("SAMPLE Mining S.A. of Nowhere, Ltd.")
    assert parts.foreign
    assert parts.words == ("sample", "mining", "nowhere")


def test_what_is_worth_indexing() -> None:
    assert core_name("演示省虚岭县样例煤矿有限公司") == "演示省虚岭县样例煤矿"
    assert core_name("范本证券股份有限公司虚岭营业部") == "范本证券虚岭营业部"
    assert core_name("有限公司") == "有限公司"
    assert core_name("Sample Mining Co., Ltd.") == "samplemining"


@given(st.text(max_size=60))
def test_nothing_fails(name: str) -> None:
    parts = anatomy(name)
    assert parts.foreign or parts.folded
    assert bool(core_name(name)) == bool(fold(name)) or "虚构" in name


chinese = st.text(
    st.sampled_from("中国山西太原一二三号矿煤业集团有限公司分支行银第投资(）（)A1"), max_size=30
)


@given(chinese)
def test_nothing_fails_on_names_of_common_characters(name: str) -> None:
    parts = anatomy(name)
    assert parts == anatomy(name)
    core_name(name)
