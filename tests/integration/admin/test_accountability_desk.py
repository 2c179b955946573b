"""The desk of who is answerable over HTTP: own work, units, the overdue report, the chain."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from admin_desk import Site
from sqlmodel import select

from registry.office.audit.models import AuditEntry
from registry.office.dockets.models import Docket, DocketClock, DocketEvent

pytestmark = pytest.mark.sqlite_only


def late_case(site: Site, owner: int, at: str = "county") -> int:
    """A danger whose limit passed ten days ago."""
    today = site.hands.now.date()
    with site.store.write() as session:
        found = Docket(
            kind="hazard", number="样例患1", year=2026, serial=1, state="rectifying",
            authority_id=site.authorities[at], region="990121", drafted_by=owner, owner_id=owner,
            title="样例隐患", opened_at=site.hands.now, facts={"origin": "self-found"},
        )  # fmt: skip
        session.add(found)
        session.flush()
        assert found.id
        session.add(
            DocketEvent(
                docket_id=found.id, ordinal=1, action="open", to_state="reported", actor_id=owner,
                recorded_at=site.hands.now, effective_on=today,
            )
        )  # fmt: skip
        day = today - timedelta(days=10)
        session.add(
            DocketClock(
                docket_id=found.id, code="hazard.rectification", started_on=date(2026, 6, 1),
                breach_due=day, first_due=day,
            )
        )  # fmt: skip
        return found.id


def read(site: Site) -> list[str]:
    with site.store.read() as session:
        rows = session.exec(select(AuditEntry.action)).all()
    return [action for action in rows if action.startswith("accountability:")]


def test_an_officer_sees_his_own_work_only(site: Site) -> None:
    mine, other = site.account("mine", "clerk", at="county"), site.account("other", "clerk")
    late_case(site, mine)
    hand = site.signed_in("mine")
    moved = hand.response("/en/accountability")
    assert moved.status_code == 302
    assert moved.headers["Location"].endswith(f"/en/accountability/officers/{mine}")
    page = hand.get(f"/en/accountability/officers/{mine}?what=overdue")
    assert "样例隐患" in page and "Past the limit" in page
    assert read(site) == [], "his own work is nobody else's reading"
    hand.get(f"/en/accountability/officers/{other}", status=404)
    hand.get(f"/en/accountability/units/{site.authorities['county']}", status=403)
    hand.get("/en/accountability/overdue", status=403)


def test_a_head_goes_from_the_unit_to_the_case(site: Site) -> None:
    owner = site.account("worker", "clerk", at="county")
    docket = late_case(site, owner)
    site.account("head", "approver", at="city")
    head = site.signed_in("head")
    county = site.authorities["county"]
    page = head.get("/zh/accountability")
    assert f"/zh/accountability/units/{county}?what=overdue" in page and "责任追溯" in page
    page = head.get(f"/en/accountability/units/{county}?what=overdue")
    assert "样例隐患" in page and f"/en/accountability/officers/{owner}" in page
    report = head.get("/en/accountability/overdue")
    assert "Major hidden danger" in report and "10" in report
    sheet = head.get("/zh/accountability/overdue.csv")
    assert "重大事故隐患,1,0," in sheet and sheet.startswith("\ufeff单位,责任单位")
    earlier = head.get("/en/accountability/overdue?as_of=2026-01-01")
    assert "Nothing is overdue." in earlier
    page = head.get(f"/en/cases/{docket}")
    assert f"/en/accountability/cases/{docket}" in page
    page = head.get(f"/en/accountability/cases/{docket}")
    assert "样例worker" in page and "Case opened" in page
    assert sorted(read(site)) == ["accountability:chain:read", "accountability:unit:read"]
    head.get(f"/en/accountability/units/{site.authorities['province']}", status=404)


def test_a_wrong_day_is_named(site: Site) -> None:
    site.account("head", "approver")
    head = site.signed_in("head")
    assert "not a date" in head.get("/en/accountability?as_of=2026-02-31", status=422)
    head.get("/en/accountability/overdue?as_of=9999-99-99", status=422)
    me = head.response("/en/accountability/officers/1?what=nonsense")
    assert me.status_code == 422
    assert "Accountability" in head.get("/en/accountability?as_of=2199-01-01")
