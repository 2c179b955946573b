"""A party and an officer in a real browser without script: from the served paper to the answer.

Both sites of a bureau of their own; nothing is kept in the party's browser, nothing is wider than a
telephone, and axe has nothing to complain of.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_kit import Chromium
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

for neighbour in ("procedures", "dockets", "admin", "public_site"):
    sys.path.append(str(Path(__file__).parents[1] / "integration" / neighbour))

from admin_desk import PASSWORD  # noqa: E402
from party_kit import (  # noqa: E402
    EARLY,
    PartyHouse,
    close,
    make,
    picture,
    published,
)

from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession  # noqa: E402

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite_only,
    pytest.mark.xdist_group("browser"),
]
AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "preload": False,
}


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """``app`` on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def house(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    intake: Store[IntakeSession],
    tmp_path: Path,
    now: datetime,
) -> Iterator[PartyHouse]:
    made = make(working, gazette, intake, tmp_path / "data", now)
    yield made
    close(made)


def look(page: Page) -> None:
    """Nothing sticks out, nothing is inaccessible."""
    expect(page.locator("h1")).to_have_count(1)
    view = page.viewport_size
    assert view is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= view["width"], page.url
    found = Axe().run(page, options=AXE).response["violations"]
    assert not [(one["id"], [n["target"] for n in one["nodes"]]) for one in found]


def symbols(page: Page) -> str:
    return "-".join(page.locator(".receipt-group").all_inner_texts())


def sign_in(page: Page, house: PartyHouse, address: str, login: str) -> None:
    house.hands.wait(30)
    page.goto(f"{address}/en/sign-in")
    page.fill("#field-login", login)
    page.fill("#field-password", PASSWORD)
    page.click("main button")
    page.fill("#field-code", house.admin.code())
    page.click("main button")


def file_early_removal(page: Page, code: str, picture_file: Path) -> str:
    """The party's part: code, form, receipt."""
    page.fill("#field-code", code)
    page.click("main button")
    look(page)
    page.click('button[value="early-removal"]')
    look(page)
    for name in ("name", "contact", "text", "condition_1", "condition_2", "signature"):
        page.fill(f"#field-{name}", EARLY[name])
    page.check('input[name="capacity"][value="representative"]')
    page.check("#field-agreed")
    page.set_input_files("#field-files", picture_file)
    page.click('button[value="send"]')
    expect(page.locator(".error-summary")).to_be_visible()
    look(page)
    assert page.input_value("#field-text") == EARLY["text"]
    page.fill("#field-condition_3", EARLY["condition_3"])
    page.click('button[value="send"]')
    look(page)
    return symbols(page)


def test_early_removal_from_served_paper_to_answer(
    house: PartyHouse, browser: Chromium, tmp_path: Path
) -> None:
    docket_id = published(house)
    house.admin.account("party.clerk", "clerk", at="county")
    house.admin.account("party.reviewer", "reviewer", at="county")
    proof = tmp_path / "proof.jpg"
    proof.write_bytes(picture())
    with served(house.public) as public, served(house.admin.app) as admin:
        desk = browser.browser.new_context(bypass_csp=True).new_page()
        party = browser.browser.new_context(
            bypass_csp=True, viewport={"width": 360, "height": 800}
        ).new_page()
        sign_in(desk, house, admin, "party.clerk")
        desk.goto(f"{admin}/en/procedures/of/{docket_id}/codes")
        desk.select_option("#field-paper", index=2)
        desk.select_option("#field-party", index=1)
        desk.click("main button")
        look(desk)
        code = symbols(desk)
        house.work()
        party.goto(f"{public}/zh/procedures")
        look(party)
        receipt = file_early_removal(party, code, proof)
        house.work()
        desk.goto(f"{admin}/en/procedures")
        look(desk)
        desk.click("main ul.results a")
        look(desk)
        desk.click("main ul.results a")
        look(desk)
        desk.click("main form button")
        expect(desk.locator("h1")).to_contain_text("early removal")
        house.bureau.acting("reviewer", "2026-11-20")
        with house.working.write() as session:
            from registry.office.dockets.models import Docket

            docket = session.get_one(Docket, docket_id)
            assert docket.state == "repair-applied"
            accepted = {"accepted_on": "2026-11-20"}
            house.bureau.act(session, docket, "accept_repair", "reviewer", "2026-11-20", accepted)
        desk.goto(f"{admin}/en/procedures/1/answer")
        desk.fill("#field-text", "你单位的申请已受理，将在期限内核实并决定。")
        desk.click("main form button")
        look(desk)
        house.work()
        party.goto(f"{public}/zh/procedures/status")
        look(party)
        party.fill("#field-receipt", receipt)
        party.click("main button")
        look(party)
        expect(party.locator("main")).to_contain_text("你单位的申请已受理")
        expect(party.locator("main")).to_contain_text("核实并作出决定")
        assert party.context.cookies() == []
        for page in (desk, party):
            page.context.close()
