"""Wrong codes, closed stages, bad input, double sending, lateness: told clearly, no harm done."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from docket_office import NOTICE, decided_penalty, open_listing
from party_kit import (
    EARLY,
    FILER,
    SAID,
    PartyHouse,
    errors,
    noticed,
    picture,
    published,
    receipt_of,
    token_of,
    upload,
)
from sqlalchemy.exc import DatabaseError
from sqlmodel import select
from werkzeug.test import TestResponse

from public_site.intake.gate import Gate
from registry.core.errors import InvalidInput
from registry.office.dockets import notes
from registry.office.dockets.models import Docket
from registry.office.procedures import codes, service
from registry.office.procedures.models import ProcedureCode
from registry.public.inbox.receipt import new_receipt
from registry.public.procedures import queries
from registry.public.procedures.models import SealedFiling

pytestmark = pytest.mark.sqlite_only
UNKNOWN = "没有与该办理码对应的案件"


def told(answer: TestResponse) -> str:
    return " ".join(errors(answer))


def shape(answer: TestResponse) -> str:
    """The page without its token."""
    return re.sub(r'name="token" value="[^"]+"', "", answer.text)


def test_unknown_ended_and_revoked_codes_are_answered_alike(house: PartyHouse) -> None:
    docket_id = noticed(house)
    replaced = house.print_code(docket_id)
    with pytest.raises(InvalidInput) as nobody:
        house.print_code(docket_id)
    assert "identity_check" in nobody.value.fields
    live = house.print_code(docket_id, check="核验营业执照和法定代表人身份证")
    unknown = house.open(new_receipt())
    assert unknown.status_code == 422
    assert UNKNOWN in told(unknown)
    assert shape(house.open(replaced)) == shape(unknown)
    assert house.open(live).status_code == 200
    with house.working.write() as session:
        row = session.exec(select(ProcedureCode).where(ProcedureCode.ended_at.is_(None))).one()  # type: ignore[union-attr]
        docket = session.get_one(Docket, docket_id)
        codes.revoke(session, docket, house.acting("clerk"), row.id or 0)
    house.work()
    assert shape(house.open(live)) == shape(unknown)
    last = house.print_code(docket_id)
    house.hands.now += timedelta(days=400)
    assert shape(house.open(last)).replace("2027", "2026") != ""
    assert UNKNOWN in told(house.open(last)), "over, although no worker ran"


def test_a_slip_of_the_pen_names_its_group_and_tries_are_counted(house: PartyHouse) -> None:
    code = house.print_code(noticed(house))
    wrong = code[:5] + ("A" if code[5] != "A" else "B") + code[6:]
    assert "第2组" in told(house.open(wrong))
    assert house.open("abc").status_code == 422
    page = house.get("/procedures")
    for _ in range(5):
        data = {"token": token_of(page), "code": new_receipt(), "action": "open"}
        page = house.post("/procedures", data)
    data = {"token": token_of(page), "code": code, "action": "open"}
    assert "重新打开" in told(house.post("/procedures", data))
    assert house.open(code).status_code == 200


def test_one_network_may_ask_only_so_often_and_is_forgotten(house: PartyHouse) -> None:
    gate = Gate(floor=0)
    house.public.extensions["registry.tip-gate"] = gate
    for _ in range(240):
        gate.count("look", "192.0.2.7", house.hands.now)
    token = token_of(house.get("/procedures"))
    data = {"token": token, "code": new_receipt(), "action": "open"}
    here = {"environ_overrides": {"REMOTE_ADDR": "192.0.2.200"}}
    assert house.post("/procedures", data, **here).status_code == 429
    assert b"192.0.2" not in repr(vars(gate)).encode()
    other = house.post("/procedures", data, headers={"Sec-Fetch-Site": "cross-site"})
    assert other.status_code == 400


def test_what_is_wrong_is_named_and_what_was_typed_is_kept(house: PartyHouse) -> None:
    code = house.print_code(published(house))
    form = house.choose(code, "early-removal")
    sent: dict[str, Any] = {
        **EARLY, "capacity": "agent", "signature": "李样例", "condition_2": "",
        "files": [upload("程序.exe", b"MZ\x90"), upload("照片.jpg", picture())],
        "token": token_of(form), "action": "send",
    }  # fmt: skip
    answer = house.post("/procedures", sent)
    assert answer.status_code == 422
    found = told(answer)
    for part in ("程序.exe", "与上面填写的姓名不一致", "授权委托书", "条件2"):
        assert part in found, found
    assert SAID in answer.text
    assert "照片.jpg" in answer.text, "sealed already"
    sent |= {
        "token": token_of(answer), "signature": "张样例", "condition_2": "已消除",
        "authorisation": [upload("委托书.png", b"\x89PNG\r\n\x1a\n")], "files": [],
    }  # fmt: skip
    large = house.post(
        "/procedures", {**sent, "files": [upload("大.pdf", b"%PDF-" + b"0" * 1_100_000)]}
    )
    assert large.status_code == 422
    assert "1 MB" in told(large)
    done = house.post("/procedures", {**sent, "token": token_of(large), "authorisation": []})
    assert receipt_of(done)
    house.work()
    (filing,) = house.filings()
    content = service.opened(filing.envelope, filing.filing_id, "filing", house.tools.vault)
    assert [(f.name, f.purpose) for f in service.files_of(content)] == [
        ("照片.jpg", "proof"), ("委托书.png", "authorisation"),
    ]  # fmt: skip
    assert content["pledge"].endswith("（张样例）")


def test_without_proof_no_early_removal_and_not_before_its_day(house: PartyHouse) -> None:
    docket_id = published(house)
    code = house.print_code(docket_id)
    form = house.choose(code, "early-removal")
    bare = house.post("/procedures", {**EARLY, "token": token_of(form), "action": "send"})
    assert "证明文件" in told(bare)
    with house.working.write() as session:
        docket = session.get_one(Docket, docket_id)
        docket.facts = {**docket.facts, "early_removal_from": "2027-01-04"}
        session.add(docket)
        notes.claim(session, docket)
    house.work()
    page = house.open(code)
    assert "2027年1月4日" in page.text
    early = house.choose(code, "early-removal")
    assert early.status_code == 409


def test_a_form_sent_twice_is_taken_in_once(house: PartyHouse) -> None:
    code = house.print_code(noticed(house))
    form = house.choose(code, "defence")
    sent = {**FILER, "token": token_of(form), "action": "send"}
    first = house.post("/procedures", {**sent, "files": [upload("a.jpg", picture())]})
    second = house.post("/procedures", {**sent, "files": [upload("a.jpg", picture())]})
    assert receipt_of(first) == receipt_of(second)
    sealed = [p for p in house.settings.sealed_dir.iterdir() if p.is_file()]
    assert len(sealed) == 1
    house.work()
    house.work()
    assert len(house.filings()) == 1


def test_a_stage_that_closed_meanwhile_takes_nothing_any_more(house: PartyHouse) -> None:
    docket_id = noticed(house)
    code = house.print_code(docket_id)
    form = house.choose(code, "defence")
    with house.working.write() as session:
        docket = session.get_one(Docket, docket_id)
        house.bureau.act(session, docket, "not_list", "approver", "2026-11-20", reason="证据不足")
    house.work()
    late = house.post("/procedures", {**FILER, "token": token_of(form), "action": "send"})
    assert late.status_code == 409
    assert "其他阶段" in told(late)
    with house.intake.read() as session:
        assert queries.waiting(session) == 0


def test_a_code_opens_its_own_case_and_no_other(house: PartyHouse) -> None:
    one = noticed(house)
    with house.working.write() as session:
        days = ["2026-10-12", "2026-10-13", "2026-10-28", "2026-10-29"]
        penalty = decided_penalty(session, house.bureau, days)
        other = open_listing(session, house.bureau, "2026-11-02", penalty)
        notice = {**NOTICE, "notice_served_on": "2026-11-18"}
        house.bureau.act(session, other, "notice", "clerk", "2026-11-18", notice)
        numbers = {one: session.get_one(Docket, one).number, other.id: other.number}
        other_id = other.id or 0
    codes_of = {one: house.print_code(one), other_id: house.print_code(other_id)}
    for docket_id, code in codes_of.items():
        page = house.open(code)
        assert [n for n in numbers.values() if n in page.text] == [numbers[docket_id]]
    house.file(codes_of[one], "defence", **FILER)
    house.work()
    assert [row.docket_id for row in house.filings()] == [one]


def test_a_late_defence_is_taken_marked_and_said_to_be_late(house: PartyHouse) -> None:
    code = house.print_code(noticed(house, "2026-11-05"))
    form = house.choose(code, "defence")
    assert "逾期" in told(form)
    receipt = receipt_of(
        house.post("/procedures", {**FILER, "token": token_of(form), "action": "send"})
    )
    house.work()
    (filing,) = house.filings()
    assert filing.late
    assert "逾期提交" in house.status(receipt).text


def test_taken_back_by_its_receipt_only_and_once(house: PartyHouse) -> None:
    code = house.print_code(noticed(house))
    receipt = house.file(code, "defence", **FILER)
    assert "没有与该回执对应的提交" in told(house.status(receipt)), "not carried yet"
    house.work()
    assert house.status(code).status_code == 422, "a code is no receipt"
    assert house.open(receipt).status_code == 422
    page = house.status(receipt)
    unsure = house.post("/procedures/status", {"token": token_of(page), "action": "withdraw"})
    assert unsure.status_code == 422
    for _ in range(2):
        data = {"token": token_of(page), "action": "withdraw", "sure": "1"}
        assert house.post("/procedures/status", data).status_code == 200
    house.work()
    (filing,) = house.filings()
    assert (filing.state, str(filing.withdrawn_on)) == ("withdrawn", "2026-11-20")
    assert "已撤回" in house.status(receipt).text


def test_personal_data_are_asked_for_by_the_person(house: PartyHouse) -> None:
    docket_id = noticed(house)
    firm, person = house.print_code(docket_id), house.print_code(docket_id, person=True)
    assert "查阅、复制个人信息" not in house.open(firm).text
    assert "查阅、复制个人信息" in house.open(person).text
    assert house.choose(firm, "access").status_code == 409
    receipt = house.file(person, "access", **{**FILER, "capacity": "self"})
    house.work()
    assert "2026年12月11日" in house.status(receipt).text, "fifteen working days"


def test_the_public_site_reads_no_filing(house: PartyHouse) -> None:
    house.file(house.print_code(noticed(house)), "defence", **FILER)
    store = house.public.extensions["registry.stores"]["intake"]
    with pytest.raises(DatabaseError), store.read() as session:
        session.exec(select(SealedFiling)).all()


def test_nothing_of_code_receipt_or_filing_is_in_an_address_or_on_the_disk(
    house: PartyHouse, capfd: pytest.CaptureFixture[str]
) -> None:
    """Planted texts and secrets, searched for in every byte below the data directory."""
    code = house.print_code(published(house))
    planted = {
        "name": "埋设姓名甲", "contact": "埋设联系方式乙", "text": "埋设陈述丙" * 9,
        "condition_1": "埋设条件丁",
    }  # fmt: skip
    file = picture() + b"PLANTED-FILE-5521"
    fields = {**EARLY, **planted, "signature": planted["name"]}
    receipt = house.file(code, "early-removal", **fields, files=[upload("埋设文件名戊.jpg", file)])
    house.work()
    assert "尚未登记入案" in house.status(receipt).text
    needles = [one.encode() for one in planted.values()]
    needles += ["埋设文件名戊".encode(), b"PLANTED-FILE-5521"]
    for secret in (code, receipt):
        needles += [secret.encode(), secret.replace("-", "").encode()]
    needles += [one.encode("utf-16-le") for one in planted.values()]
    # As JSON would escape it.
    needles += [one.encode("unicode_escape") for one in planted.values()]
    looked = 0
    for path in every_file(house.folder.parent):
        looked += 1
        data = path.read_bytes()
        assert not [n for n in needles if n in data], path
    assert looked > 8
    said = "".join(capfd.readouterr())
    for one in (*planted.values(), code, receipt):
        assert one not in said
    for text in house.seen:
        if text.startswith("http"):
            assert code[:9] not in text
            assert receipt[:9] not in text
            continue
        title = text.partition("</title>")[0]
        assert "埋设" not in title
        assert not re.search(r'(?:href|action)="[^"]*' + code[:4], text)


def every_file(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]
