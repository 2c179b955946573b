"""Column names, dates, grounds: how sources write them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core import rules
from registry.core.errors import Misconfigured
from registry.core.sheets.dates import parse_day
from registry.core.sheets.limits import Limits
from registry.core.sheets.problems import EmptyFile
from registry.office.imports import grounds, mapping, problems
from registry.office.imports.kinds import kind_of, known
from registry.office.imports.table import open_table

MINISTRY = (
    "序号", "单位名称", "注册地址", "统一社会信用代码", "主要负责人", "身份证号", "失信行为简况",
    "信息报送机关", "纳入理由", "公布日期",
)  # fmt: skip


@pytest.mark.parametrize("kind", sorted(known()))
def test_every_built_in_mapping_is_sound(kind: str) -> None:
    for found in mapping.mappings(kind):
        for field in found.columns:
            assert found.field_of(field) == field, "our own names are always understood"
        names = [mapping.column_key(name) for names in found.columns.values() for name in names]
        assert len(names) == len(set(names)), "a name may mean one field only"


def test_the_ministry_heading_is_recognised_under_titles(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    lines = ["安全生产严重失信主体名单", "（2026年第三批）", ",".join(MINISTRY)]
    lines += ["1,甲公司,某地,,张样例,,简况,某局,瞒报,2026年7月1日", "注：以上信息以公布为准", ""]
    path.write_text("\n".join(lines), encoding="gb18030")
    table = open_table(path, mapping.mappings("listings"), Limits())
    assert table.mapping.name == "listings"
    rows = list(table.rows)
    assert [row.line for row in rows] == [4], "a note below the table is no row"
    assert rows[0].fields["name"] == "甲公司" and rows[0].fields["reason"] == "瞒报"


@pytest.mark.parametrize(
    "written",
    ["单位 名称", "单位名称\n", "单位名称（全称）", "*单位名称", "單位名稱", "name", "NAME"],
)
def test_column_names_are_folded(written: str) -> None:
    assert mapping.mappings("listings")[0].field_of(written) == "name"


def test_the_standard_codes_of_penalties_are_columns() -> None:
    found = mapping.mappings("penalties")[0]
    assert found.field_of("CF_WSH") == "decision_number"
    assert found.field_of("cf_xdr_mc") == "name"
    assert found.field_of("CF_GSJZQ") == "until"
    assert found.field_of("罚款金额（元）") == "fine_yuan"
    assert found.field_of("罚款金额(万元)") == "fine"


def test_two_columns_of_the_same_field_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("单位名称,企业名称,纳入理由\n甲,乙,瞒报\n", encoding="utf-8")
    with pytest.raises(problems.RepeatedColumn):
        open_table(path, mapping.mappings("listings"), Limits())


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "统一社会信用代码,注册地址\n1,2\n", '{"x": 1}\n'])
def test_without_a_known_heading_the_missing_columns_are_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(problems.NoHeading) as caught:
        open_table(path, mapping.mappings("listings"), Limits())
    assert "单位名称" in str(caught.value)


def test_an_empty_text_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("\n\n", encoding="utf-8")
    with pytest.raises(EmptyFile):
        open_table(path, mapping.mappings("listings"), Limits())


def test_an_installation_adds_a_source_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "province.yaml").write_text(
        "kind: listings\ntitle: {zh: 某省, en: Province}\nrequired: [name]\n"
        "columns: {name: [上榜单位], reason: [上榜原因]}\nvalues: {reason: {隐瞒事故真相: G6-4}}\n",
        encoding="utf-8",
    )
    found = mapping.mappings("listings", [tmp_path])
    assert [one.name for one in found] == ["province", "listings"]
    assert found[0].value("reason", "隐瞒 事故真相") == "G6-4"
    path = tmp_path / "list.csv"
    path.write_text("上榜单位,上榜原因\n甲,隐瞒事故真相\n", encoding="utf-8")
    assert open_table(path, found, Limits()).mapping.name == "province"


def test_a_mapping_that_is_wrong_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("kind: listings\ncolumns: {name: [x]}\n", encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"wrong\.yaml"):
        mapping.mappings("listings", [tmp_path])


@pytest.mark.parametrize(
    "text",
    [
        "2026年7月1日", "2026-07-01", "2026/7/1", "2026.7.1", "20260701", "46204", "46204.0",
        "二〇二六年七月一日", "２０２６年７月１日", " 2026-07-01 00:00:00", "2026-07-01T08:30:00",
    ],
)  # fmt: skip
def test_ways_to_write_a_day(text: str) -> None:
    assert parse_day(text) == date(2026, 7, 1)


@pytest.mark.parametrize(
    "text", ["", "7月1日", "2026-13-01", "2026-02-30", "20260230", "昨天", "1", "99999", "19000101"]
)
def test_what_is_no_day(text: str) -> None:
    assert parse_day(text) is None


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_days(text: str) -> None:
    assert parse_day(text) is None or isinstance(parse_day(text), date)


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_as_written(day: date) -> None:
    for text in (day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}"):
        assert parse_day(text) == day


KIND = rules.load().on(date(2026, 7, 1)).list_kind("work-safety")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("瞒报生产安全事故", "G6-4"),
        ("瞒报、谎报事故", "G6-4"),
        ("发生生产安全事故后隐瞒不报", "G6-4"),
        ("G6-4", "G6-4"),
        ("《安全生产严重失信主体名单管理办法》第六条第（四）项", "G6-4"),
        ("符合办法第六条第四项规定的情形", "G6-4"),
        ("发生重大生产安全责任事故", "G6-1"),
        ("发生特别重大事故", "G6-1"),
        ("12个月内累计发生2起以上较大生产安全事故", "G6-2"),
        ("未依法取得安全生产相关许可擅自生产", "G7-1"),
        ("未取得安全生产许可证从事生产", "G7-1"),
        ("安全生产许可证暂扣期间组织生产", "G7-1"),
        ("出具虚假报告", "G7-2"),
        ("有履行能力而拒不执行行政处罚决定", "G7-3"),
        ("存在重大事故隐患未整改", None),
        ("其他", None),
    ],
)
def test_reasons_in_free_words(text: str, code: str | None) -> None:
    found = grounds.match(KIND, text)
    assert found == ([code] if code else []), found


def test_a_title_in_full_means_its_ground() -> None:
    for code, ground in KIND.grounds.items():
        assert grounds.match(KIND, ground.title.zh) == [code]


def test_a_reason_of_two_grounds_is_a_doubt() -> None:
    assert set(grounds.match(KIND, "发生重大事故并瞒报")) == {"G6-1", "G6-4"}


def test_every_kind_of_the_contract_and_no_other() -> None:
    for code in ("listings", "entities", "penalties", "providers", "reports"):
        assert kind_of(code).code == code
    with pytest.raises(problems.UnknownKind, match="listings"):
        kind_of("people")
