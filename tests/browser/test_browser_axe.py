"""axe-core at WCAG 2.2 AA on the main pages of both sites, in both languages.

axe runs in the page, which the content policy forbids: these contexts, and only these, pass it by.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_kit import Chromium, Demo, Office
from playwright.sync_api import Page, expect
from test_browser_public import CODE, Samples, pages, samples

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

__all__ = ["samples"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations"],
    # axe would fetch the stylesheet that ours imports once more, from a wrong address.
    "preload": False,
}
VIEWS = [("zh", 390), ("en", 1280)]
"""Both languages and both layouts; every pair of them would take twice as long."""
DESKS: dict[str, list[str]] = {
    "clerk": [
        "/", "/cases", "/cases/new", "/cases/new/penalty", "/cases/1", "/cases/2", "/entities",
        "/entities/add", "/entities/1", "/entities/sites", "/entities/duplicates",
        "/entities/by-document", "/checks", "/imports", "/imports/new", "/imports/lists",
        "/platform",
        "/tips", "/tips/informed", "/rewards", "/account", "/leaders", "/opinions", "/experts",
        "/accountability/cases/1",
    ],
    "admin": [
        "/", "/staff", "/staff/authorities", "/agencies", "/duty", "/leaders", "/leaders/new",
        "/account",
    ],
    "auditor": [
        "/audit", "/cases", "/cases?page=2&kind=listing", "/imports", "/statistics",
        "/statistics/assessment", "/accountability", "/accountability/overdue",
    ],
}  # fmt: skip


def violations(page: Page) -> list[str]:
    """What is wrong on the page, where, and why."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{page.url}: {one['id']} ({one['help']}) at {node['target']}: {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


def newest(page: Page, demo: Demo, kind: str) -> str:
    """The id of the newest record of a kind."""
    answer = page.request.get(f"{demo.public}/api/v1/{kind}?limit=1").json()
    return str(answer["results"][0]["id"])


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_public_pages(
    browser: Chromium, demo: Demo, samples: Samples, language: str, width: int
) -> None:
    context = browser.context(bypass_csp=True, viewport={"width": width, "height": 900})
    page = context.new_page()
    wrong = []
    drawn = [f"/{kind}/{newest(page, demo, kind)}" for kind in ("reports", "providers", "findings")]
    for address in (*pages(samples), *drawn):
        page.goto(f"{demo.public}/{language}{address}")
        wrong += violations(page)
    page.goto(f"{demo.public}/{language}/check")
    page.locator("main form button").first.click()
    wrong += violations(page)
    page.goto(f"{demo.public}/{language}/check")
    page.fill("[name=unit]", "样例煤矿")
    page.locator("main form button").first.click()
    wrong += violations(page)
    context.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_certificates(browser: Chromium, demo: Demo, language: str, width: int) -> None:
    """The form, a certificate issued and verified, what does not hold, and what is kept of it."""
    context = browser.context(bypass_csp=True, viewport={"width": width, "height": 900})
    page = context.new_page()
    here = f"{demo.public}/{language}"
    wrong, wide = [], []

    def looked_at() -> None:
        wrong.extend(violations(page))
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(page.url)

    page.goto(f"{here}/check")
    page.fill("[name=unit]", CODE)
    page.locator("main form button").first.click()
    page.locator("form[action$='/certificates/issue'] button").click()
    looked_at()
    with page.expect_download() as kept:
        page.locator("form[action$='/certificates/file'] button").click()
    path = kept.value.path()
    number = kept.value.suggested_filename.removeprefix("certificate-").removesuffix(".json")
    page.goto(f"{here}/certificates/{number}")
    looked_at()
    forged = path.read_text(encoding="utf-8").replace('"listed"', '"clear"', 1)
    for content in (path.read_bytes(), forged.encode()):
        page.goto(f"{here}/certificates")
        looked_at()
        file = {"name": "check.json", "mimeType": "application/json", "buffer": content}
        page.set_input_files("[name=file]", file)  # type: ignore[arg-type]
        page.locator("main form button").first.click()
        looked_at()
    context.close()
    assert not wrong, "\n".join(wrong)
    assert not wide, f"wider than {width} px: {wide}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_signing_in(browser: Chromium, demo: Demo, language: str) -> None:
    context = browser.context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{demo.admin}/{language}/sign-in")
    wrong = violations(page)
    page.click("main form button")
    wrong += violations(page)
    context.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("language", "width"), VIEWS)
@pytest.mark.parametrize("login", DESKS)
def test_desks(
    browser: Chromium, demo: Demo, office: Office, login: str, language: str, width: int
) -> None:
    signed_in = office.desk(login).context.storage_state()
    context = browser.context(
        bypass_csp=True, storage_state=signed_in, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    wrong, wide = [], []
    for address in DESKS[login]:
        answer = page.goto(f"{demo.admin}/{language}{address}")
        assert answer is not None and answer.status == 200, (address, answer)
        expect(page.locator("body")).to_have_class("site-admin")
        wrong += violations(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(page.url)
    context.close()
    assert not wrong, "\n".join(wrong)
    assert not wide, f"wider than {width} px: {wide}"
