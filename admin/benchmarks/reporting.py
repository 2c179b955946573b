"""Reports by the public: submission, a flood of receipts, a large upload, a full inbox."""

from __future__ import annotations

import http.client
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

from nacl.public import PrivateKey
from sqlalchemy import insert

from admin.benchmarks.serving import served
from admin.benchmarks.timing import latency, seconds
from registry.core import keys
from registry.core.clock import legal_day, system_clock
from registry.core.settings import office_settings
from registry.office.worker.office import Office, opened
from registry.public.gazette import log
from registry.public.gazette.entry import Entry
from registry.public.inbox import queries, receipt, recipients
from registry.public.inbox.models import SealedTip
from registry.public.mailbox.models import MailboxRow

NOW = system_clock()
REPORTERS = 8
REPORTS = 160
FLOODERS = 16
FLOOD_RATE = 40.0
"""Receipts tried per second: some hundred times what honest use would bring."""
FLOOD_SECONDS = 8.0
UPLOAD_MIB = 299
AGE = 5.5
"""Seconds that a form must be old, and a little."""
BOUNDARY = "----bench"
FIELDS = {
    "category": "T2",
    "region": "虚岭县",
    "subject": "样例煤矿",
    "text": "井下情况说明。" * 286,
    "employee": "no",
    "named": "no",
    "understood": "1",
    "action": "send",
}


def run(size: int, runs: int) -> list[str]:
    """Over an inbox and mailboxes of ``size`` tips each."""
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
        environ = dict(os.environ) | {
            "REGISTRY_DATA_DIR": folder,
            "REGISTRY_HTTPS": "0",
            "REGISTRY_DEMO": "1",
            "REGISTRY_TIP_FREE_MB": "0",
        }
        with opened(office_settings(environ)) as office:
            _fill(office, size)
            before = seconds(lambda: _round(office))
        with served(environ) as (port, master):
            sent = [value for _ in range(runs) for value in _reports(port)]
            idle, flooded, looked = _flood(port)
            grown = _upload(port, master)
        ratio = _p95(flooded) / _p95(idle)
        return [
            f"report of {len(FIELDS['text'])} characters, {REPORTERS} reporters at once: "
            f"{latency(sent)}",
            f"start page, idle: {latency(idle)}",
            f"start page, while {FLOOD_RATE:.0f} receipts/s are tried ({looked:.0f}/s looked up): "
            f"{latency(flooded)}; p95 × {ratio:.2f}",
            f"upload of {UPLOAD_MIB} MiB: {grown / 2**20:.1f} MiB more memory in the server",
            f"worker reads the oldest 100 of {size:,} tips: {before * 1000:.0f} ms",
        ]


def _fill(office: Office, size: int) -> None:
    keys.ensure_keys(office.settings.key_dir)
    office.migrate()
    with office.gazette.write() as session:
        log.append(session, [_intake()], recorded=NOW)
    day = legal_day(NOW)
    for first in range(0, size, 5000):
        numbers = range(first, min(size, first + 5000))
        with office.intake.write() as inbox:
            inbox.connection().execute(insert(SealedTip), [_sealed(n, day) for n in numbers])
        with office.gazette.write() as boxes:
            boxes.connection().execute(insert(MailboxRow), [_mailbox(n, day) for n in numbers])


def _intake() -> Entry:
    officer, custodian, recovery = (PrivateKey.generate().public_key for _ in range(3))
    payload = recipients.build_payload(
        authority={"name": "虚岭县样例应急管理局", "code": "11990121XY00000A64"},
        region="990121",
        level="county",
        officers=[(officer, legal_day(NOW))],
        custodians=[(custodian, legal_day(NOW))],
        recovery=(recovery, legal_day(NOW)),
        epoch=1,
    )
    return Entry(uuid4(), "PUT", "intake-key", "K-0000000001", NOW, payload)


def _sealed(number: int, day: date) -> dict[str, object]:
    return {
        "tip_id": f"{number:032x}",
        "day": day,
        "authority": "11990121XY00000A64",
        "category": "T2",
        "bucket": 1,
        "envelope": os.urandom(4300),
        "identity": os.urandom(4400),
        "tip_key": os.urandom(32),
        "lookup": os.urandom(32),
        "mailbox_key": os.urandom(32),
        "claim_key": os.urandom(32),
    }


def _mailbox(number: int, day: date) -> dict[str, object]:
    return {
        "lookup": os.urandom(32),
        "tip_id": f"{number:032x}",
        "number": number + 1,
        "day": day,
        "authority": "11990121XY00000A64",
        "category": "T2",
        "tip_key": os.urandom(32),
        "mailbox_key": os.urandom(32),
        "claim_key": os.urandom(32),
        "status": "received",
        "status_day": day,
        "opened": 0,
        "clocks": [],
    }


def _round(office: Office) -> int:
    with office.intake.read() as session:
        return len(queries.pending(session))


def _reports(port: int) -> list[float]:
    tokens = [_token(port, "/zh/tips/new", number) for number in range(REPORTS)]
    time.sleep(AGE)

    def send(number: int) -> float:
        body = _multipart({**FIELDS, "token": tokens[number]})
        return seconds(lambda: _ask(port, "POST", "/zh/tips/new", number, body))

    with ThreadPoolExecutor(REPORTERS) as pool:
        return list(pool.map(send, range(REPORTS)))


def _flood(port: int) -> tuple[list[float], list[float], float]:
    """The start page alone, then while receipts are tried at a steady rate; and how many of those
    were looked up a second (the others were turned away)."""
    idle = _pages(port, 3.0)
    over, answered = threading.Event(), [0] * FLOODERS

    def try_receipts(which: int) -> None:
        number, due = which, time.monotonic() + which / FLOOD_RATE
        while not over.wait(max(0.0, due - time.monotonic())):
            number, due = number + FLOODERS, due + FLOODERS / FLOOD_RATE
            form = {"receipt": receipt.new_receipt(), "action": "open"}
            form["token"] = _token(port, "/zh/tips/track", number)
            status, _ = _answer(port, "POST", "/zh/tips/track", number, _multipart(form))
            answered[which] += status == 200

    with ThreadPoolExecutor(FLOODERS) as pool:
        for which in range(FLOODERS):
            pool.submit(try_receipts, which)
        time.sleep(0.5)
        flooded = _pages(port, FLOOD_SECONDS)
        over.set()
    return idle, flooded, sum(answered) / (FLOOD_SECONDS + 0.5)


def _pages(port: int, during: float) -> list[float]:
    """The start page again and again, as one reader asks for it."""
    until = time.monotonic() + during
    taken: list[float] = []
    while time.monotonic() < until:
        taken.append(seconds(lambda: _ask(port, "GET", "/zh/", len(taken))))
        time.sleep(0.02)
    return taken


def _upload(port: int, master: int) -> int:
    """How much the largest resident memory of the server processes grew, in bytes."""
    token = _token(port, "/zh/tips/new", 1)
    time.sleep(AGE)
    part = (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
        'name="files"; filename="{}"\r\nContent-Type: video/mp4\r\n\r\n'
    )
    heads = [_multipart({**FIELDS, "token": token}, end=False)]
    heads += [part.format(name).encode() for name in "abc"]
    tail, piece, each = f"\r\n--{BOUNDARY}--\r\n".encode(), os.urandom(1 << 20), UPLOAD_MIB // 3

    def body() -> Iterator[bytes]:
        yield heads[0]
        # Looked at until the last byte but the tail: afterwards Argon2id takes its own 19 MiB.
        with sampled(master) as grown:
            for number, head in enumerate(heads[1:]):
                yield (b"\r\n" if number else b"") + head
                for _ in range(each):
                    yield piece
        largest.append(max(grown))
        yield tail

    largest: list[int] = []
    length = sum(map(len, heads)) + 4 + 3 * each * len(piece) + len(tail)
    status, page = _answer(port, "POST", "/zh/tips/new", 1, body(), length)
    if status != 200:
        raise RuntimeError(f"the upload was answered {status}: {page[:500]}")
    return largest[0]


@contextmanager
def sampled(master: int) -> Iterator[list[int]]:
    """By how many bytes the server processes grew, looked at fifty times a second."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    before = {pid: _resident(pid) for pid in children}
    grown, over = [0], threading.Event()

    def sample() -> None:
        while not over.wait(0.02):
            grown.append(max(_resident(pid) - before[pid] for pid in children))

    sampler = threading.Thread(target=sample)
    sampler.start()
    yield grown
    over.set()
    sampler.join()


def _resident(pid: str) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 if found else 0


def _token(port: int, path: str, number: int) -> str:
    _, page = _answer(port, "GET", path, number)
    found = re.search(r'name="token" value="([^"]+)"', page)
    if found is None:
        raise RuntimeError(f"{path} shows no form")
    return found[1]


def _ask(port: int, method: str, path: str, number: int, body: bytes = b"") -> None:
    status, page = _answer(port, method, path, number, body)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}: {page[:500]}")


def _answer(
    port: int,
    method: str,
    path: str,
    number: int,
    body: bytes | Iterator[bytes] = b"",
    length: int | None = None,
) -> tuple[int, str]:
    # Different networks, or the site would rightly slow a single one down.
    source = f"127.{number // 250 % 250 + 1}.{number % 250}.2"
    connection = http.client.HTTPConnection("127.0.0.1", port, 120, source_address=(source, 0))
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    if length is not None:
        headers["Content-Length"] = str(length)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def _multipart(fields: dict[str, str], *, end: bool = True) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return ("".join(parts) + (f"--{BOUNDARY}--\r\n" if end else "")).encode()


def _p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]
