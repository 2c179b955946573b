"""Reporting through real HTTP: what is typed is sealed or kept, nothing else happens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from public_site_kit import E1, listing, put
from tip_house import FORM, TEXT, House, receipt_of, upload

from registry.public.gazette import log
from registry.public.inbox import blobs, queries, sealing
from registry.public.inbox.filesealing import open_file
from registry.public.search.engine import open_index
from registry.public.search.indexer import Indexer


def test_all_that_is_wrong_is_said_at_once(house: House) -> None:
    """What holds between fields, too, though fields are wrong themselves."""
    form = house.fill(category="", named="yes")
    form.pop("understood")
    wrong = house.post("/tips/new", form)
    assert wrong.status_code == 422
    told = " ".join(house.errors(wrong))
    for part in ("您要举报什么", "提交前请确认此项", "须填写姓名和联系方式"):
        assert part in told, (part, told)


def test_a_report_is_sealed_to_the_officers_and_answered_with_a_receipt(house: House) -> None:
    code = house.report()
    (tip,) = house.carry()
    facts = house.open(tip)
    assert facts["text"] == TEXT
    assert facts["region"] == "990121"
    assert facts["subject"] == {"name": "虚岭县一号样例煤矿"}
    assert (facts["named"], facts["employee"], facts["channel"]) == (False, "no", "web")
    assert facts["submitted"].startswith("2026-11-20T")
    page = house.track(code)
    assert page.status_code == 200
    assert "已收到" in page.text
    assert tip.envelope_hash.hex() in page.text


def test_a_real_name_stands_in_the_custodians_envelope_only(house: House) -> None:
    house.report(
        named="yes",
        name="举报人样例",
        contact="13900000001",
        **{"others.0.name": "同伴样例", "others.0.share": "40"},
    )
    (tip,) = house.carry()
    facts = house.open(tip)
    assert facts["named"] is True
    assert facts["joint"] == 1
    assert "样例" not in str({**facts, "subject": ""})
    who = sealing.open_envelope(
        tip.identity, house.duty.custodian, tip_id=tip.tip_id, kind="identity"
    )
    assert who == {
        "name": "举报人样例",
        "contact": "13900000001",
        "others": [{"name": "同伴样例", "share": 40}],
    }


def test_files_come_back_whole_for_the_officer(house: House) -> None:
    content = bytes(range(256)) * 1000
    house.report(files=[upload("照片 一.jpg", b"\xff\xd8\xff" + content), upload("x.bin", b"")])
    (tip,) = house.carry()
    files = house.open(tip)["files"]
    assert [(one["name"], one["type"], one["size"]) for one in files] == [
        ("照片 一.jpg", "image/jpeg", 256_003),
        ("x.bin", "application/octet-stream", 0),
    ]
    with blobs.open_sealed(house.sealed_dir, files[0]["id"]) as source:
        plain = b"".join(
            open_file(source, file_id=files[0]["id"], key=bytes.fromhex(files[0]["key"]))
        )
    assert plain == b"\xff\xd8\xff" + content
    assert {one.file_id for one in tip.files} == {one["id"] for one in files}


def test_errors_keep_what_was_typed_and_the_sealed_files(house: House) -> None:
    data = house.fill(region="不存在的地方", category="", files=[upload("证据.pdf", b"%PDF-1")])
    answer = house.post("/tips/new", data)
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.data, "html5lib")
    area = soup.find("textarea", attrs={"name": "text"})
    assert area is not None
    assert area.get_text().strip() == TEXT
    assert "证据.pdf" in answer.text
    errors = " ".join(house.errors(answer))
    assert "没有查到该名称的地区" in errors
    assert "此项必填" in errors
    again = {**FORM, "token": house.token(answer), "action": "send"}
    done = house.post("/tips/new", again)
    assert receipt_of(done)
    (tip,) = house.carry()
    assert house.open(tip)["files"][0]["name"] == "证据.pdf"


def test_a_file_can_be_taken_out_again(house: House) -> None:
    answer = house.post(
        "/tips/new", {**house.fill(files=[upload("错.txt", b"x")]), "action": "find"}
    )
    (path,) = house.sealed_dir.iterdir()
    house.post(
        "/tips/new",
        {**FORM, "token": house.token(answer), "remove": path.name, "action": "send"},
    )
    assert not [one for one in house.sealed_dir.iterdir() if one.is_file()]
    (tip,) = house.carry()
    assert house.open(tip)["files"] == []


def test_a_double_click_is_one_report_with_one_receipt(house: House) -> None:
    data = house.fill()
    first = house.post("/tips/new", {**data, "files": [upload("a.txt", b"1")]})
    second = house.post("/tips/new", {**data, "files": [upload("a.txt", b"1")]})
    assert receipt_of(first) == receipt_of(second)
    (tip,) = house.carry()
    assert len(tip.files) == 1
    assert len(list((house.sealed_dir / "kept").iterdir())) == 1
    assert not [one for one in house.sealed_dir.iterdir() if one.is_file()]


def test_the_same_form_with_another_text_is_kept_for_a_second_report(house: House) -> None:
    data = house.fill()
    first = house.post("/tips/new", data)
    other = house.post("/tips/new", {**data, "text": TEXT + "另外，风机停了。"})
    assert other.status_code == 409
    assert "另外，风机停了。" in other.text
    house.pass_time(seconds=10)
    third = house.post(
        "/tips/new",
        {**FORM, "text": TEXT + "另外，风机停了。", "token": house.token(other), "action": "send"},
    )
    assert receipt_of(third) != receipt_of(first)
    assert len(house.carry()) == 2


@pytest.mark.sqlite_only
def test_a_form_has_an_age(house: House) -> None:
    token = house.token(house.get("/tips/new"))
    quick = house.post("/tips/new", {**FORM, "token": token, "action": "send"})
    assert quick.status_code == 422
    assert TEXT in quick.text
    house.pass_time(hours=25)
    old = house.post("/tips/new", {**FORM, "token": token, "action": "send"})
    assert old.status_code == 422
    assert TEXT in old.text
    house.pass_time(seconds=10)
    fresh = {**FORM, "token": house.token(old), "action": "send"}
    assert receipt_of(house.post("/tips/new", fresh))
    for broken in ("", "x", token[:-4], "A" * 40_000, "口令"):
        answer = house.post("/tips/new", {**FORM, "token": broken, "action": "send"})
        assert answer.status_code == 422
        assert TEXT in answer.text
    assert len(house.carry()) == 1


BAD_INPUT: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "此项必填"),
    ({"text": "字" * 20_001}, "20000"),
    ({"category": "T9"}, "可选范围"),
    ({"detail": "T3a"}, "不符"),
    ({"since": "2026-12-24"}, "尚未到来"),
    ({"since": "2026-11-02", "until": "2026-11-01"}, "早于"),
    ({"since": "2026-02-30"}, "日期"),
    ({"named": "yes"}, "实名举报"),
    ({"named": "no", "name": "某人"}, "匿名"),
    ({"named": "no", "others.0.name": "某人"}, "实名"),
    ({"named": "yes", "name": "某", "contact": "1", "others.0.share": "200"}, ""),
    ({"understood": None}, "确认"),
    ({"website": "http://spam.example"}, "留空"),
    ({"region": "140100"}, "尚未在本网站开通"),
]


@pytest.mark.sqlite_only
def test_bad_input_is_named_and_changes_nothing(house: House) -> None:
    for change, message in BAD_INPUT:
        data = {k: v for k, v in house.fill(**change).items() if v is not None}
        answer = house.post("/tips/new", data)
        assert answer.status_code == 422, change
        assert message in " ".join(house.errors(answer)), change
        if "text" not in change:
            assert TEXT in answer.text, change
    with house.intake.read() as session:
        assert queries.waiting(session) == 0


@pytest.mark.sqlite_only
def test_what_cannot_be_shown_is_marked_and_refuses_nothing(house: House) -> None:
    house.report(text="a\x00b\x1b[31m字")
    (tip,) = house.carry()
    assert house.open(tip)["text"] == "a\ufffdb\ufffd[31m字"


@pytest.mark.sqlite_only
def test_regions_and_units_are_found_without_a_script(house: House) -> None:
    answer = house.post("/tips/new", house.fill(action="find", region="古"))
    soup = BeautifulSoup(answer.data, "html5lib")
    choices = soup.select("input[name=region_code]")
    assert len(choices) > 1
    assert TEXT in answer.text
    chosen = house.post(
        "/tips/new",
        {
            **FORM,
            "region": "虚岭",
            "region_code": "990121",
            "token": house.token(answer),
            "action": "send",
        },
    )
    assert receipt_of(chosen)


@pytest.mark.sqlite_only
def test_files_too_large_or_many_are_named_and_the_text_stays(house: House) -> None:
    mib = 1024 * 1024
    for files, message in (
        ([upload("a", b"x" * (mib + 1))], "超过1 MB"),
        ([upload(str(n), b"x" * (mib - 1)) for n in range(4)], "合计超过3 MB"),
        ([upload(str(n), b"x") for n in range(11)], "最多提交10个"),
    ):
        answer = house.post("/tips/new", house.fill(files=files))
        assert answer.status_code == 422
        assert TEXT in answer.text
        assert message in " ".join(house.errors(answer))
    with house.intake.read() as session:
        assert queries.waiting(session) == 0


@pytest.mark.sqlite_only
def test_the_retyped_group_is_compared(house: House) -> None:
    answer = house.post("/tips/new", house.fill())
    code, token = receipt_of(answer), house.token(answer)
    wrong = house.post("/tips/receipt", {"token": token, "group": "０OOO"})
    assert wrong.status_code == 422
    assert receipt_of(wrong) == code
    answers = [
        house.post("/tips/receipt", {"token": token, "group": group.lower()}).status_code
        for group in code.split("-")
    ]
    assert sorted(answers)[:1] == [200]
    house.pass_time(hours=1)
    assert house.post("/tips/receipt", {"token": token, "group": "0000"}).status_code == 422


@pytest.mark.sqlite_only
def test_an_interrupted_or_forgotten_upload_is_swept(house: House, tmp_path: Path) -> None:
    house.post("/tips/new", {**house.fill(files=[upload("a", b"1")]), "action": "find"})
    house.report(files=[upload("b", b"2")])
    with house.intake.read() as session:
        claimed = queries.claimed_files(session)
    later = house.instant[0].replace(day=23)
    assert blobs.sweep(house.sealed_dir, claimed, house.instant[0]) == 0
    assert blobs.sweep(house.sealed_dir, claimed, later) == 1
    (tip,) = house.carry()
    assert blobs.sweep(house.sealed_dir, frozenset(), later) == 0
    with blobs.open_sealed(house.sealed_dir, tip.files[0].file_id) as source:
        assert source.read(1)


@pytest.mark.sqlite_only
def test_a_published_unit_is_chosen_by_search(house: House) -> None:
    put_and_index(house)
    found = house.post("/tips/new", house.fill(action="find", subject="一号样例煤矿"))
    soup = BeautifulSoup(found.data, "html5lib")
    codes = [str(tag["value"]) for tag in soup.select("input[name=unit_code]")]
    assert E1["code"] in codes
    sent = {**FORM, "subject": "一号样例煤矿", "token": house.token(found), "action": "send"}
    assert receipt_of(house.post("/tips/new", {**sent, "unit_code": E1["code"]}))
    (tip,) = house.carry()
    assert house.open(tip)["subject"] == {"name": E1["name"], "code": E1["code"]}


def put_and_index(house: House) -> None:
    with house.gazette.write() as session:
        log.append(
            session, [put("listing", "L-0000000001", listing(E1))], recorded=house.instant[0]
        )
    index = open_index("whoosh", house.data / "index")
    Indexer(house.gazette, index).catch_up(house.instant[0], 100)
    index.close()
