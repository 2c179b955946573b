"""The main line: from a case file to a public page, and off it again, by officers in browsers.

The steps are one story: each is a fixture that goes on from the one before, so that a test gets
the story as far as it needs it, in whatever order or process it runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser_kit import Chromium, Demo, Office, status_of, until
from playwright.sync_api import Page, expect

from registry.core import keys
from registry.core.settings import office_settings
from registry.office.demo import service as demonstration
from registry.office.demo.codes import credit_code, resident_id
from registry.office.staff import service as staff
from registry.office.staff.queries import account_by_login
from registry.office.worker.office import opened

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.story]

FORMER = "虚岭县旧名样例煤业有限公司(虚构)"
NAME = "演示省虚岭县青石样例煤矿有限公司(虚构)"
ENGLISH = "Qingshi Sample Coal Mine Co. Ltd. (fictional)"
CODE = credit_code("91", "990121", 777001)
PERSON = "石样例"
PERSON_ID = resident_id("990121", 701)
WORDS = "该矿隐瞒井下透水事故，转移遇难人员"
TWO_HATS, TWO_HATS_SECRET = "two.hats", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PUBLISH_SECONDS = 2
FOUR_EYES = "You had a part in drafting this. Someone else must decide on it."


@dataclass
class Story:
    """What earlier steps leave for later ones."""

    demo: Demo
    office: Office
    paper: Path
    numbers: dict[str, str] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    listing: str = ""

    def open(self, login: str, case: str) -> Page:
        page = self.office.desk(login)
        page.goto(self.cases[case])
        return page

    def act(self, login: str, case: str, title: str, **values: str) -> Page:
        """Take the act called ``title`` from the page of the case, as an officer does."""
        page = self.open(login, case)
        page.get_by_role("link", name=title, exact=True).click()
        for one in page.locator("main input[type=file]").all():
            one.set_input_files(self.paper)
        fill(page, values)
        page.get_by_role("button", name=title, exact=True).click()
        assert page.url == self.cases[case], page.inner_text("main")
        return page


def fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        found = page.locator(f"main [name={name}]").first
        kind = found.evaluate("one => one.type")
        if kind.startswith("select"):
            found.select_option(value)
        elif kind in {"checkbox", "radio"}:
            page.locator(f"main [name={name}][value='{value}']").check()
        else:
            found.fill(value)


@pytest.fixture(scope="module")
def story(demo: Demo, office: Office, tmp_path_factory: pytest.TempPathFactory) -> Story:
    paper = tmp_path_factory.mktemp("papers") / "样例回证.pdf"
    paper.write_bytes(b"%PDF-1.7 fictional proof of service")
    with_two_hats(demo)
    office.secrets[TWO_HATS] = TWO_HATS_SECRET
    return Story(demo, office, paper)


def with_two_hats(demo: Demo) -> None:
    """An officer who is clerk and approver at once: the demonstration keeps the roles apart."""
    environ = {"REGISTRY_DATA_DIR": str(demo.folder), "REGISTRY_DEMO": "1"}
    now = datetime.now(UTC)
    with opened(office_settings(environ)) as opened_office:
        sealed = keys.load_vault(opened_office.settings.key_dir)
        with opened_office.working.write() as session:
            clerk = account_by_login(session, "clerk")
            assert clerk is not None
            account, _ = staff.add_account(
                session, None, login=TWO_HATS, name="子样例", authority_id=clerk.authority_id,
                grant=["clerk", "approver"], now=now,
            )  # fmt: skip
            staff.set_demo_secrets(
                session, account.id or 0, password=demonstration.PASSWORD,
                secret=TWO_HATS_SECRET, vault=sealed, demo=True, now=now,
            )  # fmt: skip


@pytest.fixture(scope="module")
def firm(story: Story) -> Story:
    """The clerk enters the firm, which has changed its name, and its principal."""
    page = story.office.desk("clerk")
    page.goto(f"{story.demo.admin}/en/entities/add")
    fill(page, {"kind": "enterprise", "name": FORMER, "credit_code": CODE, "english": ENGLISH})
    fill(page, {"region": "990121", "address": "演示省虚岭县青石路7号"})
    page.click("main form button")
    page.locator("main a[href$='/rename']").first.click()
    fill(page, {"name": NAME})
    page.click("main form button")
    expect(page.locator("h1")).to_contain_text(NAME)
    expect(page.locator("main")).to_contain_text(FORMER)

    page.goto(f"{story.demo.admin}/en/entities/add")
    fill(page, {"kind": "person", "name": PERSON, "document_number": PERSON_ID})
    page.click("main form button")
    expect(page.locator("h1")).to_contain_text(PERSON)
    expect(page.locator("main")).not_to_contain_text(PERSON_ID)
    return story


def begin(story: Story, kind: str, values: dict[str, str]) -> None:
    """From the cases desk through the search for the subject to the opened case."""
    page = story.office.desk("clerk")
    page.goto(f"{story.demo.admin}/en/cases")
    page.click("main a[href$='/cases/new']")
    page.locator(f"main a[href$='/cases/new/{kind}']").click()
    page.fill("main [name=q]", CODE)
    page.locator("main search button").click()
    page.get_by_role("link", name=NAME).click()
    fill(page, values)
    page.get_by_role("button", name="Open the case").click()
    assert "/cases/new" not in page.url, page.inner_text("main")
    story.cases[kind] = page.url
    story.numbers[kind] = page.locator("main .meta span").first.inner_text()


def add_principal(story: Story, login: str, case: str) -> None:
    page = story.open(login, case)
    page.get_by_role("link", name="Add a party").click()
    page.fill("main [name=q]", PERSON)
    page.locator("main search button").click()
    page.get_by_role("link", name=PERSON, exact=True).click()
    fill(page, {"role": "principal"})
    page.locator("main form[method=post] button").click()
    assert page.url == story.cases[case], page.inner_text("main")
    expect(page.locator("main")).to_contain_text(PERSON)


NOTICE = {"notice_method": "direct", "notice_served_to": "样例签收人"}
SERVICE = {"decision_method": "direct", "decision_served_to": "样例签收人"}
DECISION = {
    "decision_number": "(演)应急列〔2026〕777号",
    "decision_text": f"经查，{WORDS}，决定列入安全生产严重失信主体名单。",
}


@pytest.fixture(scope="module")
def punished(firm: Story) -> Story:
    """The penalty for a concealed accident, from the draft to its publication."""
    values = {
        "title": "青石样例煤矿瞒报事故处罚案", "violation_type": "accident-concealed",
        "violation_facts": WORDS + "。", "basis": "《中华人民共和国安全生产法》第一百一十条。",
        "categories": "fine", "content": "处以罚款人民币2600000元。", "fine_yuan": "2600000",
    }  # fmt: skip
    begin(firm, "penalty", values)
    add_principal(firm, "clerk", "penalty")
    firm.act("clerk", "penalty", "Serve the prior notice", **NOTICE)
    firm.act("clerk", "penalty", "Record that the party waives its defence")
    decision = {"decision_number": "(演)应急罚〔2026〕777号"}
    decision["decision_text"] = f"经查，{WORDS}，决定罚款。"
    firm.act("clerk", "penalty", "Draft the decision", **decision)
    firm.act("approver", "penalty", "Approve the decision", signature="丙样例")
    firm.act("clerk", "penalty", "Serve the decision", **SERVICE)
    firm.act("publisher", "penalty", "Publish")
    return firm


@pytest.fixture(scope="module")
def drafted(punished: Story) -> Story:
    """The listing on that penalty, drafted while the party may still be heard."""
    values = {
        "title": "青石样例煤矿列入案", "list": "work-safety", "ground": "G6-4", "sector": "coal",
        "summary": "发生事故后瞒报，转移遇难人员。", "link_rests-on": punished.numbers["penalty"],
    }  # fmt: skip
    begin(punished, "listing", values)
    add_principal(punished, TWO_HATS, "listing")
    punished.act("clerk", "listing", "Serve the prior notice", **NOTICE)
    punished.act("clerk", "listing", "Draft the decision", **DECISION)
    return punished


@pytest.fixture(scope="module")
def ready(drafted: Story) -> Story:
    """Sent back, the waiver recorded, drafted anew: ready to be approved."""
    page = drafted.open("approver", "listing")
    expect(page.locator("main")).to_contain_text("The party may still state and defend until")
    drafted.act("approver", "listing", "Send back", reason="先登记当事人放弃陈述申辩。")
    drafted.act("clerk", "listing", "Record that the party waives its defence")
    drafted.act("clerk", "listing", "Draft the decision", **DECISION)
    return drafted


@pytest.fixture(scope="module")
def published(ready: Story, browser: Chromium) -> Story:
    """Approved, served, entered, published: public and found within two seconds."""
    ready.act("approver", "listing", "Approve the decision", signature="丙样例")
    ready.act("clerk", "listing", "Serve the decision", **SERVICE)
    ready.act("clerk", "listing", "Enter in the credit system")
    page = ready.act("publisher", "listing", "Publish")
    ready.listing = f"/listings/{page.locator('main .meta code').inner_text()}"
    address = f"{ready.demo.public}/en{ready.listing}"
    context = browser.context(java_script_enabled=False)
    reader = context.new_page()

    def found() -> bool:
        reader.goto(f"{ready.demo.public}/en/search?kind=listing&q={CODE}")
        return status_of(address) == 200 and NAME in reader.inner_text("main")

    until(found, PUBLISH_SECONDS, "the listing stands on the public site and is found")
    context.close()
    return ready


def test_the_penalty_is_published(punished: Story) -> None:
    page = punished.open("clerk", "penalty")
    expect(page.locator("main .meta").first).to_contain_text("Published")
    expect(page.locator("main")).to_contain_text("This is for the approver.")


def test_four_eyes(ready: Story) -> None:
    page = ready.open("clerk", "listing")
    expect(page.locator("main")).to_contain_text("This is for the approver.")
    page = ready.open(TWO_HATS, "listing")
    expect(page.locator("main")).to_contain_text(FOUR_EYES)
    assert page.get_by_role("link", name="Approve the decision", exact=True).count() == 0
    page.goto(f"{ready.cases['listing']}/act/decide")
    expect(page.locator("main .notice-warn")).to_contain_text(FOUR_EYES)
    fill(page, {"signature": "子样例"})
    page.get_by_role("button", name="Approve the decision").click()
    expect(page.locator("main")).to_contain_text(FOUR_EYES)
    page = ready.open("approver", "listing")
    expect(page.locator("main .meta").first).to_contain_text("Decision drafted")


def test_a_wrong_signature_is_refused(ready: Story) -> None:
    page = ready.open("approver", "listing")
    page.get_by_role("link", name="Approve the decision", exact=True).click()
    fill(page, {"signature": "别人"})
    page.get_by_role("button", name="Approve the decision").click()
    expect(page.locator(".error-summary")).to_be_visible()
    assert page.input_value("[name=signature]") == "别人"


def test_the_public_page_of_the_listing(published: Story, page: Page) -> None:
    for language in ("zh", "en"):
        page.goto(f"{published.demo.public}/{language}{published.listing}")
        expect(page.locator("h1")).to_have_text(NAME)
        body = page.inner_text("main")
        assert PERSON in body and FORMER in body
        assert WORDS in page.content() and PERSON_ID not in page.content()


QUERIES = {
    "name": NAME,
    "former name": FORMER,
    "pinyin": "qingshi yangli meikuang",
    "part of the name": "青石样例",
    "credit code": CODE,
    "words of the decision": "隐瞒井下透水事故",
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_it_is_found(published: Story, page: Page, query: str, language: str) -> None:
    page.goto(f"{published.demo.public}/{language}/")
    page.fill("[name=q]", query)
    page.click("main search button")
    link = page.locator(f"main a[href='/{language}{published.listing}']")
    if page.url.endswith(published.listing):
        expect(page.locator("h1")).to_have_text(NAME)
        return
    # Behind a lead of other records the reader would narrow down to listings.
    if link.count() == 0:
        page.goto(f"{page.url}&kind=listing")
    expect(link.first).to_be_visible()


def test_the_papers_can_be_opened(published: Story) -> None:
    page = published.open("approver", "listing")
    with page.expect_download() as download:
        page.get_by_role("link", name="Word", exact=True).first.click()
    assert download.value.path().read_bytes().startswith(b"PK")
    page.get_by_role("link", name="Print", exact=True).first.click()
    expect(page.locator("main")).to_contain_text(NAME)


def test_early_removal_is_not_yet_open(published: Story) -> None:
    page = published.open("clerk", "listing")
    expect(page.locator("main")).to_contain_text("Early removal can be applied for from")
    assert page.get_by_role("link", name="Record an application for early removal").count() == 0
    page.goto(page.url.replace("/en/", "/zh/"))
    expect(page.locator("main")).to_contain_text("起可以申请提前移出")


def test_a_revocation_takes_it_off(published: Story, browser: Chromium) -> None:
    published.act(
        "clerk", "listing", "Propose revocation",
        revocation_basis="复议机关撤销了所依据的处罚决定。", reason="所依据的处罚决定被撤销。",
    )  # fmt: skip
    paper = {"removal_number": "(演)应急移〔2026〕777号", "reason": "列入依据已不存在。"}
    published.act("approver", "listing", "Revoke the listing", signature="丙样例", **paper)
    addresses = [f"{published.demo.public}/{one}{published.listing}" for one in ("zh", "en")]
    until(lambda: {status_of(one) for one in addresses} == {410}, PUBLISH_SECONDS, "410")
    reader = browser.context(java_script_enabled=False).new_page()
    for address in addresses:
        reader.goto(address)
        assert NAME not in reader.content() and PERSON not in reader.content()

    def lost(query: str) -> bool:
        reader.goto(f"{published.demo.public}/en/search?kind=listing&q={query}")
        return published.listing not in reader.content()

    for query in QUERIES.values():
        until(lambda query=query: lost(query), PUBLISH_SECONDS, query)  # type: ignore[misc]
    reader.context.close()
