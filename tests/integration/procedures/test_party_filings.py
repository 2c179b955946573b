"""A party at its case, through both sites and the worker, on both databases."""

from __future__ import annotations

import io
import re

import pytest
from admin_desk import Browser
from bs4 import BeautifulSoup
from docx import Document
from party_kit import (
    EARLY,
    FILER,
    SAID,
    PartyHouse,
    errors,
    noticed,
    picture,
    published,
    token_of,
    upload,
)

from registry.office.dockets import engine
from registry.office.dockets.models import Docket
from registry.public.procedures.codes import new_code


def test_early_removal_from_the_served_paper_to_the_answer(house: PartyHouse) -> None:
    """Paper with a code, filing, desk, act with proof, answer with its paper, status."""
    docket_id = published(house)
    house.admin.account("party.clerk", "clerk", at="county")
    desk = house.officer("party.clerk")
    page = desk.get(f"/en/procedures/of/{docket_id}/codes")
    paper = re.findall(r'<option value="(\d+)">[^<]*决定书', page)[0]
    made = desk.post(
        f"/en/procedures/of/{docket_id}/codes",
        {"paper": paper, "party": str(house.bureau.firm), "identity_check": ""},
    )
    assert made.status_code == 200
    code = "-".join(re.findall(r'receipt-group">([0-9A-Z]{4})<', made.text))
    assert len(code) == 24
    written_with(desk, made.text, code, docket_id)
    house.work()
    opened = house.open(code)
    assert "E6" in opened.text or "列" in opened.text
    receipt = house.file(code, "early-removal", **EARLY, files=[upload("凭证.jpg", picture())])
    with house.working.read() as session:
        assert session.get_one(Docket, docket_id).state == "published"
    house.work()
    status = house.status(receipt)
    assert "尚未登记入案" in status.text
    assert "2026年11月25日" in status.text, "three working days after a Friday"
    (filing,) = house.filings()
    assert (filing.procedure, filing.late, filing.due.isoformat()) == (  # type: ignore[union-attr]
        "early-removal", False, "2026-11-25",
    )  # fmt: skip
    assert "提前移出" in desk.get("/zh/procedures")
    assert "/procedures/1" in desk.get(f"/en/cases/{docket_id}")
    shown = desk.get(f"/en/procedures/{filing.id}")
    assert "罚款已缴清" in shown
    form = desk.get(f"/en/procedures/{filing.id}/record")
    assert 'value="2026-11-20"' in form
    version = re.findall(r'name="version" value="(\d+)"', form)[0]
    done = desk.post(
        f"/en/procedures/{filing.id}/record",
        {"version": version, "applied_on": "2026-11-20", "applicant": "张样例", "commitment": "1"},
    )
    assert done.status_code == 303, done.text
    with house.working.read() as session:
        docket = session.get_one(Docket, docket_id)
        assert docket.state == "repair-applied"
        from registry.office.dockets import evidence

        proofs = {one.kind: one for one in evidence.of(session, docket) if one.event_id}
        assert proofs["repair-application"].media_type == "text/plain"
        last = engine.events(session, docket)[-1]
        assert proofs["performance-proof"].event_id == last.id
    with house.working.write() as session:
        docket = session.get_one(Docket, docket_id)
        house.bureau.act(
            session, docket, "decline_repair", "reviewer", "2026-11-20",
            {"refusal_reason": "材料不齐"}, reason="材料不齐",
        )  # fmt: skip
    answer_with_refusal(desk, filing.id or 0)
    house.work()
    status = house.status(receipt)
    assert "不予受理，请补正。" in status.text
    got = house.post(
        "/procedures/status", {"token": token_of(status), "action": "paper", "paper": "0.0"}
    )
    assert got.data[:2] == b"PK"
    assert errors(status) == []


def written_with(desk: Browser, page: str, code: str, docket_id: int) -> None:
    """The Word file of the same paper says what the page says, and takes no other code."""
    soup = BeautifulSoup(page, "html5lib")
    form = soup.find("form", action=re.compile("/word$"))
    assert form is not None
    address = str(form["action"])
    typed = {str(tag["name"]): str(tag["value"]) for tag in form.find_all("input")}
    assert code.replace("-", "") not in address
    made = desk.post(address, typed)
    assert made.status_code == 200 and made.headers["Cache-Control"] == "no-store"
    word = Document(io.BytesIO(made.data))
    lines = [paragraph.text for paragraph in word.paragraphs]
    at = lines.index("网上办理告知")
    assert word.paragraphs[at].paragraph_format.page_break_before and "决定列入。" in lines[:at]
    assert lines[at + 1] == soup.select(".paper-code p")[0].get_text()
    assert lines[at + 2] == code and lines[at + 3].startswith("第1组读法：" + code[0])
    assert word.inline_shapes, "the QR code of the page"
    assert desk.post(address, {**typed, "code": new_code()}).status_code == 404
    assert desk.post(address, {**typed, "code": "?"}).status_code == 404
    with_number = f"/en/procedures/of/{docket_id}/codes/99/word"
    assert desk.post(with_number, typed).status_code == 404


def answer_with_refusal(desk: Browser, filing_id: int) -> None:
    """The officer answers, with the paper that the refusal drew up."""
    page = desk.get(f"/en/procedures/{filing_id}/answer")
    refusal = re.findall(r'name="papers" value="(\d+)"> [^<]*不予受理', page)[0]
    answered = desk.post(
        f"/en/procedures/{filing_id}/answer", {"text": "不予受理，请补正。", "papers": refusal}
    )
    assert answered.status_code == 303, answered.text


def test_a_defence_is_recorded_and_heard_before_the_decision(house: PartyHouse) -> None:
    docket_id = noticed(house)
    code = house.print_code(docket_id)
    receipt = house.file(code, "defence", **FILER, hearing="1")
    house.work()
    with house.working.write() as session:
        docket = session.get_one(Docket, docket_id)
        draft = {"decision_number": "1", "decision_text": "决定列入。"}
        house.bureau.act(session, docket, "draft_decision", "clerk", "2026-11-20", draft)
        with pytest.raises(Exception, match="filed a defence online"):
            house.bureau.act(
                session, docket, "decide", "approver", "2026-11-27", {"decided_on": "2026-11-27"}
            )
    assert "尚未登记入案" in house.status(receipt).text
    assert SAID not in house.status(receipt).text
