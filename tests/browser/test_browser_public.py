"""The public site as a reader without JavaScript sees it: both languages, all widths, print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from browser_kit import Chromium, Demo
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import select

from registry.core.db import GazetteSession, Store, sqlite_url
from registry.office.demo.codes import credit_code
from registry.public.gazette.models import LogRow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CODE = "91990121XY00000126"
NAME = "演示省虚岭县一号样例煤矿有限公司(虚构)"
PERSON, DOCUMENT = "张样例", "990101190501010014"
NOBODY = credit_code("91", "990121", 999_999)
NOTHING = {"zh": "没有公示信息", "en": "Nothing is published"}
WIDTHS = (320, 390, 1280)


@dataclass(frozen=True)
class Samples:
    """Paths (after the language) of records that the demonstration always has."""

    listing: str
    penalty: str
    site: str
    gone: str


@pytest.fixture(scope="module")
def samples(browser: Chromium, demo: Demo) -> Iterator[Samples]:
    context = browser.context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo.public}/en/entities/{CODE}")
    listing = path(page, "/listings/")
    penalty = path(page, "/penalties/")
    page.goto(f"{demo.public}/en{listing}")
    yield Samples(listing, penalty, path(page, "/sites/"), removed(demo))
    context.close()


def path(page: Page, part: str) -> str:
    found = page.locator(f"main a[href*='{part}']").first.get_attribute("href")
    assert found
    return found.removeprefix("/en")


def removed(demo: Demo) -> str:
    """The address of a listing that the demonstration has revoked."""
    store = Store(sqlite_url(demo.folder / "gazette.db"), GazetteSession)
    with store.read() as session:
        rows = select(LogRow).where(LogRow.op == "DEL", LogRow.kind == "listing")
        found = session.exec(rows).first()
        assert found is not None
        number = found.id
    store.close()
    return f"/listings/{number}"


def pages(samples: Samples) -> list[str]:
    return [
        "/", "/search", "/search?q=煤矿", "/search?q=没有这样的词语", samples.listing,
        samples.penalty, samples.site, f"/entities/{CODE}", f"/entities/{NOBODY}",
        "/check", "/data", "/gazette", "/statistics", "/statistics/definitions",
        "/statistics/indicators/penalties-decided", "/help", "/privacy", samples.gone,
        "/listings/L-7K3M9Q2X4T", "/tips/new", "/tips/track", "/rewards", "/gazette/intake",
    ]  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways(
    browser: Chromium, demo: Demo, samples: Samples, width: int
) -> None:
    context = browser.context(viewport={"width": width, "height": 800})
    page = context.new_page()
    for language in ("zh", "en"):
        for address in pages(samples):
            page.goto(f"{demo.public}/{language}{address}")
            expect(page.locator("body")).to_have_class("site-public")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (width, language, address, wide)
    context.close()


@pytest.mark.parametrize(("language", "found"), [("zh", "共找到"), ("en", "Records found")])
def test_search_facets_record_entity(demo: Demo, page: Page, language: str, found: str) -> None:
    page.goto(f"{demo.public}/{language}/")
    page.fill("[name=q]", "虚岭县 煤矿")
    page.click("main search button")
    expect(page.locator("#results-title")).to_contain_text(found)
    before = page.locator(".results > li").count()
    facet = page.locator(".facet a[href*='kind=penalty']").first
    count = int(facet.locator(".count").inner_text())
    facet.click()
    assert 0 < count < before
    expect(page.locator(".results > li")).to_have_count(count)
    page.locator(".chips a").first.click()
    expect(page.locator(".results > li")).to_have_count(before)

    page.goto(f"{demo.public}/{language}/search?q={CODE}&kind=listing")
    page.get_by_role("link", name=NAME).first.click()
    expect(page.locator("h1")).to_have_text(NAME)
    expect(page.locator("main")).to_contain_text("990101********0014")
    assert DOCUMENT not in page.content()
    page.locator("main a.code").first.click()
    expect(page.locator("h1")).to_have_text(NAME)
    assert page.url.endswith(f"/{language}/entities/{CODE}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_names_stand_where_numbers_would(
    demo: Demo, samples: Samples, page: Page, language: str
) -> None:
    page.goto(f"{demo.public}/{language}{samples.listing}")
    expect(page.locator(f"main a[href$='{samples.site}']")).to_have_text("虚岭县一号样例煤矿(虚构)")
    page.goto(f"{demo.public}/{language}{samples.site}")
    assert "in-force" not in page.inner_text("main")


def ask(page: Page, demo: Demo, language: str, what: str, values: dict[str, str]) -> None:
    page.goto(f"{demo.public}/{language}/check")
    form = page.locator(f"main form:has([name=what][value={what}])")
    for name, value in values.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button:not([formaction])").click()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_check_of_a_unit(demo: Demo, page: Page, language: str) -> None:
    ask(page, demo, language, "unit", {"unit": CODE})
    listed = page.locator("h1").inner_text()
    expect(page.locator(".notice-bad")).to_be_visible()
    expect(page.locator("main")).to_contain_text(NAME)
    ask(page, demo, language, "unit", {"unit": "绝无此名贸易商行"})
    assert page.locator("h1").inner_text() != listed
    assert page.locator(".notice-bad").count() == 0
    assert "?" not in page.url


@pytest.mark.parametrize("language", ["zh", "en"])
def test_check_of_a_person(demo: Demo, page: Page, language: str) -> None:
    ask(page, demo, language, "person", {"name": PERSON, "number": DOCUMENT})
    expect(page.locator(".notice-bad")).to_be_visible()
    expect(page.locator("main")).to_contain_text(NAME)
    assert DOCUMENT not in page.content() and "?" not in page.url
    ask(page, demo, language, "person", {"name": "李样例", "number": DOCUMENT})
    assert page.locator(".notice-bad").count() == 0
    ask(page, demo, language, "person", {"name": PERSON, "number": "99010119050101001X"})
    expect(page.locator(".error-summary")).to_be_visible()
    assert page.locator("[name=name]").input_value() == PERSON


@pytest.mark.parametrize("language", ["zh", "en"])
def test_gone_and_never_there(demo: Demo, samples: Samples, page: Page, language: str) -> None:
    for address, status in ((samples.gone, 410), ("/listings/L-7K3M9Q2X4T", 404)):
        answer = page.goto(f"{demo.public}/{language}{address}")
        assert answer is not None and answer.status == status
        expect(page.locator("main search [name=q]")).to_be_visible()
        expect(page.locator(f"main a[href='/{language}/check']")).to_be_visible()
    answer = page.goto(f"{demo.public}/{language}/entities/{NOBODY}")
    assert answer is not None and answer.status == 200
    expect(page.locator("h1")).to_have_text(NOTHING[language])


def test_changing_the_language_keeps_the_page(demo: Demo, samples: Samples, page: Page) -> None:
    for address in (samples.listing, "/search?q=煤矿&kind=listing", "/check", samples.gone):
        page.goto(f"{demo.public}/zh{address}")
        before = page.url
        page.click("a.language")
        assert page.url == before.replace("/zh/", "/en/")
        assert page.locator("html").get_attribute("lang") == "en"
        page.click("a.language")
        assert page.url == before


def test_a_record_prints_without_the_frame(demo: Demo, samples: Samples, page: Page) -> None:
    page.goto(f"{demo.public}/zh{samples.listing}")
    page.emulate_media(media="print")
    for hidden in (".masthead nav", ".masthead-side", ".footer ul", "main details.no-print"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".brand")).to_be_visible()
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF") and len(printed) > 10_000


def test_no_cookie_is_set(demo: Demo, samples: Samples, context: BrowserContext) -> None:
    page = context.new_page()
    for address in ("/", samples.listing, "/check"):
        page.goto(f"{demo.public}/en{address}")
    assert context.cookies() == []


def test_the_first_visit_goes_to_the_readers_language(browser: Chromium, demo: Demo) -> None:
    for locale, language in (("zh-CN", "zh"), ("en-GB", "en"), ("de-DE", "zh")):
        context = browser.context(locale=locale)
        page = context.new_page()
        page.goto(demo.public)
        assert page.url == f"{demo.public}/{language}/", locale
        context.close()


def test_the_keyboard_reaches_content_first(demo: Demo, page: Page) -> None:
    page.goto(f"{demo.public}/en/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/#main")
