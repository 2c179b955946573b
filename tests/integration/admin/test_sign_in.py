"""Signing in through the pages: cookies, form tokens, stages, limits, what a page may hold."""

from __future__ import annotations

import re

import pyotp
import pytest
from admin_desk import PASSWORD, Browser, Site
from sqlmodel import select

from registry.office.audit.models import AuditEntry
from registry.office.staff import second_factor, service


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie("__Host-registry-admin", domain="localhost")
    return found.value if found else ""


def actions(site: Site) -> list[str]:
    with site.store.read() as session:
        return list(session.exec(select(AuditEntry.action)))


def test_an_officer_signs_in_and_out(site: Site) -> None:
    site.account("li", "clerk")
    browser = site.signed_in("li")
    assert "样例li" in browser.get("/zh/")
    answer = browser.post("/en/sign-out")
    assert answer.status_code == 303
    assert '"storage"' in answer.headers["Clear-Site-Data"]
    assert browser.response("/en/account").status_code == 302
    assert actions(site).count("staff:session:ended") == 1


def test_the_cookie_is_bound_to_host_https_and_site(site: Site) -> None:
    site.account("li", "clerk")
    browser = site.browser()
    answer = browser.post("/en/sign-in", {"login": "li", "password": PASSWORD})
    header = next(
        value for value in answer.headers.getlist("Set-Cookie") if "registry-admin" in value
    )
    assert header.startswith("__Host-registry-admin=")
    for attribute in ("Secure", "HttpOnly", "Path=/", "SameSite=Strict"):
        assert attribute in header
    assert "Domain" not in header and "Max-Age" not in header and "Expires" not in header


def test_the_token_changes_at_every_step_up_in_rights(site: Site) -> None:
    site.account("li", "administrator")
    browser = site.browser()
    seen = [cookie(browser)]
    browser.post("/en/sign-in", {"login": "li", "password": PASSWORD})
    seen.append(cookie(browser))
    browser.post("/en/sign-in/code", {"code": site.code()})
    seen.append(cookie(browser))
    site.hands.wait(30)
    browser.post("/en/account/confirm", {"password": PASSWORD, "code": site.code()})
    seen.append(cookie(browser))
    assert len(set(seen)) == 4
    for old in seen[1:3]:
        thief = site.browser()
        thief.client.set_cookie("__Host-registry-admin", old, domain="localhost", secure=True)
        assert thief.response("/en/account").status_code == 302


def test_a_half_signed_in_browser_opens_no_desk(site: Site) -> None:
    site.account("li", "administrator")
    browser = site.browser()
    browser.post("/en/sign-in", {"login": "li", "password": PASSWORD})
    for address in ("/en/", "/en/account", "/en/staff", "/en/sign-in/password"):
        assert browser.response(address).status_code == 302, address
    assert browser.response("/en/sign-in/device").status_code == 302
    assert browser.response("/en/sign-in/device.svg").status_code == 401


def test_check_04_sign_out_is_not_a_link(site: Site) -> None:
    site.account("li", "clerk")
    browser = site.signed_in("li")
    assert browser.response("/en/sign-out").status_code in (404, 405)
    assert "样例li" in browser.get("/en/account")


@pytest.mark.parametrize("token", ["", "wrong"])
def test_forms_without_their_token_do_nothing(site: Site, token: str) -> None:
    site.account("li", "clerk")
    browser = site.signed_in("li")
    answer = browser.post("/en/sign-out", token=token)
    assert answer.status_code == 400
    assert "样例li" in browser.get("/en/account")
    before = actions(site)
    fresh = site.browser()
    sent = {"login": "li", "password": PASSWORD}
    assert fresh.post("/en/sign-in", sent, token=token).status_code == 400
    assert actions(site) == before


def test_a_form_sent_from_another_site_does_nothing(site: Site) -> None:
    site.account("li", "clerk")
    browser = site.signed_in("li")
    answer = browser.client.post(
        "/en/sign-out",
        data={"csrf_token": browser.token()},
        base_url="https://localhost",
        headers={"Referer": "https://elsewhere.example/"},
    )
    assert answer.status_code == 400


def test_wrong_and_unknown_read_the_same_and_keep_the_login(site: Site) -> None:
    site.account("li", "clerk")
    pages = []
    for login in ("li", "nobody"):
        answer = site.browser().post("/en/sign-in", {"login": login, "password": "wrong wrong"})
        assert answer.status_code == 403
        assert "wrong wrong" not in answer.text
        page = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text)
        assert f'value="{login}"' in page
        pages.append(page.replace(f'value="{login}"', ""))
    assert pages[0] == pages[1]
    assert actions(site).count("staff:sign-in:failed") == 2


def test_an_empty_form_names_its_fields_in_the_readers_language(site: Site) -> None:
    browser = site.browser()
    english = browser.post("/en/sign-in", {"login": "", "password": ""})
    assert english.status_code == 422 and "There is a problem" in english.text
    chinese = browser.post("/zh/sign-in", {"login": "", "password": ""})
    assert chinese.status_code == 422 and "There is" not in chinese.text


def test_sign_in_is_limited_per_address(site: Site) -> None:
    browser = site.browser()
    token = browser.token()
    told = [
        browser.post("/en/sign-in", {"login": f"x{n}"}, token=token).status_code for n in range(22)
    ]
    assert told[:20] == [422] * 20
    assert told[20:] == [429, 429]
    browser.get("/en/sign-in")


def test_after_signing_in_one_goes_where_one_wanted_and_nowhere_else(site: Site) -> None:
    site.account("li", "clerk")
    browser = site.browser()
    answer = browser.response("/en/account?x=1")
    assert answer.headers["Location"].endswith("/en/sign-in?next=/en/account?x%3D1")
    for wanted, gone in (
        ("/en/account", "/en/account"),
        ("https://elsewhere.example/", "/en/"),
        ("//elsewhere.example/", "/en/"),
        ("/\\elsewhere.example", "/en/"),
        ("javascript:alert(1)", "/en/"),
    ):
        browser = site.browser()
        site.hands.wait(30)
        browser.post("/en/sign-in", {"login": "li", "password": PASSWORD})
        answer = browser.client.post(
            "/en/sign-in/code",
            query_string={"next": wanted},
            data={"code": site.code(), "csrf_token": browser.token()},
            base_url=browser.base,
            headers={"Referer": f"{browser.base}/"},
        )
        assert answer.status_code == 303
        assert answer.headers["Location"] == gone


def test_a_session_ends_when_idle_and_a_page_keeps_it_alive(site: Site) -> None:
    site.account("li", "clerk")
    browser = site.signed_in("li")
    for _ in range(5):
        site.hands.wait(15 * 60)
        browser.get("/en/account")
    site.hands.wait(20 * 60)
    assert browser.response("/en/account").status_code == 302


def test_first_sign_in_from_one_time_password_to_recovery_codes(site: Site) -> None:
    with site.store.write() as session:
        _, password = service.add_account(
            session,
            None,
            login="new.one",
            name="样例新",
            authority_id=site.authorities["county"],
            now=site.hands.now,
        )
    browser = site.browser()
    answer = browser.post("/en/sign-in", {"login": "new.one", "password": password})
    assert answer.headers["Location"] == "/en/sign-in/password"
    weak = browser.post("/en/sign-in/password", {"password": "short", "again": "short"})
    assert weak.status_code == 422 and "at least 12" in weak.text
    good = "井下三百米深处的矿灯亮着"
    differ = browser.post("/en/sign-in/password", {"password": good, "again": good + "x"})
    assert differ.status_code == 422 and good not in differ.text
    answer = browser.post("/en/sign-in/password", {"password": good, "again": good})
    assert answer.headers["Location"] == "/en/sign-in/device"
    page = browser.get("/en/sign-in/device")
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found
    secret = found.group(1).replace(" ", "")
    image = browser.response("/en/sign-in/device.svg")
    assert image.mimetype == "image/svg+xml" and image.headers["Cache-Control"] == "no-store"
    wrong = browser.post("/en/sign-in/device", {"code": "000000"})
    assert wrong.status_code == 422
    code = str(pyotp.TOTP(secret).at(site.hands.now))
    answer = browser.post("/en/sign-in/device", {"code": code})
    assert answer.status_code == 200
    assert len(re.findall(r"<code>[0-9A-Z-]{19}</code>", answer.text)) == 10
    assert "No role yet" in browser.get("/en/")
    assert browser.response("/en/sign-in/device").status_code == 302


def test_a_sensitive_page_asks_again_and_five_wrong_answers_end_the_session(site: Site) -> None:
    site.account("one", "administrator")
    site.account("li", "clerk")
    browser = site.signed_in("one")
    answer = browser.response("/en/staff/add")
    assert answer.headers["Location"] == "/en/account/confirm?next=/en/staff/add"
    assert browser.post("/en/staff/2/disable").status_code == 403
    for _ in range(4):
        told = browser.post("/en/account/confirm", {"password": "wrong", "code": "000000"})
        assert told.status_code == 403
    told = browser.post("/en/account/confirm", {"password": "wrong", "code": "000000"})
    assert told.status_code == 401
    assert browser.response("/en/account").status_code == 302


def test_a_confirmation_holds_ten_minutes(site: Site) -> None:
    site.account("one", "administrator")
    browser = site.signed_in("one", confirmed=True)
    browser.get("/en/staff/add")
    site.hands.wait(601)
    assert browser.response("/en/staff/add").status_code == 302


def test_device_and_codes_are_changed_from_the_account_page(site: Site) -> None:
    account = site.account("li", "clerk")
    browser = site.signed_in("li", confirmed=True)
    page = browser.post("/en/account/recovery-codes")
    assert len(re.findall(r"<code>[0-9A-Z-]{19}</code>", page.text)) == 10
    with site.store.read() as session:
        assert second_factor.left(session, account) == 10
    assert browser.post("/en/account/device/new").status_code == 303
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", browser.get("/en/account/device"))
    assert shown
    secret = shown.group(1).replace(" ", "")
    code = str(pyotp.TOTP(secret).at(site.hands.now))
    assert browser.post("/en/account/device", {"code": code}).status_code == 200
    site.hands.wait(30)
    old = site.browser()
    old.post("/en/sign-in", {"login": "li", "password": PASSWORD})
    assert old.post("/en/sign-in/code", {"code": site.code()}).status_code == 403


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_hold_no_script_and_nothing_from_elsewhere(site: Site, language: str) -> None:
    account = site.account("one", "administrator")
    site.account("li", "clerk")
    browser = site.signed_in("one", confirmed=True)
    addresses = [
        "/sign-in",
        "/",
        "/account",
        "/account/confirm",
        "/account/password",
        "/staff",
        "/staff/add",
        f"/staff/{account}",
        f"/staff/{account + 1}",
        "/staff/authorities",
        "/staff/authorities/add",
        f"/staff/authorities/{site.authorities['county']}",
        "/audit",
    ]
    for address in addresses:
        answer = browser.response(f"/{language}{address}")
        page = browser.get(f"/{language}{address}")
        assert "<script" not in page and "http://" not in page and "https://" not in page
        assert " style=" not in page and " onclick" not in page
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["Cache-Control"] == "no-store"
        assert page.count("<h1") == 1
