"""A reporter in a real browser without script: reports, keeps the receipt, reads his letters.

On a site of its own with an open intake; nothing is kept in the browser, nothing is wider than a
telephone, and axe has nothing to complain of.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_kit import Chromium
from playwright.sync_api import Page, expect

for neighbour in ("reporting", "inbox", "public_site"):
    sys.path.append(str(Path(__file__).parents[1] / "integration" / neighbour))

from real_site import RealSite, running_site  # noqa: E402
from tip_house import TEXT  # noqa: E402

from registry.core.clock import legal_day, system_clock  # noqa: E402
from registry.core.db import GazetteSession, Store, sqlite_url  # noqa: E402
from registry.public.inbox import queries  # noqa: E402
from registry.public.mailbox import service as mailbox  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "preload": False,
}
WORDS = {
    "zh": {"letter": "请问风机哪天停的？", "sent": "留言已密封发送", "noted": "记录无误"},
    "en": {"letter": "请问风机哪天停的？", "sent": "sealed and sent", "noted": "noted it right"},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSite]:
    with running_site(tmp_path_factory.mktemp("reports")) as running:
        yield running


@pytest.fixture(params=[("zh", 360), ("en", 1280)], ids=["zh-360", "en-1280"])
def reader(request: pytest.FixtureRequest, browser: Chromium) -> Iterator[tuple[Page, str]]:
    language, width = request.param
    context = browser.browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800})
    context.set_default_timeout(20_000)
    page = context.new_page()
    yield page, language
    assert context.cookies() == []
    assert page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))") == []
    context.close()


def look(page: Page) -> None:
    """Nothing sticks out, nothing is inaccessible."""
    expect(page.locator("h1")).to_have_count(1)
    view = page.viewport_size
    assert view is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= view["width"], page.url
    found = Axe().run(page, options=AXE).response["violations"]
    assert not [(one["id"], [n["target"] for n in one["nodes"]]) for one in found]


def answer(site: RealSite, text: str) -> None:
    """What worker and officer do in between."""
    gazette = Store(sqlite_url(site.data / "gazette.db"), GazetteSession)
    intake, day = site.intake(), legal_day(system_clock())
    with intake.read() as session:
        tips = queries.pending(session)
    with gazette.write() as writer:
        for tip in tips:
            mailbox.receive(writer, tip, today=day)
            mailbox.put_reply(
                writer, tip.tip_id, {"text": text}, item_id=tip.tip_id, kind="question", day=day
            )
            mailbox.put_status(
                writer,
                tip.tip_id,
                "verified",
                day=day,
                opened=1,
                clocks=[mailbox.ClockLine("tip.close", "2026-01-01", "2026-03-02")],
            )
    with intake.write() as inbox:
        queries.take(inbox, [tip.tip_id for tip in tips])
    for store in (gazette, intake):
        store.close()


def test_a_report_from_form_to_letter(site: RealSite, reader: tuple[Page, str]) -> None:
    page, language = reader
    base = f"http://127.0.0.1:{site.port}/{language}"
    page.goto(f"{base}/tips/new")
    look(page)
    page.fill("textarea[name=text]", TEXT)
    page.set_input_files(
        "input[name=files]",
        [{"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff" * 9}],
    )
    page.click("button[value=send]")
    look(page)
    assert page.input_value("textarea[name=text]") == TEXT
    assert "照片.jpg" in page.inner_text("main")
    page.click(".masthead-side button")
    assert page.input_value("textarea[name=text]") == TEXT, "another language keeps what is typed"
    page.click(".masthead-side button")
    for name, value in (("category", "T2"), ("employee", "no"), ("named", "no")):
        page.check(f"input[name={name}][value={value}]")
    page.check("input[name=understood]")
    page.fill("input[name=subject]", "样例煤矿")
    page.fill("input[name=region]", "古")
    page.click("button[value=find] >> nth=0")
    assert page.locator("input[name=region_code]").count() > 1
    page.fill("input[name=region]", "虚岭县")
    threading.Event().wait(5.2)
    page.click("button[value=send]")
    look(page)
    groups = page.locator(".receipt-group").all_inner_texts()
    assert "".join(groups) not in page.title() + page.url
    label = page.inner_text("label[for=field-group]")
    page.fill("#field-group", groups[int("".join(c for c in label if c.isdigit())) - 1].lower())
    page.click("main form button")
    assert WORDS[language]["noted"] in page.inner_text("main")
    answer(site, WORDS[language]["letter"])
    page.goto(f"{base}/tips/track")
    look(page)
    page.fill("#field-receipt", " ".join(groups))
    page.click("button[value=open]")
    look(page)
    assert WORDS[language]["letter"] in page.inner_text("main")
    page.fill("#field-text", "昨晚停的。")
    page.click("button[value=message]")
    assert WORDS[language]["sent"] in page.inner_text("main")
    assert "".join(groups) not in page.content()
