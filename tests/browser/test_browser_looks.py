"""What was mended by looking and could break again: phones, papers, what a case folds away."""

from __future__ import annotations

import re

import pytest
from browser_kit import Chromium, Demo, Office
from playwright.sync_api import Page, expect
from test_browser_public import Samples, pages, samples

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

__all__ = ["samples"]
PHONE = {"width": 360, "height": 780}
DESKS = ("/", "/cases", "/cases/1", "/entities", "/entities/1", "/entities/sites", "/imports")


def too_wide(page: Page) -> int:
    """Pixels by which the page is wider than the screen."""
    width = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return int(width)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_public_page_is_wider_than_a_phone(
    browser: Chromium, demo: Demo, samples: Samples, language: str
) -> None:
    page = browser.context(viewport=PHONE, locale=language).new_page()
    wide = {}
    for address in pages(samples):
        page.goto(f"{demo.public}/{language}{address}")
        wide[address] = too_wide(page)
    page.goto(f"{demo.public}/api/v1/docs")
    wide["docs"] = too_wide(page)
    assert not {address: by for address, by in wide.items() if by > 0}


def test_no_desk_is_wider_than_a_phone(office: Office, demo: Demo) -> None:
    page = office.desk("clerk")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    wide = {}
    for address in DESKS:
        page.goto(f"{demo.admin}/zh{address}")
        wide[address] = too_wide(page)
    assert not {address: by for address, by in wide.items() if by > 0}


def test_a_paper_prints_as_the_sheet_alone(office: Office, demo: Demo) -> None:
    page = office.desk("clerk")
    page.set_viewport_size({"width": 1000, "height": 900})
    page.goto(f"{demo.admin}/zh/cases/1")
    page.locator("a[href*='/papers/']", has_text="打印").first.click()
    expect(page.locator(".masthead")).to_be_visible()
    page.emulate_media(media="print")
    for hidden in (".masthead", ".footer", "p.no-print"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".paper h1")).to_be_visible()
    assert page.locator(".paper-end").last.evaluate("e => getComputedStyle(e).textAlign") == "right"
    page.emulate_media(media="screen")


def test_what_cannot_be_done_is_folded_away(office: Office, demo: Demo) -> None:
    page = office.desk("clerk")
    page.goto(f"{demo.admin}/en/cases/1")
    fold = page.locator("details", has_text="What cannot be done now")
    expect(fold.locator("dd").first).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.locator("dd").first).to_be_visible()
    assert not re.search(r"[?&](q|text)=", page.url)


def test_a_number_in_a_stacked_row_stands_under_its_label_on_a_phone(office: Office) -> None:
    desk = office.desk("province.approver")
    before = desk.viewport_size
    desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
    desk.goto(f"{office.chromium.demo.admin}/en/samples")
    cells = desk.locator("table.stack td.number")
    expect(cells).not_to_have_count(0)
    aligned = cells.evaluate_all("all => all.map(one => getComputedStyle(one).textAlign)")
    assert set(aligned) == {"start"}
    if before:
        desk.set_viewport_size(before)
