"""The public site as it runs: gunicorn in a child process, reached over a socket."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from inbox_samples import Duty, intake_entry

from admin.cli.process import server_command
from registry.core import keys
from registry.core.clock import system_clock
from registry.core.db import GazetteSession, IntakeSession, Store, sqlite_url
from registry.migrations import service as migrations
from registry.public.gazette import log

_TURN = threading.Event()
BOUNDARY = "----reporter"


@dataclass
class RealSite:
    port: int
    folder: Path
    process: subprocess.Popen[bytes]
    duty: Duty

    @property
    def data(self) -> Path:
        return self.folder / "var"

    def intake(self) -> Store[IntakeSession]:
        return Store(sqlite_url(self.data / "intake.db"), IntakeSession)

    def request(
        self, method: str, path: str, body: bytes | Iterator[bytes] = b"", length: int | None = None
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
            if length is not None:
                headers["Content-Length"] = str(length)
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def token(self, path: str = "/zh/tips/new") -> str:
        return token_in(self.request("GET", path)[1])

    def server_pid(self) -> int:
        """The worker process behind gunicorn's master."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text().split()[0])


def token_in(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found, page[:2000]
    return found[1]


def multipart(fields: dict[str, str], files: dict[str, bytes] | None = None) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, content in (files or {}).items():
        parts.append(file_head(name) + content + b"\r\n")
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def file_head(name: str) -> bytes:
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()


@contextmanager
def running_site(folder: Path, **settings: str) -> Iterator[RealSite]:
    """The site with an open intake; its temporary files, logs and data all below ``folder``."""
    data, temporary = folder / "var", folder / "tmp"
    for path in (data, temporary):
        path.mkdir(parents=True)
    keys.ensure_keys(data / "keys")
    duty = Duty()
    gazette = Store(sqlite_url(data / "gazette.db"), GazetteSession)
    intake = Store(sqlite_url(data / "intake.db"), IntakeSession)
    migrations.upgrade("gazette", gazette)
    migrations.upgrade("intake", intake)
    now = system_clock()
    with gazette.write() as session:
        log.append(session, [intake_entry(duty.payload())], recorded=now)
    gazette.close()
    intake.close()
    port = _free_port()
    environ = {k: v for k, v in os.environ.items() if not k.startswith("REGISTRY_")}
    environ |= {
        "REGISTRY_DATA_DIR": str(data),
        "REGISTRY_DEMO": "1",
        "REGISTRY_HTTPS": "0",
        "REGISTRY_TIP_FREE_MB": "0",
        "TMPDIR": str(temporary),
        "PYTHONUNBUFFERED": "1",
        **settings,
    }
    command = server_command("public", host="127.0.0.1", port=port, workers=1)
    with (folder / "site.log").open("wb") as output:
        process = subprocess.Popen(
            command, env=environ, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    site = RealSite(port, folder, process, duty)
    try:
        _until_ready(site)
        yield site
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _until_ready(site: RealSite) -> None:
    for _ in range(1200):
        assert site.process.poll() is None, (site.folder / "site.log").read_text()
        with suppress(OSError):
            if site.request("GET", "/healthz")[0] == 200:
                return
        _TURN.wait(0.05)
    raise AssertionError((site.folder / "site.log").read_text())


assert sys.platform != "win32"
