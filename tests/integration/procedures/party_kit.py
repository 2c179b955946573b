"""Both sites and the worker over one set of stores: a published listing, and its party."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from admin_desk import Browser, Hands
from admin_desk import Site as AdminSite
from bs4 import BeautifulSoup
from docket_office import (
    BOOK,
    NOTICE,
    PDF,
    SERVICE,
    Bureau,
    build,
    decided_penalty,
    open_listing,
)
from flask import Flask
from PIL import Image
from public_site_kit import check_page
from sqlmodel import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from admin.app import create_app as admin_app
from admin.procedures import checked
from public_site.app import create_app as public_app
from public_site.intake.gate import Gate
from registry.core import keys as key_files
from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession
from registry.core.settings import OfficeSettings, office_settings, public_settings
from registry.office.dockets import kinds
from registry.office.dockets.models import Docket
from registry.office.procedures import codes, queries, windows
from registry.office.procedures import ingest as carrying
from registry.office.procedures.models import PartyFiling
from registry.office.procedures.service import Tools
from registry.office.staff.officer import Acting
from registry.public.inbox import blobs
from registry.public.procedures.codes import secrets_of

SAID = "公示的失信行为简况与事实不符，死亡人数有误。"
FILER = {"name": "张样例", "capacity": "representative", "contact": "0990-0000000", "text": SAID}
EARLY = {
    **FILER,
    "condition_1": "罚款已缴清，见凭证。",
    "condition_2": "隐患已消除，见验收意见。",
    "condition_3": "没有新的失信行为。",
    "agreed": "1",
    "signature": "张样例",
}


def picture() -> bytes:
    """A small JPEG that is one."""
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "navy").save(out, "JPEG")
    return out.getvalue()


def upload(name: str, data: bytes, field_name: str = "files") -> FileStorage:
    return FileStorage(io.BytesIO(data), filename=name, name=field_name)


@dataclass
class PartyHouse:
    """Everything a test of the parties' procedures needs."""

    working: Store[WorkingSession]
    gazette: Store[GazetteSession]
    intake: Store[IntakeSession]
    folder: Path
    bureau: Bureau
    public: Flask
    admin: AdminSite
    settings: OfficeSettings
    hands: Hands
    language: str = "zh"
    seen: list[str] = field(default_factory=list)
    """Addresses and pages of the public site, to be searched for what must not stand there."""

    @property
    def tools(self) -> Tools:
        own = self.settings
        return Tools(
            key_files.load_vault(own.key_dir),
            own.sealed_dir,
            own.evidence_dir,
            own.key_dir,
            checked,
        )

    def print_code(self, docket_id: int, *, person: bool = False, check: str = "") -> str:
        """A code on the newest paper of the case, for the firm or the person."""
        with self.working.write() as session:
            docket = session.get_one(Docket, docket_id)
            acting = self.acting("clerk")
            papers = queries.papers_for(session, docket, kinds.get(docket.kind).procedures.papers)
            printed = codes.issue(
                session,
                docket,
                acting,
                document_id=papers[0].id or 0,
                entity_id=self.bureau.person if person else self.bureau.firm,
                identity_check=check,
                installation=secrets_of(key_files.load_receipt_key(self.settings.key_dir)),
            )
            code = printed.code
        self.work()
        return code

    def acting(self, who: str) -> Acting:
        return Acting(self.bureau.officers[who], self.hands.now, BOOK)

    @property
    def carrier(self) -> carrying.Carrier:
        return carrying.Carrier(self.working, self.intake, self.settings.lock_dir, self.tools.vault)

    def work(self) -> None:
        """What the worker does in a round."""
        folder = self.settings.sealed_dir
        carrying.ingest(
            self.carrier, now=self.hands.now, book=BOOK, keep=lambda ids: blobs.keep(folder, ids)
        )
        windows.deliver(
            self.working,
            self.gazette,
            vault=self.tools.vault,
            now=self.hands.now,
            book=BOOK,
            lock_dir=self.settings.lock_dir,
        )

    def get(self, path: str) -> TestResponse:
        return self._looked_at(self.public.test_client().get(f"/{self.language}{path}"), path)

    def post(self, path: str, data: dict[str, Any], **more: Any) -> TestResponse:
        boundary, body = encode_multipart(_flat(data))
        kind = f"multipart/form-data; boundary={boundary}"
        client = self.public.test_client()
        sent = client.post(f"/{self.language}{path}", data=body, content_type=kind, **more)
        return self._looked_at(sent, path)

    def open(self, code: str) -> TestResponse:
        token = token_of(self.get("/procedures"))
        return self.post("/procedures", {"token": token, "code": code, "action": "open"})

    def choose(self, code: str, procedure: str) -> TestResponse:
        data = {"token": token_of(self.open(code)), "action": "choose", "procedure": procedure}
        return self.post("/procedures", data)

    def file(self, code: str, procedure: str, **fields: Any) -> str:
        """Fill the form in and send it; the receipt."""
        form = self.choose(code, procedure)
        assert form.status_code == 200, errors(form)
        answer = self.post("/procedures", {"token": token_of(form), "action": "send", **fields})
        assert answer.status_code == 200, errors(answer)
        return receipt_of(answer)

    def status(self, receipt: str) -> TestResponse:
        token = token_of(self.get("/procedures/status"))
        data = {"token": token, "receipt": receipt, "action": "open"}
        return self.post("/procedures/status", data)

    def filings(self) -> list[PartyFiling]:
        with self.working.read() as session:
            return list(session.exec(select(PartyFiling)))

    def officer(self, login: str) -> Browser:
        return self.admin.signed_in(login)

    def _looked_at(self, answer: TestResponse, path: str) -> TestResponse:
        assert "Set-Cookie" not in answer.headers, path
        assert answer.headers["Cache-Control"] == "no-store", path
        self.seen.append(answer.request.url)
        if answer.mimetype == "text/html":
            check_page(answer.get_data().rstrip(b" "), path)
            self.seen.append(answer.text)
        return answer


def make(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    intake: Store[IntakeSession],
    folder: Path,
    now: datetime,
) -> PartyHouse:
    environ = {
        "REGISTRY_DATA_DIR": str(folder),
        "REGISTRY_GAZETTE_URL": gazette.url,
        "REGISTRY_INTAKE_URL": intake.url,
        "REGISTRY_WORKING_URL": working.url,
        "REGISTRY_BASE_URL": "https://registry.example",
        "REGISTRY_DEMO": "1",
        "REGISTRY_TIP_FILE_MB": "1",
        "REGISTRY_TIP_REQUEST_MB": "3",
        "REGISTRY_TIP_FREE_MB": "0",
    }
    with working.write() as session:
        bureau = build(session, folder)
    hands = Hands(now)
    public = public_app(public_settings(environ), clock=hands)
    # What is answered is looked at here; the even time has a test of its own.
    public.extensions["registry.tip-gate"] = Gate(floor=0)
    settings = office_settings(environ)
    admin = admin_app(settings, clock=hands)
    admin.config["PROPAGATE_EXCEPTIONS"] = True
    vault = key_files.load_vault(settings.key_dir)
    site = AdminSite(admin, working, vault, hands, {"county": bureau.authority})
    return PartyHouse(working, gazette, intake, folder, bureau, public, site, settings, hands)


def close(house: PartyHouse) -> None:
    for app in (house.public, house.admin.app):
        for store in app.extensions["registry.stores"].values():
            store.close()
    house.public.extensions["registry.index"].close()


def noticed(house: PartyHouse, day: str = "2026-11-18") -> int:
    """A listing whose prior notice was served on ``day``."""
    with house.working.write() as session:
        days = ["2026-10-09", "2026-10-10", "2026-10-26", "2026-10-27"]
        penalty = decided_penalty(session, house.bureau, days)
        docket = open_listing(session, house.bureau, "2026-11-02", penalty)
        notice = {**NOTICE, "notice_served_on": day}
        house.bureau.act(session, docket, "notice", "clerk", day, notice)
        return docket.id or 0


def published(house: PartyHouse) -> int:
    """E6: published since 2025-08-06, early removal can be asked for since 2026-08-04."""
    bureau = house.bureau
    with house.working.write() as session:
        days = ["2025-06-03", "2025-06-04", "2025-06-20", "2025-06-23"]
        penalty = decided_penalty(session, bureau, days)
        docket = open_listing(session, bureau, "2025-07-01", penalty, ground="G7-3")
        notice = {**NOTICE, "notice_served_on": "2025-07-02"}
        bureau.act(session, docket, "notice", "clerk", "2025-07-02", notice)
        draft = {"decision_number": "E6", "decision_text": "决定列入。"}
        bureau.act(session, docket, "draft_decision", "clerk", "2025-07-15", draft)
        decided = {"decided_on": "2025-08-04"}
        bureau.act(session, docket, "decide", "approver", "2025-08-04", decided)
        served = {**SERVICE, "decision_served_on": "2025-08-05", "entered_on": "2025-08-06"}
        bureau.act(session, docket, "complete", "publisher", "2025-08-06", served)
        return docket.id or 0


def token_of(page: TestResponse) -> str:
    tag = BeautifulSoup(page.data, "html5lib").find("input", attrs={"name": "token"})
    assert tag is not None, page.text[:2000]
    return str(tag["value"])


def receipt_of(answer: TestResponse) -> str:
    soup = BeautifulSoup(answer.data, "html5lib")
    code = "-".join(tag.get_text() for tag in soup.select(".receipt-group"))
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){4}", code), errors(answer)
    return code


def errors(answer: TestResponse) -> list[str]:
    soup = BeautifulSoup(answer.data, "html5lib")
    found = soup.select(".error-summary li, .field-error, .notice-warn, .notice-bad li")
    return [tag.get_text(" ", strip=True) for tag in found]


def _flat(data: dict[str, Any]) -> MultiDict[str, Any]:
    pairs: MultiDict[str, Any] = MultiDict()
    for name, value in data.items():
        for one in value if isinstance(value, list) else [value]:
            pairs.add(name, one)
    return pairs


__all__ = ["EARLY", "FILER", "PDF", "SAID", "PartyHouse", "make", "noticed", "published", "upload"]
