"""Licences granted and results of inspections, as a reader finds them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from public_site_kit import AUTHORITY, E1, PENALTY, PERSON, Site, put, removal

LICENCE: dict[str, Any] = {
    "subject": E1,
    "authority": AUTHORITY,
    "decision": {"number": "（虚）安许〔2026〕9号", "date": "2026-07-01"},
    "licence_kind": "safety",
    # Written with other brackets than at the site, on purpose.
    "licence_number": "(演)MK安许证字[2099]0007",
    "application": "renewal",
    "term": {"since": "2026-07-02", "until": "2029-07-01"},
    "status": "valid",
    "published_on": "2026-07-05",
    "scope": "井下开采（虚构）",
    "site": "S-0000000001",
}
INSPECTION: dict[str, Any] = {
    "subject": E1,
    "authority": AUTHORITY,
    "decision": {"number": "990121查〔2026〕3号", "date": "2026-07-02"},
    "inspection_type": "special",
    "inspected_on": "2026-07-01",
    "findings": [
        {
            "severity": "minor",
            "became": "put-right",
            "fixed_on": "2026-07-06",
            "text": "记录不全。",
        },
        {"severity": "violation", "became": "own-case", "record": "P-0000000001"},
        {"severity": "minor", "became": "open", "fix_by": "2026-07-20"},
    ],
    "unit_signed": "refused",
    "status": "open",
    "published_on": "2026-07-10",
    "joint_with": ["虚岭县自然资源局（虚构）"],
    "site": "S-0000000001",
}


def lead(site: Site, path: str) -> str:
    found = site.soup(path).find(class_="lead")
    assert found is not None
    return found.get_text(" ", strip=True)


STATES: list[tuple[dict[str, Any], str]] = [
    ({}, "It is valid from 2 July 2026 until 1 July 2029."),
    (
        {"status": "lacking", "lacking_since": "2026-09-01", "put_right_by": "2026-10-01"},
        "must be met again by 1 October 2026, else the licence is revoked. That day has passed.",
    ),
    ({"status": "suspended", "suspended_on": "2026-08-04"}, "suspended since 4 August 2026"),
    (
        {"status": "revoked", "revoked_on": "2026-10-09", "revocation_grounds": "逾期未改正。"},
        "It was revoked on 9 October 2026.",
    ),
    ({"status": "expired", "term": {"since": "2023-07-02", "until": "2026-07-01"}}, "ended on 1"),
    ({"term": {"since": "2023-07-02", "until": "2026-07-01"}}, "Its validity ended on 1 July 2026"),
]


def test_a_licence_says_first_what_it_is_worth_today(site: Site) -> None:
    for number, (more, said) in enumerate(STATES):
        id = f"B-000000001{number}"
        site.publish(put("licence", id, {**LICENCE, **more}))
        assert said in lead(site, f"/en/licences/{id}")
        text = site.soup(f"/zh/licences/{id}").get_text(" ", strip=True)
        assert "安全生产许可证" in text and "井下开采（虚构）" in text


def test_the_mine_leads_to_the_decision_on_its_licence(site: Site) -> None:
    site.publish(put("licence", "B-0000000001", LICENCE))
    page = site.soup("/en/sites/S-0000000001")
    row = page.find("td", string=lambda text: bool(text and "0007" in text)) or page
    links = {str(a["href"]) for a in row.find_all("a", href=True)}
    assert "/en/licences/B-0000000001" in links
    back = site.soup("/en/licences/B-0000000001")
    assert back.find("a", href="/en/sites/S-0000000001")


def test_found_listed_and_filtered_in_every_way(site: Site) -> None:
    site.publish(
        put("licence", "B-0000000001", LICENCE), put("inspection", "Q-0000000001", INSPECTION)
    )
    for query, id in (
        ("q=(演)MK安许证字〔2099〕0007", "B-0000000001"),
        ("kind=licence&field=safety&status=valid&validity=2029", "B-0000000001"),
        ("kind=inspection&ground=special", "Q-0000000001"),
        ("q=记录不全", "Q-0000000001"),
    ):
        assert id in site.get(f"/en/search?{query}").text, query
    for plural, id in (("licences", "B-0000000001"), ("inspections", "Q-0000000001")):
        body = site.get(f"/api/v1/{plural}").get_json()
        assert [one["id"] for one in body["results"]] == [id]
        assert site.get(f"/api/v1/{plural}/{id}").get_json()["id"] == id
        assert id in site.get("/sitemap.xml").text
        assert id in site.get(f"/en/entities/{E1['code']}").text
    assert "Q-0000000001" in site.get("/en/feed.atom").text


def test_an_inspection_says_what_became_of_each_finding(site: Site) -> None:
    site.publish(put("inspection", "Q-0000000001", INSPECTION))
    said = lead(site, "/en/inspections/Q-0000000001")
    assert "Findings: 3. Still being dealt with: 1." in said and "refused to sign" in said
    page = site.soup("/en/inspections/Q-0000000001")
    rows = [row.get_text(" ", strip=True) for row in page.select("main tbody tr")]
    assert "put right" in rows[0] and "记录不全。" in rows[0]
    assert PENALTY["decision"]["number"] in rows[1]
    assert "overdue" in rows[2]
    assert page.find("a", href="/en/penalties/P-0000000001")
    back = site.soup("/en/penalties/P-0000000001")
    assert back.find("a", href="/en/inspections/Q-0000000001"), "the penalty leads back"
    assert "虚岭县自然资源局（虚构）" in page.get_text()


def test_a_removed_case_is_no_longer_led_to(site: Site) -> None:
    site.publish(put("inspection", "Q-0000000001", INSPECTION))
    site.publish(removal("penalty", "P-0000000001", "annulled", site.instant[0]))
    page = site.soup("/en/inspections/Q-0000000001")
    assert not page.find("a", href="/en/penalties/P-0000000001")
    assert "dealt with in a case of its own" in page.get_text(" ")


def test_nothing_found_is_said_and_persons_are_kept_back(site: Site) -> None:
    clean = {**INSPECTION, "findings": [], "unit_signed": "signed", "status": "finished"}
    site.publish(put("inspection", "Q-0000000002", clean))
    assert "Nothing was found" in lead(site, "/en/inspections/Q-0000000002")
    named = {**LICENCE, "subject": PERSON}
    site.publish(put("licence", "B-0000000002", named))
    answer = site.get("/en/licences/B-0000000002")
    assert answer.headers["X-Robots-Tag"] == "noindex, noarchive"
    assert "B-0000000002" not in site.get("/en/search?kind=licence").text
    assert "B-0000000002" not in site.get("/sitemap.xml").text


def test_after_its_term_nobody_reads_it(site: Site) -> None:
    site.publish(put("inspection", "Q-0000000001", INSPECTION, until="2027-07-01"))
    site.instant[0] += timedelta(days=400)
    assert site.get("/en/inspections/Q-0000000001").status_code in {404, 410}
