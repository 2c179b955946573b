"""What no kind of enforcement case takes: wrong order, wrong days, sums, signers; a lost race.

Every kind is asked the same questions; the first officer's work is always kept.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import marshmallow as ma
import pytest
from docket_office import NOTICE, Bureau, penalty_facts
from enforcement_kit import inspectors, opened

from registry.core.db import Store, WorkingSession
from registry.core.errors import Conflict, InvalidInput
from registry.office.dockets import engine, kinds
from registry.office.dockets.hooks import Refused
from registry.office.dockets.models import Docket
from schemas import registry as field_sets

DAY, BEFORE, AFTER = "2026-07-02", "2026-06-29", "2026-07-03"
OPENED = "2026-07-01"
TEAM = "甲执法\n乙执法"
HAZARD = {
    "origin": "inspection", "hazard_code": "H05", "description": "局部通风机未自动切换。",
    "found_on": "2026-06-30",
}  # fmt: skip
ORDERED = {"rectify_by": "2026-08-01", "rectification_owner": "某甲", "requirements": "整改"}
SUSPENSION = {
    "suspension_kind": "whole", "order_reason": "仍然组织生产。", "basis": "第六十四条",
    "measures": ["power-stopped"],
}  # fmt: skip
ACCIDENT = {
    "occurred_at": "2026-06-30T02:00:00+00:00", "received_at": "2026-06-30T03:00:00+00:00",
    "place": "工作面", "course": "垮落", "deaths": 1,
}  # fmt: skip
REFERRAL = {"offences": ["139-1"], "suspected_facts": "隐瞒不报。", "items": "照片"}
EXPOSURE = {
    "exposure_kind": "fake-training", "headline": "虚假培训", "story": "组织虚假培训。",
    "exposure_source": "案卷",
}  # fmt: skip
REVIEW = {
    "persons_masked": True, "decisions_final": True, "no_secrets": True, "review_text": "可以",
}  # fmt: skip
LICENCE = {"licence_kind": "safety", "application": "new", "applied_on": "2026-06-30"}
PLAN = {"planned_for": "2026-07-10", "inspection_type": "routine", "purpose": "通风"}
APPOINTED = {"investigating_level": "county", "investigating_body": "虚岭县人民政府"}


@dataclass(frozen=True)
class Case:
    """A kind: how it opens, a dated act, an act that does not follow from its beginning."""

    facts: dict[str, Any]
    act: tuple[str, str, str]
    """Action, who, and the field with the day from which it counts."""
    data: dict[str, Any]
    early: tuple[str, str]
    """An act that does not follow yet, and who would do it."""
    before: tuple[tuple[str, str, dict[str, Any]], ...] = ()
    """What is done on the day of opening to come to the dated act."""
    prepare: Callable[[WorkingSession, Bureau], object] = field(default=lambda _s, _b: None)


CASES = {
    "penalty": Case(
        penalty_facts(), ("notice", "clerk", "notice_served_on"), NOTICE, ("close", "approver")
    ),
    "hazard": Case(HAZARD, ("order", "approver", "ordered_on"), ORDERED, ("accept", "reviewer")),
    "suspension": Case(
        SUSPENSION, ("approve", "approver", "ordered_on"), {"order_number": "1"},
        ("resume", "approver"),
    ),
    "accident": Case(
        ACCIDENT, ("appoint", "approver", "appointed_on"), APPOINTED, ("evaluate", "reviewer")
    ),
    "referral": Case(
        REFERRAL, ("form_team", "clerk", "team_formed_on"), {"team_members": TEAM},
        ("deliver", "clerk"), prepare=inspectors,
    ),
    "exposure": Case(
        EXPOSURE, ("approve", "approver", "approved_on"), {}, ("publish", "publisher"),
        (("submit", "clerk", {}), ("review", "reviewer", REVIEW)),
    ),
    "licence": Case(
        LICENCE, ("check_credit", "clerk", "credit_checked_on"), {"credit_opinion": "无"},
        ("grant", "approver"),
    ),
    "inspection": Case(
        PLAN, ("visit", "clerk", "visited_on"), {"visit_place": "井口", "inspectors": TEAM},
        ("finish", "reviewer"), prepare=inspectors,
    ),
}  # fmt: skip


def begun(session: WorkingSession, bureau: Bureau, kind: str) -> Docket:
    case = CASES[kind]
    case.prepare(session, bureau)
    docket = opened(session, bureau, kind, OPENED, case.facts)
    for action, who, data in case.before:
        bureau.act(session, docket, action, who, OPENED, data)
    return docket


def state_of(docket: Docket) -> tuple[str, int, dict[str, Any]]:
    return docket.state, docket.version, dict(docket.facts)


@pytest.mark.parametrize("kind", sorted(CASES))
@pytest.mark.parametrize("day", [BEFORE, AFTER], ids=["before-its-cause", "in-the-future"])
def test_impossible_days_are_refused_at_their_field(
    working: Store[WorkingSession], bureau: Bureau, kind: str, day: str
) -> None:
    action, who, name = CASES[kind].act
    with working.write() as session:
        docket = begun(session, bureau, kind)
        was = state_of(docket)
        with pytest.raises(InvalidInput) as wrong:
            bureau.act(session, docket, action, who, DAY, {**CASES[kind].data, name: day})
        assert name in wrong.value.fields
        session.refresh(docket)
        assert state_of(docket) == was


@pytest.mark.parametrize("kind", sorted(CASES))
def test_what_does_not_follow_is_refused_with_the_reason(
    working: Store[WorkingSession], bureau: Bureau, kind: str
) -> None:
    action, who = CASES[kind].early
    with working.write() as session:
        docket = opened(session, bureau, kind, OPENED, CASES[kind].facts)
        was = state_of(docket)
        with pytest.raises(Refused, match="does not follow from there"):
            bureau.act(session, docket, action, who, DAY)
        session.refresh(docket)
        assert state_of(docket) == was


@pytest.mark.parametrize("kind", sorted(CASES))
def test_whoever_comes_second_is_told_and_the_first_ones_work_is_kept(
    working: Store[WorkingSession], bureau: Bureau, kind: str
) -> None:
    action, who, name = CASES[kind].act
    data = {**CASES[kind].data, name: DAY}
    with working.write() as session:
        docket = begun(session, bureau, kind)
        proofs = kinds.get(kind).action(action).evidence
        files = [bureau.attach(session, docket, who, OPENED, proof) for proof in proofs]
        docket_id, version = docket.id or 0, docket.version

    def second(session: WorkingSession, docket: Docket) -> None:
        officer = bureau.acting(f"second-{who}", DAY)
        with pytest.raises(Conflict):
            engine.act(
                session, docket, action, officer, version=version, data=data, evidence=files,
                signature=officer.officer.name,
            )  # fmt: skip

    with ExitStack() as stack:
        # On PostgreSQL both have the case open at once; SQLite has one writer after the other.
        late = None if working.is_sqlite else stack.enter_context(working.read())
        seen = late.get(Docket, docket_id) if late else None
        with working.write() as session:
            found = session.get(Docket, docket_id)
            assert found is not None
            done = state_of(bureau.act(session, found, action, who, DAY, data))
        if late is not None and seen is not None:
            second(late, seen)
    with working.write() as session:
        found = session.get(Docket, docket_id)
        assert found is not None
        second(session, found)
    with working.read() as session:
        kept = session.get(Docket, docket_id)
        assert kept is not None and state_of(kept) == done


@pytest.mark.parametrize("kind", ["referral", "inspection"])
def test_a_signer_without_authority_on_that_day_is_refused(
    working: Store[WorkingSession], bureau: Bureau, kind: str
) -> None:
    action, who, name = CASES[kind].act
    with working.write() as session:
        # Nobody was entered in the list of signatories.
        docket = opened(session, bureau, kind, OPENED, CASES[kind].facts)
        with pytest.raises(InvalidInput) as wrong:
            bureau.act(session, docket, action, who, DAY, {**CASES[kind].data, name: DAY})
        assert {"team_members", "inspectors"} & wrong.value.fields.keys()


AMOUNTS = [
    ("penalties.Open", {"categories": ["fine"]}, "fine_yuan", "-1"),
    ("penalties.Open", {"categories": ["fine"]}, "fine_yuan", "1e20"),
    ("penalties.Open", {"categories": ["fine"]}, "fine_yuan", "NaN"),
    ("penalties.Open", {"categories": ["fine"]}, "fine_yuan", "0.001"),
    ("penalties.Open", {"categories": ["confiscation"]}, "confiscated_yuan", "一百万"),
    ("accidents.Open", {}, "loss_yuan", "-5"),
    ("accidents.Open", {}, "deaths", "-1"),
    ("accidents.Open", {}, "deaths", "10001"),
    ("accidents.Figures", {}, "serious_injuries", "1.5"),
    ("referrals.Force", {}, "unit_fine_yuan", "-1"),
    ("inspections.ToPenalty", {"categories": ["fine"]}, "fine_yuan", "99999999999999"),
    ("inspections.Fixed", {}, "finding", "0"),
]


@pytest.mark.parametrize(
    ("schema", "beside", "name", "amount"), AMOUNTS, ids=[f"{a[2]}-{a[3]}" for a in AMOUNTS]
)
def test_sums_and_counts_out_of_range_are_refused_at_their_field(
    schema: str, beside: dict[str, Any], name: str, amount: str
) -> None:
    with pytest.raises(ma.ValidationError) as wrong:
        field_sets.schema(schema).load({**beside, name: amount})
    assert name in wrong.value.normalized_messages()  # type: ignore[no-untyped-call]
