"""What tells names apart and what does not."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry.core.i18n import catalogue
from registry.public.screening import LABELS, REASONS, THRESHOLD, WEIGHTS, compare

UNIT = "演示省虚岭县一号样例煤矿有限公司"

SAME = [
    (UNIT, UNIT),
    (UNIT, "演示省虛嶺縣一號樣例煤礦有限公司"),
    (UNIT, "演示省虚岭县１号样例煤矿 有限公司"),
    (UNIT, "虚岭县一号样例煤矿有限责任公司"),
    (UNIT, "一号样例煤矿"),
    (UNIT, UNIT + "(虚构)"),
    ("范本实业（香港）有限公司", "香港範本實業有限公司"),
    ("范本控股集团有限公司", "范本集团控股有限公司"),
    ("范本（洛阳）材料有限公司", "洛阳范本材料有限公司"),
    ("太原市范本煤业有限公司", "山西省太原市范本煤业股份有限公司"),
    ("太原市范本煤业有限公司", "山西范本煤业有限公司"),
    ("农行虚岭县支行", "中国农业银行股份有限公司虚岭支行"),
    ("范本证券有限公司太原第二营业部", "范本证券股份有限公司太原第2证券营业部"),
    ("范本煤业有限公司", "范本煤业有限公司虚岭分公司"),
    ("范本机电社备有限公司", "范本机电设备有限公司"),
    ("范本机电没备有限公司", "范本机电设备有限公司"),
    ("范本煤业有限公司第一分公司", "范本煤业有限公司"),
    ("范本（内蒙古）煤业有限公司", "内蒙古自治区范本煤业有限公司"),
    ("范本恩施土家族苗族自治州煤业有限公司", "恩施州范本煤业有限公司"),
    ("范本傢俱有限公司", "范本家俱有限公司"),
    ("虚岭范本媒业有限公司", "虚岭范本煤业有限公司"),
    ("范本烟花炮竹有限公司", "范本烟花爆竹有限公司"),
    ("无影范本采石厂", "无影县范本采石场有限公司"),
    ("虚岭范本煤业有限责公司", "虚岭范本煤业有限公司"),
    ("虚岭范本煤业有限公司第二采煤队", "虚岭范本煤业有限公司"),
    ("范本石油股份有限公司城南加油站", "范本石油股份有限公司"),
    ("范本煤业有限公司采购部", "范本煤业有限公司"),
    ("轮台范本", "轮台县范本环境工程股份有限公司"),
    ("范本", "演示省范本石料厂"),
    ("漳洲范本电声有限公司", "漳州范本电声有限公司"),
    ("范本山", "演示省范本山种业股份有限公司"),
    ("范本股份", "演示省范本药业股份有限公司"),
    ("湘范本", "湖南范本油泵股份有限公司"),
    ("范本投资控股集团有限公司", "范本集团有限公司"),
    ("范本矿业集团虚谷煤矿", "范本矿业集团有限责任公司虚谷煤矿"),
    ("范本矿业虚谷煤矿", "范本矿业有限公司虚谷煤矿"),
    ("虚谷煤矿", "范本矿业集团有限责任公司虚谷煤矿"),
    ("范本矿业有限公司太原市虚谷煤矿", "范本矿业有限公司虚谷煤矿"),
    ("范本煤业有限公司", "范本煤矿有限公司"),
    ("演示省虚岭县石桥镇虚谷采石场", "虚岭县虚谷采石场"),
    ("中国水利水电第三十一工程局有限公司", "水电三十一局"),
    ("中国建筑第三十工程局有限公司", "中建三十局"),
    ("范本省第三建筑工程有限公司", "范本省三建"),
    ("演示省地质局三一五大队", "演示省地质局315大队"),
    ("虚岭县第三中学", "虚岭县三中"),
    ("虚岭县第二医院", "虚岭县二院"),
    ("范本保险股份有限公司", "范本保险股份有限公司(曾用名:样品保险股份有限公司)"),
    ("范本财险太原分公司", "范本财产保险股份有限公司太原分公司"),
    ("范本化工太原分公司", "范本化工股份有限公司太原分公司"),
    ("国营范本机械厂", "范本机械厂"),
    ("范本建工有限公司", "范本建筑工程有限公司"),
    ("虚岭县供销社", "虚岭县供销合作社"),
    ("范本煤业有线公司", "范本煤业有限公司"),
    ("范本煤业有限公可", "范本煤业有限公司"),
    ("范本治金设备制造有限公司", "范本冶金设备制造有限公司"),
    ("范本传播修造有限公司", "范本船舶修造有限公司"),
    ("乌兰哈德煤炭有限公司", "乌兰哈得煤炭有限公司"),
    ("演示省虚岭县大弯镇范本煤矿", "演示省虚岭县大湾镇范本煤矿"),
    ("范本矿务局", "范本矿业（集团）有限责任公司"),
    ("范本煤矿2#井", "范本煤矿二号井"),
    ("范本煤业有限公司（自然人独资）", "范本煤业有限公司"),
    ("湖南省第六工程有限公司", "湖南六建"),
    ("中国核工业第三十建设有限公司", "中核三十建"),
    ("中石化太原分公司", "中国石油化工股份有限公司太原分公司"),
    ("太原市特种设备监督检验研究院", "太原市特检院"),
    ("范本集团宁东煤业有限公司", "范本能源集团宁东煤业有限公司"),
    ("范本省煤业集团虚谷矿业有限公司实谷煤矿", "范本省煤业集团虚谷矿业实谷煤矿"),
    ("范本船舶修造有限公司二车间", "范本船舶修造有限公司"),
    ("范本检测技术有限公司", "范本检测技术服务有限公司"),
    ("大理市范本化工有限公司", "大理州范本化工有限公司"),
    ("Ejemplo Testing Tech. Co., Ltd.", "Ejemplo Testing Technology Co., Ltd."),
    ("Ejemplo Mining (HK) Ltd", "Ejemplo Mining (Hong Kong) Limited"),
    ("EJEMPLOHOLDINGSLIMITED", "Ejemplo Holdings"),
    ("MUHAMMAD, Yusuf Ejemplo", "Youssef Mohammed Ejemplo"),
    ("Александр Образцов", "OBRAZTSOV, Alexander"),
    ("M/V SAMPLE STAR", "Sample Star"),
    ("LI Xiaoyang", "Li Xiao Yang"),
    ("Xiao-Yang Li", "LI, Xiaoyang"),
    ("SAMPLE, Johan M.", "Johan Maria Sample"),
    ("Aero Sample", "AEROSAMPLE Airlines Co., Ltd."),
    ("Société de l'Exemple S.A.", "SOCIETE DE LEXEMPLE SA"),
    ("样例集团范本岭煤业有限公司", "样例集团虚同范本岭煤业有限公司"),
    ("演示省样例集团范本庄媒矿", "演示省样例集团范本庄煤矿"),
    ("范本奔牛业实有限公司", "范本奔牛实业有限公司"),
    ("范本能源集团股分有限公司", "范本能源集团股份有限公司"),
    ("中国银行深圳市分行", "中国银行股份有限公司深圳分行"),
    ("范本天然气空谷油田分公司", "范本天然气股份有限公司空谷油田分公司"),
    ("范本煤业六矿", "范本煤业股份有限公司六矿"),
    ("范本煤业虚谷煤矿", "范本煤业集团有限公司虚谷煤矿"),
    ("工商银行贾汪支行", "中国工商银行股份有限公司徐州贾汪支行"),
    ("范本集团有限公司虚谷矿", "范本集团有限公司虚谷煤矿"),
    ("范本集团有限公司", "范本集团股份有限公司"),
    ("范本集团", "范本股份有限公司"),
    ("演示省范本劳保研究院", "演示省范本劳动保护研究院"),
    ("范本科技股份有限公司", "范本科技创业股份有限公司"),
    ("虚岭县范本水泥厂", "虚岭县范本水泥有限公司"),
]
OTHER = [
    ("范本集团有限公司", "范本股份有限公司", "legal_form"),
    ("范本煤业（集团）有限责任公司太原分公司", "范本煤业股份有限公司太原分公司", "legal_form"),
    ("范本集团有限公司朱庄煤矿", "范本集团有限公司朱仙庄煤矿", "branch"),
    ("范本煤业七矿", "范本煤业股份有限公司六矿", "numerals"),
    ("范化天然气空谷油田分公司", "范本天然气股份有限公司空谷油田分公司", "brand"),
    ("沈阳化工股份有限公司", "沈阳化工研究院有限公司", "trade"),
    ("样例集团范本岭煤业有限公司", "样例集团东范本岭煤业有限公司", "brand"),
    ("样例集团财务有限公司", "样例集团虚同财务有限公司", "brand"),
    ("演示省样例集团范本庄锡矿", "演示省样例集团范本庄锑矿", "branch"),
    ("演示省样例集团范本庄铅矿", "演示省样例集团范本庄铝矿", "branch"),
    ("范本实业有限公司", "本范实业有限公司", "brand"),
    ("中国银行吉林省分行", "中国银行吉林市分行", "branch"),
    ("中国银行大理市支行", "中国银行大理白族自治州支行", "branch"),
    (UNIT, "演示省虚岭县二号样例煤矿有限公司", "numerals"),
    (UNIT, "演示省虚岭县样例煤矿有限公司", "numerals"),
    ("范本集团有限公司虚谷煤矿", "范本集团有限公司实谷煤矿", "branch"),
    ("范本集团有限公司虚谷煤矿", "范本集团有限公司", "branch"),
    ("范本煤业集团有限公司", "范本煤业集团财务有限公司", "trade"),
    ("范本矿业大学", "范本矿业大学附属医院", "trade"),
    ("演示省地质局三一五大队", "演示省地质局三一六大队", "numerals"),
    ("虚岭县三中", "虚岭县第二中学", "numerals"),
    ("Shanxi Ejemplo Coal Co Ltd", "Shaanxi Ejemplo Coal Co Ltd", "words"),
    (UNIT, "演示省虚岭县一号范例煤矿有限公司", "brand"),
    (UNIT, "演示省空谷县一号样例煤矿有限公司", "region"),
    ("中铁一局集团有限公司", "中铁二局集团有限公司", "numerals"),
    ("山东范本能源有限公司", "山西范本能源有限公司", "region"),
    ("太原范本机械有限公司", "大同范本机械有限公司", "region"),
    ("东范煤矿", "西范煤矿", "brand"),
    ("范本证券有限公司", "范本联合证券有限公司", "brand"),
    ("范本丰实业有限公司", "范银本丰实业有限公司", "brand"),
    ("范本生物科技有限公司", "范本生物制药有限公司", "trade"),
    ("范本投资有限公司", "范本投资合伙企业（有限合伙）", "legal_form"),
    ("中国农业银行虚岭支行", "中国农业银行空谷支行", "branch"),
    ("银行", "中国银行", "region"),
    ("范本", "范本联合证券有限公司", "brand"),
    ("范本石油有限公司", "范本食油有限公司", "brand"),
    ("范社煤业有限公司", "范设煤业有限公司", "brand"),
    ("范本煤业有限公司第一分公司", "范本煤业有限公司第二分公司", "branch"),
    ("范本煤业有限公司第一采煤队", "范本煤业有限公司第二采煤队", "branch"),
    ("范本煤业有限公司分公司", "范本煤业有限公司第二分公司", "branch"),
    ("范本煤业", "范本铁业有限公司", "trade"),
    ("深范本A", "青岛范本油泵股份有限公司", "brand"),
    ("范本化工有限公司", "范本化工装备有限公司", "trade"),
    ("范本控股集团有限公司", "范本控股集团财务有限公司", "trade"),
    ("太原市应急管理局", "太原市应急管理局机关服务中心", "trade"),
    ("吉林省第二建筑工程公司", "吉林市第二建筑工程公司", "region"),
    ("海南省范本化工有限公司", "海南州范本化工有限公司", "region"),
    ("朝阳市范本化工有限公司", "北京市朝阳区范本化工有限公司", "region"),
    ("演示省虚岭县大坝镇范本煤矿", "演示省虚岭县大湾镇范本煤矿", "region"),
    ("范本煤矿2#井", "范本煤矿3#井", "numerals"),
    ("乌兰哈德煤炭有限公司", "乌兰哈达煤炭有限公司", "brand"),
    ("鄂德煤炭有限公司", "鄂得煤炭有限公司", "brand"),
    ("Northern Ejemplo Ridge", "Northern Ejemplo Bridge", "words"),
    ("Ejemplo Mining Group", "Ejemplo Mining Group Finance Co., Ltd.", "branch"),
    ("Banco Ejemplar de Aqui", "Banco Ejemplar de Alla", "words"),
    ("Sample Mine No. 1", "Sample Mine No. 2", "numerals"),
    ("Johan Sample", "Sample", "words"),
    ("A. B. Sample", "Adam Bernard Sample", "words"),
    ("A. B. Sample", "C. D. Sample", "words"),
    ("A. B.", "Adam Bernard", "words"),
    ("A. B.", "B. A.", "words"),
    ("J. Sample", "Johan Sample", "words"),
    ("Sample Mining Ltd", "Simple Mining Ltd", "words"),
    ("Johan Sample", "Johan Simplon", "words"),
    ("Sample Mine", "Simple Mine", "words"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_writings_of_one_name_match(one: str, other: str) -> None:
    found = compare(one, other)
    assert found.match, found


@pytest.mark.parametrize(("one", "other", "because"), OTHER)
def test_names_of_two_bodies_do_not(one: str, other: str, because: str) -> None:
    found = compare(one, other)
    assert not found.match
    # The reason is among what weighs most.
    decisive = min(found.explanation, key=lambda each: each.factor)
    named = next(each for each in found.explanation if each.feature == because)
    assert named.factor <= max(decisive.factor, 0.35) or named.factor < THRESHOLD


def test_the_score_is_the_product_of_its_explanation() -> None:
    found = compare(UNIT, "虚岭县一号样例煤矿有限责任公司")
    product = 1.0
    for each in found.explanation:
        assert each.weight == WEIGHTS[each.feature]
        product *= 1 - each.weight * (1 - each.score)
    assert found.score == round(product, 4) < 1


def test_pinyin_finds_but_never_matches() -> None:
    found = compare(UNIT, "Yanshisheng Xulingxian Yihao Yangli Meikuang Youxian Gongsi")
    assert 0.6 < found.score < THRESHOLD
    assert [each.feature for each in found.explanation] == ["pinyin"]


@pytest.mark.parametrize("empty", ["", "（）", "有限公司"])
def test_names_without_substance_match_nothing(empty: str) -> None:
    assert compare(empty, UNIT).score == 0
    assert compare(empty, empty).score == 0


PIECES = """
    演示省 虚岭县 虚岭 太原市 山西 中国 样例 范本 一号 二号 煤矿 煤业 科技 投资 集团 控股 (香港)
    分公司 有限公司 股份有限公司 支行 银行 A1 Mining
"""
pieces = st.sampled_from(PIECES.split())
names = st.lists(pieces, max_size=7).map("".join)


@example("有限公司煤矿", "煤矿分公司演示省")
@given(st.one_of(names, st.text(max_size=20)), st.one_of(names, st.text(max_size=20)))
def test_scores_are_symmetric_and_bounded(one: str, other: str) -> None:
    found, back = compare(one, other), compare(other, one)
    assert 0 <= found.score <= 1
    assert found.score == back.score


@given(names)
def test_a_name_with_substance_matches_itself(name: str) -> None:
    assert compare(name, name).score in {0.0, 1.0}
    assert compare(f"演示省范本{name}", f"演示省范本{name}").score == 1.0


def test_every_feature_has_a_label_and_a_reason_in_both_languages() -> None:
    assert set(LABELS) == set(REASONS) == set(WEIGHTS)
    assert {*LABELS.values(), *REASONS.values()} <= set(catalogue("zh"))
