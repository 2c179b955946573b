"""Cases of before get the column beside their facts, on both databases."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from registry.core.db import Store
from registry.migrations import service

CASES = (
    ("hazard", {"origin": "self-found", "alert_number": "YJ-1"}, "self-found"),
    ("hazard", {"description": "样例"}, None),
    ("hazard-report", {"quarter": "2026Q3"}, "2026Q3"),
    ("provider", {"field": "evaluation"}, "evaluation"),
    ("penalty", {"origin": "inspection"}, None),
)


@pytest.mark.parametrize("empty_store", ["working"], indirect=True)
def test_old_cases_are_filled(empty_store: tuple[str, Store[Any]]) -> None:
    name, store = empty_store
    service.upgrade(name, store)
    service.downgrade(name, store, "0025")
    insert = text(
        "INSERT INTO docket (kind, number, year, serial, state, version, authority_id, region,"
        " drafted_by, title, facts, opened_at) VALUES (:kind, :number, 2026, :serial, 'open', 1, 1,"
        " '990121', 1, '样例案', :facts, '2026-07-01 02:00:00')"
    )
    with store.engine.begin() as connection:
        for serial, (kind, facts, _) in enumerate(CASES):
            row = {"kind": kind, "number": f"样例{serial}", "serial": serial}
            connection.execute(insert, row | {"facts": json.dumps(facts)})
    service.upgrade(name, store)
    with store.engine.connect() as connection:
        found = connection.execute(text("SELECT counted_as FROM docket ORDER BY serial")).scalars()
        assert list(found) == [told for _, _, told in CASES]
    assert service.differences(store) == []
