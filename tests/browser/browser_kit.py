"""The real demonstration in child processes, watched browser contexts, officers at their desks."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import pyotp
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from registry.office.demo import service as demonstration
from registry.office.staff.codes import DRIFT_STEPS, STEP_SECONDS

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Nothing but this machine can be reached, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
START_SECONDS = 120
_TURN = threading.Event()
Found = TypeVar("Found")


def until(ask: Callable[[], Found], seconds: float, what: str) -> Found:
    """What ``ask`` answers once it is true; fails with ``what`` after ``seconds``."""
    end = time.monotonic() + seconds
    while True:
        if found := ask():
            return found
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        _TURN.wait(0.05)


def status_of(address: str) -> int:
    """HTTP status of ``address``, asked outside the browser; 0 where nobody listens."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own server
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on; all held while they are chosen, so that they differ."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()


@dataclass(frozen=True)
class Demo:
    """A running demonstration."""

    public: str
    admin: str
    folder: Path
    log: Path

    def last_words(self) -> str:
        """The end of what its processes have written."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """``registry demo`` on its own data directory and ports; all its processes end with it."""
    port, admin_port = free_ports(2)
    data, log = folder / "var", folder / "demo.log"
    environ = {k: v for k, v in os.environ.items() if not k.startswith("REGISTRY_")}
    environ |= {"REGISTRY_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "admin.cli", "demo", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--admin-port", str(admin_port)],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    demo = Demo(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{admin_port}", data, log)

    def ready() -> bool:
        assert process.poll() is None, demo.last_words()
        ready = status_of(f"{demo.public}/readyz") == 200
        return ready and status_of(f"{demo.admin}/healthz") == 200

    try:
        until(ready, START_SECONDS, "the demonstration answers")
        yield demo
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the demonstration to stop; whoever of its own session is left is killed."""
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


@dataclass
class Watch:
    """All that a context asked for and complained about."""

    context: BrowserContext
    hosts: set[str]
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.context.on("request", self._request)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.netloc not in self.hosts:
            self.complaints.append(f"asked elsewhere: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        # A page that answers 403, 404, 410 or 422 is no fault of the page; a missing part of a
        # page is.
        page = message.page
        whole = page is not None and message.location.get("url") == page.url
        if whole and "responded with a status of 4" in message.text:
            return
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} ({message.location})")

    def told(self) -> list[str]:
        """The complaints since last time."""
        told, self.complaints = self.complaints, []
        return told


@dataclass
class Chromium:
    """The browser and all contexts opened in it."""

    browser: Browser
    demo: Demo
    watches: list[Watch] = field(default_factory=list)

    def context(self, **options: object) -> BrowserContext:
        made = self.browser.new_context(**options)  # type: ignore[arg-type]
        made.set_default_timeout(15_000)
        hosts = {urlsplit(address).netloc for address in (self.demo.public, self.demo.admin)}
        watch = Watch(made, hosts)
        watch.listen()
        self.watches.append(watch)
        return made

    def settle(self) -> None:
        """Fails if there was any complaint since last time."""
        told = [complaint for watch in self.watches for complaint in watch.told()]
        assert not told, "\n".join([*told, self.demo.last_words()])


@dataclass
class Office:
    """Officers of the demonstration, each signed in once in a browser context of his own."""

    chromium: Chromium
    desks: dict[str, Page] = field(default_factory=dict)
    last_step: dict[str, int] = field(default_factory=dict)
    secrets: dict[str, str] = field(
        default_factory=lambda: {one.login: one.secret for one in demonstration.officers()}
    )

    def code(self, login: str) -> str:
        """The officer's next unused one-time code; never waits, within the clocks' drift."""
        now = int(time.time()) // STEP_SECONDS
        step = max(self.last_step.get(login, 0) + 1, now - DRIFT_STEPS + 1)
        assert step <= now + DRIFT_STEPS, f"too many codes of {login} in one minute"
        self.last_step[login] = step
        return str(pyotp.TOTP(self.secrets[login]).generate_otp(step))

    def give_password(
        self, page: Page, login: str, password: str = demonstration.PASSWORD, language: str = "en"
    ) -> None:
        page.goto(f"{self.chromium.demo.admin}/{language}/sign-in")
        page.fill("[name=login]", login)
        page.fill("[name=password]", password)
        page.click("main form button")

    def sign_in(self, page: Page, login: str, language: str = "en") -> None:
        self.give_password(page, login, language=language)
        page.fill("[name=code]", self.code(login))
        page.click("main form button")

    def desk(self, login: str) -> Page:
        """The officer's page, signed in."""
        if login not in self.desks:
            page = self.chromium.context().new_page()
            self.sign_in(page, login)
            page.locator(".masthead form button").wait_for()
            self.desks[login] = page
        return self.desks[login]
