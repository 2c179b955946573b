"""Following a report: the receipt opens its mailbox, everything else looks and lasts the same."""

from __future__ import annotations

import statistics
import time
from datetime import date

import pytest
from bs4 import BeautifulSoup
from nacl.public import PrivateKey
from tip_house import House, upload
from werkzeug.test import TestResponse

from public_site.intake.gate import Gate
from public_site.pages.tips_track import PADDED_TO
from registry.core.keys import load_receipt_key
from registry.public.inbox import claims, queries, receipt, sealing
from registry.public.inbox.receipt import new_receipt, shown
from registry.public.mailbox import service as mailbox

DAY = date(2026, 11, 20)


def reported(house: House) -> tuple[str, str]:
    """A report whose mailbox holds a letter and a voucher; gives receipt and tip id."""
    code = house.report()
    (tip,) = house.carry()
    with house.gazette.write() as session:
        mailbox.put_reply(
            session,
            tip.tip_id,
            {"text": "您好，请问风机何时停的？", "result": "accepted"},
            item_id="1" * 32,
            kind="question",
            day=DAY,
        )
        mailbox.put_reply(
            session,
            tip.tip_id,
            {
                "text": "请凭此领奖。",
                "voucher": "V-TEST-1",
                "amount": "3000.00",
                "until": "2027-01-19",
            },
            item_id="2" * 32,
            kind="voucher",
            day=DAY,
        )
        mailbox.put_status(
            session,
            tip.tip_id,
            "unfounded",
            day=DAY,
            opened=3,
            clocks=[
                mailbox.ClockLine("tip.accept", "2026-11-20", "2026-11-27", "2026-11-23"),
                mailbox.ClockLine("tip.close", "2026-11-01", "2026-11-19"),
            ],
        )
    return code, tip.tip_id


def act(house: House, page: TestResponse, **data: object) -> TestResponse:
    return house.post("/tips/track", {"token": house.token(page), **data})


def test_the_receipt_shows_status_clocks_letters_and_proof(house: House) -> None:
    code, _ = reported(house)
    page = house.track(f"  {code.lower().replace('-', ' ')} ")
    assert page.status_code == 200
    for text in (
        "未发现所反映的问题",
        "3名承办人员",
        "已逾期",
        "已按期完成",
        "风机何时停的",
        "V-TEST-1",
        "已受理",
    ):
        assert text in page.text, text
    assert "3,000" in page.text
    assert code not in page.text
    assert house.track(code).status_code == 200


def test_messages_objections_and_withdrawals_are_sealed_to_the_tip(house: House) -> None:
    code, tip_id = reported(house)
    page = house.track(code)
    for _ in range(2):
        sent = act(house, page, action="message", text="昨晚停的。", files=[upload("a.jpg", b"x")])
        assert "留言已密封发送" in sent.text
        assert "昨晚停的" not in sent.text
    assert "异议已密封发送" in act(house, page, action="object", text="请复查。").text
    assert act(house, page, action="withdraw").status_code == 422
    assert "撤回申请已发送" in act(house, page, action="withdraw", sure="1").text
    with house.intake.read() as session:
        found = queries.messages(session)
    assert [(one.tip_id, one.kind, len(one.files)) for one in found] == [
        (tip_id, "message", 1),
        (tip_id, "objection", 0),
        (tip_id, "withdrawal", 0),
    ]
    with pytest.raises(sealing.SealRefused):
        sealing.open_envelope(
            found[0].envelope, PrivateKey.generate(), tip_id=tip_id, kind="message"
        )


def test_an_empty_message_keeps_the_mailbox_open(house: House) -> None:
    code, _ = reported(house)
    page = house.track(code)
    answer = act(house, page, action="message", text=" ", files=[upload("留.txt", b"1")])
    assert answer.status_code == 422
    assert "风机何时停的" in answer.text
    soup = BeautifulSoup(answer.data, "html5lib")
    assert soup.select_one("textarea[name=text]") is not None


def test_a_voucher_is_claimed_with_signature_and_pin(house: House) -> None:
    code, _ = reported(house)
    page = house.track(code)
    for pin, voucher in (("12345", "V-TEST-1"), ("abcdef", "V-TEST-1"), ("123456", "V-OTHER")):
        assert act(house, page, action="claim", pin=pin, voucher=voucher).status_code == 422
    done = act(house, page, action="claim", pin="１２３ 456", voucher="V-TEST-1")
    assert "领奖申请已发送" in done.text
    with house.intake.read() as session:
        (claim,) = queries.claims(session)
    secrets = receipt.secrets_of(load_receipt_key(house.data / "keys"))
    keys = receipt.derive(receipt.parse_receipt(code), secrets)
    assert claims.holds(bytes(keys.claim.verify_key), "V-TEST-1", claim.pin, claim.signature)
    assert claims.pin_matches(claim.pin, "123456")


@pytest.mark.sqlite_only
def test_unknown_wrong_and_expired_receipts(house: House) -> None:
    code, tip_id = reported(house)
    unknown = house.track(shown(new_receipt()))
    assert unknown.status_code == 200
    assert "没有与该回执码对应的信箱" in unknown.text
    for typed in (
        "",
        "ABC",
        code[:-1] + ("0" if code[-1] != "0" else "1"),
        "口令" * 10,
        "x" * 9000,
    ):
        answer = house.track(typed)
        assert answer.status_code == 422
        assert "请" in " ".join(house.errors(answer)) or "回执码" in answer.text
    with house.gazette.write() as session:
        mailbox.remove(session, tip_id)
    gone = house.track(code)
    assert gone.status_code == 200
    assert "没有与该回执码对应的信箱" in gone.text
    lengths = {len(page.data) % PADDED_TO for page in (unknown, gone, answer)}
    assert lengths == {0}


@pytest.mark.sqlite_only
def test_a_mailbox_that_closed_keeps_what_was_written(house: House) -> None:
    """It comes back with the field for the receipt, and into the mailbox opened with it."""
    code, _ = reported(house)
    page = house.track(code)
    house.pass_time(minutes=31)
    closed = act(house, page, action="message", text="补充：风机也停了")
    assert closed.status_code == 422
    assert "补充：风机也停了" in closed.text and "尚未发送" in closed.text
    again = {"receipt": code, "token": house.token(closed), "text": "补充：风机也停了"}
    opened = house.post("/tips/track", {**again, "action": "open"})
    assert "补充：风机也停了" in opened.text and "给承办人员留言" in opened.text
    with house.intake.read() as session:
        assert queries.messages(session) == []


@pytest.mark.sqlite_only
def test_a_page_that_was_open_too_long_says_so(house: House) -> None:
    code, _ = reported(house)
    token = house.token(house.get("/tips/track"))
    house.pass_time(hours=3)
    old = house.post("/tips/track", {"receipt": code, "token": token, "action": "open"})
    assert old.status_code == 422 and "请重新输入回执码" in old.text


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", ["/tips/new", "/tips/track"])
def test_what_is_refused_unread_says_what_to_do(house: House, path: str) -> None:
    """The body is not read, so that the answer cannot hold what was typed; the browser does."""
    answer = house.app.test_client().post(
        f"/en{path}",
        data=b"--x",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(5 * 1024**3)},
    )
    assert answer.status_code == 413
    assert "Go back in your browser" in answer.text and "3 MB" in answer.text


@pytest.mark.sqlite_only
def test_a_form_has_five_tries_and_each_token_one(house: House) -> None:
    page = house.get("/tips/track")
    first = house.token(page)
    for _ in range(5):
        page = house.post(
            "/tips/track",
            {"receipt": new_receipt(), "token": house.token(page), "action": "open"},
        )
        assert page.status_code == 200
    for token in (house.token(page), first):
        refused = house.post(
            "/tips/track", {"receipt": new_receipt(), "token": token, "action": "open"}
        )
        assert "尝试次数过多" in refused.text


@pytest.mark.sqlite_only
def test_an_open_mailbox_closes_by_itself(house: House) -> None:
    code, _ = reported(house)
    page = house.track(code)
    for _ in range(5):
        house.pass_time(minutes=22)
        page = act(house, page, action="refresh")
        assert page.status_code == 200
    house.pass_time(minutes=22)
    assert act(house, page, action="refresh").status_code == 422
    page = house.track(code)
    house.pass_time(minutes=31)
    closed = act(house, page, action="message", text="x")
    assert closed.status_code == 422
    assert "风机" not in closed.text


@pytest.mark.sqlite_only
def test_check_08_known_and_unknown_receipts_take_the_same_time(house: House) -> None:
    """The even time hides the difference, and there is next to none to hide."""
    code, _ = reported(house)

    def seconds(typed: str) -> float:
        data = {"receipt": typed, "token": house.token(house.get("/tips/track")), "action": "open"}
        began = time.perf_counter()
        assert house.post("/tips/track", data).status_code == 200
        return time.perf_counter() - began

    house.app.extensions["registry.tip-gate"] = Gate(floor=0.4)
    pairs = [(seconds(code), seconds(shown(new_receipt()))) for _ in range(5)]
    known, unknown = (statistics.median(side) for side in zip(*pairs, strict=True))
    assert min(min(pair) for pair in pairs) >= 0.4
    assert abs(known - unknown) < 0.1
    house.app.extensions["registry.tip-gate"] = Gate(floor=0)
    bare = [(seconds(code), seconds(shown(new_receipt()))) for _ in range(9)]
    known, unknown = (min(side) for side in zip(*bare, strict=True))
    assert 0.5 < known / unknown < 2
