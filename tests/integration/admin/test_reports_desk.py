"""An organization files its own report, officers answer it, and neither sees more than his own."""

from __future__ import annotations

import io
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from admin_desk import Browser, Site
from sqlmodel import select

from registry.core import rules
from registry.office.demo.paper import pdf
from registry.office.dockets import evidence
from registry.office.dockets.models import Docket
from registry.office.entities import service as entities
from registry.office.entities import sites, vault
from registry.office.entities.drafts import EntityDraft, SiteDraft
from registry.office.providers import service as providers
from registry.office.providers.models import ProviderStaff
from registry.office.reports.models import ReportFile, ReportSignature
from registry.office.reports.preparing import Preparer
from registry.office.staff import queries as staff
from registry.office.staff.models import Account
from registry.office.staff.officer import Acting

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "papers"))
import paper_samples as samples

BOOK = rules.load(demo=True)
TEAM = ("project-leader", "compiler", "report-reviewer", "process-lead", "technical-lead")
SHEET = {
    "type": "status-evaluation",
    "report_number": "DEMO-PJ-2026-0042",
    "project": "一号样例煤矿安全现状评价",
    "client_code": "91990121XY00000126",
    "field_since": "2026-10-12",
    "notice_on": "2026-09-01",
    "issued_on": "2026-11-16",
    "summary": "具备安全生产条件。",
}


def settled(site: Site, folder: Path) -> dict[str, int]:
    """E4 with its qualification and staff, E1 with its mine, and the accounts."""
    site.account("clerk", "clerk", at="county")
    site.account("approver", "approver", at="county")
    filer_id = site.account("filer", "filer", at="county")
    found: dict[str, int] = {}
    with site.store.write() as session:
        now = site.hands.now
        clerk = _acting(session, "clerk", now)
        e1 = EntityDraft("enterprise", "一号样例煤矿(虚构)", credit_code="91990121XY00000126")
        e4 = EntityDraft(
            "enterprise", "样例安全评价有限公司(虚构)", credit_code="91990100XY0000047B",
            region="990100",
        )  # fmt: skip
        client = entities.add_entity(session, clerk, e1)
        agency = entities.add_entity(session, clerk, e4)
        found["agency"] = agency.id or 0
        mine = sites.add_site(session, clerk, SiteDraft("coal-mine", "一号井(虚构)", "990121"))
        sites.add_operator(
            session, clerk, mine.id or 0, mine.version, client.id or 0, since=date(2020, 1, 1)
        )
        found["site"] = mine.id or 0
        _register(session, site, agency.id or 0, folder)
        keys = vault.load(folder / "keys")
        for number, role in enumerate(TEAM):
            draft = providers.StaffDraft(
                f"{role}样例", date(2023, 1, 1), certificate_kind="safety-evaluator", level=1,
                number=f"PJ-{number:05d}", certificate_until=date(2028, 1, 1),
            )  # fmt: skip
            row = providers.add_staff(session, clerk, agency.id or 0, draft, keys=keys)
            found[role] = row.id or 0
        account = session.get(Account, filer_id)
        assert account is not None
        account.entity_id = agency.id
    return found


def _acting(session: Any, login: str, now: Any) -> Acting:
    account = staff.account_by_login(session, login)
    assert account is not None
    return Acting(staff.officer(session, account.id or 0, now.date()), now, BOOK)


def _register(session: Any, site: Site, agency: int, folder: Path) -> None:
    from registry.office import dockets

    facts = {
        "field": "evaluation", "scopes": ["coal-evaluation"], "certificate_number": "演004",
        "certificate_issuer": "样例厅", "since": "2023-01-01", "until": "2027-12-31",
    }  # fmt: skip
    clerk = _acting(session, "clerk", site.hands.now)
    docket = dockets.open_docket(
        session, "provider", clerk, facts=facts, title="登记", region="990100", subject_id=agency
    )
    upload = evidence.Upload("证书.pdf", b"%PDF-1.7 x", "application")
    dockets.attach(session, docket, clerk, upload, folder=folder / "evidence")
    dockets.act(session, docket, "submit", clerk, version=docket.version)
    approver = _acting(session, "approver", site.hands.now)
    dockets.act(session, docket, "register", approver, version=docket.version)


def send(browser: Browser, where: str, content: bytes, kind: str = "original") -> Any:
    return browser.post(where, {"kind": kind, "file": (io.BytesIO(content), "报告.pdf")})


def filed(site: Site, browser: Browser, known: dict[str, int]) -> int:
    """The report of the organization, filed over HTTP; its docket's id."""
    page = browser.get("/en/filing/new?client_code=91990121XY00000126")
    assert "一号井" in page, "the client's sites are known"
    answer = browser.post("/en/filing/new", {**SHEET, "site": str(known["site"])})
    assert answer.status_code == 303, answer.text
    where = answer.headers["Location"]
    docket_id = int(where.rsplit("/", 1)[1])
    assert send(browser, f"{where}/files", b"MZ").status_code == 422
    assert send(browser, f"{where}/files", pdf(["安全现状评价"])).status_code == 303
    for number, role in enumerate(TEAM):
        form = {"staff": str(known[role]), "role": role, "signed_on": "2026-11-15"}
        answer = browser.post(f"{where}/sign", {**form, "version": str(number + 1)})
        assert answer.status_code == 303, answer.text
    answer = browser.post(f"{where}/act/file", {"version": str(len(TEAM) + 1)})
    assert answer.status_code == 303, answer.text
    return docket_id


def test_from_filing_to_disclosure_over_http(site: Site, tmp_path: Path) -> None:
    known = settled(site, tmp_path)
    filer = site.signed_in("filer")
    assert filer.response("/en/").headers["Location"].endswith("/en/filing")
    docket_id = filed(site, filer, known)
    assert "Filed" in filer.get(f"/en/filing/{docket_id}")
    page = filer.get("/en/filing")
    assert "DEMO-PJ-2026-0042" in page and "Safety evaluation" in page
    approver = site.signed_in("approver")
    page = approver.get(f"/en/providers/{known['agency']}")
    assert "What the field asks" in page and "compiler样例" in page
    for where in ("/en/providers", "/en/providers/doubtful"):
        approver.get(where)
    page = approver.get(f"/en/reports/{docket_id}")
    assert "technical-lead样例" in page and "PJ-00004" not in page
    version = str(len(TEAM) + 2)
    answer = approver.post(f"/en/cases/{docket_id}/act/accept", {"version": version})
    assert answer.status_code == 303, answer.text
    preparer = Preparer(
        site.store, kept=tmp_path / "evidence", out=tmp_path / "files", lock_dir=tmp_path / "locks"
    )
    preparer.finish(site.hands.now, BOOK)
    with site.store.read() as session:
        docket = session.get(Docket, docket_id)
        assert docket is not None and docket.state == "valid" and docket.public_id
    for path in (f"/en/reports/{docket_id}/backtrack", "/en/reports", "/en/samples"):
        assert "DEMO-PJ-2026-0042" in approver.get(path) or path == "/en/samples"
    page = approver.get(f"/zh/reports/backtrack/site/{known['site']}?day=2026-10-20")
    assert "<svg" in page and "technical-lead样例" in page
    clerk = site.signed_in("clerk")
    answer = clerk.post(
        f"/en/reports/{docket_id}/finding",
        {"codes": "FA03", "found_on": "2026-11-19", "finding_text": "隐瞒隐患"},
    )
    assert answer.status_code == 303, answer.text
    finding_id = int(answer.headers["Location"].rsplit("/", 1)[1])
    filer = site.signed_in("filer")
    filer.get(f"/en/filing/findings/{finding_id}", status=404)
    assert filer.response(f"/en/cases/{finding_id}").status_code == 403


@pytest.mark.parametrize("path", ["cases", "reports", "providers", "entities", "samples", "staff"])
def test_a_filer_is_refused_everywhere_else(site: Site, tmp_path: Path, path: str) -> None:
    settled(site, tmp_path)
    assert site.signed_in("filer").response(f"/en/{path}").status_code == 403


@pytest.mark.parametrize(
    ("path", "desk"),
    [("reports", "/en/reports"), ("samples", "/en/reports"), ("providers", "/en/providers")],
)
def test_the_navigation_says_at_which_desk_one_is(site: Site, path: str, desk: str) -> None:
    site.account("officer", "clerk", at="county")
    page = site.signed_in("officer").get(f"/en/{path}")
    assert re.findall(r'href="([^"]+)" aria-current="page"', page) == [desk]


def test_a_filer_without_an_organization_sees_nothing(site: Site) -> None:
    site.account("nobody", "filer", at="county")
    browser = site.signed_in("nobody")
    browser.get("/en/filing", status=404)


def test_an_upload_beyond_the_limit_is_refused_before_it_is_read(
    site: Site, tmp_path: Path
) -> None:
    known = settled(site, tmp_path)
    browser = site.signed_in("filer")
    answer = browser.post("/en/filing/new", {**SHEET, "site": str(known["site"])})
    where = answer.headers["Location"]
    token = browser.token()
    answer = browser.client.post(
        f"{where}/files",
        data=b"x",
        content_type="multipart/form-data; boundary=x",
        headers={"Content-Length": str(300 << 20), "Referer": f"{browser.base}/en/"},
        base_url=browser.base,
        environ_overrides={"CONTENT_LENGTH": str(300 << 20)},
    )
    assert answer.status_code == 413 and token


BAD_FILES = {
    "other": (b"MZ not a pdf", "is not a PDF", "不是PDF"),
    "encrypted": (samples.encrypted(), "encrypted", "加密"),
    "broken": (samples.truncated(), "damaged", "损坏"),
    "bomb": (samples.bomb(), "unpacks", "解压"),
    "script": (samples.scripted(), "scripts", "脚本"),
}


@pytest.mark.parametrize(
    ("login", "area", "acts"), [("filer", "filing", "filing"), ("clerk", "reports", "cases")],
    ids=["sign-in", "officer"],
)  # fmt: skip
def test_what_is_wrong_with_a_report_has_its_own_answer_at_every_door(
    site: Site, tmp_path: Path, login: str, area: str, acts: str
) -> None:
    """The same cases as through the API (test_report_filing) and by list (imports)."""
    known = settled(site, tmp_path)
    filer = site.signed_in("filer")
    ids = []
    for more in ({}, {"report_number": "DEMO-PJ-2026-0043", "type": "testing-report"}):
        answer = filer.post("/en/filing/new", {**SHEET, **more, "site": str(known["site"])})
        ids.append(int(answer.headers["Location"].rsplit("/", 1)[1]))
    with site.store.write() as session:
        row = session.get(ProviderStaff, known["compiler"])
        assert row is not None
        row.certificate_until = date(2026, 11, 14)
    browser = site.signed_in(login)
    for language, place in (("en", 1), ("zh", 2)):
        upload = f"/{language}/{area}/{ids[0]}/files"
        for case, bad in BAD_FILES.items():
            answer = send(browser, upload, bad[0])
            assert answer.status_code == 422 and bad[place] in answer.text, (case, language)
        form = {"staff": str(known["compiler"]), "role": "compiler", "signed_on": "2026-11-15"}
        answer = browser.post(f"/{language}/{area}/{ids[0]}/sign", {**form, "version": "1"})
        words = ("", "no valid certificate on the day", "没有有效证书")
        assert answer.status_code == 422 and words[place] in answer.text
        where = f"/{language}/{acts}/{ids[1]}/act"
        again = {**SHEET, "version": "1"}
        answer = browser.post(f"{where}/edit", again)
        words = ("", "has filed a report with this number", "已提交过同一编号")
        assert answer.status_code == 422 and words[place] in answer.text
        answer = browser.post(f"{where}/file", {"version": "1"})
        words = ("", "not qualified in", "资质")
        assert answer.status_code == 409 and words[place] in answer.text
    with site.store.read() as session:
        assert session.exec(select(ReportFile)).all() == []
        assert session.exec(select(ReportSignature)).all() == []
        found = [session.get(Docket, one) for one in ids]
        assert [(one.state, one.version) for one in found if one] == [("draft", 1)] * 2


def test_a_picture_without_words_is_sent_back_with_what_was_typed(
    site: Site, tmp_path: Path
) -> None:
    known = settled(site, tmp_path)
    filer = site.signed_in("filer")
    answer = filer.post("/en/filing/new", {**SHEET, "site": str(known["site"])})
    where = f"{answer.headers['Location']}/files"
    answer = send(filer, where, b"no picture", "image")
    assert answer.status_code == 422 and "Say what the picture or video shows" in answer.text
    form = {"kind": "image", "caption": "主井口", "file": (io.BytesIO(b"no picture"), "x.jpg")}
    answer = filer.post(where, form)
    assert answer.status_code == 422 and "usable JPEG or PNG" in answer.text
    assert 'value="主井口"' in answer.text
