"""Authorities have pages, and the records that name them lead there."""

from __future__ import annotations

import pytest
from public_site_kit import AUTHORITY, Site, put

ABOVE = {
    "name": "演示省样例矿监机构", "code": "11990000XY00000B4C", "line": "mine-safety",
    "level": "province", "region": "990000", "name_en": "Sample Mine Safety Body",
}  # fmt: skip
BELOW = {
    **AUTHORITY, "line": "emergency-management", "level": "county", "parent": "A-0000000001",
}  # fmt: skip


@pytest.fixture
def published(site: Site) -> Site:
    record = site.soup("/en/listings/L-0000000001")
    assert not record.select("a[href*='/authorities/']"), "not published, so no way leads there"
    assert site.get("/en/authorities/A-0000000001").status_code == 404
    assert site.get(f"/en/authorities/{AUTHORITY['code']}").status_code == 404
    site.publish(put("authority", "A-0000000001", ABOVE), put("authority", "A-0000000002", BELOW))
    return site


def test_a_record_leads_to_its_authority_and_back(published: Site) -> None:
    for record in ("listings/L-0000000001", "penalties/P-0000000001"):
        link = published.soup(f"/en/{record}").select_one("dd a[href*='/authorities/']")
        assert link is not None and link["href"] == "/en/authorities/A-0000000002"
    page = published.soup("/zh/authorities/A-0000000002")
    text = page.main.get_text(" ") if page.main else ""
    for said in ("应急管理", "县", "上级机关", "演示省样例矿监机构", AUTHORITY["code"]):
        assert said in text
    assert page.select("a[href='/zh/listings/L-0000000001']")
    assert "L-0000000003" not in str(page), "no natural person stands in a list"
    above = published.soup("/en/authorities/A-0000000001")
    assert above.select("a[href='/en/authorities/A-0000000002']")
    assert "Sample Mine Safety Body" in above.get_text() and "No record of it" in above.get_text()


def test_a_credit_code_and_a_sloppy_id_lead_there_too(published: Site) -> None:
    for way in (AUTHORITY["code"], AUTHORITY["code"].lower()):
        answer = published.get(f"/en/authorities/{way}")
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/en/authorities/A-0000000002"
    assert published.get("/en/authorities/a-0000000002").status_code == 301
    assert published.get("/en/authorities/L-0000000001").status_code == 404


def test_authorities_are_listed_for_machines_and_not_among_results(published: Site) -> None:
    body = published.get("/api/v1/authorities").json
    assert body is not None and body["total"] == 2
    assert {one["code"] for one in body["results"]} == {ABOVE["code"], AUTHORITY["code"]}
    assert published.get("/api/v1/authorities/A-0000000002").json["parent"] == "A-0000000001"  # type: ignore[index]
    assert "/zh/authorities/A-0000000002" in published.get("/sitemap.xml").text
    found = published.soup("/en/search?q=样例矿监机构")
    assert not found.select(".results a[href*='/authorities/']")
