"""The cases desk through the pages: a penalty and a listing on it, from search to publication."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from admin_desk import Browser, Site
from bs4 import BeautifulSoup
from docx import Document
from sqlmodel import select

from registry.office.audit.models import AuditEntry
from registry.office.dockets import queries
from registry.office.dockets.models import Docket
from registry.office.entities import service as entities
from registry.office.entities import vault
from registry.office.entities.drafts import DocumentDraft, EntityDraft
from registry.office.publisher.models import OutboxRow
from registry.office.staff import queries as staff
from registry.office.staff.officer import Acting

CODE = "91990121XY00000126"
NAME = "演示省虚岭县一号样例煤矿有限公司(虚构)"
RESIDENT = "990101197001010014"


def resident() -> str:
    stem, weights = RESIDENT[:17], (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(d) * w for d, w in zip(stem, weights, strict=True))
    return stem + "10X98765432"[total % 11]


@pytest.fixture
def firm(site: Site) -> int:
    """The firm and its principal, kept by the clerk; one officer per role in the county."""
    for login in ("clerk", "reviewer", "approver", "publisher"):
        site.account(login, login, at="county")
    site.account("auditor", "auditor", at="province")
    site.account("admin", "administrator", at="province")
    with site.store.write() as session:
        account = next(
            a for a in staff.staff(session, _officer(site, session)) if a.account.login == "clerk"
        )
        acting = Acting(
            staff.officer(session, account.account.id or 0, site.hands.now.date()),
            site.hands.now,
            site.app.extensions["registry.rules"],
        )
        added = entities.add_entity(
            session, acting, EntityDraft("enterprise", NAME, credit_code=CODE, region="990121")
        )
        entities.add_entity(
            session, acting,
            EntityDraft("person", "张样例", document=DocumentDraft("resident-id", resident())),
            keys=vault.load(_settings(site).key_dir),
        )  # fmt: skip
        return added.id or 0


def _settings(site: Site) -> Any:
    return site.app.extensions["registry.settings"]


def _officer(site: Site, session: Any) -> Any:
    account = staff.account_by_login(session, "admin")
    assert account is not None and account.id
    return staff.officer(session, account.id, site.hands.now.date())


def day(site: Site, back: int = 0) -> str:
    return (site.hands.now.date() - timedelta(days=back)).isoformat()


def version(browser: Browser, address: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', browser.get(address))
    assert found, address
    return found.group(1)


def pdf(name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(b"%PDF-1.7 fictional " + name.encode()), f"{name}.pdf"


def do(browser: Browser, docket: int, action: str, **data: Any) -> Any:
    address = f"/en/cases/{docket}/act/{action}"
    answer = browser.post(address, {"version": version(browser, address), **data})
    assert answer.status_code == 303, (action, BeautifulSoup(answer.text, "html.parser").main)
    return answer


PENALTY = {
    "title": "瞒报事故处罚案",
    "region": "990121",
    "violation_type": "accident-concealed",
    "violation_facts": "瞒报事故。",
    "basis": "《安全生产法》第一百一十条",
    "categories": ["fine"],
    "content": "罚款120万元",
    "fine_yuan": "1,200,000",
}


def opened_penalty(site: Site, firm: int) -> int:
    clerk = site.signed_in("clerk")
    answer = clerk.post("/en/cases/new/penalty", {**PENALTY, "subject": str(firm)})
    assert answer.status_code == 303, BeautifulSoup(answer.text, "html.parser").main
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def test_search_then_choose_then_open(site: Site, firm: int) -> None:
    clerk = site.signed_in("clerk")
    assert "/cases/new/penalty" in clerk.get("/en/cases/new")
    found = clerk.post("/en/cases/new/penalty", {"q": "样例煤矿"}).text
    link = BeautifulSoup(found, "html.parser").select_one("main a[href*='subject=']")
    assert link is not None and NAME in link.text
    page = clerk.get(str(link["href"]))
    assert NAME in page and "Facts of the violation" in page
    # The place is chosen before anything is typed that the way there would lose.
    assert page.index("Choose a mine or tailings pond") < page.index("Facts of the violation")
    docket = opened_penalty(site, firm)
    shown = clerk.get(f"/en/cases/{docket}")
    assert "990121罚〔" in shown and "Serve the prior notice" in shown and "1200000.00" in shown
    assert "样例clerk" in shown
    assert clerk.get(f"/zh/cases/{docket}").count("送达事先告知书") >= 1


def test_a_wrong_entry_keeps_what_was_typed(site: Site, firm: int) -> None:
    clerk = site.signed_in("clerk")
    wrong = {**PENALTY, "subject": str(firm), "fine_yuan": "viel", "basis": ""}
    answer = clerk.post("/en/cases/new/penalty", wrong)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    summary = page.select_one(".error-summary")
    assert summary is not None and "Fine in yuan" in summary.text
    kept = page.select_one("[name=fine_yuan]")
    assert kept is not None and kept["value"] == "viel"
    with site.store.read() as session:
        assert session.exec(select(Docket)).all() == []


def walked(site: Site, firm: int) -> int:
    """From opening to publication, each step by the officer whose it is."""
    site.hands.wait(-20 * 86400)
    docket = opened_penalty(site, firm)
    clerk = site.signed_in("clerk")
    do(
        clerk, docket, "notice", notice_served_on=day(site), notice_method="direct",
        notice_served_to="张样例", **{"file_service-proof": pdf("receipt")},
    )  # fmt: skip
    site.hands.wait(10 * 86400)
    clerk = site.signed_in("clerk")
    do(clerk, docket, "draft_decision", decision_number="（虚）罚1号", decision_text="决定罚款。")
    approver = site.signed_in("approver")
    do(approver, docket, "decide", decided_on=day(site), signature="样例approver")
    do(
        clerk, docket, "serve", decision_served_on=day(site), decision_method="direct",
        decision_served_to="张样例", **{"file_service-proof": pdf("served")},
    )  # fmt: skip
    do(site.signed_in("publisher"), docket, "publish")
    return docket


def test_a_penalty_walks_through_the_desk(site: Site, firm: int) -> None:
    docket = walked(site, firm)
    with site.store.read() as session:
        found = session.get(Docket, docket)
        assert found is not None and found.state == "published" and found.public_id
        assert len(session.exec(select(OutboxRow)).all()) == 1
    auditor = site.signed_in("auditor")
    page = BeautifulSoup(auditor.get(f"/en/cases/{docket}"), "html.parser")
    assert len(page.select(".timeline li")) == 6
    assert "met" in page.text
    word = next(str(a["href"]) for a in page.select("a") if str(a.get("href")).endswith(".docx"))
    made = auditor.response(word)
    assert made.status_code == 200
    assert "行政处罚事先告知书" in [p.text for p in Document(io.BytesIO(made.data)).paragraphs]
    printed = auditor.get(word.removesuffix(".docx"))
    assert "行政处罚事先告知书" in printed and NAME in printed
    proof = next(str(a["href"]) for a in page.select("a[href*='/evidence/']"))
    assert auditor.response(proof).data.startswith(b"%PDF")
    with site.store.read() as session:
        actions = set(session.exec(select(AuditEntry.action)))
        assert {"dockets:document:read", "dockets:evidence:read"} <= actions


def test_why_not_is_said(site: Site, firm: int) -> None:
    docket = opened_penalty(site, firm)
    approver = site.signed_in("approver")
    page = approver.get(f"/en/cases/{docket}")
    assert "This is for the clerk." in page and "Serve the prior notice" in page
    answer = approver.post(f"/en/cases/{docket}/act/notice", {"version": "1"})
    assert answer.status_code in {403, 422}
    page = approver.get(f"/en/cases/{docket}/act/decide")
    assert "The case is “Draft”: this step does not follow from there." in page
    for none in ("end_publicity", "nothing"):
        assert approver.response(f"/en/cases/{docket}/act/{none}").status_code == 404, none


def test_two_officers_on_one_version(site: Site, firm: int) -> None:
    docket = opened_penalty(site, firm)
    clerk = site.signed_in("clerk")
    edited = {k: v for k, v in PENALTY.items() if k not in {"title", "region"}}
    assert do(clerk, docket, "edit", **{**edited, "content": "罚款100万元"})
    late = clerk.post(
        f"/en/cases/{docket}/act/edit", {**edited, "version": "1", "content": "罚款1元"}
    )
    assert late.status_code == 409 and "Someone else changed this" in late.text
    with site.store.read() as session:
        kept = session.get(Docket, docket)
        assert kept is not None and kept.facts["content"] == "罚款100万元"
    page = BeautifulSoup(late.text, "html.parser")
    told = page.select_one(".notice-warn")
    assert told is not None and "Change the draft · 样例clerk" in told.text
    typed = page.select_one("[name=content]")
    assert typed is not None and "罚款1元" in typed.text, "what was typed is kept"
    now = page.select_one("[name=version]")
    assert now is not None and now["value"] == "2", "sent once more, it is on what stands now"


def test_an_act_that_lost_its_race_says_so(site: Site, firm: int) -> None:
    docket = opened_penalty(site, firm)
    approver, colleague = site.signed_in("approver"), site.signed_in("approver")
    address = f"/zh/cases/{docket}/act/not_impose"
    late = {"version": version(approver, address), "reason": "写了很久的理由"}
    do(colleague, docket, "not_impose", reason="不予处罚")
    answer = approver.post(address, late)
    assert answer.status_code == 409
    page = BeautifulSoup(answer.text, "html.parser")
    assert "写了很久的理由" in page.text and "案件处于“不予处罚”状态" in page.text
    assert "决定不予处罚 · 样例approver" in page.text
    again = approver.post(address, {**late, "version": "2"})
    assert again.status_code == 409 and "写了很久的理由" in again.text
    with site.store.read() as session:
        kept = session.get(Docket, docket)
        assert kept is not None and kept.state == "discarded" and kept.version == 2


def kept(site: Site, firm: int, kind: str, state: str, **facts: Any) -> int:
    """A case of the firm as it would stand after acts that are not the matter here."""
    with site.store.write() as session:
        docket = Docket(
            kind=kind, number=f"990121样〔2026〕{kind}", year=2026, serial=9, state=state,
            authority_id=site.authorities["county"], region="990121", drafted_by=1,
            subject_id=firm, title="样例案", opened_at=site.hands.now, facts=facts,
        )  # fmt: skip
        session.add(docket)
        session.flush()
        return docket.id or 0


def test_what_one_must_see_stands_above_the_form(site: Site, firm: int) -> None:
    found = [
        {"number": 1, "text": "堆放杂物", "severity": "minor", "fixed_on": "2026-11-01"},
        {"number": 2, "text": "局部通风机停转", "severity": "major"},
    ]
    docket = kept(site, firm, "inspection", "recorded", findings=found, visited_on="2026-11-01")
    page = BeautifulSoup(
        site.signed_in("clerk").get(f"/en/cases/{docket}/act/to_hazard"), "html.parser"
    )
    rows = [row.text for row in page.select("main table tbody tr")]
    assert [("局部通风机停转" in row, "open" in row) for row in rows] == [
        (False, False),
        (True, True),
    ]
    assert page.select_one("main section ~ form") is not None and not page.select("main details")
    assert "This changes what the public sees." not in page.text, "nothing of it is public yet"
    long = kept(site, firm, "licence", "received", applied_on="2026-11-01", licence_kind="safety")
    page = BeautifulSoup(
        site.signed_in("clerk").get(f"/en/cases/{long}/act/examine"), "html.parser"
    )
    folded = page.select_one("main details")
    assert folded is not None and "Conditions one by one (13)" in folded.text


def test_a_case_is_related_by_the_officer_not_by_chance(site: Site, firm: int) -> None:
    kept(site, firm, "accident", "published", level="general")
    clerk = site.signed_in("clerk")
    page = BeautifulSoup(clerk.get(f"/en/cases/new/suspension?subject={firm}"), "html.parser")
    field = page.select_one("[name=link_after-accident]")
    assert field is not None and not field.get("value")
    assert "Of the same subject: 990121样〔2026〕accident" in page.text
    kept(site, firm, "penalty", "published")
    page = BeautifulSoup(clerk.get(f"/en/cases/new/listing?subject={firm}"), "html.parser")
    rests = page.select_one("[name=link_rests-on]")
    assert rests is not None and rests["value"] == "990121样〔2026〕penalty"
    page = BeautifulSoup(clerk.get("/en/cases/new/opinion"), "html.parser")
    region = page.select_one("[name=region]")
    assert region is not None and region["value"] == "990121"


def test_a_day_in_a_refusal_is_written_as_the_page_writes_days(site: Site, firm: int) -> None:
    facts = {
        "rectification_on": "2026-11-02",
        "rectify_by": "2099-12-05",
        "granted_on": "2026-01-05",
    }
    docket = kept(site, firm, "licence", "lacking", **facts)
    approver = site.signed_in("approver")
    told = approver.get(f"/en/cases/{docket}/act/revoke")
    assert "It may still be put right until 5 December 2099." in told
    assert "2099年12月5日" in approver.get(f"/zh/cases/{docket}/act/revoke")


def test_files_are_attached_and_refused(site: Site, firm: int) -> None:
    docket = opened_penalty(site, firm)
    clerk = site.signed_in("clerk")
    assert "OFD, TXT, MP4, MP3; at most 50 MiB in one go." in clerk.get(f"/en/cases/{docket}")
    good = {"kind": "case-file", "file": pdf("photo")}
    assert clerk.post(f"/en/cases/{docket}/evidence", good).status_code == 303
    bad = {"kind": "case-file", "file": (io.BytesIO(b"MZ"), "virus.exe")}
    answer = clerk.post(f"/en/cases/{docket}/evidence", bad)
    assert answer.status_code == 422 and "cannot be attached" in answer.text


def test_parties_redaction_and_handing_over(site: Site, firm: int) -> None:
    docket = opened_penalty(site, firm)
    site.account("colleague", "clerk", at="county")
    clerk = site.signed_in("clerk")
    found = clerk.post(f"/en/cases/{docket}/parties", {"q": "张样例"}).text
    link = BeautifulSoup(found, "html.parser").select_one("main a[href*='entity=']")
    assert link is not None
    address = str(link["href"])
    entity = address.rsplit("=", 1)[1]
    answer = clerk.post(
        address, {"version": version(clerk, address), "entity": entity, "role": "principal"}
    )
    assert answer.status_code == 303 and "张样例" in clerk.get(f"/en/cases/{docket}")

    address = f"/en/cases/{docket}/redact/violation_facts"
    added = {"version": version(clerk, address), "text": "某公司瞒报事故。"}
    assert clerk.post(address, added).status_code == 422, "a redaction adds no words"
    text = {"version": version(clerk, address), "text": "某某事故。"}
    assert clerk.post(address, text).status_code == 303

    address = f"/en/cases/{docket}/reassign"
    page = BeautifulSoup(clerk.get(address), "html.parser")
    option = next(o for o in page.select("select[name=owner] option") if "colleague" in o.text)
    handed = {"version": version(clerk, address), "owner": option["value"], "reason": "休假"}
    assert clerk.post(address, handed).status_code == 303
    with site.store.read() as session:
        kept = session.get(Docket, docket)
        assert kept is not None and str(kept.owner_id) == option["value"]
        assert kept.facts["violation_facts_public"] == "某某事故。"


def test_the_list_and_its_filters(site: Site, firm: int) -> None:
    opened_penalty(site, firm)
    clerk = site.signed_in("clerk")
    for query in ("", "?kind=penalty", "?mine=1&open=1&region=990121"):
        assert "瞒报事故处罚案" in clerk.get(f"/en/cases{query}"), query
    for query in ("?kind=listing", "?state=closed", "?region=110000"):
        assert "瞒报事故处罚案" not in clerk.get(f"/en/cases{query}"), query
    for text, found in (("瞒报", True), (CODE, True), (NAME[3:9], True), ("没有", False)):
        page = clerk.post("/en/cases", {"text": text}).text
        assert ("瞒报事故处罚案" in page) is found, text
    assert "瞒报事故处罚案" in clerk.get("/en/cases?text=没有"), "words come by POST alone"
    assert "瞒报事故处罚案" in clerk.get("/en/")


def test_doors_are_shut(site: Site, firm: int) -> None:
    docket = opened_penalty(site, firm)
    site.account("stranger", "clerk", at="city")
    site.authority("other", "11990122XY0000020F", "province")
    site.account("elsewhere", "clerk", "approver", at="other")
    away = site.signed_in("elsewhere")
    for address in ("", "/act/notice", "/reassign", "/parties", "/links", "/redact/content"):
        assert away.response(f"/en/cases/{docket}{address}").status_code == 404, address
    administrator = site.signed_in("admin")
    assert administrator.response("/en/cases").status_code == 403
    auditor = site.signed_in("auditor")
    assert auditor.response("/en/cases/new").status_code == 403
    assert "/cases/new" in site.signed_in("clerk").get("/en/cases")
    assert "/cases/new" not in auditor.get("/en/cases")  # no door is offered that is shut
    assert auditor.post(f"/en/cases/{docket}/act/notice", {"version": "1"}).status_code == 403
    with site.store.read() as session:
        assert queries.by_number is not None and session.get(Docket, docket) is not None
        assert date.fromisoformat(day(site)) == site.hands.now.date()
