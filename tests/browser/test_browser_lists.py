"""A list on the page in a real browser: upload, columns, progress that moves by itself, result."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_kit import Chromium, Demo
from playwright.sync_api import expect
from test_browser_axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LIST = """序号,企业名称,统一社会信用代码
1,演示省虚岭县一号样例煤矿有限公司,
2,,91990121XY00000126
3,清白样例商店,
4,,91990121XY00000127
"""


def test_a_list_from_upload_to_result(browser: Chromium, demo: Demo, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(LIST.encode("gb18030"))
    context = browser.context(bypass_csp=True, viewport={"width": 360, "height": 800})
    page = context.new_page()
    wrong: list[str] = []
    page.goto(f"{demo.public}/zh/check/list")
    wrong += violations(page)
    page.set_input_files("#field-file", file)
    page.get_by_role("button", name="上传并选择列").click()
    expect(page.get_by_role("heading", name="选择列")).to_be_visible()
    wrong += violations(page)
    page.get_by_role("button", name="开始核查").click()
    expect(page.get_by_role("heading", name="名单核查结果")).to_be_visible(timeout=60_000)
    wrong += violations(page)
    for outcome in ("在名单上", "可能匹配", "未能核查"):
        expect(page.get_by_role("cell", name=outcome)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert "样例" not in page.title() and "%" not in page.url
    page.get_by_role("button", name="立即删除名单和结果").click()
    expect(page.get_by_role("heading", name="核查名单")).to_be_visible()
    assert wrong == []
