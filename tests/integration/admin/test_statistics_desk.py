"""The desk of statistics over HTTP: figures of the own subtree, what lies behind, the sheet."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest
from admin_desk import Site
from sqlmodel import select

from registry.core.clock import midnight
from registry.office.audit.models import AuditEntry
from registry.office.dockets.models import Docket, DocketEvent
from registry.office.statistics import service
from registry.public.indicators.periods import parse

pytestmark = pytest.mark.sqlite_only
JULY, HALF, BEFORE = parse("2026-07"), parse("2026-H1"), parse("2025-H1")


def penalties(site: Site, at: str, *days: date, fine: str = "500.50") -> None:
    """Decided penalties of an authority."""
    with site.store.write() as session:
        for day in days:
            found = Docket(
                kind="penalty", number=f"{at}{day}", year=day.year, serial=day.toordinal(),
                state="decided", authority_id=site.authorities[at], region="990121",
                drafted_by=1, title=f"{at}样例处罚{day}", opened_at=midnight(day),
            )  # fmt: skip
            session.add(found)
            session.flush()
            for ordinal, (act, data) in enumerate(
                [("open", {"fine_yuan": fine}), ("decide", {})], start=1
            ):
                session.add(
                    DocketEvent(
                        docket_id=found.id or 0, ordinal=ordinal, action=act, to_state="decided",
                        recorded_at=midnight(day) + timedelta(hours=3), effective_on=day, data=data,
                    )
                )  # fmt: skip


@pytest.fixture
def counted(site: Site) -> dict[str, int]:
    """Penalties in county and province, and the snapshots of their periods."""
    penalties(site, "county", date(2026, 7, 3), date(2026, 7, 9))
    penalties(site, "province", date(2026, 7, 5))
    penalties(site, "county", date(2026, 2, 3), date(2026, 3, 3), date(2026, 4, 3))
    penalties(site, "county", date(2025, 2, 3), date(2025, 3, 3))
    ids = {}
    with site.store.write() as session:
        for period in (JULY, HALF, BEFORE):
            made = service.make(session, period, midnight(period.last + timedelta(days=6)))
            ids[period.code] = made.id or 0
    return ids


def _audited(site: Site) -> list[str]:
    with site.store.read() as session:
        return [a for a in session.exec(select(AuditEntry.action)).all() if a.startswith("stat")]


def test_figures_end_at_the_subtree_and_lead_to_their_rows(
    site: Site, counted: dict[str, int]
) -> None:
    site.account("county.clerk", "clerk", at="county")
    site.account("top", "auditor")
    hand, top = site.signed_in("county.clerk"), site.signed_in("top")
    own = hand.get("/en/statistics?period=2026-07")
    assert "Penalties decided" in own and "¥1,001" in own
    assert "¥1,501.50" in top.get("/en/statistics?period=2026-07")
    rows = f"/en/statistics/rows/{counted['2026-07']}/penalties-decided"
    page = hand.get(f"{rows}/{site.authorities['county']}")
    assert "county样例处罚2026-07-03" in page and "province样例处罚" not in page
    assert "2 rows as entered by" in page
    hand.get(f"{rows}/{site.authorities['province']}", 404)
    hand.get(f"/en/statistics?unit={site.authorities['province']}", 404)
    everything = top.get(f"{rows}/{site.authorities['province']}")
    assert "province样例处罚" in everything and "3 rows" in everything
    assert _audited(site).count("statistics:rows:read") == 2
    tips = f"/en/statistics/rows/{counted['2026-07']}/tips-received"
    top.get(f"{tips}/{site.authorities['province']}", 404)


def test_the_sheet_says_the_year_before_and_what_is_missing(
    site: Site, counted: dict[str, int]
) -> None:
    site.account("top", "auditor")
    hand = site.signed_in("top")
    page = hand.get("/en/statistics/assessment")
    assert "First half of 2026" in page and "itself alone" in page
    answer = hand.response("/en/statistics/assessment.csv?period=2026-H1")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    (whole, alone, county) = [r for r in rows if r["Code of the indicator"] == "penalties-decided"]
    assert (whole["This period"], whole["The year before"]) == ("3", "2")
    assert (whole["Difference"], whole["Difference in per cent"]) == ("1", "50")
    assert (alone["This period"], county["This period"]) == ("0", "3")
    fines = [r for r in rows if r["Code of the indicator"] == "fines-decided"]
    assert fines[0]["This period"] == "1501.5"
    (share, *_) = [r for r in rows if r["Code of the indicator"] == "deadlines-met-share"]
    assert share["This period"] == "" and share["Remark"] == "There is nothing to divide by"
    july = hand.response("/zh/statistics/assessment.xlsx?period=2026-07")
    sheet = openpyxl.load_workbook(io.BytesIO(july.data)).active
    assert sheet is not None
    heads = [cell.value for cell in sheet[1]]
    first = dict(zip(heads, (cell.value for cell in sheet[2]), strict=True))
    assert first["说明"] == "上年同期无数据" and first["本期"] == "3"
    assert _audited(site).count("statistics:assessment:exported") == 2


def test_what_is_no_period_or_unit_is_said(site: Site, counted: dict[str, int]) -> None:
    site.account("top", "auditor")
    hand = site.signed_in("top")
    hand.get("/en/statistics?period=sometime", 422)
    hand.get("/en/statistics?unit=x", 422)
    hand.get("/en/statistics?unit=999", 404)
    hand.get("/en/statistics/rows/999/penalties-decided/1", 404)
    hand.get("/en/statistics/assessment.pdf?period=2026-H1", 404)
    assert "No figures are kept" in hand.get("/en/statistics?period=2019")
    assert "No figures are kept" in hand.get("/en/statistics/assessment.csv?period=2019")


def test_only_who_handles_cases_or_watches_reads_figures(site: Site) -> None:
    site.account("admin", "administrator")
    hand = site.signed_in("admin")
    hand.get("/en/statistics", 403)
    hand.get("/en/statistics/assessment", 403)
