"""The imports desk: a ministry's list with a bad row, then without; approved, public, undone."""

from __future__ import annotations

import csv
import io

import pytest
from browser_kit import Demo, Office, until
from playwright.sync_api import Page, expect

from registry.office.demo.codes import credit_code, resident_id
from registry.office.demo.listfile import COLUMNS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PUBLISH_SECONDS = 5
"""Two records at once, found and gone again."""
CODES = [credit_code("91", "990122", 778001 + number) for number in range(2)]
NAMES = ["演示省空谷县白云样例铁矿有限公司(虚构)", "演示省空谷县红云样例铁矿有限公司(虚构)"]


def ministry_list(codes: list[str]) -> bytes:
    """A list as ministries publish it, with their column names."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for number, (name, code) in enumerate(zip(NAMES, codes, strict=True), start=1):
        writer.writerow(
            (
                number, name, f"演示省空谷县样例路{number}号", code, "云样例",
                resident_id("990122", 800 + number), "发生一般事故后瞒报，经核查属实。",
                "演示市样例应急管理局", "发生生产安全事故后瞒报、谎报", "2026年7月1日",
                f"(演)应急列〔2026〕778{number}号",
            )
        )  # fmt: skip
    return text.getvalue().encode("gb18030")


def tried(page: Page, demo: Demo, content: bytes) -> None:
    page.goto(f"{demo.admin}/en/imports")
    page.click("main a[href$='/imports/new']")
    page.select_option("[name=kind]", "listings")
    sheet = {"name": "名单.csv", "mimeType": "text/csv", "buffer": content}
    page.set_input_files("[name=file]", sheet)  # type: ignore[arg-type]
    page.click("main form button")


def test_a_list_from_a_file(office: Office, demo: Demo, page: Page) -> None:
    clerk, approver = office.desk("city.clerk"), office.desk("city.approver")

    tried(clerk, demo, ministry_list([CODES[0], CODES[1][:-1] + "?"]))
    main = clerk.locator("main")
    expect(main).to_contain_text("This file cannot be submitted: correct it and try it again.")
    expect(main.locator("table tbody tr").first).to_contain_text("?")
    assert clerk.get_by_role("button", name="Submit for approval").count() == 0
    clerk.goto(f"{demo.admin}/en/entities")
    clerk.get_by_role("searchbox").fill(CODES[0])
    clerk.get_by_role("button", name="Search").click()
    expect(clerk.locator("main")).to_contain_text("Nothing fits.")

    tried(clerk, demo, ministry_list(CODES))
    expect(clerk.locator("main")).to_contain_text("No row has a problem.")
    clerk.get_by_role("button", name="Submit for approval").click()
    expect(clerk.locator("main")).to_contain_text("Waiting for approval")
    assert not shown(page, demo)

    approver.goto(clerk.url)
    approver.get_by_role("button", name="Approve and apply").click()
    expect(approver.locator("main")).to_contain_text("Applied")
    until(lambda: shown(page, demo), PUBLISH_SECONDS, "both listings are public and found")

    clerk.goto(approver.url)
    clerk.get_by_role("button", name="Ask for undo").click()
    clerk.fill("[name=reason]", "名单公布有误。")
    clerk.click("main form button")
    approver.goto(clerk.url)
    approver.get_by_role("button", name="Approve the undo").click()
    expect(approver.locator("main")).to_contain_text("Undone")
    until(lambda: gone(page, demo), PUBLISH_SECONDS, "both listings are gone")


def shown(page: Page, demo: Demo) -> bool:
    for name, code in zip(NAMES, CODES, strict=True):
        page.goto(f"{demo.public}/zh/entities/{code}")
        if name not in page.inner_text("main"):
            return False
    return True


def gone(page: Page, demo: Demo) -> bool:
    for name, code in zip(NAMES, CODES, strict=True):
        page.goto(f"{demo.public}/zh/entities/{code}")
        if name in page.content():
            return False
    return True
