"""Awards inside an enterprise and its lists: recorded with proof, withdrawn, never changed."""

from __future__ import annotations

from typing import Any

import pytest
from docket_office import Bureau
from enforcement_kit import opened

from registry.core.db import Store, WorkingSession
from registry.core.errors import InvalidInput
from registry.office import dockets
from registry.office.dockets import queries
from registry.office.dockets.hooks import Refused

LIST: dict[str, Any] = {
    "record_kind": "three-violations", "dated_on": "2026-06-30", "record_text": "上半年23起。",
    "entries": 23,
}  # fmt: skip
AWARD: dict[str, Any] = {
    "record_kind": "internal-award", "dated_on": "2026-06-30", "record_text": "员工查患奖励。",
    "award_yuan": "3000.00",
}  # fmt: skip


@pytest.mark.parametrize("facts", [LIST, AWARD], ids=["list", "award"])
def test_recorded_with_proof_and_withdrawn(
    working: Store[WorkingSession], bureau: Bureau, facts: dict[str, Any]
) -> None:
    with working.write() as session:
        docket = opened(session, bureau, "unit-record", "2026-07-01", facts)
        with pytest.raises(Refused):
            dockets.act(session, docket, "record", bureau.acting("clerk", "2026-07-01"),
                        version=docket.version)  # fmt: skip
        bureau.act(session, docket, "record", "clerk", "2026-07-01")
        assert docket.closed_at is not None and docket.public_id is None
        (row,) = queries.concerning(session, bureau.officers["clerk"], bureau.firm)
        assert row.docket.id == docket.id
        bureau.act(session, docket, "withdraw", "reviewer", "2026-07-02")
        assert docket.state == "withdrawn" and docket.facts["record_text"] == facts["record_text"]


@pytest.mark.parametrize(
    "facts",
    [AWARD | {"award_yuan": None}, LIST | {"award_yuan": "1.00"}],
    ids=["award-without-sum", "list-with-sum"],
)
def test_an_award_has_a_sum_and_a_list_none(
    working: Store[WorkingSession], bureau: Bureau, facts: dict[str, Any]
) -> None:
    given = {name: value for name, value in facts.items() if value is not None}
    with working.write() as session:
        with pytest.raises(InvalidInput) as wrong:
            opened(session, bureau, "unit-record", "2026-07-01", given)
        assert set(wrong.value.fields) == {"award_yuan"}
