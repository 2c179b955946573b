"""Who does not put it right is fined by the day; who lets a penalty lie is named."""

from __future__ import annotations

from datetime import date

import pytest
from docket_office import BOOK, SERVICE, Bureau, at, decided_penalty
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.core.errors import InvalidInput
from registry.office.dockets import casefile, climbing, queries
from registry.office.dockets.hooks import Refused
from registry.office.dockets.models import Docket, DocketLapse

pytestmark = pytest.mark.sqlite_only
DAYS = ["2026-05-06", "2026-05-07", "2026-05-18", "2026-05-19"]


def test_daily_fines_from_the_day_after_the_order(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = decided_penalty(session, bureau, DAYS)
        told = {"correction_ordered_on": "2026-05-19", "refusal_found_on": "2026-05-19"}
        with pytest.raises(InvalidInput) as early:
            bureau.act(session, docket, "fine_daily", "clerk", "2026-05-30", told)
        assert "refusal_found_on" in early.value.fields
        told["refusal_found_on"] = "2026-05-29"
        bureau.act(session, docket, "fine_daily", "clerk", "2026-05-30", told)
        (further,) = session.exec(
            select(Docket).where(Docket.kind == "penalty", Docket.id != docket.id)
        ).all()
        # Ten days, the 20th to the 29th, each the original 1.2 million.
        assert further.facts["fine_yuan"] == "12000000.00"
        assert "10日" in further.facts["content"] and "一百一十二" in further.facts["basis"]
        related = casefile.links(session, further, bureau.officers["clerk"])
        assert [(name, other.id) for name, _, other in related] == [("follows", docket.id)]
        assert docket.facts["daily_fines"][0]["days"] == 10
        served = {**SERVICE, "decision_served_on": "2026-05-20"}
        bureau.act(session, docket, "serve", "clerk", "2026-06-01", served)
        mended = {"rectified_on": "2026-06-01", "rectification_text": "已改正"}
        bureau.act(session, docket, "rectify", "clerk", "2026-06-01", mended)
        with pytest.raises(Refused):
            bureau.act(session, docket, "fine_daily", "clerk", "2026-06-02", told)


def test_a_penalty_that_nobody_shows_climbs(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = decided_penalty(session, bureau, DAYS)
        # Seven working days from the 19th end on the 28th.
        assert climbing.climb_due(session, at("2026-05-28"), BOOK) == 0
        climbing.climb_due(session, at("2026-05-29"), BOOK)
        lapses = session.exec(select(DocketLapse).order_by(DocketLapse.id)).all()  # type: ignore[arg-type]
        assert {(lapse.clock_code, lapse.authority_id) for lapse in lapses} == {
            ("penalty.service", bureau.authority),
            ("penalty.exposure", bureau.authority),
        }
        raised = queries.desk(session, bureau.officers["parent-approver"], date(2026, 5, 29))
        assert [item.docket.id for item in raised.raised.rows] == [docket.id]
