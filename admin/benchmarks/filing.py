"""Reports of service organizations: from acceptance to the index, and large uploads."""

from __future__ import annotations

import http.client
import io
import json
import os
import re
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from http.cookies import SimpleCookie
from typing import Any

from admin.benchmarks.reporting import sampled
from admin.benchmarks.serving import free_port, served
from admin.benchmarks.timing import latency, seconds
from admin.cli.process import server_command, site_environment
from registry.core.clock import legal_day, system_clock
from registry.core.settings import office_settings
from registry.office import dockets
from registry.office.demo import service as demo
from registry.office.demo.paper import pdf
from registry.office.dockets.models import Docket
from registry.office.providers import queries as providers
from registry.office.reports import filekeeping, signing
from registry.office.staff import queries as staff
from registry.office.staff import sessions
from registry.office.staff.officer import Acting
from registry.office.worker.office import Office, opened
from registry.office.worker.service import Worker
from registry.public.agencies import service as agencies
from registry.public.search import SearchRequest, search

NOW = system_clock() - timedelta(days=1)
PAGES = 200
UPLOAD_MIB = 99
WORD = "顶板离层观测记录"
CODE = "12990100XY0000055B"
BOUNDARY = "----bench"
SIGNED = {"tester": "何样例", "report-reviewer": "吕样例", "authorised-signatory": "施样例"}


def run(size: int, runs: int) -> list[str]:
    """``size`` is not looked at: the demonstration's records stand around the report."""
    del size
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
        environ = dict(os.environ) | {
            "REGISTRY_DATA_DIR": folder,
            "REGISTRY_HTTPS": "0",
            "REGISTRY_DEMO": "1",
            "REGISTRY_TIP_FREE_MB": "0",
        }
        with opened(office_settings(environ)) as office:
            office.migrate()
            demo.build(office, NOW)
            lines = _indexed(office, environ, runs)
            lines += [_by_api(office, environ), _by_sign_in(office, environ)]
        return lines


def _indexed(office: Office, environ: dict[str, str], runs: int) -> list[str]:
    """Seconds from the acceptance to the first search that finds the report by its text."""
    worker, taken = Worker(office), []
    worker.drain(system_clock())
    idle: list[float] = []
    busy: list[float] = []
    with served(environ) as (port, _):
        _pages(port, idle, threading.Event(), 3.0)
        for number in range(runs):
            docket_id = _filed(office, number)
            over = threading.Event()
            beside = threading.Thread(target=_pages, args=(port, busy, over, 60.0))
            beside.start()
            taken.append(seconds(partial(_until_found, office, worker, docket_id)))
            over.set()
            beside.join()
    return [
        f"acceptance to index, {PAGES} pages: median {statistics.median(taken):.1f} s, "
        f"longest {max(taken):.1f} s",
        f"start page, idle: {latency(idle)}; while it is prepared: {latency(busy)}",
    ]


def _filed(office: Office, number: int) -> int:
    with office.working.write() as session:
        filer = _filer(office, session)
        docket = _draft(session, filer, f"BENCH-{number}")
        words = "检测过程、仪器校准、现场数据与判定依据。" * 60
        pages = [f"第{page}页 {WORD}{number} {words}" for page in range(PAGES)]
        sent = filekeeping.Sent("original", "bench.pdf", io.BytesIO(pdf(pages)))
        settings = office.settings
        filekeeping.add_file(
            session,
            docket,
            filer,
            sent,
            folder=settings.evidence_dir,
            limit=settings.max_report_bytes,
        )
        for role, name in SIGNED.items():
            _sign(session, docket, filer, role, name)
        dockets.act(session, docket, "file", filer, version=docket.version)
        return docket.id or 0


def _until_found(office: Office, worker: Worker, docket_id: int) -> None:
    with office.working.write() as session:
        docket = session.get(Docket, docket_id)
        approver = staff.account_by_login(session, "province.approver")
        assert docket is not None and approver is not None  # noqa: S101 - the demonstration's
        officer = staff.officer(session, approver.id or 0, legal_day(NOW))
        acting = Acting(officer, NOW, office.book)
        dockets.act(session, docket, "accept", acting, version=docket.version)
        number = docket.facts["report_number"].rsplit("-", 1)[1]
    asked = SearchRequest(q=f'"{WORD}{number}"', kind="report")
    began = time.monotonic()
    while time.monotonic() - began < 60:
        worker.round(system_clock)
        with office.gazette.read() as session:
            if search(session, office.index, asked, now=system_clock()).total:
                return
        time.sleep(0.1)
    raise RuntimeError("the report was not found within a minute")


def _filer(office: Office, session: Any) -> Acting:
    account = staff.account_by_login(session, "filer")
    assert account is not None  # noqa: S101 - the demonstration's
    return Acting(staff.officer(session, account.id or 0, legal_day(NOW)), NOW, office.book)


def _draft(session: Any, filer: Acting, number: str) -> Docket:
    return dockets.open_docket(
        session,
        "report",
        filer,
        facts=_sheet(number),
        title="测量用检测报告",
        region="990100",
        subject_id=filer.officer.entity_id,
    )


def _sheet(number: str) -> dict[str, Any]:
    return {
        "type": "testing-report",
        "report_number": number,
        "project": "测量用检测报告",
        "client_code": "91990122XY0000020F",
        "issued_on": (legal_day(NOW) - timedelta(days=2)).isoformat(),
    }


def _sign(session: Any, docket: Docket, filer: Acting, role: str, name: str) -> None:
    members = providers.members(session, docket.subject_id or 0, legal_day(NOW))
    signer = next(one.row.id for one in members if one.name == name)
    signing.sign(
        session, docket, filer, staff_id=signer or 0, role=role,
        signed_on=legal_day(NOW) - timedelta(days=2), version=docket.version,
    )  # fmt: skip


def _pages(port: int, taken: list[float], over: threading.Event, longest: float) -> None:
    """The start page again and again, as one reader asks for it."""
    until = time.monotonic() + longest
    while time.monotonic() < until and not over.is_set():
        taken.append(seconds(lambda: _ask(port, "GET", "/zh/", {})))
        time.sleep(0.02)


def _by_api(office: Office, environ: dict[str, str]) -> str:
    with office.intake.write() as session:
        agency = agencies.admit(session, name="样例", code=CODE, authority=None, now=NOW)
        _, token = agencies.issue(session, agency.id or 0, scopes=("reports",), now=NOW)
    signed = [
        {"role": role, "name": name, "signed_on": _sheet("")["issued_on"]}
        for role, name in SIGNED.items()
    ]
    sheet = json.dumps({**_sheet("BENCH-API"), "signatures": signed})
    with served(environ) as (port, master):
        headers = {"Authorization": f"Bearer {token}"}
        _ask(port, "GET", "/api/v1/reports/filings", headers)
        grown = _sent(port, master, "/api/v1/reports/filings", {"metadata": sheet}, headers, 202)
    return f"upload of {UPLOAD_MIB} MiB through the API: {grown / 2**20:.1f} MiB more memory"


def _by_sign_in(office: Office, environ: dict[str, str]) -> str:
    with office.working.write() as session:
        filer = _filer(office, session)
        docket = _draft(session, filer, "BENCH-UPLOAD")
        now = system_clock()
        token = sessions.begin(session, filer.officer.account_id, "code", now)
        row = sessions.by_token(session, token)
        assert row is not None  # noqa: S101 - just begun
        token = sessions.advance(session, row, "full", now, old=token)
        address = f"/zh/filing/{docket.id}/files"
    with _admin(environ) as (port, master):
        cookies = {"registry-officer": token}
        page = _ask(port, "GET", address, {"Cookie": _written(cookies)}, cookies)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        if found is None:
            raise RuntimeError("the upload shows no form")
        fields = {"csrf_token": found[1], "kind": "original", "caption": ""}
        # Random bytes are no PDF: they are taken whole, looked at and refused.
        grown = _sent(port, master, address, fields, {"Cookie": _written(cookies)}, 422)
    return f"upload of {UPLOAD_MIB} MiB at the sign-in: {grown / 2**20:.1f} MiB more memory"


def _written(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


@contextmanager
def _admin(environ: dict[str, str]) -> Iterator[tuple[int, int]]:
    port = free_port()
    child = subprocess.Popen(  # noqa: S603 - our own command
        server_command("admin", host="127.0.0.1", port=port, workers=1),
        env=site_environment("admin", environ),
    )
    try:
        for _ in range(100):
            try:
                _ask(port, "GET", "/healthz", {})
                break
            except OSError:
                time.sleep(0.2)
        yield port, child.pid
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(timeout=30)


def _ask(
    port: int, method: str, path: str, headers: dict[str, str],
    cookies: dict[str, str] | None = None,
) -> str:  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                if cookies is not None:
                    cookies[name] = morsel.value
        return page
    finally:
        connection.close()


def _sent(
    port: int, master: int, path: str, fields: dict[str, str], headers: dict[str, str], status: int
) -> int:
    """By how many bytes the server grew at most while it took a large file."""
    head = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ) + (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n%PDF-1.7"
    )
    first, tail = head.encode(), f"\r\n--{BOUNDARY}--\r\n".encode()
    piece = os.urandom(1 << 20)
    length = len(first) + UPLOAD_MIB * len(piece) + len(tail)

    def body() -> Iterator[bytes]:
        yield first
        for _ in range(UPLOAD_MIB):
            yield piece
        yield tail

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    with sampled(master) as grown:
        connection.request("POST", path, body(), {**headers, **kind, "Content-Length": str(length)})
        answer = connection.getresponse()
        page = answer.read().decode()
    connection.close()
    if answer.status != status:
        raise RuntimeError(f"the upload was answered {answer.status}: {page[:500]}")
    return max(grown)
