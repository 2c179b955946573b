"""Child processes, each with only its own side's environment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping

from registry.core.settings import SETTINGS

APPLICATIONS = {
    "public": "public_site.wsgi:app",
    "admin": "admin.app:from_environ()",
}
_CLOSED = {"REGISTRY_WORKING_URL", "REGISTRY_GAZETTE_URL"}
"""What the public site's process must not even be told."""
_SYSTEM = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH")


def site_environment(site: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The part of ``environ`` that ``site`` ("public", "admin", "worker") may know."""
    names = {setting.name for setting in SETTINGS}
    if site == "public":
        names -= _CLOSED
    kept = {name: environ[name] for name in (*_SYSTEM, *sorted(names)) if name in environ}
    if site == "public" and "REGISTRY_GAZETTE_READ_URL" not in kept:
        gazette = environ.get("REGISTRY_GAZETTE_URL")
        if gazette:
            kept["REGISTRY_GAZETTE_READ_URL"] = gazette
    return kept | {"PYTHONUNBUFFERED": "1"}


def module_command(name: str, *arguments: str) -> list[str]:
    """One of our modules as a process of its own.

    ``-P``: what lies in the working directory is not the program. Somebody's ``admin.py`` there
    would otherwise be run instead of ours.
    """
    return [sys.executable, "-P", "-m", name, *arguments]


def server_command(site: str, *, host: str, port: int, workers: int) -> list[str]:
    """The production server for one site."""
    at = ("--bind", f"{host}:{port}", "--workers", str(workers))
    return module_command("registry.core.web.server", APPLICATIONS[site], *at)


def worker_command() -> list[str]:
    return module_command("admin.cli", "work")


def run_together(children: Mapping[str, tuple[list[str], Mapping[str, str]]]) -> int:
    """Run the named children until one ends or we are asked to stop; then stop them all.

    Returns 0 when asked to stop, else the status of the child that ended by itself.
    """
    running = {
        name: subprocess.Popen(command, env=dict(environment))  # noqa: S603 - our own commands
        for name, (command, environment) in children.items()
    }
    asked = False

    def stop(_signal: int, _frame: object) -> None:
        nonlocal asked
        asked = True
        for child in running.values():
            child.terminate()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    ended = os.wait()[1]
    for child in running.values():
        child.terminate()
    for child in running.values():
        try:
            child.wait(timeout=15)
        except (subprocess.TimeoutExpired, ChildProcessError):
            child.kill()
    return 0 if asked else os.waitstatus_to_exitcode(ended) or 1
