"""Which columns of a list are screened by."""

from __future__ import annotations

import pytest

from registry.core.errors import InvalidInput
from registry.public.screening.bulk import RowOutcome
from registry.public.screening.titles import Columns, find_columns, guess

FIRM = "样例矿业有限公司"


@pytest.mark.parametrize(
    ("top", "found"),
    [
        ([("序号", "单位名称", "统一社会信用代码")], Columns(1, 2, 1)),
        ([("Code", "NAME")], Columns(1, 0, 1)),
        ([("社会信用代码",)], Columns(None, 0, 1)),
        ([(FIRM,)], Columns(0, None, 0)),
        ([(FIRM, "", ""), (FIRM,)], Columns(0, None, 0)),
        ([("规格", "名称", "供应商（全称）*", "税号/信用代码", "行政区划")], Columns(2, 3, 1, 4)),
        # A title, groups of columns, and then the titles; the groups may hold one of them.
        ([("供应商名录",), ("", "单位信息", ""), ("序号", "供应商名称", "税号")], Columns(1, 2, 3)),
        ([("供应商", ""), ("序号", "名称"), ("1", FIRM)], Columns(1, None, 2)),
        ([("企业名称", "证照", ""), ("", "许可证", "信用代码"), (FIRM, "", "")], Columns(0, 2, 2)),
    ],
)
def test_usual_titles(top: list[tuple[str, ...]], found: Columns) -> None:
    assert find_columns(top) == found


def test_titles_of_ones_own() -> None:
    top = [("名录", "", ""), ("供应商", "税务编号", "单位名称")]
    assert find_columns(top, "供应商", "税务编号") == Columns(0, 1, 2)
    with pytest.raises(InvalidInput) as error:
        find_columns(top, "供应商", "不存在")
    assert set(error.value.fields) == {"code"}


@pytest.mark.parametrize(
    "top",
    [
        [("甲", "乙")],
        [("某县供应商名录",), ("1", FIRM), ("2", FIRM)],
        [('{"name": "样例矿业有限公司"}',)],
        [("项目名称", "单位"), ("巷道", "米")],
    ],
)
def test_columns_that_are_not_known_are_not_guessed(top: list[tuple[str, ...]]) -> None:
    with pytest.raises(InvalidInput) as error:
        find_columns(top)
    assert set(error.value.fields) == {"file"}


def test_a_reader_is_proposed_what_columns_look_like() -> None:
    code = "91990121XY00000126"
    assert guess([("1", FIRM, code), ("2", FIRM, "")]) == Columns(1, 2, 0)
    assert guess([("抬头", "号码"), (FIRM, code)]) == Columns(0, 1, 1)
    assert guess([("甲", "乙"), ("丙", "丁")]) is None


def test_the_message_of_a_row_is_in_the_readers_language() -> None:
    message = "A unified social credit code has 18 characters; this has {length}."
    row = RowOutcome(2, "", "123", error=message, params={"length": 3})
    assert row.message("en").endswith("this has 3.")
    assert row.message("zh") != row.message("en")
    assert "3" in row.message("zh")
    assert RowOutcome(2, "", "").message("en") == ""
