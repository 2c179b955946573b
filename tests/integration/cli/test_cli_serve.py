"""``registry serve`` serves the program that is installed, wherever it is started."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from cli_house import Command

STRANGERS = ("admin.py", "registry.py", "public_site.py", "schemas/__init__.py", "gunicorn.conf.py")
"""What may lie in a folder of somebody's, and has names of ours."""
_TURN = threading.Event()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().read() == b"ok\n"
    except OSError:
        return False
    finally:
        connection.close()


@pytest.mark.parametrize("site", ["public", "admin"])
def test_what_lies_in_the_working_directory_is_not_the_program(
    installed: Command, tmp_path: Path, site: str
) -> None:
    for name in STRANGERS:
        path = tmp_path / "here" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("raise SystemExit('a stranger was run')\n", encoding="utf-8")
    port = free_port()
    executable = Path(sys.executable).with_name("registry")
    log = tmp_path / "log"
    with log.open("wb") as output:
        running = subprocess.Popen(
            [executable, "serve", site, "--port", str(port)],
            env={"PATH": os.environ["PATH"], "REGISTRY_HTTPS": "0", **installed.environ},
            cwd=tmp_path / "here",
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        for _ in range(1200):
            assert running.poll() is None, log.read_text()
            if answers := healthy(port):
                break
            _TURN.wait(0.05)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGTERM)
        status = running.wait(timeout=30)
    assert answers and status == 0
    assert "stranger" not in log.read_text()
