"""The pages of statistics: charts with their tables, hidden cells, files, live counts."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from public_site_kit import E1, Site, put

AUTHORITY = {"name": "虚岭县样例应急管理局", "code": "11990121XY00000A64"}


def period(code: str, length: str, first: str, last: str, **amounts: Any) -> dict[str, Any]:
    """Figures of two counties; None is hidden."""
    figures = [
        {
            "code": name.replace("_", "-"),
            "amount": None if None in cells else sum(cells),
            "regions": [
                {"region": place, "amount": amount}
                for place, amount in zip(("990121", "990122"), cells, strict=True)
            ],
        }
        for name, cells in amounts.items()
    ]
    return {
        "period": code,
        "length": length,
        "first": first,
        "last": last,
        "known_at": "2026-11-06T02:00:00Z",
        "edition": 1,
        "figures": figures,
    }


@pytest.fixture
def told(site: Site) -> Site:
    october = {"penalties_decided": (4, 3), "fines_decided": (1_200_000_00, 50)}
    dated = {"hazards_in_time": (3, 0), "hazards_late": (1, 0)}
    site.publish(
        put(
            "snapshot",
            "D-0000000001",
            period("2026-10", "month", "2026-10-01", "2026-10-31", **october, **dated),
        ),
        put(
            "snapshot",
            "D-0000000002",
            period("2025-10", "month", "2025-10-01", "2025-10-31", penalties_decided=(2, 0)),
        ),
        put(
            "snapshot",
            "D-0000000003",
            period("2026-Q3", "quarter", "2026-07-01", "2026-09-30", tips_received=(None, None)),
        ),
    )
    return site


PAGES = (
    "statistics",
    "statistics?of=quarter",
    "statistics?of=nothing",
    "statistics/definitions",
    "statistics/indicators/penalties-decided",
    "statistics/indicators/tips-received",
    "statistics/D-0000000001",
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_answers(told: Site, language: str) -> None:
    for page in PAGES:
        assert told.get(f"/{language}/{page}").status_code == 200, page
    assert told.get(f"/{language}/statistics/indicators/nothing").status_code == 404
    assert told.get(f"/{language}/statistics/indicators/rewards-paid").status_code == 404
    assert told.get(f"/{language}/statistics/D-0000000009").status_code == 404


@pytest.mark.sqlite_only
def test_each_chart_has_a_name_and_the_same_numbers_in_a_table(told: Site) -> None:
    page = told.soup("/en/statistics")
    figures = page.select("figure.bars")
    assert figures
    for figure in figures:
        drawing = figure.find("svg")
        assert drawing is not None and drawing["role"] == "img"
        named = [page.find(id=id) for id in str(drawing["aria-labelledby"]).split()]
        assert all(part is not None and part.text.strip() for part in named)
        assert figure.select("table tbody tr")
    (penalties,) = [f for f in figures if "Penalties decided" in f.text]
    rows = [[c.text for c in row.find_all(["th", "td"])] for row in penalties.select("tbody tr")]
    assert rows[0] == ["October 2025", "2"] and rows[-1] == ["October 2026", "7"]
    assert len(rows) == 13 and rows[5][1] == "not known"
    assert len(penalties.select("rect")) == 2
    assert not page.select("script") and not page.select("[style]")


@pytest.mark.sqlite_only
def test_the_newest_period_stands_beside_the_year_before(told: Site) -> None:
    page = told.soup("/en/statistics")
    (row,) = [r for r in page.select(".figures-table tbody tr") if "Penalties decided" in r.text]
    cells = [" ".join(cell.text.split()) for cell in row.find_all("td")]
    assert cells == ["Penalties decided cases", "7", "2", "+5"]
    (share,) = [
        r for r in page.select(".figures-table tr") if "Dangers put right in time (share)" in r.text
    ]
    assert "75 %" in share.text and "not known" not in share.find_all("td")[1].text


@pytest.mark.sqlite_only
def test_a_period_that_was_published_anew_is_read_anew(told: Site) -> None:
    assert "100" not in told.soup("/en/statistics").select(".figures-table td")[1].text
    again = period("2026-10", "month", "2026-10-01", "2026-10-31", penalties_decided=(90, 10))
    told.publish(put("snapshot", "D-0000000001", {**again, "revision": 2}))
    assert "100" in told.soup("/en/statistics").select(".figures-table td")[1].text
    assert "version 2" in told.get("/en/statistics/D-0000000001").text


@pytest.mark.sqlite_only
def test_hidden_cells_are_a_dash_and_empty_in_the_file(told: Site) -> None:
    page = told.soup("/en/statistics/indicators/tips-received")
    assert "–" in page.select_one("figure.bars table").text  # type: ignore[union-attr]
    text = told.get("/en/statistics/indicators/tips-received.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert [row["amount"] for row in rows] == ["", "", ""]
    told_rows = told.get("/zh/statistics/indicators/fines-decided.csv").get_data(as_text=True)
    fines = list(csv.DictReader(io.StringIO(told_rows.lstrip("\ufeff"))))
    assert [row["amount"] for row in fines] == ["1200000.50", "1200000.00", "0.50"]
    assert fines[1]["region"] == "990121" and "虚岭县" in fines[1]["region_name"]


@pytest.mark.sqlite_only
def test_live_counts_of_dangers_follow_what_is_public(site: Site) -> None:
    assert "of these, past their last day" not in site.get("/en/statistics").text
    danger = {
        "subject": E1,
        "authority": AUTHORITY,
        "decision": {"number": "（虚）1号", "date": "2026-10-02"},
        "hazard_code": "H05",
        "origin": "inspection",
        "description": "通风不足。",
        "found_on": "2026-10-01",
        "rectify_by": "2026-10-31",
        "status": "rectifying",
        "published_on": "2026-10-03",
    }
    site.publish(
        put("hazard", "H-0000000001", danger),
        put("hazard", "H-0000000002", {**danger, "rectify_by": "2026-12-31"}),
        put("hazard", "H-0000000003", {**danger, "status": "eliminated"}),
    )
    assert _dangers(site) == ["3", "2", "1", "1"]
    site.publish(put("hazard", "H-0000000001", {**danger, "status": "awaiting"}))
    assert _dangers(site) == ["3", "2", "0", "1"]


def _dangers(site: Site) -> list[str]:
    numbers = site.soup("/en/statistics").select("dl.figures dd")
    return [number.text.strip() for number in numbers]


def test_figures_stand_in_the_api_and_the_datasets(told: Site) -> None:
    answer = told.get("/api/v1/statistics").get_json()
    assert answer["total"] == 3
    assert {one["period"] for one in answer["results"]} == {"2026-10", "2025-10", "2026-Q3"}
    one = told.get("/api/v1/statistics/D-0000000001").get_json()
    assert one["url"].endswith("/statistics/D-0000000001")
    assert one["figures"][0]["amount"] == 7
    names = [entry["name"] for entry in told.get("/api/v1/datasets").get_json()["datasets"]]
    assert "statistics" in names
    assert '"period": "2026-10"' in told.get("/api/v1/datasets/statistics.jsonl").text
