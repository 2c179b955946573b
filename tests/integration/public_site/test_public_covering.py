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
    rows = site.soup(f"/{language}/{PAGE}?on={on}").select("tbody tr")
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
