"""Leaders, opinions, experts and lists of an enterprise over HTTP."""

from __future__ import annotations

import pytest
from admin_desk import Browser, Site
from sqlmodel import select

from registry.core import rules
from registry.office.accountability.experts.models import Expert
from registry.office.accountability.leaders.models import LeaderVisit
from registry.office.audit.models import AuditEntry
from registry.office.entities import service as entities
from registry.office.entities import sites, vault
from registry.office.entities.drafts import EntityDraft, SiteDraft
from registry.office.staff import queries as staff
from registry.office.staff.models import Leader
from registry.office.staff.officer import Acting

pytestmark = pytest.mark.sqlite_only

LEADER = {
    "name": "寅样例", "post": "government-deputy", "body": "虚岭县人民政府（虚构）",
    "since": "2026-11-01", "until": "",
}  # fmt: skip
VISIT = {
    "visited_on": "2026-11-19", "shift": "night", "minutes": "190", "seen": "检查回风巷。",
    "hazard_code": "", "description": "",
}  # fmt: skip


def world(site: Site) -> tuple[int, int, int]:
    """A mine that a firm works, and a person: ids of site, firm, person."""
    clerk = site.account("maker", "clerk")
    with site.store.write() as session:
        officer = staff.officer(session, clerk, site.hands.now.date())
        acting = Acting(officer, site.hands.now, rules.load(demo=True))
        firm = entities.add_entity(session, acting, EntityDraft("enterprise", "样例煤矿公司"))
        keys = vault.load(site.app.extensions["registry.settings"].key_dir)
        person = entities.add_entity(session, acting, EntityDraft("person", "专家样例"), keys=keys)
        mine = sites.add_site(session, acting, SiteDraft("coal-mine", "样例一矿", region="990121"))
        sites.add_operator(session, acting, mine.id or 0, mine.version, firm.id or 0)
        return mine.id or 0, firm.id or 0, person.id or 0


def tags(site: Site) -> list[str]:
    with site.store.read() as session:
        return list(session.exec(select(AuditEntry.action)))


def clerk(site: Site) -> Browser:
    site.account("hand", "clerk")
    return site.signed_in("hand")


def test_a_leader_from_entry_to_the_danger_he_found(site: Site) -> None:
    mine, _, _ = world(site)
    hand = clerk(site)
    assert "Nobody has been entered yet" in hand.get("/en/leaders")
    wrong = hand.post("/en/leaders/new", LEADER | {"until": "2026-10-01"})
    assert wrong.status_code == 422 and "寅样例" in wrong.text
    assert "The end lies before the beginning." in wrong.text
    assert hand.post("/en/leaders/new", LEADER).status_code == 303
    page = hand.get("/zh/leaders")
    assert "寅样例" in page and "2个月" in page
    assert "Choose a mine" in hand.get("/en/leaders/1/visit")
    found = hand.post("/en/leaders/1/visit", {"q": "样例一矿"})
    assert f"/en/leaders/1/visit?site={mine}" in found.text
    where = f"/en/leaders/1/visit?site={mine}"
    for more, told in (
        ({"visited_on": "2026-11-30"}, "future"),
        ({"minutes": "0"}, "twenty-four hours"),
        ({"minutes": "viel"}, "not a whole number"),
        ({"hazard_code": "H05"}, "must be filled in"),
        ({"shift": "x"}, "not one of the choices"),
    ):
        answer = hand.post(where, VISIT | more)
        assert answer.status_code == 422 and told in answer.text, more
        assert "检查回风巷。" in answer.text, "what was typed stays"
    danger = {"hazard_code": "H05", "description": "局部通风机未自动切换。"}
    assert hand.post(where, VISIT | danger).status_code == 303
    page = hand.get("/en/leaders/1")
    assert "样例一矿" in page and "Major hidden danger" in page
    with site.store.read() as session:
        (visit,) = session.exec(select(LeaderVisit)).all()
        assert visit.hazard_id is not None and visit.minutes == 190
    assert hand.post("/en/leaders/1/end", {"until": "2026-11-19"}).status_code == 403
    site.account("boss", "administrator")
    boss = site.signed_in("boss", confirmed=True)
    assert "检查回风巷" not in boss.get("/en/leaders")
    assert boss.response("/en/leaders/1").status_code == 403
    assert boss.post("/en/leaders/1/end", {"until": "2026-11-19"}).status_code == 303
    assert "no longer in the post" in hand.get("/en/leaders")
    assert {"accountability:leader:read", "accountability:visit:added"} <= set(tags(site))


def test_an_expert_from_the_person_to_his_interest(site: Site) -> None:
    _, firm, person = world(site)
    hand = clerk(site)
    assert f"/en/experts/new?person={person}" in hand.post("/en/experts/new", {"q": "专家"}).text
    entry = {"fields": ["mining"], "title": "高工", "since": "2026-01-01", "until": "2025-01-01"}
    where = f"/en/experts/new?person={person}"
    wrong = hand.post(where, entry)
    assert wrong.status_code == 422 and "The end lies before the beginning." in wrong.text
    assert hand.post(where, entry | {"until": "2027-01-01", "fields": []}).status_code == 422
    assert hand.post(where, entry | {"until": "2027-01-01"}).status_code == 303
    twice = hand.post(where, entry | {"until": "2027-01-01"})
    assert twice.status_code == 422 and "in the pool already" in twice.text
    no_person = hand.post(f"/en/experts/new?person={firm}", entry | {"until": "2027-01-01"})
    assert no_person.status_code == 422
    page = hand.get("/zh/experts")
    assert "ZJ00001" in page and "采矿" in page
    units = hand.post("/en/experts/1/interest", {"q": "样例煤矿公司"})
    assert f"/en/experts/1/interest?unit={firm}" in units.text
    held = {"kind": "owns", "since": "2020-01-01", "until": ""}
    assert hand.post(f"/en/experts/1/interest?unit={firm}", held).status_code == 303
    assert "样例煤矿公司" in hand.get("/en/experts/1")
    assert hand.post("/en/experts/1/end", {"until": "2026-11-01"}).status_code == 303
    assert "not valid today" in hand.get("/en/experts")
    assert {"accountability:expert:read", "entities:person:read"} <= set(tags(site))
    site.account("below", "clerk", at="county")
    below = site.signed_in("below")
    assert "专家样例" in below.get("/en/experts") and "/experts/1" not in below.get("/en/experts")
    below.get("/en/experts/1", status=404)


def test_who_may_only_read(site: Site) -> None:
    site.account("watch", "auditor")
    watch = site.signed_in("watch")
    for page in ("/en/leaders", "/en/experts", "/en/opinions"):
        assert "/new" not in watch.get(page).split("<main", 1)[1]
    for page in ("/en/leaders/new", "/en/experts/new"):
        watch.get(page, status=403)
    with site.store.read() as session:
        assert session.exec(select(Leader)).all() == [] == session.exec(select(Expert)).all()


def test_the_year_of_opinions_and_the_lists_of_a_firm(site: Site) -> None:
    _, firm, _ = world(site)
    hand = clerk(site)
    assert "No opinion in this year." in hand.get("/en/opinions?year=1066")
    entry = {
        "title": "监管力量", "region": "990121", "government": "虚岭县人民政府（虚构）",
        "topic": "=1+1 监管力量不足", "opinion_basis": "检查发现。", "opinion_text": "充实队伍。",
    }  # fmt: skip
    assert hand.post("/en/cases/new/opinion", entry).status_code == 303
    assert "监管力量不足" in hand.get("/en/opinions")
    sheet = hand.get("/zh/opinions/year.csv?year=2026")
    assert sheet.startswith("\ufeff案号,机关") and "虚岭县人民政府" in sheet
    assert ",'=1+1 监管力量不足," in sheet, "no cell is a formula"
    record = {
        "title": "样例三违清单", "region": "990121", "record_kind": "three-violations",
        "dated_on": "2026-11-01", "record_text": "23起", "entries": "23", "award_yuan": "5",
        "subject": str(firm),
    }  # fmt: skip
    wrong = hand.post("/en/cases/new/unit-record", record)
    assert wrong.status_code == 422 and "Only an award has a sum." in wrong.text
    assert hand.post("/en/cases/new/unit-record", record | {"award_yuan": ""}).status_code == 303
    assert "“三违”清单" in hand.get(f"/zh/entities/{firm}")
