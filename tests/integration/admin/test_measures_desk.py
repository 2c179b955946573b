"""The desk of joint punishment: departments, notices, answers by form and by sheet."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from admin_desk import Browser, Site
from sqlmodel import select

from registry.core import rules
from registry.core.db import GazetteSession, Store, sqlite_url
from registry.office.punishments import telling
from registry.office.punishments.models import Department, Notice
from registry.public.agencies import service as agencies
from registry.public.gazette import Entry, log
from registry.public.webhooks import service as webhooks

LISTED = "演示省虚岭县一号样例煤矿有限公司（虚构）"
NEW = {"name": "演示省样例财政厅", "kind": "mof", "region": "000000"}


def listing() -> dict[str, Any]:
    return {
        "list": "work-safety",
        "ground": "G6-4",
        "subject": {"kind": "enterprise", "name": LISTED, "code": "91990121XY00000126"},
        "authority": {"name": "虚岭县样例应急管理局"},
        "decision": {"number": "（虚岭）列〔2026〕1号", "date": "2026-07-01"},
        "term": {"since": "2026-07-01", "until": "2029-07-01"},
        "status": "in-force",
        "published_on": "2026-07-20",
        "measures": ["M3", "M5"],
    }


def publish(site: Site, id: str, *, removed: bool = False) -> None:
    """Put a listing in the site's gazette, or take it out, and tell the departments."""
    folder = site.app.extensions["registry.settings"].data_dir
    gazette = Store(sqlite_url(folder / "gazette.db"), GazetteSession)
    now = site.hands.now
    op, said = ("DEL", {"reason": "revoked"}) if removed else ("PUT", listing())
    with gazette.write() as session:
        entry = Entry(uuid4(), op, "listing", id, now, said, None)  # type: ignore[arg-type]
        log.append(session, [entry], recorded=now)
    with gazette.read() as public, site.store.write() as session:
        telling.catch_up(session, public, rules.load(), now)
    gazette.close()


@pytest.fixture
def clerk(site: Site) -> Browser:
    """A department, a listing with two measures for it, and a clerk who has signed in."""
    site.account("admin", "administrator", at="county")
    site.account("clerk", "clerk", at="county")
    admin = site.signed_in("admin")
    assert admin.get("/en/measures")
    wrong = admin.post("/en/measures/departments/new", {**NEW, "region": "999999"})
    assert wrong.status_code == 422
    assert "There is no region with this code." in wrong.text
    assert admin.post("/en/measures/departments/new", NEW).status_code == 303
    publish(site, "L-0000000001")
    return site.signed_in("clerk")


def notice(site: Site, measure: str, listing_id: str = "L-0000000001") -> Notice:
    with site.store.read() as session:
        query = select(Notice).where(Notice.measure == measure, Notice.listing == listing_id)
        return session.exec(query).one()


def test_a_notice_from_due_to_lifted(site: Site, clerk: Browser) -> None:
    page = clerk.get("/en/measures")
    assert LISTED in page
    assert NEW["name"] in page
    token = notice(site, "M5").token
    one = f"/en/measures/{token}"
    assert "Limits on government project funds" in clerk.get(one)
    future = clerk.post(one, {"answer": "applied", "day": "2027-01-01"})
    assert future.status_code == 422
    assert "lies in the future" in future.text
    assert clerk.post(one, {"answer": "lifted", "day": "2026-11-20"}).status_code == 422
    done = clerk.post(one, {"answer": "applied", "day": "2026-11-20", "reference": "财〔2026〕9号"})
    assert done.status_code == 303
    assert "财〔2026〕9号" in clerk.get(one)
    publish(site, "L-0000000001", removed=True)
    site.hands.now += timedelta(days=20)
    clerk = site.signed_in("clerk")
    page = clerk.get("/zh/measures?show=overdue")
    assert "逾期" in page
    assert token in page
    assert LISTED not in page, "what was removed is named no more"
    assert clerk.post(one, {"answer": "lifted", "day": "2026-12-01"}).status_code == 303
    assert notice(site, "M5").state == "lifted"


def test_a_sheet_goes_out_and_comes_back(site: Site, clerk: Browser) -> None:
    with site.store.read() as session:
        department = session.exec(select(Department.id)).one()
    publish(site, "L-0000000002")
    place = f"/en/measures/departments/{department}"
    sheet = clerk.post(f"{place}/sheet", {})
    assert sheet.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(sheet.data.decode("utf-8-sig"))))
    assert len(rows) == 5
    answers = [("已实施", "2026年11月20日", ""), ("不适用", "2026-11-20", ""), ("", "", ""),
               ("随便", "昨天", "")]  # fmt: skip
    for row, (answer, day, reason) in zip(rows[1:], answers, strict=True):
        row[8:11] = [answer, day, reason]
    stranger = list(rows[1])
    stranger[0] = "M-ZZZZZZZZZZ"
    text = io.StringIO()
    csv.writer(text).writerows([*rows, stranger])
    file = (io.BytesIO(text.getvalue().encode("gb18030")), "answers.csv")
    taken = clerk.post(f"{place}/answers", {"file": file})
    assert taken.status_code == 200, taken.text
    assert "1 of 4 answers were taken." in taken.text
    assert "Say why the measure does not apply." in taken.text
    assert "This is not one of the answers." in taken.text
    states = sorted(notice(site, m, n).state for m in ("M3", "M5")
                    for n in ("L-0000000001", "L-0000000002"))  # fmt: skip
    assert states == ["applied", "due", "due", "due"]
    other = (io.BytesIO("甲,乙\n1,2\n".encode()), "other.csv")
    refused = clerk.post(f"{place}/answers", {"file": other})
    assert refused.status_code == 422
    assert "not the sheet of measures" in refused.text


def test_who_may(site: Site, clerk: Browser) -> None:
    clerk.get("/en/measures/departments/new", 403)
    clerk.get("/en/measures/M-ZZZZZZZZZZ", 404)
    site.account("stranger", "clerk", at="county")
    with site.store.write() as session:
        department = session.exec(select(Department)).one()
        department.authority_id = site.authorities["city"]
    token = notice(site, "M5").token
    clerk.get(f"/en/measures/{token}", 404)
    clerk.get("/en/measures/departments/1", 404)
    admin = site.signed_in("admin")
    assert admin.get("/en/measures")


def test_systems_that_are_called(site: Site, clerk: Browser) -> None:
    """An administrator sees how far each address is behind; a clerk has no use for it."""
    with site.intake() as session:
        agency = agencies.admit(
            session, name="演示市样例财政局", code="11990100XY00006022", authority=None,
            now=site.hands.now,
        )  # fmt: skip
        webhooks.add(
            session, agency.id or 0, "https://93.184.215.14/hook", ["measure.lift"],
            root=bytes(32), private=False, now=site.hands.now,
        )  # fmt: skip
        webhooks.emit(session, "measure.lift", {"id": "M-1"}, now=site.hands.now)
    site.account("root", "administrator")
    page = site.signed_in("root").get("/en/measures")
    assert "93.184.215.14" in page
    assert "/hook" not in page, "an address may hold a secret"
    assert "Systems that are called" not in clerk.get("/en/measures")
