"""A browser at the admin site: keeps cookies, sends the form token, reads every page strictly."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import html5lib
import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.core.db import IntakeSession, Store, WorkingSession
from registry.core.keys import Vault
from registry.office.staff import roles as granting
from registry.office.staff import second_factor, service
from registry.office.staff.models import Account
from registry.office.staff.passwords import hash_password

PASSWORD = "矿灯亮在井下三百米深处"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HASHED = hash_password(PASSWORD)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Hands:
    """A clock that only moves when told to."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Site:
    """The admin site with its store, and officers to sign in."""

    app: Flask
    store: Store[WorkingSession]
    vault: Vault
    hands: Hands
    authorities: dict[str, int] = field(default_factory=dict)

    def authority(self, name: str, code: str, parent: str | None = None) -> int:
        with self.store.write() as session:
            added = service.add_authority(
                session,
                None,
                name=name,
                code=code,
                kind="emergency-management",
                level="county",
                region="990121",
                parent_id=self.authorities[parent] if parent else None,
                now=self.hands.now,
            )
            self.authorities[name] = added.id or 0
        return self.authorities[name]

    def account(self, login: str, *roles: str, at: str = "province") -> int:
        with self.store.write() as session:
            # Not through the service: it would hash a one-time password that no one wants.
            added = Account(
                login=login,
                name=f"样例{login}",
                authority_id=self.authorities[at],
                password_hash=HASHED,
                must_change=False,
                created=self.hands.now,
            )
            session.add(added)
            session.flush()
            account_id = added.id or 0
            for role in roles:
                granting.grant(session, None, account_id, role, self.hands.now)
            second_factor.set_secret(session, self.vault, account_id, SECRET, self.hands.now)
        return account_id

    @contextlib.contextmanager
    def intake(self) -> Iterator[IntakeSession]:
        """The intake store that the site has bound, to write to."""
        with self.app.extensions["registry.stores"]["intake"].write() as session:
            yield session

    def browser(self) -> Browser:
        return Browser(self, self.app.test_client())

    def signed_in(self, login: str, *, confirmed: bool = False) -> Browser:
        """A browser in which ``login`` has signed in, and confirmed, if wanted."""
        browser = self.browser()
        self.hands.wait(30)
        browser.post("/en/sign-in", {"login": login, "password": PASSWORD})
        answer = browser.post("/en/sign-in/code", {"code": self.code()})
        assert answer.status_code == 303, answer.text
        if confirmed:
            self.hands.wait(30)
            answer = browser.post(
                "/en/account/confirm", {"password": PASSWORD, "code": self.code()}
            )
            assert answer.status_code == 303, answer.text
        return browser

    def code(self) -> str:
        return str(pyotp.TOTP(SECRET).at(self.hands.now))


@dataclass
class Browser:
    """One browser. ``post`` takes the token from the page that holds the form."""

    site: Site
    client: FlaskClient

    def get(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address, base_url=self.base)
        assert answer.status_code == status, (address, answer.status_code, answer.text[:400])
        if answer.mimetype == "text/html" and answer.status_code != 302:
            html5lib.HTMLParser(strict=True).parse(answer.text)
        return answer.text

    def response(self, address: str) -> TestResponse:
        return self.client.get(address, base_url=self.base)

    def post(
        self, address: str, data: Mapping[str, object] | None = None, *, token: str | None = None
    ) -> TestResponse:
        form = {"csrf_token": self.token() if token is None else token, **(data or {})}
        answer = self.client.post(
            address, data=form, base_url=self.base, headers={"Referer": f"{self.base}/en/"}
        )
        if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
            html5lib.HTMLParser(strict=True).parse(answer.text)
        return answer

    def token(self) -> str:
        for address in ("/en/account", "/en/sign-in"):
            answer = self.client.get(address, base_url=self.base)
            found = _TOKEN.search(answer.text) if answer.status_code == 200 else None
            if found:
                return found.group(1)
        raise AssertionError("no page with a form")

    @property
    def base(self) -> str:
        return "https://localhost"
