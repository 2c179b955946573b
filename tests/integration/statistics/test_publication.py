"""From a snapshot to the gazette: what the public reads, what it may not, and what stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from docket_office import BOOK, Bureau, at
from sqlalchemy import insert
from sqlmodel import select
from test_hazards import ORDER, ordered, reported

from registry.core.db import Store, WorkingSession
from registry.core.settings import OfficeSettings, office_settings
from registry.office.dockets.models import Docket
from registry.office.dockets.opening import open_as_registry
from registry.office.publisher.models import OutboxRow
from registry.office.staff.models import Authority
from registry.office.statistics import publication, service
from registry.office.statistics.models import Cell
from registry.office.worker.approvals import unapproved
from registry.public.indicators.definition import load
from registry.public.indicators.periods import parse

Working = Store[WorkingSession]


@pytest.fixture
def settings(tmp_path: Path) -> OfficeSettings:
    return office_settings(
        {"REGISTRY_DATA_DIR": str(tmp_path), "REGISTRY_STATISTICS_REGIONS": "county"}
    )


def _told(session: WorkingSession) -> list[dict[str, Any]]:
    query = select(OutboxRow).where(OutboxRow.kind == "snapshot").order_by(OutboxRow.id)  # type: ignore[arg-type]
    return [json.loads(row.payload or "{}") for row in session.exec(query)]


def _amounts(payload: dict[str, Any]) -> dict[str, int | None]:
    return {one["code"]: one["amount"] for one in payload["figures"]}


def test_only_periods_that_are_over_are_published(
    working: Working, bureau: Bureau, settings: OfficeSettings
) -> None:
    with working.write() as session:
        ordered(session, bureau)
        early = service.make(session, parse("2026-07"), at("2026-07-31"))
        with pytest.raises(publication.NotOver):
            publication.publish(session, early, at("2026-07-31"), settings)
        kept = service.make(session, parse("2026-07"), at("2026-08-05"))
        id = publication.publish(session, kept, at("2026-08-05"), settings)
        (told,) = _told(session)
        assert _amounts(told)["hazards-found"] == 1
        assert "tips-received" not in _amounts(told) and "rewards-paid" not in _amounts(told)
        assert not any("ratio" in one or one["code"].endswith("-share") for one in told["figures"])
        assert kept.digest not in json.dumps(told)
        # Counted anew: the same record says what was entered since, and which version it is.
        late = reported(session, bureau, "2026-07-03")
        order = {**ORDER, "ordered_on": "2026-07-04", "rectify_by": "2026-08-30"}
        bureau.act(session, late, "order", "approver", "2026-08-10", order)
        again = service.make(session, parse("2026-07"), at("2026-08-11"))
        assert publication.publish(session, again, at("2026-08-11"), settings) == id
        assert _amounts(_told(session)[1])["hazards-found"] == 2
        assert _told(session)[1]["revision"] == 2
        rows = session.exec(select(OutboxRow).where(OutboxRow.kind == "snapshot")).all()
        assert unapproved(session, rows) == {}
        rows[1].effective = at("2026-08-12")
        assert list(unapproved(session, rows).values()) == ["no such snapshot is kept"]


def test_small_numbers_are_hidden_and_stay_as_they_were(
    working: Working, bureau: Bureau, settings: OfficeSettings
) -> None:
    with working.write() as session:
        places = {"990121": 3, "990122": 9, "990123": 7}
        kept = service.make(session, parse("2026-Q3"), at("2026-10-06"))
        _cells(session, kept.id, bureau, "tips-received", places)
        publication.publish(session, kept, at("2026-10-06"), settings)
        (told,) = _told(session)
        (one,) = [f for f in told["figures"] if f["code"] == "tips-received"]
        shown = {cell["region"]: cell["amount"] for cell in one["regions"]}
        # The smallest of the others goes, too, or the total would give the small one away.
        assert shown == {"990121": None, "990122": 9, "990123": None}
        assert one["amount"] == 19
        again = service.make(session, parse("2026-Q3"), at("2026-10-07"))
        _cells(session, again.id, bureau, "tips-received", {**places, "990121": 4})
        publication.publish(session, again, at("2026-10-07"), settings)
        (later,) = [f for f in _told(session)[1]["figures"] if f["code"] == "tips-received"]
        assert later == one


def test_regions_are_added_up_to_the_level_that_is_set(
    working: Working, bureau: Bureau, settings: OfficeSettings
) -> None:
    with working.write() as session:
        kept = service.make(session, parse("2026-09"), at("2026-10-06"))
        places = {"990121": 2, "990122": 1, "990221": 4, "990000": 8}
        _cells(session, kept.id, bureau, "accidents", places)
        for level, wanted in (
            ("county", places),
            ("prefecture", {"990100": 3, "990200": 4, "990000": 8}),
            ("province", {"990000": 15}),
        ):
            made = publication.payload(session, kept, level, {})
            (one,) = [f for f in made["figures"] if f["code"] == "accidents"]
            assert {cell["region"]: cell["amount"] for cell in one["regions"]} == wanted


def _cells(
    session: WorkingSession, snapshot: int | None, bureau: Bureau, code: str, places: dict[str, int]
) -> None:
    rows = [
        {"snapshot_id": snapshot, "indicator": code, "authority_id": bureau.authority,
         "region": place, "amount": amount, "rows": amount}
        for place, amount in places.items()
    ]  # fmt: skip
    session.execute(insert(Cell), rows)


def test_reports_by_the_public_are_counted_where_they_came_in(
    working: Working, bureau: Bureau
) -> None:
    with working.write() as session:
        unit = session.get(Authority, bureau.authority)
        assert unit is not None
        for day in ("2026-07-01", "2026-08-01", "2026-10-02"):
            open_as_registry(session, "tip", unit, facts={}, title="举报", now=at(day), book=BOOK)
        kept = service.make(session, parse("2026-Q3"), at("2026-10-06"))
        cells = service.stored(session, kept)
        assert cells["tips-received", bureau.authority, "990121"].amount == 2
        assert session.exec(select(Docket).where(Docket.kind == "tip")).all()
    assert load().all["tips-received"].hide_small
