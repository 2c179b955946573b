"""The public site over HTTP with two server processes, and the first start of the demonstration."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from urllib.parse import urlencode
from uuid import uuid4

from admin.benchmarks.timing import latency, rate, seconds
from admin.cli.process import server_command, site_environment
from registry.core import keys
from registry.core.clock import system_clock
from registry.core.settings import office_settings
from registry.office.worker.office import Office, opened
from registry.public.gazette import log
from registry.public.gazette.entry import Entry
from registry.public.search import Indexer, SearchRequest, fiction, search

NOW = system_clock()
CLIENTS = 4
REQUESTS = 400


def run(size: int, runs: int) -> list[str]:
    """The index rebuilt, searches a second and record pages, over ``size`` published records."""
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
        environ = dict(os.environ) | {"REGISTRY_DATA_DIR": folder, "REGISTRY_HTTPS": "0"}
        with opened(office_settings(environ)) as office:
            _fill(office, size)
            indexer = Indexer(office.gazette, office.index)
            rebuilds = [seconds(lambda: indexer.rebuild(NOW)) for _ in range(runs)]
            inside = [_searched(office, _searches(size, seed)) for seed in range(runs)]
        with served(environ) as (port, _):
            searches = [
                _together(port, [_address(one) for one in _searches(size, seed)])
                for seed in range(runs)
            ]
            pages = [_one_by_one(port, _pages(size, seed)) for seed in range(runs)]
    taken = [total for total, _ in searches]
    each = [value for _, values in searches for value in values]
    return [
        f"index rebuilt from the gazette's store, 2 processes: {rate(size, rebuilds)}",
        f"search with its records, in process: {latency([v for values in inside for v in values])}",
        f"searches over HTTP, 2 processes, {CLIENTS} clients: {rate(REQUESTS, taken)}; "
        f"{latency(each)}",
        f"record page, one client: {latency([value for values in pages for value in values])}",
    ]


def start(_size: int, runs: int) -> list[str]:
    """From ``registry demo`` in an empty directory to the first page."""
    taken = [_first_page() for _ in range(runs)]
    spread = f"({min(taken):.1f} to {max(taken):.1f})"
    return [f"first start to first page: {statistics.median(taken):.1f} s {spread}"]


def _fill(office: Office, size: int) -> None:
    keys.ensure_keys(office.settings.key_dir)
    office.migrate()
    for first in range(0, size, 1000):
        entries = []
        for number in range(first, min(size, first + 1000)):
            one = fiction.record(number)
            entries.append(
                Entry(
                    event_id=uuid4(),
                    op="PUT",
                    kind=one.kind,
                    id=one.id,
                    effective=one.effective,
                    payload=one.payload,
                    publish_until=one.publish_until,
                )
            )
        with office.gazette.write() as session:
            log.append(session, entries, recorded=NOW)


@contextmanager
def served(environ: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The public site with two processes; gives its port and the id of their master."""
    port = free_port()
    child = subprocess.Popen(  # noqa: S603 - our own command
        server_command("public", host="127.0.0.1", port=port, workers=2),
        env=site_environment("public", environ),
    )
    try:
        _await(port, "/healthz", child)
        for path in ("/zh/", "/zh/search?q=%E7%85%A4"):
            for _ in range(6):
                _get(port, path, 1)
        yield port, child.pid
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(timeout=30)


def _searches(size: int, seed: int) -> list[SearchRequest]:
    chance = Random(seed)  # noqa: S311 - a workload, not a secret
    words = ("事故", "瞒报", "停产整顿", "许可证", "罚款", "瓦斯", "超能力", "传感器", "死亡")
    found = []
    for number in range(REQUESTS):
        body = fiction.body(chance.randrange(size))
        kind = number % 10
        if kind < 5:
            asked = chance.choice((body.name, body.brand, body.name[-8:]))
        elif kind < 7:
            asked = body.code
        else:
            asked = " ".join(chance.sample(words, 2))
        found.append(SearchRequest(q=asked, region=body.region if kind == 9 else ""))
    return found


def _address(request: SearchRequest) -> str:
    return f"/zh/search?{urlencode({'q': request.q, 'region': request.region})}"


def _searched(office: Office, requests: list[SearchRequest]) -> list[float]:
    """Each request in a session of its own, as a page does."""

    def answer(request: SearchRequest) -> None:
        with office.gazette.read() as session:
            search(session, office.index, request, NOW)

    for request in requests[:20]:
        answer(request)
    return [seconds(partial(answer, request)) for request in requests]


def _pages(size: int, seed: int) -> list[str]:
    chance = Random(seed)  # noqa: S311 - a workload, not a secret
    return [f"/zh/listings/{fiction.public_id(chance.randrange(size))}" for _ in range(200)]


def _together(port: int, paths: list[str]) -> tuple[float, list[float]]:
    with ThreadPoolExecutor(CLIENTS) as pool:
        started = time.perf_counter()
        # Different loopback addresses, or the site would rightly slow a single one down.
        each = list(pool.map(lambda pair: _get(port, pair[1], pair[0] % 200 + 2), enumerate(paths)))
        return time.perf_counter() - started, each


def _one_by_one(port: int, paths: list[str]) -> list[float]:
    return [_get(port, path, number % 200 + 2) for number, path in enumerate(paths)]


def _get(port: int, path: str, host: int) -> float:
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, timeout=30, source_address=(f"127.0.0.{host}", 0)
    )

    def ask() -> None:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        if answer.status >= 400 and answer.status != 410:
            raise RuntimeError(f"{path} answered {answer.status}")

    taken = seconds(ask)
    connection.close()
    return taken


def _first_page() -> float:
    port, admin_port = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
        environ = dict(os.environ) | {"REGISTRY_DATA_DIR": str(Path(folder) / "var")}
        command = [sys.executable, "-m", "admin.cli", "demo", "--port", str(port)]
        command += ["--admin-port", str(admin_port)]
        started = time.perf_counter()
        child = subprocess.Popen(  # noqa: S603 - our own command
            command, env=environ, stdout=subprocess.DEVNULL
        )
        try:
            _await(port, "/zh/", child)
            return time.perf_counter() - started
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(timeout=30)


def _await(port: int, path: str, child: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        if child.poll() is not None:
            raise RuntimeError("the server ended by itself")
        try:
            _get(port, path, 1)
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("no answer within three minutes")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
