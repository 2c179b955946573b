"""Random walks of random officers over every table: what must hold after each step.

No action violates four eyes; nothing is decided before service and hearing; a refusal changes
nothing; the log replays to the docket; what is public is exactly what the outbox says.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from docket_office import (
    Bureau,
    decided_penalty,
    listing_facts,
    open_listing,
    open_penalty,
    penalty_facts,
)
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, RegistryError
from registry.office.dockets import engine, kinds
from registry.office.dockets.models import Docket, DocketEvent
from registry.office.dockets.replay import actors, replay
from registry.office.publisher.models import OutboxRow

WALKS, STEPS = 18, 70
START = date(2025, 3, 3)
DETOURS = {
    "not_list",
    "not_impose",
    "return",
    "revoke",
    "annul",
    "propose_annulment",
    "edit",
    "note_remedy",
    "end_remedy",
}
"""Steps that end or set back a case: taken seldom, so that walks get far."""
PEOPLE = [
    "clerk", "second-clerk", "reviewer", "approver", "second-approver", "publisher", "all",
    "second-all", "auditor", "parent-approver",
]  # fmt: skip


def data_for(kind: str, action: str, day: str, dice: random.Random) -> dict[str, Any]:
    """Plausible data: days near the day of the act, now and then impossible ones."""
    shift = dice.choice([0, 0, 0, 1, 3, 40, -1])
    when = (date.fromisoformat(day) - timedelta(days=shift)).isoformat()
    text = "样例文字"
    table = kinds.get(kind).action(action)
    known: dict[str, dict[str, Any]] = {
        "notice": {"notice_served_on": when, "notice_method": "direct", "notice_served_to": "甲"},
        "defend": {
            "defence_received_on": when, "defence_text": text,
            "hearing_requested": dice.random() < 0.3,
        },
        "waive": {"defence_waived_on": when},
        "hear": {"hearing_held_on": when, "hearing_chair": "乙", "hearing_outcome": text},
        "consider": {"defence_considered_on": when, "defence_outcome": text},
        "draft_decision": {"decision_number": f"决{dice.randrange(99)}", "decision_text": text},
        "decide": {"decided_on": when},
        "serve": {
            "decision_served_on": when, "decision_method": "mail", "decision_served_to": "甲",
        },
        "enter": {"entered_on": when},
        "complete": {
            "decision_served_on": when, "decision_method": "mail", "decision_served_to": "甲",
            "entered_on": when,
        },
        "edit": listing_facts() if kind == "listing" else penalty_facts(),
        "apply_repair": {"applied_on": when, "applicant": "甲", "commitment": True},
        "accept_repair": {"accepted_on": when},
        "grant": {
            "removal_number": "移1", "obligations_performed": True, "harm_eliminated": True,
            "no_new_conduct": dice.random() < 0.8,
        },
        "refuse": {"refusal_reason": text},
        "decline_repair": {"refusal_reason": text},
        "object": {"objection_received_on": when, "objection_text": text},
        "accept_objection": {"objection_accepted_on": when},
        "answer_objection": {"objection_answered_on": when, "objection_answer": text},
        "propose_correction": {"new_decision_text": text + str(dice.randrange(9))},
        "propose_revocation": {"basis_fell_on": when, "revocation_basis": text},
        "revoke": {"removal_number": "移2"},
        "lifted": {"lifted_on": when},
        "propose_restoration": {"fraud_found_on": when, "fraud_text": text},
        "suspend": {"suspension_cause": "court", "suspension_number": "裁1"},
        "perform": {"performed_on": when, "performance": text},
        "rectify": {"rectified_on": when, "rectification_text": text},
        "check_referral": {
            "referral_checked_on": when, "crime_suspected": "no", "referral_opinion": text,
        },
        "propose_annulment": {
            "annulled_on": when, "annulled_by": "法院", "annulment_number": "判1",
        },
    }  # fmt: skip
    return known.get(table.code, {})


def check_all(session: WorkingSession, docket: Docket) -> None:
    log = engine.events(session, docket)
    told = replay(log)
    assert (told.state, told.facts, told.version) == (docket.state, docket.facts, docket.version)
    assert [e.ordinal for e in log] == list(range(1, len(log) + 1))
    table = kinds.get(docket.kind)
    for position, event in enumerate(log):
        action = table.actions.get(event.action)
        if action is None:
            continue
        if action.four_eyes:
            assert actors(log[:position], action.four_eyes).isdisjoint(event.identities)
        if event.action == "decide":
            check_decision(log[:position], event)
        assert event.effective_on <= event.recorded_at.date() + timedelta(days=1)
    rows = session.exec(
        select(OutboxRow).where(OutboxRow.docket_id == docket.id).order_by(OutboxRow.id)  # type: ignore[arg-type]
    ).all()
    assert (docket.public_id is not None) == bool(rows and rows[-1].op == "PUT")
    removed = [row.public_id for row in rows if row.op == "DEL"]
    assert len(removed) == len(set(removed)) and docket.public_id not in removed
    assert table.states[docket.state].closed == (docket.closed_at is not None)


def check_decision(before: list[DocketEvent], decision: DocketEvent) -> None:
    facts = replay(before).facts
    assert facts["notice_effective_on"] <= decision.effective_on.isoformat()
    heard = facts.get("defence_considered_on") or facts.get("defence_waived_on")
    if not heard:
        assert not facts.get("defence_received_on")
        served = date.fromisoformat(facts["notice_effective_on"])
        # Five working days take at least seven days of the calendar.
        assert decision.effective_on - served > timedelta(days=6)
    if facts.get("hearing_requested"):
        assert facts.get("hearing_held_on") or facts.get("hearing_waived_on")


def walk(session: WorkingSession, bureau: Bureau, docket: Docket, dice: random.Random) -> set[str]:
    table = kinds.get(docket.kind)
    day = max(START, docket.opened_at.date())
    done: set[str] = set()
    for _ in range(STEPS):
        day += timedelta(days=dice.choice([0, 1, 1, 2, 8, 30]))
        here = [a for a in table.from_state(docket.state) if not a.system]
        if day > date(2026, 11, 15) or not here:
            break
        action = dice.choice(here if dice.random() < 0.95 else list(table.actions.values()))
        again = action.code == "defend" and docket.state == "defence"
        if (again or action.code in DETOURS) and dice.random() < 0.8:
            continue
        able = [p for p in PEOPLE if bureau.officers[p].roles & action.roles]
        who = dice.choice(able if able and dice.random() < 0.8 else PEOPLE)
        before = (docket.version, docket.state, dict(docket.facts), docket.public_id)
        try:
            bureau.act(
                session, docket, action.code, who, day.isoformat(),
                data_for(docket.kind, action.code, day.isoformat(), dice),
            )  # fmt: skip
        except RegistryError as refused:
            after = (docket.version, docket.state, dict(docket.facts), docket.public_id)
            assert after == before, (action.code, refused)
            continue
        assert action.roles & bureau.officers[who].roles, (action.code, who)
        done.add(action.code)
        check_all(session, docket)
    return done


Opener = Callable[[WorkingSession, Bureau], Docket]


def _listing(session: WorkingSession, bureau: Bureau) -> Docket:
    penalty = decided_penalty(
        session, bureau, ["2025-02-05", "2025-02-06", "2025-02-20", "2025-02-21"]
    )
    return open_listing(session, bureau, "2025-03-03", penalty)


def _penalty(session: WorkingSession, bureau: Bureau) -> Docket:
    return open_penalty(session, bureau, "2025-03-03")


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("opener", "expected"),
    [
        (_listing, {"decide", "propose_correction", "correct", "suspend", "resume"}),
        (_penalty, {"decide", "serve", "publish", "perform", "close", "correct"}),
    ],
)
def test_random_walks(
    working: Store[WorkingSession], bureau: Bureau, opener: Opener, expected: set[str]
) -> None:
    done: set[str] = set()
    with working.write() as session:
        for seed in range(WALKS):
            dice = random.Random(seed)
            done |= walk(session, bureau, opener(session, bureau), dice)
    # The walks are worth something only if they get far.
    assert expected <= done, sorted(done)


@pytest.mark.sqlite_only
def test_the_wrong_officer_never_gets_through(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    """An auditor, who may see every case, can do nothing in any state of any kind."""
    with working.write() as session:
        for docket in (_listing(session, bureau), _penalty(session, bureau)):
            table = kinds.get(docket.kind)
            for action in table.actions.values():
                docket.state = min(action.from_states)
                session.add(docket)
                session.flush()
                with pytest.raises(Forbidden):
                    bureau.act(session, docket, action.code, "auditor", "2026-05-06", {})
        session.rollback()
