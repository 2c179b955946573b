"""From a site and a day to the disclosed reports that spoke of it, and to their signers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from public_site_kit import AUTHORITY, Site, put, removal

from public_site.present.covering import covered

pytestmark = pytest.mark.sqlite_only
PAGE = "sites/S-0000000001/reports"
AGENCY = {
    "kind": "enterprise",
    "name": "样例安全评价有限公司(虚构)",
    "code": "91990100XY0000047B",
    "region": "990100",
}


def report(number: str, issued: str, signer: str, **more: Any) -> dict[str, Any]:
    return {
        "project": f"一号样例煤矿评价{number}",
        "number": f"DEMO-PJ-{number}",
        "version": 1,
        "type": "status-evaluation",
        "field": "evaluation",
        "subject": AGENCY,
        "authority": AUTHORITY,
        "issued_on": issued,
        "status": "valid",
        "signatures": [{"role": "technical-lead", "name": signer, "on": issued}],
        "findings": [],
        "published_on": issued,
        "late": False,
        "site": "S-0000000001",
        **more,
    }


@pytest.fixture
def vouched(site: Site) -> Site:
    covers = {"since": "2026-01-10", "until": "2026-05-20"}
    first = report("101", "2026-02-01", "赵样例", covers=covers, status="false",
                   findings=[{"code": "FA03", "on": "2026-06-01"}])  # fmt: skip
    second = report("102", "2026-05-20", "孙样例", field_since="2026-05-01")
    elsewhere = report("103", "2026-05-20", "邓样例", covers=covers, site="S-0000000009")
    site.publish(
        put("report", "R-0000000001", first, "2036-03-09"),
        put("report", "R-0000000002", second, "2036-03-09"),
        put("report", "R-0000000003", elsewhere, "2036-03-09"),
    )
    return site


def told(site: Site, on: str, language: str = "en") -> list[str]:
    """The addresses of the reports in the table, in its order."""
    tables = site.soup(f"/{language}/{PAGE}?on={on}").select("section table")
    rows = tables[0].select("tbody tr") if tables else []
    return [str(row.select("a")[0]["href"]).rsplit("/", 1)[1] for row in rows]


@pytest.mark.parametrize(
    ("on", "ids"),
    [
        ("2026-01-09", []),
        ("2026-01-10", ["R-0000000001"]),
        ("2026-04-30", ["R-0000000001"]),
        ("2026-05-01", ["R-0000000002", "R-0000000001"]),
        ("2026-05-20", ["R-0000000002", "R-0000000001"]),
        ("2026-05-21", []),
    ],
)
def test_a_day_has_the_reports_that_spoke_of_it(vouched: Site, on: str, ids: list[str]) -> None:
    assert told(vouched, on) == ids


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", ("认定虚假", "技术负责人")), ("en", ("found false", "Technical lead"))],
)
def test_it_names_the_signers_as_published_and_what_the_report_is_worth(
    vouched: Site, language: str, words: tuple[str, ...]
) -> None:
    page = vouched.soup(f"/{language}/{PAGE}?on=2026-02-01").get_text(" ", strip=True)
    assert "赵样例" in page and "孙样例" not in page and "邓样例" not in page
    assert all(one.lower() in page.lower() for one in words), page


def test_what_is_not_public_any_more_is_not_in_it(vouched: Site) -> None:
    gone = removal("report", "R-0000000001", "revoked", vouched.instant[0])
    vouched.publish(gone)
    assert told(vouched, "2026-05-20") == ["R-0000000002"]
    vouched.instant[0] = vouched.instant[0].replace(year=2037)
    answer = vouched.get(f"/en/{PAGE}?on=2026-05-20")
    assert "No disclosed report speaks of this day" in answer.text and "孙样例" not in answer.text


def test_without_a_day_it_is_today_and_search_engines_keep_out(vouched: Site) -> None:
    page = vouched.soup(f"/en/{PAGE}")
    day = page.select_one("input[name=on]")
    assert day is not None
    assert date.fromisoformat(str(day["value"])) == vouched.instant[0].date()
    robots = page.select_one("meta[name=robots]")
    assert robots is not None and "noindex" in str(robots["content"])


def test_a_bad_day_and_a_bad_site_have_their_answers(vouched: Site) -> None:
    answer = vouched.get(f"/zh/{PAGE}?on=2026-02-30")
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
    assert "<tbody" not in answer.text
    assert vouched.get("/en/sites/S-0000000099/reports").status_code == 404
    assert vouched.get("/en/sites/R-0000000001/reports").status_code == 404
    moved = vouched.get("/en/sites/s-oooooooool/reports")
    assert moved.status_code == 301 and moved.headers["Location"].endswith(f"/en/{PAGE}")


def test_the_page_of_the_site_leads_to_it(vouched: Site) -> None:
    links = [str(one["href"]) for one in vouched.soup("/en/sites/S-0000000001").select("a[href]")]
    assert f"/en/{PAGE}" in links


DAYS = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@given(DAYS, DAYS, st.one_of(st.none(), DAYS))
def test_what_a_report_says_of_its_time_goes_before_its_field_work(
    one: date, other: date, field: date | None
) -> None:
    since, until = min(one, other), max(one, other)
    bare: Any = report("1", until.isoformat(), "赵样例")
    if field is not None:
        bare["field_since"] = field.isoformat()
    assert covered(bare) == (field or until, until)
    bare["covers"] = {"since": since.isoformat(), "until": until.isoformat()}
    assert covered(bare) == (since, until)


def way(site: Site, path: str) -> tuple[list[str], dict[str, list[str]]]:
    """Labels of the drawing, and per name the numbers of its other reports in the table."""
    page = site.soup(path)
    labels = [text.get_text() for text in page.select("svg .graph-text")]
    rows = page.select("table:has(td[data-label^='Vouched']) tbody tr")
    others = {}
    for row in rows:
        name, _, last = row.select("td")
        (first, *_) = name.get_text("\n", strip=True).split("\n")
        others[first] = [link.get_text(strip=True) for link in last.select("a")]
    return labels, others


@pytest.mark.parametrize(
    "path", ["reports/R-0000000002", "sites/S-0000000001/reports?on=2026-05-20"],
    ids=["report", "site"],
)  # fmt: skip
def test_the_way_back_is_drawn_and_told(vouched: Site, path: str) -> None:
    more = report("104", "2026-06-20", "孙样例", site="S-0000000009")
    other = {**AGENCY, "name": "另一家样例评价公司", "code": "91990100XY0000071U"}
    namesake = report("105", "2026-06-20", "孙样例", subject=other, site="S-0000000009")
    vouched.publish(
        put("report", "R-0000000004", more, "2036-03-09"),
        put("report", "R-0000000005", namesake, "2036-03-09"),
    )
    labels, others = way(vouched, f"/en/{path}")
    # A namesake at another organization is nobody's other report.
    assert others["孙样例"] == ["DEMO-PJ-104"]
    assert "DEMO-PJ-104" in others[AGENCY["name"]] and "DEMO-PJ-105" not in str(others)
    assert "孙样例" in labels and "DEMO-PJ-104" in labels and "另一家" not in str(labels)
    vouched.publish(removal("report", "R-0000000004", "revoked", vouched.instant[0]))
    assert "DEMO-PJ-104" not in vouched.get(f"/en/{path}").text
    brief = report("106", "2026-06-21", "孙样例", site="S-0000000009")
    vouched.publish(put("report", "R-0000000006", brief, "2026-11-20"))
    assert "DEMO-PJ-106" in vouched.get(f"/en/{path}").text
    # Gone at midnight, whether or not a worker took it out.
    vouched.instant[0] = vouched.instant[0].replace(day=21)
    assert "DEMO-PJ-106" not in vouched.get(f"/en/{path}").text


def test_one_name_at_two_organizations_is_two_signers(vouched: Site) -> None:
    other = {**AGENCY, "name": "另一家样例评价公司", "code": "91990100XY0000071U"}
    covers = {"since": "2026-05-01", "until": "2026-05-20"}
    namesake = report("105", "2026-05-19", "孙样例", subject=other, covers=covers)
    vouched.publish(put("report", "R-0000000005", namesake, "2036-03-09"))
    page = vouched.soup(f"/en/{PAGE}?on=2026-05-20")
    rows = page.select("table:has(td[data-label^='Vouched']) tbody tr")
    named = [row.get_text(" ", strip=True) for row in rows if "孙样例" in row.get_text()]
    assert len(named) == 2
    assert not any("102" in one and "105" in one for one in named)


def finding(number: str, **more: Any) -> dict[str, Any]:
    return {
        "subject": AGENCY,
        "authority": AUTHORITY,
        "decision": {"number": f"（演）认〔2026〕{number}号", "date": "2026-06-01"},
        "group": "false",
        "codes": ["FA03"],
        "found_on": "2026-05-01",
        "told_on": "2026-05-06",
        "reports": [{"id": "R-0000000001", "number": "DEMO-PJ-101"}],
        "published_on": "2026-06-01",
        "term": {"since": "2026-06-01", "until": "2029-06-01"},
        **more,
    }


@pytest.mark.parametrize(
    ("language", "upheld", "silent"),
    [("zh", "经复核维持认定", "未提出异议"), ("en", "the finding was upheld", "did not object")],
)
def test_a_finding_says_what_became_of_the_objection_and_goes_when_it_is_annulled(
    vouched: Site, language: str, upheld: str, silent: str
) -> None:
    vouched.publish(
        put("finding", "F-0000000001", finding("1", contested_on="2026-05-09"), "2029-06-01"),
        put("finding", "F-0000000002", finding("2", codes=["CO05"], group="conduct"), "2029-06-01"),
    )
    page = vouched.get(f"/{language}/findings/F-0000000001")
    assert upheld in page.text and silent not in page.text and "R-0000000001" in page.text
    assert silent in vouched.get(f"/{language}/findings/F-0000000002").text
    assert "F-0000000001" in vouched.get(f"/{language}/entities/{AGENCY['code']}").text
    vouched.publish(removal("finding", "F-0000000001", "annulled", vouched.instant[0]))
    assert vouched.get(f"/{language}/findings/F-0000000001").status_code == 410


def test_an_organization_shows_all_in_order_of_time(vouched: Site) -> None:
    provider = {
        "subject": AGENCY,
        "authority": AUTHORITY,
        "field": "evaluation",
        "scopes": ["coal-evaluation"],
        "status": "valid",
        "history": [{"on": "2023-01-01", "event": "registered"}],
        "published_on": "2024-02-01",
    }
    vouched.publish(
        put("provider", "V-0000000001", provider),
        put("finding", "F-0000000001", finding("1"), "2029-06-01"),
    )
    table = vouched.soup("/en/providers/V-0000000001").select("#chronicle + div tbody tr")
    days = [str(row.select_one("time")["datetime"]) for row in table]  # type: ignore[index]
    assert days == sorted(days, reverse=True) and days[-1] == "2023-01-01"
    links = [str(row.select_one("a")["href"]) for row in table]  # type: ignore[index]
    assert links[0].endswith("/findings/F-0000000001")
    assert {"R-0000000001", "R-0000000002", "R-0000000003"} <= {one[-12:] for one in links}
    assert "found false" in str(table)
