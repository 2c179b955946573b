"""Accidents and convictions of units on the site and in the API; the link from list to verdict."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from public_site_kit import AUTHORITY, E1, PERSON, Site, listing, put, removal

ACCIDENT: dict[str, Any] = {
    "subject": E1,
    "authority": AUTHORITY,
    "decision": {"number": "演政函〔2026〕3号", "date": "2026-05-15"},
    "occurred_on": "2026-03-11",
    "region": "990121",
    "level": "general",
    "deaths": 2,
    "missing": 0,
    "serious_injuries": 1,
    "reporting": "late",
    "late_minutes": 90,
    "concealment": "late",
    "investigated_by": "演示市人民政府（虚构）",
    "investigating_level": "prefecture",
    "raised_from": "county",
    "cause": "支护强度不足，顶板垮落。",
    "responsibility": "该矿负有责任。",
    "measures": "排查顶板管理。",
    "evaluation_due": "2027-05-15",
    "status": "measures",
    "published_on": "2026-06-01",
    "site": "S-0000000001",
}
CONVICTION: dict[str, Any] = {
    "subject": E1,
    "authority": AUTHORITY,
    "decision": {"number": "（2026）演01刑初7号", "date": "2026-06-20"},
    "court": "虚岭县人民法院（虚构）",
    "verdict": "guilty",
    "offences": ["343"],
    "referred_on": "2026-02-01",
    "filed_on": "2026-02-03",
    "prosecuted_on": "2026-04-01",
    "in_force_on": "2026-07-02",
    "term": {"since": "2026-07-02", "until": "2029-07-02"},
    "published_on": "2026-07-03",
    "fine_yuan": "300000.00",
    "records": ["P-0000000001"],
}
G, Y = "G-0000000001", "Y-0000000001"
pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def told(site: Site) -> Site:
    site.publish(put("accident", G, ACCIDENT), put("referral", Y, CONVICTION, "2029-07-02"))
    return site


def text(site: Site, path: str) -> str:
    return " ".join(site.soup(path).get_text(" ").split())


def test_the_page_of_an_accident(told: Site) -> None:
    said = text(told, f"/en/accidents/{G}")
    for words in (
        "General accident", "Deaths: 2.", "The accident was reported late.", "late by 90 minutes",
        "A higher level took over", "支护强度不足，顶板垮落。", "Not evaluated yet.",
        "Xuling County", "What else is public on this unit",
    ):  # fmt: skip
        assert words in said, words
    chinese = text(told, f"/zh/accidents/{G}")
    assert "该单位于2026年3月11日发生一般事故。" in chinese
    done = {"date": "2027-01-05", "result": "not-done", "text": "未安装监测设备。"}
    told.publish(put("accident", G, {**ACCIDENT, "status": "evaluated", "evaluation": done}))
    said = text(told, f"/en/accidents/{G}")
    assert "The measures were not carried out" in said and "未安装监测设备。" in said


def test_a_day_after_the_year_the_evaluation_is_overdue(told: Site) -> None:
    told.instant[0] = datetime.fromisoformat("2027-05-15T15:59:00+00:00")
    assert "is overdue" not in text(told, f"/en/accidents/{G}")
    told.instant[0] = datetime.fromisoformat("2027-05-15T16:00:00+00:00")
    assert "is overdue" in text(told, f"/en/accidents/{G}")


def test_the_page_of_a_conviction(told: Site) -> None:
    said = text(told, f"/en/referrals/{Y}")
    for words in (
        "The judgment is in force.", "Illegal or destructive mining", "¥300,000",
        "Referred to the police", "Of the same case",
    ):  # fmt: skip
        assert words in said, words
    links = {a["href"] for a in told.soup(f"/en/referrals/{Y}").select("article a")}
    assert "/en/penalties/P-0000000001" in links


def test_from_the_listing_over_the_penalty_to_the_verdict_while_it_is_public(
    site: Site, now: datetime
) -> None:
    pages = ("/en/listings/L-0000000001", "/en/penalties/P-0000000001")

    def links(path: str) -> set[str]:
        return {str(a["href"]) for a in site.soup(path).select("article a")}

    for page in pages:
        assert f"/en/referrals/{Y}" not in links(page)
    site.publish(put("referral", Y, CONVICTION, "2029-07-02"))
    for page in pages:
        assert f"/en/referrals/{Y}" in links(page), page
    # The unit's verdict is no matter of a person who is on the list beside it.
    person = listing(PERSON, penalty="P-0000000001")
    site.publish(put("listing", "L-0000000003", person, "2029-07-01"))
    assert f"/en/referrals/{Y}" not in links("/en/listings/L-0000000003")
    site.publish(removal("referral", Y, "annulled", now))
    for page in pages:
        assert f"/en/referrals/{Y}" not in links(page)
    assert site.get(f"/en/referrals/{Y}").status_code == 410


def test_found_by_search_filter_entity_site_feed_and_sitemap(told: Site) -> None:
    assert f"/en/accidents/{G}" in str(told.soup("/en/search?kind=accident&ground=general"))
    assert f"/en/accidents/{G}" in str(told.soup("/en/search?q=顶板垮落"))
    assert f"/en/referrals/{Y}" in str(told.soup("/en/search?kind=referral&ground=343"))
    for path in (f"/en/entities/{E1['code']}", "/en/sites/S-0000000001"):
        assert f"/en/accidents/{G}" in str(told.soup(path)), path
    for path in ("/en/feed.atom", "/sitemap.xml"):
        page = told.get(path).get_data(as_text=True)
        assert f"accidents/{G}" in page and f"referrals/{Y}" in page, path


def test_the_api_lists_describes_and_hands_them_out(told: Site) -> None:
    for plural, id, name in (("accidents", G, "Accident"), ("referrals", Y, "Referral")):
        listed = told.get(f"/api/v1/{plural}").get_json()
        assert [one["id"] for one in listed["results"]] == [id]
        record = told.get(f"/api/v1/{plural}/{id}").get_json()
        assert record["url"].endswith(f"/{plural}/{id}") and record["subject"]["code"] == E1["code"]
        described = told.get("/api/v1/openapi.json").get_json()
        assert name in described["components"]["schemas"]
        assert id in told.get(f"/api/v1/datasets/{plural}.csv").get_data(as_text=True)


def test_neither_makes_a_counterparty_listed(told: Site) -> None:
    other = {**E1, "code": "91990125XY0000098T", "name": "样例矿山监理有限公司（虚构）"}
    told.publish(
        put("accident", "G-0000000002", {**ACCIDENT, "subject": other}),
        put("referral", "Y-0000000002", {**CONVICTION, "subject": other}, "2029-07-02"),
    )
    asked = {"queries": [{"code": other["code"]}, {"name": other["name"]}]}
    found = told.post("/api/v1/match", json=asked).get_json()
    assert [one["outcome"] for one in found["results"]] == ["clear", "clear"]
