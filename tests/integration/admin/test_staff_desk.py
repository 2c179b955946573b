"""The staff, audit and account desks as an administrator, an auditor and a clerk use them."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from admin_desk import PASSWORD, Site
from sqlalchemy import text
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.office.audit.queries import verify
from registry.office.publisher.models import OutboxRow
from registry.office.staff import queries


def roles(site: Site, account: int) -> frozenset[str]:
    with site.store.read() as session:
        return queries.officer(session, account, legal_day(site.hands.now)).roles


def test_two_administrators_add_an_officer(site: Site) -> None:
    site.account("one", "administrator")
    site.account("two", "administrator")
    one = site.signed_in("one", confirmed=True)
    form = {"login": "Zhao.San", "name": "样例赵", "roles": ["clerk", "reviewer"]}
    wrong = one.post("/en/staff/add", {**form, "authority": "999"})
    assert wrong.status_code == 422 and 'value="Zhao.San"' in wrong.text
    page = one.post("/en/staff/add", {**form, "authority": str(site.authorities["county"])})
    password = re.search(r"<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</code>", page.text)
    assert page.status_code == 200 and password
    assert password.group(1) not in one.get("/en/staff/3")
    assert roles(site, 3) == frozenset()
    assert one.post("/en/staff/proposals/3/confirm").status_code == 403
    two = site.signed_in("two", confirmed=True)
    assert "Roles to be confirmed" in two.get("/en/")
    assert two.post("/en/staff/proposals/3/confirm").status_code == 303
    assert two.post("/en/staff/proposals/4/refuse").status_code == 303
    assert roles(site, 3) == {"clerk"}
    taken = one.post("/en/staff/add", {**form, "authority": str(site.authorities["county"])})
    assert taken.status_code == 422 and "already an account" in taken.text


def test_an_administrator_works_on_an_account(site: Site) -> None:
    site.account("one", "administrator")
    li = site.account("li", "clerk", at="county")
    one = site.signed_in("one", confirmed=True)
    clerk = site.signed_in("li")
    assert one.post(f"/en/staff/{li}/rename", {"name": "样例改名"}).status_code == 303
    assert "样例改名" in one.get(f"/zh/staff/{li}")
    assert one.post(f"/en/staff/{li}/rename", {"name": ""}).status_code == 422
    assert one.post(f"/en/staff/{li}/roles", {"role": "approver"}).status_code == 303
    assert clerk.response("/en/account").status_code == 302
    assert one.post(f"/en/staff/{li}/roles/revoke", {"role": "clerk"}).status_code == 303
    assert roles(site, li) == {"approver"}
    assert one.post(f"/en/staff/{li}/roles", {"role": "auditor"}).status_code == 403
    assert one.post(f"/en/staff/{li}/disable").status_code == 303
    assert "disabled" in one.post("/en/staff", {"text": "li"}).text
    assert one.post(f"/en/staff/{li}/enable").status_code == 303
    assert one.post("/en/staff/1/disable").status_code == 403
    assert one.post("/en/staff/1/roles", {"role": "clerk"}).status_code == 403


def test_a_reset_goes_through_two_desks_and_the_officer_sees_it(site: Site) -> None:
    for login in ("one", "two"):
        site.account(login, "administrator")
    li = site.account("li", "clerk", at="county")
    one, two = (site.signed_in(login, confirmed=True) for login in ("one", "two"))
    clerk = site.signed_in("li")
    asked = one.post(f"/en/staff/{li}/reset", {"device": "1"})
    first = re.findall(r"<code>([0-9A-Z-]{14})</code>", asked.text)
    assert asked.status_code == 200 and len(first) == 1 and "First half" in asked.text
    assert one.post(f"/en/staff/{li}/reset").status_code == 409
    page = one.get(f"/en/staff/{li}")
    assert "Another administrator must confirm" in page and "/confirm" not in page
    for mine in ("/zh/", "/zh/account"):
        assert "有人申请重置您的账号" in clerk.get(mine)
    assert "Resets to be confirmed" in two.get("/en/") and "Resets to be" not in one.get("/en/")
    assert "password and device" in two.get("/en/staff")
    reset = int(re.findall(r"/staff/resets/(\d+)/confirm", two.get(f"/en/staff/{li}"))[0])
    assert one.post(f"/en/staff/resets/{reset}/confirm").status_code == 403
    assert clerk.post(f"/en/account/resets/{reset + 1}/refuse").status_code == 404
    confirmed = two.post(f"/en/staff/resets/{reset}/confirm")
    assert "Second half" in confirmed.text and first[0] not in confirmed.text
    assert clerk.response("/en/account").status_code == 302
    again = one.post(f"/en/staff/{li}/reset")
    assert "First half" in again.text
    assert two.post(f"/en/staff/resets/{reset + 1}/refuse").status_code == 303


def test_an_authority_is_published_by_a_second_administrator(site: Site) -> None:
    for login in ("one", "two"):
        site.account(login, "administrator")
    one, two = (site.signed_in(login, confirmed=True) for login in ("one", "two"))
    county = site.authorities["county"]
    address = f"/en/staff/authorities/{county}"
    new = {"name": "虚岭县样例应急管理局", "name_en": "", "region": "990121"}
    assert one.post(address, new).status_code == 303
    assert "not published yet" in one.get("/en/staff/authorities")
    assert "Another administrator" in one.get(address)
    assert one.post(f"{address}/publish").status_code == 403
    assert two.post(f"{address}/publish").status_code == 303
    assert "not published yet" in two.get("/en/staff/authorities"), "the others still wait"
    assert "Published on" in two.get(address)
    assert two.post(address, {**new, "name_en": "Sample Bureau"}).status_code == 303
    assert "change not published yet" in one.get("/en/staff/authorities")
    assert one.post(f"{address}/publish").status_code == 303
    with site.store.read() as session:
        rows = session.exec(select(OutboxRow).order_by(col(OutboxRow.id))).all()
        assert [(row.kind, row.op, row.public_id) for row in rows] == [
            ("authority", "PUT", rows[0].public_id)
        ] * 2
        shown = [json.loads(row.payload or "") for row in rows]
        assert [one.get("name_en") for one in shown] == [None, "Sample Bureau"]
        assert "parent" not in shown[0], "the one above is not public"


def test_deputies_are_named_and_ended_from_both_desks(site: Site) -> None:
    site.account("one", "administrator")
    li, wang = site.account("li", "approver"), site.account("wang", "clerk")
    first = legal_day(site.hands.now)
    term = {"since": first.isoformat(), "until": (first + timedelta(days=3)).isoformat()}
    browser = site.signed_in("li")
    wrong = browser.post("/en/account/deputies", {**term, "deputy": "1"})
    assert wrong.status_code == 422
    late = {"since": term["until"], "until": term["since"], "deputy": str(wang)}
    told = browser.post("/en/account/deputies", late)
    assert told.status_code == 422 and "The last day lies before the first." in told.text
    assert browser.post("/en/account/deputies", {**term, "deputy": str(wang)}).status_code == 303
    assert roles(site, wang) == {"clerk", "approver"}
    assert "you stand in for 样例li" in site.signed_in("wang").get("/en/")
    one = site.signed_in("one", confirmed=True)
    assert one.post(f"/en/staff/{li}/deputies/1/end").status_code == 303
    assert roles(site, wang) == {"clerk"}
    named = one.post(f"/en/staff/{li}/deputies", {**term, "deputy": str(wang)})
    assert named.status_code == 303
    assert browser.post("/en/account/deputies/2/end").status_code == 303


def test_authorities_are_added_and_amended(site: Site) -> None:
    site.account("one", "administrator")
    one = site.signed_in("one", confirmed=True)
    form = {
        "name": "空谷县样例应急管理局",
        "code": "11990121XY00000A64",
        "kind": "emergency-management",
        "level": "county",
        "region": "990122",
        "parent": str(site.authorities["city"]),
    }
    told = one.post("/en/staff/authorities/add", form)
    assert told.status_code == 422 and "already an authority" in told.text
    bad = one.post("/en/staff/authorities/add", {**form, "code": "123", "region": "000001"})
    assert bad.status_code == 422 and bad.text.count("field-error") >= 2
    county = site.authorities["county"]
    amended = {"name": "虚岭县改名局", "region": "990121"}
    assert one.post(f"/en/staff/authorities/{county}", amended).status_code == 303
    small = one.post(f"/en/staff/authorities/{county}/small-office", {"small": "1"})
    assert small.status_code == 303
    page = one.get("/en/staff/authorities")
    assert "虚岭县改名局" in page and "small office" in page


def test_an_auditor_reads_filters_and_verifies_and_that_is_audited(site: Site) -> None:
    site.account("one", "administrator")
    site.account("shen", "auditor")
    browser = site.signed_in("shen")
    assert "staff:account:added" in browser.get("/en/audit")
    page = browser.get("/en/audit?action=staff:sign-in:succeeded&actor=shen")
    assert "staff:sign-in:succeeded" in page and ">staff:account:added</code>" not in page
    assert browser.response("/en/audit?actor=nobody").status_code == 422
    assert browser.response("/en/audit?since=yesterday").status_code == 422
    assert "audit:entries:read" in browser.get("/en/audit?action=audit:")
    assert "is intact" in browser.post("/en/audit/verify").text
    with site.store.engine.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET actor = 99 WHERE sequence = 2"))
    assert "no. 2" in browser.post("/en/audit/verify").text
    assert "断裂" in browser.post("/zh/audit/verify").text


def test_the_audit_pages_back_to_its_first_row(site: Site) -> None:
    site.account("shen", "auditor")
    browser = site.signed_in("shen")
    for _ in range(60):
        browser.get("/en/audit")
    address, seen = "/en/audit", set[int]()
    for _ in range(9):
        page = browser.get(address)
        seen |= {int(n) for n in re.findall(r'class="number">([\d,]+)</td>', page)}
        older = re.search(r'href="([^"]+)" rel="next"', page)
        if older is None:
            break
        address = older.group(1).replace("&amp;", "&")
    assert min(seen) == 1 and len(seen) == max(seen)


def test_an_auditor_below_sees_the_acts_of_his_subtree_only(site: Site) -> None:
    site.account("one", "administrator")
    site.account("shen", "auditor", at="county")
    site.signed_in("one", confirmed=True)
    page = site.signed_in("shen").get("/en/audit")
    assert "样例shen" in page and "样例one" not in page and "the installation" not in page


def test_an_officer_changes_his_password_and_ends_other_sessions(site: Site) -> None:
    site.account("li", "clerk")
    other, browser = site.signed_in("li"), site.signed_in("li")
    assert browser.post("/en/account/sessions/end").status_code == 303
    assert other.response("/en/account").status_code == 302
    assert browser.response("/en/account/password").status_code == 302
    browser = site.signed_in("li", confirmed=True)
    new = "新的密码写在这里而且很长"
    answer = browser.post("/en/account/password", {"password": new, "again": new})
    assert answer.status_code == 303
    assert "样例li" in browser.get("/en/account")
    told = site.browser().post("/en/sign-in", {"login": "li", "password": PASSWORD})
    assert told.status_code == 403


def test_the_chain_stays_whole_through_all_of_it(site: Site) -> None:
    site.account("one", "administrator")
    browser = site.signed_in("one", confirmed=True)
    browser.get("/en/audit")
    browser.post("/en/sign-out")
    with site.store.read() as session:
        assert verify(session).intact
