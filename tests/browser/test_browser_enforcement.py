"""Enforcement on a telephone: the record of a visit at the mine, and what the public reads."""

from __future__ import annotations

import pytest
from browser_kit import Chromium, Demo, Office
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE = {"width": 360, "height": 780}


def fits(page: Page) -> None:
    """Nothing has to be pushed sideways, apart from tables within their own frame."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"], page.url


def test_a_finding_is_recorded_at_the_mine_and_becomes_a_case(
    office: Office, demo: Demo, browser: Chromium
) -> None:
    page = office.desk("clerk")
    before = page.viewport_size
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    try:
        page.goto(f"{demo.admin}/en/cases?kind=inspection")
        page.locator("main table a, main .results a").first.click()
        expect(page.locator("h1")).to_contain_text("通风专项检查")
        fits(page)
        page.get_by_role("link", name="Add a finding").click()
        fits(page)
        page.fill("[name=finding_text]", "避难硐室门前堆放杂物。")
        page.check("[name=severity][value=major]")
        page.click("main form button")
        findings = page.locator("section", has=page.get_by_role("heading", name="Findings"))
        expect(findings).to_contain_text("避难硐室门前堆放杂物。")
        page.get_by_role("link", name="Make it a major hidden danger").click()
        page.fill("[name=finding]", "3")
        page.select_option("[name=hazard_code]", "H05")
        fits(page)
        page.click("main form button")
        findings.get_by_role("link").last.click()
        expect(page.locator("main")).to_contain_text("避难硐室门前堆放杂物。")
        expect(page.locator("main")).to_contain_text("Found by the inspection")
        fits(page)
    finally:
        page.set_viewport_size(before or {"width": 1280, "height": 900})


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        ("hazard", "The danger"),
        ("suspension", "Measures at the mine"),
        ("exposure", "The story"),
        ("accident", "How it was dealt with"),
        ("referral", "The judgment"),
    ],
)
def test_public_pages_on_a_telephone(demo: Demo, page: Page, kind: str, heading: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{demo.public}/en/search?kind={kind}")
    page.locator(".results .title a").first.click()
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    fits(page)
    page.goto(page.url.replace("/en/", "/zh/"))
    fits(page)
