"""Which columns of a list are screened by."""

from __future__ import annotations

import pytest

from registry.core.errors import InvalidInput
from registry.public.screening.bulk import Columns, RowOutcome, find_columns


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        (("序号", "单位名称", "统一社会信用代码"), Columns(1, 2, heading=True)),
        (("Code", "NAME"), Columns(1, 0, heading=True)),
        (("社会信用代码",), Columns(None, 0, heading=True)),
        (("样例矿业有限公司",), Columns(0, None, heading=False)),
        (("样例矿业有限公司", "", ""), Columns(0, None, heading=False)),
    ],
)
def test_usual_titles(heading: tuple[str, ...], found: Columns) -> None:
    assert find_columns(heading) == found


def test_titles_of_ones_own() -> None:
    heading = ("供应商", "税务编号", "单位名称")
    assert find_columns(heading, "供应商", "税务编号") == Columns(0, 1, heading=True)
    with pytest.raises(InvalidInput) as error:
        find_columns(heading, "供应商", "不存在")
    assert set(error.value.fields) == {"code"}
    with pytest.raises(InvalidInput) as error:
        find_columns(("甲", "乙"))
    assert set(error.value.fields) == {"file"}


def test_the_message_of_a_row_is_in_the_readers_language() -> None:
    message = "A unified social credit code has 18 characters; this has {length}."
    row = RowOutcome(2, "", "123", error=message, params={"length": 3})
    assert row.message("en").endswith("this has 3.")
    assert row.message("zh") != row.message("en")
    assert "3" in row.message("zh")
    assert RowOutcome(2, "", "").message("en") == ""
