"""Rows that a platform hands in, from the door to the desk, to two officers, and the news of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from import_office import BOOK, BUREAU, ImportOffice, build, credit_code, listing, resident
from jsonschema import Draft202012Validator
from sqlalchemy import text
from sqlmodel import select
from werkzeug.test import TestResponse

from public_site.api import document
from public_site.app import create_app
from registry.core import keys
from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession
from registry.core.jobs.running import claim
from registry.core.settings import office_settings, public_settings
from registry.office.audit import queries as audit
from registry.office.dockets.checks import NotAllowed
from registry.office.dockets.models import Docket, DocketClock
from registry.office.entities.models import Site
from registry.office.imports import deliveries as carrying
from registry.office.imports import retention, service, undoing
from registry.office.imports.models import DeliveredFile, ImportFile
from registry.office.publisher.models import OutboxRow
from registry.office.staff.models import Account
from registry.office.staff.officer import Acting, Officer
from registry.office.statistics import counting
from registry.office.statistics.counting import Scope
from registry.office.worker.jobs import Jobs
from registry.office.worker.office import Office
from registry.office.worker.places import delivery_places
from registry.office.worker.telling import Telling
from registry.public.agencies import service as agencies
from registry.public.deliveries import service as deliveries
from registry.public.deliveries.models import RowDelivery
from registry.public.indicators import definition, periods
from schemas.rows import Rows

ALERT = {
    "企业名称": "演示省虚岭县9号样例煤矿有限公司", "统一社会信用代码": credit_code(9),
    "督办文号": "（虚）煤安隐〔2026〕9号", "督办日期": "2026-11-02", "督办机关": BUREAU,
    "隐患类别": "通风系统不完善、不可靠", "发现方式": "监测预警发现",
    "隐患情况": "样例采区瓦斯传感器T1连续超限。", "整改期限": "2026-12-31",
}  # fmt: skip
SEEN = {
    "企业名称": "演示省虚岭县9号样例煤矿有限公司", "统一社会信用代码": credit_code(9),
    "填报机关": BUREAU, "预警编号": "YJ-1", "传感器及监测项目": "T1 甲烷",
    "measured": "1.6 %", "alarm_limit": "1.0 %", "报警开始时间": "2026-11-02 08:20",
    "隐患类别": "H02",
}  # fmt: skip
PREFIX = "/api/v1/imports"


@dataclass
class Feed:
    """A platform with its key, the site before it, the worker and the officers behind it."""

    imports: ImportOffice
    office: Office
    app: Flask
    instant: list[datetime]
    headers: dict[str, str] = field(default_factory=dict)

    def key(
        self, *scopes: str, code: int = 77, authority: str | None = "A-0000000001"
    ) -> dict[str, str]:
        with self.office.intake.write() as session:
            agency = agencies.admit(
                session, name=f"样例监测平台{code}", code=credit_code(code), authority=authority,
                now=self.instant[0],
            )  # fmt: skip
            _, token = agencies.issue(session, agency.id or 0, scopes=scopes, now=self.instant[0])
        return {"Authorization": f"Bearer {token}"}

    def send(
        self, kind: str, body: bytes, media: str = "application/x-ndjson", **headers: str
    ) -> TestResponse:
        asked = {"Accept-Language": "en", **self.headers, "Content-Type": media}
        asked |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.app.test_client().post(f"{PREFIX}/{kind}", data=body, headers=asked)

    def get(self, id: str, kind: str, **headers: str) -> TestResponse:
        asked = {"Accept-Language": "en", **self.headers, **headers}
        return self.app.test_client().get(f"{PREFIX}/{kind}/{id}", headers=asked)

    def state(self, id: str, kind: str = "hazards") -> dict[str, Any]:
        answer = self.get(id, kind)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def work(self) -> None:
        Jobs(self.office).drain(self.instant[0])
        Telling(self.office).drain(self.instant[0])

    def carried(self, kind: str, *rows: dict[str, str]) -> dict[str, Any]:
        answer = self.send(kind, lines(*rows))
        assert answer.status_code == 202, answer.text
        self.work()
        return self.state(answer.get_json()["id"], kind)

    def files(self) -> list[ImportFile]:
        with self.office.working.read() as session:
            return list(session.exec(select(ImportFile)))

    def sealed(self) -> bytes:
        folder = deliveries.folder(self.office.settings.sealed_dir)
        return b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())

    def submit(self) -> Docket:
        """The clerk's step at the desk, for the newest file."""
        with self.office.working.write() as session:
            docket = service.submit(session, self.imports.clerk, self.files()[-1].id or 0)
            session.expunge(docket)
            return docket


def lines(*rows: dict[str, str]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


@pytest.fixture
def feed(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    intake: Store[IntakeSession],
    tmp_path: Path,
    now: datetime,
) -> Iterator[Feed]:
    data = tmp_path / "var"
    settings = office_settings({"REGISTRY_DATA_DIR": str(data), "REGISTRY_DEMO": "1"})
    keys.ensure_keys(settings.key_dir)
    office = Office(settings, working, gazette, intake, Rows())
    made = build(working, data, now)
    made.tools = delivery_places(office).tools()
    if not working.is_sqlite:
        # The kit's officers have numbers of their own choice.
        with working.engine.begin() as connection:
            connection.execute(text("SELECT setval('account_id_seq', 100)"))
    environ = {
        "REGISTRY_DATA_DIR": str(data), "REGISTRY_GAZETTE_URL": gazette.url,
        "REGISTRY_INTAKE_URL": intake.url, "REGISTRY_DEMO": "1", "REGISTRY_MAX_UPLOAD_MB": "1",
        "REGISTRY_BASE_URL": "https://registry.example", "REGISTRY_TIP_FREE_MB": "1",
    }  # fmt: skip
    instant = [now]
    app = create_app(public_settings(environ), clock=lambda: instant[0])
    found = Feed(made, office, app, instant)
    found.headers = found.key("imports")
    yield found
    for store in app.extensions["registry.stores"].values():
        store.close()
    app.extensions["registry.index"].close()


def test_rows_wait_for_two_officers(feed: Feed) -> None:
    answer = feed.send("hazards", lines(ALERT))
    assert answer.status_code == 202, answer.text
    told = answer.get_json()
    assert (told["state"], told["counts"], told["batch"]) == ("received", {}, "")
    assert answer.headers["Location"] == f"{PREFIX}/hazards/{told['id']}"
    assert feed.sealed() and "瓦斯".encode() not in feed.sealed()

    feed.work()
    told = feed.state(told["id"])
    assert told["state"] == "checked", told
    assert told["counts"]["ready"] == 1 and not feed.sealed()
    with feed.office.intake.read() as session:
        assert session.exec(select(RowDelivery)).one().asked is None
    with feed.office.working.read() as session:
        assert not session.exec(select(Docket)).all()
        account = session.get_one(Account, feed.files()[0].uploaded_by)
        assert account.disabled and account.login.startswith("rows.")

    batch = feed.submit()
    feed.work()
    told = feed.state(told["id"])
    assert (told["state"], told["batch"]) == ("submitted", batch.number)
    both = Officer(1, "clerk", "clerk", 1, "/1/", frozenset({"clerk", "approver"}))
    with pytest.raises(NotAllowed), feed.office.working.write() as session:
        service.approve(
            session, Acting(both, feed.instant[0], BOOK), batch.id or 0, version=batch.version,
            tools=feed.imports.tools,
        )  # fmt: skip
    feed.imports.approve(batch.id or 0, batch.version)
    feed.work()
    assert feed.state(told["id"])["state"] == "approved"
    with feed.office.working.read() as session:
        (case,) = session.exec(select(Docket).where(Docket.kind == "hazard")).all()
        assert case.facts["origin"] == "monitoring" and case.batch_id == batch.id
        assert audit.verify(session).intact
    again = feed.carried("hazards", ALERT)
    assert again["state"] == "known" and again["counts"]["skipped"] == 1

    with feed.office.working.write() as session:
        docket = service.request_undo(
            session, feed.imports.clerk, batch.id or 0, version=batch.version + 1, reason="误报"
        )
        service.approve_undo(
            session, feed.imports.approver, batch.id or 0, version=docket.version,
            tools=feed.imports.tools,
        )  # fmt: skip
    feed.work()
    told = feed.state(told["id"])
    assert (told["state"], told["reason"]) == ("undone", "误报")
    schema = {"$ref": "#/components/schemas/DeliveryAnswer"}
    components = document(feed.app)["components"]
    Draft202012Validator({**schema, "components": components}).validate(told)


@pytest.mark.sqlite_only
def test_bad_rows_are_told_to_their_sender_alone(feed: Feed) -> None:
    told = feed.carried("hazards", ALERT, {**ALERT, "隐患类别": "天气不好", "督办文号": "2"})
    assert told["state"] == "refused" and told["counts"]["failed"] == 1
    problem = next(one for one in told["problems"] if one["severity"] == "error")
    assert (problem["line"], problem["field"], problem["code"], problem["value"]) == (
        2, "hazard_code", "unmapped-term", "天气不好",
    )  # fmt: skip
    assert problem["message"] == "This is not one of the terms known here."
    other = feed.key("imports", code=78)
    assert feed.get(told["id"], "hazards", **other).status_code == 404
    assert feed.get(told["id"], "closures").status_code == 404
    with feed.office.intake.read() as session:
        row = session.exec(select(RowDelivery)).one()
        assert row.said is not None and "天气".encode() not in row.said
    personal = feed.carried("listings", listing(1, 公布日期="昨天"))
    assert personal["state"] == "refused" and resident(1) not in json.dumps(personal)


@pytest.mark.sqlite_only
def test_what_the_door_refuses(feed: Feed) -> None:
    body = lines(ALERT)
    assert feed.send("hazards", body, Authorization="").status_code == 401
    assert feed.send("hazards", body, **feed.key("match", code=79)).status_code == 403
    unbound = feed.send("hazards", body, **feed.key("imports", code=80, authority=None))
    assert unbound.status_code == 409 and unbound.get_json()["type"].endswith("no-authority")
    assert feed.send("hazards", body, "application/pdf").status_code == 415
    assert feed.send("Hazards!", body).status_code == 404
    assert feed.send("hazards", b"").status_code == 422
    for nothing in (b"{}", b"name,code", b"\xef\xbb\xbfname,code\r\n \t\r\n\n"):
        told = feed.send("hazards", nothing, "text/csv")
        assert told.status_code == 422 and told.get_json()["type"].endswith("no-rows"), nothing
    assert feed.send("hazards", b"\n \n").status_code == 422
    assert feed.send("hazards", b"x" * (1024 * 1024 + 1)).status_code == 413
    assert feed.send("hazards", body, Idempotency_Key="\x7f").status_code == 422
    assert not feed.sealed()
    feed.work()
    assert not feed.files()


@pytest.mark.sqlite_only
def test_what_the_worker_refuses_leaves_nothing(feed: Feed) -> None:
    unknown = feed.carried("weather", ALERT)
    assert unknown["state"] == "refused" and unknown["problems"][0]["code"] == "unknown-import-kind"
    feed.send("hazards", os.urandom(2000), "text/csv")
    feed.work()
    outside = feed.carried("hazards", {**ALERT, "督办机关": "空谷县样例应急管理局"})
    assert [one["code"] for one in outside["problems"] if one["severity"] == "error"] == [
        "foreign-authority"
    ]
    kept = {one.sha256 for one in feed.files()}
    folder = feed.office.settings.evidence_dir
    assert {one.name for one in folder.rglob("*") if one.is_file()} == kept and len(kept) == 1
    # The same bytes under a kind that is none take nothing away from those that wait.
    checked = feed.carried("hazards", ALERT)
    assert checked["state"] == "checked"
    assert feed.carried("weather", ALERT)["state"] == "refused"
    assert (folder / checked["sha256"][:2] / checked["sha256"]).is_file()


@pytest.mark.sqlite_only
def test_the_same_request_is_taken_once(feed: Feed) -> None:
    first = feed.send("hazards", lines(ALERT), Idempotency_Key="a-1").get_json()
    one = feed.sealed()
    again = feed.send("hazards", lines(ALERT), Idempotency_Key="a-1").get_json()
    assert first["id"] == again["id"] and feed.sealed() == one
    for kind, body in (("closures", lines(ALERT)), ("hazards", lines(ALERT, ALERT))):
        other = feed.send(kind, body, Idempotency_Key="a-1")
        assert other.status_code == 409
        assert other.get_json()["type"].endswith("idempotency-key-reused")
    feed.work()
    assert len(feed.files()) == 1 and not feed.sealed()
    again = feed.send("hazards", lines(ALERT), Idempotency_Key="a-1").get_json()
    assert (again["id"], again["state"]) == (first["id"], "checked")


def test_a_crash_between_the_stores_adds_nothing(feed: Feed) -> None:
    told = feed.send("hazards", lines(ALERT)).get_json()
    handle = carrying.handler(delivery_places(feed.office))
    work = claim(feed.office.intake, (deliveries.KIND,), feed.instant[0])
    assert work is not None
    # The working store has it; whoever was to tell the intake store is gone.
    handle(work, feed.instant[0])
    assert feed.state(told["id"])["state"] == "checking"
    feed.instant[0] += timedelta(minutes=2)
    feed.work()
    assert feed.state(told["id"])["state"] == "checked"
    assert len(feed.files()) == 1 and not feed.sealed()
    with feed.office.working.read() as session:
        assert session.exec(select(DeliveredFile)).one().token == told["id"]


@pytest.mark.sqlite_only
def test_sent_back_lapsed_and_forgotten(feed: Feed) -> None:
    back = feed.carried("hazards", ALERT)
    batch = feed.submit()
    with feed.office.working.write() as session:
        service.reject(
            session, feed.imports.approver, batch.id or 0, version=batch.version, reason="重复报送"
        )
    feed.work()
    told = feed.state(back["id"])
    assert (told["state"], told["reason"]) == ("returned", "重复报送")
    waits = feed.carried("hazards", {**ALERT, "督办文号": "3"})
    feed.instant[0] += timedelta(days=200)
    with feed.office.working.write() as session:
        folder = feed.office.settings.evidence_dir
        assert retention.erase_due(session, folder, now=feed.instant[0], book=BOOK) == 2
    feed.work()
    assert feed.state(waits["id"])["state"] == "lapsed"
    feed.instant[0] += timedelta(days=200)
    feed.work()
    assert feed.get(back["id"], "hazards").status_code == 404
    assert feed.state(waits["id"])["state"] == "lapsed"


@pytest.mark.sqlite_only
def test_an_alert_becomes_a_danger_to_be_verified(feed: Feed) -> None:
    with feed.office.working.write() as session:
        session.add(
            Site(
                id=1, public_id="S-0000000009", type="coal-mine", name="样例九号煤矿",
                folded="样例九号煤矿", region="990121", created=feed.instant[0],
                updated=feed.instant[0],
            )
        )  # fmt: skip
    told = feed.carried("monitoring", {**SEEN, "site": "S-0000000009"})
    assert told["state"] == "checked", told
    batch = feed.submit()
    feed.imports.approve(batch.id or 0, batch.version)
    with feed.office.working.read() as session:
        (case,) = session.exec(select(Docket).where(Docket.kind == "hazard")).all()
        assert (case.state, case.public_id, case.site_id) == ("reported", None, 1)
        facts = {"origin": "monitoring", "found_on": "2026-11-02", "description": "T1 甲烷"}
        assert facts.items() <= case.facts.items() and "self_found" not in case.facts
        assert case.facts["alert_at"].startswith("2026-11-02T00:20")
        clocks = session.exec(select(DocketClock)).all()
        assert [(one.code, one.stopped_on) for one in clocks] == [("hazard.verify", None)]
        assert not session.exec(select(OutboxRow)).all(), "neither the danger nor its mine"
        scope = Scope(periods.containing(feed.instant[0].date(), "year"), feed.instant[0])
        counted = definition.load().all["hazards-found"]
        assert not list(counting.rows(session, counted, scope)), "nobody has confirmed it yet"
    # Sent again once it was over: what came in is not overwritten, and nothing stands in the way.
    again = feed.carried(
        "monitoring", {**SEEN, "site": "S-0000000009", "报警结束时间": "2026-11-02 09:00"}
    )
    assert again["state"] == "known"
    assert [one["code"] for one in again["problems"]] == ["differs"]
    with feed.office.working.write() as session:
        docket = session.get_one(Docket, batch.id)
        undoing.undo(session, feed.imports.approver, docket)
        (case,) = session.exec(select(Docket).where(Docket.kind == "hazard")).all()
        assert case.state == "withdrawn" and case.closed_at


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"预警编号": ""}, ("alert_number", "missing")),
        ({"报警开始时间": "昨天"}, ("alert_at", "invalid")),
        ({"报警开始时间": "2027-11-02 08:20"}, ("alert_at", "future")),
        ({"报警结束时间": "2026-11-02 08:00"}, ("alert_ended_at", "invalid")),
        ({"measured": "9" * 41}, ("measured", "too-long")),
        ({"隐患类别": ""}, ("hazard_code", "missing")),
    ],
    ids=["number", "since", "future", "until", "value", "kind"],
)
def test_an_alert_that_is_wrong_is_told_by_field(
    office: ImportOffice, wrong: dict[str, str], problem: tuple[str, str]
) -> None:
    report = office.dry(office.file({**SEEN, **wrong}), "monitoring")
    errors = [(one.field, one.code) for one in report.problems if one.severity == "error"]
    assert errors == [problem]
