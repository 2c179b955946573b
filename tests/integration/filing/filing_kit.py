"""An agency with a key, the public site that takes its reports, and the worker behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from docket_office import Bureau, at
from flask import Flask
from report_kit import TEAM, Desk, sheet
from sqlmodel import select
from werkzeug.test import TestResponse

from registry.core import keys
from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession
from registry.core.settings import office_settings
from registry.office.demo.paper import pdf
from registry.office.dockets.models import Docket
from registry.office.entities import queries as entities
from registry.office.entities import site_queries, sites
from registry.office.staff import queries as staff
from registry.office.worker.jobs import Jobs
from registry.office.worker.office import Office
from registry.office.worker.telling import Telling
from registry.public.agencies import service as agencies
from registry.public.filings import service as filings

DAY = "2026-03-11"


@dataclass
class House:
    """The bureau's desk of reports, and the door for systems before it."""

    desk: Desk
    app: Flask
    office: Office
    instant: list[datetime]
    headers: dict[str, str] = field(default_factory=dict)
    site_id: str = ""

    @property
    def bureau(self) -> Bureau:
        return self.desk.bureau

    @property
    def sealed(self) -> Path:
        return filings.folder(self.office.settings.sealed_dir)

    def metadata(self, **more: Any) -> dict[str, Any]:
        """The sheet as a system sends it."""
        signed = [
            {"role": role, "name": name, "signed_on": "2026-03-08"} for role, name in TEAM.items()
        ]
        return {**sheet(), "site": self.site_id, "signatures": signed, **more}

    def send(
        self,
        metadata: object,
        files: Sequence[tuple[str, str, bytes]] | bytes,
        language: str = "en",
        **headers: str,
    ) -> TestResponse:
        """File a report: ``files`` by part, name and content, or the report's bytes."""
        parts = [("file", "报告.pdf", files)] if isinstance(files, bytes) else files
        text = metadata if isinstance(metadata, str) else json.dumps(metadata)
        body = multipart({"metadata": text}, parts)
        asked = {"Accept-Language": language, **self.headers}
        asked |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.app.test_client().post(
            "/api/v1/reports/filings",
            data=body,
            content_type="multipart/form-data; boundary=x",
            headers=asked,
        )

    def get(self, path: str = "", language: str = "en", **headers: str) -> TestResponse:
        asked = {"Accept-Language": language, **self.headers, **headers}
        return self.app.test_client().get(f"/api/v1/reports/filings{path}", headers=asked)

    def state(self, id: str, language: str = "en") -> dict[str, Any]:
        answer = self.get(f"/{id}", language)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def work(self) -> None:
        """What the worker's threads do at this instant."""
        Jobs(self.office).drain(self.instant[0])
        Telling(self.office).drain(self.instant[0])

    def filed(self, content: bytes | None = None, **more: Any) -> dict[str, Any]:
        """Send a report and let the worker have it; where it stands then."""
        answer = self.send(self.metadata(**more), content or pdf(["安全现状评价报告"]))
        assert answer.status_code == 202, answer.text
        self.work()
        return self.state(answer.get_json()["id"])

    def dockets(self) -> list[Docket]:
        with self.office.working.read() as session:
            return list(session.exec(select(Docket).where(Docket.kind == "report")))

    def act(self, number: str, action: str, who: str, **more: Any) -> Docket:
        """An officer's act on the next day, which is today from then on."""
        self.instant[0] = at("2026-03-12", 11)
        with self.office.working.write() as session:
            docket = session.exec(select(Docket).where(Docket.number == number)).one()
            return self.bureau.act(session, docket, action, who, "2026-03-12", **more)


def multipart(fields: Mapping[str, str], files: Sequence[tuple[str, str, bytes]]) -> bytes:
    """A body with the boundary ``x``; written here, for the client's encoder keeps files."""
    head = b"--x\r\nContent-Disposition: form-data; "
    body = b""
    for name, value in fields.items():
        body += head + f'name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, filename, content in files:
        said = f'name="{name}"; filename="{filename}"\r\n\r\n'.encode()
        body += head + said + content + b"\r\n"
    return body + b"--x--\r\n"


def opened_house(desk: Desk, app: Flask, office: Office, instant: list[datetime]) -> House:
    house = House(desk, app, office, instant)
    with office.working.write() as session:
        acting = desk.bureau.acting("clerk", "2024-02-02")
        client = entities.find(session, code="91990121XY00000126")[0]
        mine = site_queries.site(session, desk.site)
        sites.add_operator(
            session, acting, desk.site, mine.version, client.id or 0, since=date(2020, 1, 1)
        )
        house.site_id = mine.public_id
        county = staff.authority(session, desk.bureau.authority).public_id
        code = entities.entity(session, desk.agency).credit_code or ""
        name = entities.entity(session, desk.agency).name
    house.headers = key(house, "reports", code=code, name=name, authority=county)
    return house


def key(
    house: House, *scopes: str, code: str, name: str, authority: str | None = None
) -> dict[str, str]:
    """Headers with a fresh key of an agency."""
    with house.office.intake.write() as session:
        agency = agencies.admit(
            session, name=name, code=code, authority=authority, now=house.instant[0]
        )
        _, token = agencies.issue(session, agency.id or 0, scopes=scopes, now=house.instant[0])
    return {"Authorization": f"Bearer {token}"}


def office_of(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    intake: Store[IntakeSession],
    folder: Path,
) -> Office:
    settings = office_settings(
        {"REGISTRY_DATA_DIR": str(folder), "REGISTRY_DEMO": "1", "REGISTRY_MAX_REPORT_MB": "5"}
    )
    keys.ensure_keys(settings.key_dir)
    return Office(settings=settings, working=working, gazette=gazette, intake=intake)
