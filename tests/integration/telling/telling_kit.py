"""An installation with a department, an agency, and a side that listens; the worker's own parts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

from registry.core import keys
from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession
from registry.core.settings import office_settings
from registry.office.demo.codes import credit_code
from registry.office.staff import service as staff
from registry.office.staff.models import Authority
from registry.office.staff.officer import Acting, Officer
from registry.office.worker.office import Office
from registry.office.worker.telling import Telling
from registry.public.agencies import service as agencies
from registry.public.gazette import Entry, log
from registry.public.webhooks import service as webhooks

CODE = "91990121XY00000126"
NAME = "演示省虚岭县一号样例煤矿有限公司（虚构）"


def listing(
    name: str = NAME, code: str = CODE, measures: tuple[str, ...] = ("M1", "M3", "M5"),
    region: str = "990121",
) -> dict[str, Any]:  # fmt: skip
    return {
        "list": "work-safety",
        "ground": "G6-4",
        "subject": {"kind": "enterprise", "name": name, "code": code, "region": region},
        "authority": {"name": "虚岭县样例应急管理局", "region": "990121"},
        "decision": {"number": "（虚岭）列〔2026〕1号", "date": "2026-07-01"},
        "term": {"since": "2026-07-01", "until": "2029-07-01"},
        "status": "in-force",
        "published_on": "2026-07-20",
        "measures": list(measures),
    }


@dataclass
class Desk:
    """Everything behind one office, at one instant that the test moves."""

    office: Office
    telling: Telling
    officers: dict[str, Officer]
    now: datetime
    agency_id: int

    def publish(self, id: str, payload: dict[str, Any] | None = None) -> None:
        """Put a listing in the log, or take it out."""
        op, said = ("DEL", {"reason": "revoked"}) if payload is None else ("PUT", payload)
        entry = Entry(uuid4(), op, "listing", id, self.now, said, None)  # type: ignore[arg-type]
        with self.office.gazette.write() as session:
            log.append(session, [entry], recorded=self.now)

    def work(self) -> None:
        """What the worker does at this instant."""
        self.telling.drain(self.now)

    def acting(self, login: str) -> Acting:
        return Acting(self.officers[login], self.now, self.office.book)


def desk(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    intake: Store[IntakeSession],
    folder: Path,
    now: datetime,
) -> Desk:
    settings = office_settings(
        {"REGISTRY_DATA_DIR": str(folder), "REGISTRY_DEMO": "1", "REGISTRY_WEBHOOK_PRIVATE": "1"}
    )
    keys.ensure_keys(settings.key_dir)
    office = Office(settings=settings, working=working, gazette=gazette, intake=intake)
    with working.write() as session:
        officers = _officers(session, now)
    with intake.write() as session:
        agency = agencies.admit(
            session, name="演示市样例财政局", code="11990100XY00006022", authority=None, now=now
        )
        agency_id = agency.id or 0
    return Desk(office, Telling(office), officers, now, agency_id)


PLACES = {
    "root": ("990000", "province"),
    "city": ("990100", "prefecture"),
    "a1": ("990121", "county"),
}
PEOPLE = {
    "admin": ("root", "administrator"),
    "auditor": ("root", "auditor"),
    "province.clerk": ("root", "clerk"),
    "city.clerk": ("city", "clerk"),
    "clerk": ("a1", "clerk"),
    "approver": ("a1", "approver"),
}


def _officers(session: WorkingSession, now: datetime) -> dict[str, Officer]:
    """Officers of three authorities, one below the other. They never sign in."""
    places: dict[str, Authority] = {}
    above: int | None = None
    for serial, (key, (region, level)) in enumerate(PLACES.items(), start=1):
        places[key] = staff.add_authority(
            session,
            None,
            name=f"{region}样例应急管理局",
            name_en="",
            code=credit_code("11", region, 70 + serial),
            kind="emergency-management",
            level=level,
            region=region,
            parent_id=above,
            now=now,
        )
        above = places[key].id
    return {
        login: Officer(
            account_id=number,
            login=login,
            name=login,
            authority_id=places[place].id or 0,
            authority_path=places[place].path,
            roles=frozenset({role}),
        )
        for number, (login, (place, role)) in enumerate(PEOPLE.items(), start=1)
    }


@dataclass
class Listener:
    """A real HTTP server that keeps what it was sent and answers as the test says."""

    url: str
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 204

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]

    @property
    def types(self) -> list[str]:
        return [one["type"] for one in self.messages]


@contextmanager
def listening() -> Iterator[Listener]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            listener.got.append((headers, body))
            self.send_response(listener.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener = Listener(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def subscribe(desk: Desk, url: str, *events: str) -> str:
    """An endpoint of the agency; gives its secret."""
    root = keys.load_agency_key(desk.office.settings.key_dir)
    wanted = events or tuple(webhooks.EVENTS)
    with desk.office.intake.write() as session:
        added = webhooks.add(
            session, desk.agency_id, url, wanted, root=root, private=True, now=desk.now
        )
        return added.secret
