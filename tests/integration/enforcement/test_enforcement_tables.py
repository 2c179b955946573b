"""Random walks over every table of enforcement, with data made from the field sets themselves.

What must hold after each step stands in ``test_docket_random_walks.check_all``: four eyes, the log
that replays to the case, and a public record exactly where the outbox says so.
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

import marshmallow as ma
import pytest
from docket_office import SHANGHAI, Bureau
from enforcement_kit import inspectors, opened
from test_docket_random_walks import check_all
from test_suspensions import enter

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, RegistryError
from registry.office.dockets import kinds
from registry.office.dockets.models import Docket
from registry.office.dockets.replay import plain
from schemas import fields, registry

KINDS = ("hazard", "suspension", "referral", "accident", "inspection", "exposure", "licence")
PEOPLE = (
    "clerk", "second-clerk", "reviewer", "approver", "second-approver", "publisher", "all",
    "auditor", "parent-approver",
)  # fmt: skip
WALKS, STEPS, LONG = 5, 35, {"accident": 60}
DETOURS = {
    "dismiss", "discard", "withdraw", "annul", "propose_annulment", "propose_withdrawal", "cancel",
    "edit", "return", "return_application", "reject", "not_impose", "refuse_transfer", "send_back",
    "drop", "end_unfiled", "refuse", "note_statement", "consider_statement", "object",
    "accept_objection", "answer_objection", "note_remedy", "end_remedy", "inform",
    "withhold", "keep_back", "propose_correction", "correct",
}  # fmt: skip
TEXTS = {"inspectors": "甲执法\n乙执法", "team_members": "甲执法\n乙执法"}
WANTED = {"published_evaluation"}
"""Not required by the form, but by a guard where the case is public."""
REACHED = {
    "hazard": {"order", "claim", "accept"},
    "suspension": {"approve", "publish", "carry_out", "apply_resumption"},
    "referral": {"form_team", "report", "approve_transfer", "deliver", "receipt"},
    "accident": {"appoint", "submit", "reply", "draft_publication", "publish", "evaluate"},
    "inspection": {"visit", "add_finding", "record", "publish"},
    "exposure": {"submit", "review", "approve", "publish"},
    "licence": {"examine", "check_credit", "rectify", "recheck"},
}


def value_of(name: str, item: ma.fields.Field[Any], day: date, dice: random.Random) -> Any:
    """Something that the field might hold on ``day``; now and then an impossible day."""
    when = day - timedelta(days=dice.choice([0, 0, 0, 0, 1, 5, -1]))
    if isinstance(item, fields.Instant):
        local = datetime.combine(when, time(9, dice.randrange(60)), SHANGHAI)
        return local.astimezone(SHANGHAI).isoformat()
    if isinstance(item, fields.LegalDate):
        later = name in {"rectify_by", "new_rectify_by", "planned_for", "ban_until"}
        return when + timedelta(days=dice.randrange(40)) if later else when
    if isinstance(item, fields.Codes):
        codes = sorted(item.inner.values())  # type: ignore[attr-defined]
        return dice.sample(codes, min(len(codes), dice.randrange(1, 4)))
    if isinstance(item, fields.Code):
        return dice.choice(sorted(item.values()))
    others = ((ma.fields.Boolean, True), (ma.fields.Integer, dice.randrange(4)))
    found = next((value for kind, value in others if isinstance(item, kind)), None)
    plain_text = "1000.00" if isinstance(item, fields.Money) else TEXTS.get(name, "样例文字")
    return plain_text if found is None else found


def data_for(schema: str, day: date, dice: random.Random) -> dict[str, Any]:
    found = {}
    for name, item in registry.schema(schema).load_fields.items():
        if item.required or name in WANTED or dice.random() < 0.4:
            found[name] = value_of(name, item, day, dice)
    return plain(found)  # type: ignore[no-any-return]


def begin(session: WorkingSession, bureau: Bureau, kind: str, dice: random.Random) -> Docket | None:
    day = date(2026, 3, 2)
    try:
        with session.begin_nested():
            facts = data_for(kinds.get(kind).schema, day, dice)
            return opened(session, bureau, kind, day.isoformat(), facts)
    except RegistryError:
        return None


def walk(session: WorkingSession, bureau: Bureau, docket: Docket, dice: random.Random) -> set[str]:
    table, day, done = kinds.get(docket.kind), date(2026, 3, 2), set()
    for _ in range(LONG.get(docket.kind, STEPS)):
        day += timedelta(days=dice.choice([0, 0, 1, 1, 2, 9]))
        here = [one for one in table.from_state(docket.state) if not one.system]
        if not here or day > date(2026, 11, 10):
            break
        action = dice.choice(here if dice.random() < 0.95 else list(table.actions.values()))
        if action.code in DETOURS and dice.random() < 0.9:
            continue
        able = [p for p in PEOPLE if bureau.officers[p].roles & action.roles]
        who = dice.choice(able if able and dice.random() < 0.85 else PEOPLE)
        before = (docket.version, docket.state, dict(docket.facts), docket.public_id)
        try:
            data = data_for(action.schema, day, dice) if action.schema else {}
            bureau.act(session, docket, action.code, who, day.isoformat(), data)
        except RegistryError as refused:
            after = (docket.version, docket.state, dict(docket.facts), docket.public_id)
            assert after == before, (action.code, refused)
            continue
        assert action.roles & bureau.officers[who].roles, (action.code, who)
        done.add(action.code)
        check_all(session, docket)
    return done


@pytest.mark.sqlite_only
@pytest.mark.parametrize("kind", KINDS)
def test_random_walks(working: Store[WorkingSession], bureau: Bureau, kind: str) -> None:
    done: set[str] = set()
    with working.write() as session:
        inspectors(session, bureau)
        enter(session, bureau)
        for seed in range(WALKS):
            dice = random.Random(f"{kind}{seed}")
            docket = begin(session, bureau, kind, dice)
            if docket is not None:
                done |= walk(session, bureau, docket, dice)
    # The walks are worth something only if they get far.
    assert REACHED[kind] <= done, sorted(REACHED[kind] - done)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("kind", KINDS)
def test_who_only_watches_does_nothing(
    working: Store[WorkingSession], bureau: Bureau, kind: str
) -> None:
    """An auditor sees every case and can take no step, in any state."""
    table = kinds.get(kind)
    with working.write() as session:
        docket = next(
            made
            for seed in range(50)
            if (made := begin(session, bureau, kind, random.Random(seed))) is not None
        )
        for action in table.actions.values():
            docket.state = min(action.from_states)
            session.add(docket)
            session.flush()
            with pytest.raises(Forbidden):
                bureau.act(session, docket, action.code, "auditor", "2026-05-06", {})
        session.rollback()


@pytest.mark.parametrize("kind", KINDS)
def test_every_clock_that_runs_can_be_stopped(kind: str) -> None:
    """What is started is stopped by some act, or ends with the case; none runs for ever."""
    table = kinds.get(kind)
    started = {s.code for a in table.actions.values() for s in a.starts}
    started |= {s.code for s in table.starts}
    stopped = {code for action in table.actions.values() for code in action.stops}
    closes = any(state.closed for state in table.states.values())
    assert started <= set(table.clocks)
    assert closes and {c for c in started if not table.clocks[c].right} <= stopped
