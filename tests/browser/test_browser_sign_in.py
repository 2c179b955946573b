"""Signing in at the admin site: password and one-time code, refusals, lock-out, signing out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser_kit import Chromium, Office
from playwright.sync_api import Page, expect

from registry.office.demo import service as demonstration
from registry.office.staff.signing_in import FREE_FAILURES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FAILED = "That did not work. Check what you typed"


@pytest.fixture
def stranger(browser: Chromium) -> Iterator[Page]:
    context = browser.context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_password_then_code_then_the_desk(office: Office, stranger: Page) -> None:
    admin = office.chromium.demo.admin
    stranger.goto(f"{admin}/en/cases")
    assert "/sign-in" in stranger.url
    office.give_password(stranger, "province.clerk")
    expect(stranger.locator("h1")).to_have_text("One-time code")
    # Between the steps nothing is open.
    stranger.goto(f"{admin}/en/cases")
    assert "/sign-in" in stranger.url
    office.give_password(stranger, "province.clerk")
    stranger.fill("[name=code]", office.code("province.clerk"))
    stranger.click("main form button")
    expect(stranger.locator("h1")).to_have_text("Today")


def test_a_used_code_is_refused(office: Office, browser: Chromium, stranger: Page) -> None:
    code = office.code("city.approver")
    office.give_password(stranger, "city.approver")
    stranger.fill("[name=code]", code)
    stranger.click("main form button")
    expect(stranger.locator("h1")).to_have_text("Today")
    other = browser.context(java_script_enabled=False)
    again = other.new_page()
    office.give_password(again, "city.approver")
    again.fill("[name=code]", code)
    again.click("main form button")
    expect(again.locator(".error-summary")).to_contain_text(FAILED)
    again.goto(f"{browser.demo.admin}/en/")
    assert "/sign-in" in again.url
    other.close()


@pytest.mark.parametrize(
    ("login", "password"), [("auditor", "not-the-password"), ("nobody", demonstration.PASSWORD)]
)
def test_a_wrong_password_and_an_unknown_login_read_the_same(
    office: Office, stranger: Page, login: str, password: str
) -> None:
    office.give_password(stranger, login, password)
    expect(stranger.locator(".error-summary")).to_contain_text(FAILED)
    assert stranger.input_value("[name=login]") == login
    assert stranger.input_value("[name=password]") == ""


def test_an_account_is_locked_after_some_failures(office: Office, stranger: Page) -> None:
    for _ in range(FREE_FAILURES):
        office.give_password(stranger, "province.approver", "not-the-password", language="zh")
        expect(stranger.locator(".error-summary")).to_contain_text("多次失败后，账号将被锁定数分钟")
    # Now the right password opens nothing either.
    office.give_password(stranger, "province.approver")
    expect(stranger.locator(".error-summary")).to_contain_text("an account is locked")


def test_signing_out_ends_the_session(office: Office, browser: Chromium, stranger: Page) -> None:
    office.sign_in(stranger, "reviewer")
    cookies = stranger.context.cookies()
    assert cookies and all(one["httpOnly"] and one["sameSite"] != "None" for one in cookies)
    stranger.click(".masthead form button")
    expect(stranger.locator("h1")).to_have_text("Sign in")
    # Neither going back nor the old cookies open the desk again.
    stranger.context.add_cookies(cookies)  # type: ignore[arg-type]
    stranger.goto(f"{browser.demo.admin}/en/")
    assert "/sign-in" in stranger.url


def test_the_language_can_be_changed_before_signing_in(browser: Chromium, stranger: Page) -> None:
    stranger.goto(f"{browser.demo.admin}/zh/sign-in")
    expect(stranger.locator("h1")).to_have_text("登录")
    stranger.click("a.language")
    expect(stranger.locator("h1")).to_have_text("Sign in")
