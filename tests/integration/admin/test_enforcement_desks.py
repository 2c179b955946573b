"""The desks of enforcement over HTTP: signatories, the board of dangers, the check of a card."""

from __future__ import annotations

import io

import pytest
from admin_desk import Site
from bs4 import BeautifulSoup

from registry.office.dockets.models import Docket

pytestmark = pytest.mark.sqlite_only


def test_signatories_from_entry_to_end(site: Site) -> None:
    site.account("head", "approver")
    head = site.signed_in("head")
    assert "Nobody has been entered yet" in head.get("/en/signatories")
    entry = {
        "capacity": "inspector", "name": "子样例", "body": "演示省样例应急管理厅",
        "since": "2026-01-01", "until": "2025-01-01",
    }  # fmt: skip
    wrong = head.post("/en/signatories/new", entry)
    assert wrong.status_code == 422 and "子样例" in wrong.text
    assert "The end lies before the beginning." in wrong.text
    assert head.post("/en/signatories/new", entry | {"until": ""}).status_code == 303
    page = head.get("/zh/signatories")
    assert "子样例" in page and "持证执法人员" in page
    assert head.post("/en/signatories/1/end", {"until": "2026-11-01"}).status_code == 303
    assert "1 November 2026" in head.get("/en/signatories")


def test_only_keepers_enter_signatories(site: Site) -> None:
    site.account("hand", "clerk")
    hand = site.signed_in("hand")
    assert "Enter a signatory" not in hand.get("/en/signatories")
    hand.get("/en/signatories/new", status=403)


def test_who_may_sign_from_above_is_listed_below(site: Site) -> None:
    site.account("head", "approver")
    entry = {
        "capacity": "inspector", "name": "子样例", "body": "演示省样例应急管理厅",
        "since": "2026-01-01",
    }  # fmt: skip
    assert site.signed_in("head").post("/en/signatories/new", entry).status_code == 303
    site.account("below", "approver", at="county")
    below = site.signed_in("below")
    page = below.get("/en/signatories")
    assert "子样例" in page and "End it" not in page
    assert below.post("/en/signatories/1/end", {"until": "2026-11-01"}).status_code == 404


def test_a_field_left_empty_is_named_where_the_law_wants_it(site: Site) -> None:
    site.account("hand", "clerk")
    hand = site.signed_in("hand")
    with site.store.write() as session:
        docket = Docket(
            kind="suspension", number="样例停1", year=2026, serial=1, state="in-force",
            authority_id=site.authorities["province"], region="990000", drafted_by=1,
            title="样例停产", opened_at=site.hands.now, facts={"measures": ["power-stopped"]},
        )  # fmt: skip
        session.add(docket)
        session.flush()
        address = f"/en/cases/{docket.id}/act/carry_out"
        form = {
            "version": str(docket.version), "measure": "power-stopped",
            "measure_on": "2026-11-01", "carried_out_by": "样例供电公司",
        }  # fmt: skip
    proof = {"file_measure-proof": (io.BytesIO(b"%PDF-1.7 fictional"), "proof.pdf")}
    answer = hand.post(address, {**form, **proof})
    page = BeautifulSoup(answer.text, "html.parser")
    summary = page.select_one(".error-summary a[href='#field-power_notice_at']")
    assert summary is not None and "Say when the unit was told" in summary.text
    kept = page.select_one("[name=carried_out_by]")
    assert kept is not None and kept["value"] == "样例供电公司"


def test_the_board_and_the_cases_behind_a_number(site: Site) -> None:
    site.account("hand", "clerk")
    hand = site.signed_in("hand")
    assert "No danger is kept" in hand.get("/en/hazards")
    with site.store.write() as session:
        session.add(
            Docket(
                kind="hazard", number="样例患1", year=2026, serial=1, state="rectifying",
                authority_id=site.authorities["province"], region="990000", drafted_by=1,
                title="样例隐患", opened_at=site.hands.now, facts={"origin": "self-found"},
            )
        )  # fmt: skip
    page = hand.get("/zh/hazards")
    assert "自查自报" in page
    unit = site.authorities["province"]
    assert "Nothing here." in hand.get(f"/en/hazards/of/{unit}?overdue=1")
    site.account("below", "clerk", at="county")
    site.signed_in("below").get(f"/en/hazards/of/{unit}", status=404)


def test_the_page_of_an_alert_shows_what_the_network_saw(site: Site) -> None:
    site.account("hand", "clerk")
    hand = site.signed_in("hand")
    facts = {
        "origin": "monitoring", "hazard_code": "H02", "description": "T1 甲烷", "sensor": "T1 甲烷",
        "found_on": "2026-11-02", "alert_number": "YJ-1", "measured": "1.6 %",
        "alarm_limit": "1.0 %", "alert_at": "2026-11-02T00:20:00+00:00",
    }  # fmt: skip
    with site.store.write() as session:
        session.add(
            Docket(
                kind="hazard", number="样例患1", year=2026, serial=1, state="reported",
                authority_id=site.authorities["province"], region="990000", drafted_by=1,
                title="样例隐患", opened_at=site.hands.now, facts=facts,
            )
        )  # fmt: skip
    page = hand.get("/en/cases/1")
    for seen in ("Number of the alert", "YJ-1", "Value measured", "1.6 %", "08:20"):
        assert seen in page


def test_a_card_is_checked_by_number_and_never_shown_again(site: Site) -> None:
    site.account("hand", "clerk")
    hand = site.signed_in("hand")
    card = {"kind": "special-operation", "number": "T990101199003070019", "holder": "张样例"}
    answer = hand.post("/en/certificates", card)
    assert (
        answer.status_code == 200
        and "It cannot be checked: there are no official data of this kind" in answer.text
    )
    assert "none have been imported" in answer.text
    assert card["number"] not in answer.text and card["holder"] not in answer.text
    led = hand.post("/en/certificates", card | {"number": "https://clone.example.cn/q"})
    assert led.status_code == 422 and "Type the number" in led.text
