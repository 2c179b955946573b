"""Whatever is done with awards, in whatever order, the books balance after every step."""

from __future__ import annotations

import contextlib
import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from docket_office import BOOK, Bureau, at
from reward_office import PIN, VAULT, claim_all, proposed
from sqlalchemy import func
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.core.errors import RegistryError
from registry.office.dockets.models import Docket
from registry.office.rewards import ledger, service
from registry.office.rewards.models import LedgerEntry

START = date(2026, 9, 1)
STEPS = 22


def attempt(
    working: Store[WorkingSession], bureau: Bureau, award: int, action: str, day: str
) -> None:
    """One act by whoever might do it; a refusal leaves everything as it was."""
    if action == "pay":
        with working.read() as session:
            found = service.vouchers(session, session.get_one(Docket, award))
            number = next((v.number for v in found if v.paid_at is None), "")
        acting = bureau.acting("cashier", day)
        service.release(working, acting, number, PIN, vault=VAULT)
        with working.write() as session:
            service.pay(session, session.get_one(Docket, award), acting, number)
        return
    with working.write() as session:
        docket = session.get_one(Docket, award)
        if action == "claim":
            claim_all(session, docket)
        elif action == "lapse":
            service.lapse_due(session, at(day), BOOK)
        else:
            who, data = ACTS[action]
            facts = {
                "approve": {"record_checked": docket.facts["record_hash"]},
                "notify": {"notified_on": day},
                "extend": {"new_claim_until": str(date.fromisoformat(day) + timedelta(days=90))},
                "record_recovery": {"recovered_on": day},
            }.get(action, data)
            bureau.act(session, docket, action, who, day, facts)


ACTS: dict[str, tuple[str, dict[str, object]]] = {
    "approve": ("approver", {}),
    "refuse": ("approver", {"exclusion": "known"}),
    "notify": ("clerk", {}),
    "extend": ("approver", {}),
    "waive": ("approver", {}),
    "propose_recovery": ("clerk", {"recovery_yuan": Decimal("12.34")}),
    "keep_payment": ("approver", {}),
    "order_recovery": ("approver", {}),
    "record_recovery": ("cashier", {}),
    "write_off": ("approver", {}),
}
MOVES = [*ACTS, "claim", "pay", "pay", "approve", "notify", "claim", "lapse"]


@pytest.mark.parametrize("seed", range(6))
def test_books_balance_after_every_step(
    working: Store[WorkingSession], bureau: Bureau, seed: int
) -> None:
    dice = random.Random(seed)
    with working.write() as session:
        awards = [
            proposed(
                session,
                bureau,
                fine=f"{dice.randrange(1, 3_000_000)}.{dice.randrange(100):02}",
                weights=tuple(dice.randrange(1, 4) for _ in range(dice.randrange(1, 4))),
            ).id
            or 0
            for _ in range(3)
        ]
    day, done = START, 0
    for _ in range(STEPS):
        day += timedelta(days=dice.randrange(9))
        with contextlib.suppress(RegistryError):
            attempt(working, bureau, dice.choice(awards), dice.choice(MOVES), day.isoformat())
            done += 1
        with working.read() as session:
            books(session, bureau, awards)
    assert done > 2, "nothing happened"


def books(session: WorkingSession, bureau: Bureau, awards: list[int]) -> None:
    assert session.exec(select(func.coalesce(func.sum(LedgerEntry.fen), 0))).one() == 0
    per_posting = select(func.sum(LedgerEntry.fen)).group_by(LedgerEntry.posting_id)  # type: ignore[arg-type]
    assert set(session.exec(per_posting)) <= {0}
    balances = ledger.balances(session, frozenset({bureau.authority}))
    assert balances["payable"] <= 0 <= balances["expense"]
    assert balances["receivable"] >= 0
    owed = 0
    for award in awards:
        docket = session.get_one(Docket, award)
        if docket.state in {"approved", "notified", "claimed"}:
            total = int(Decimal(docket.facts["amount_yuan"]) * 100)
            owed += total - sum(v.fen for v in service.vouchers(session, docket) if v.paid_at)
    assert -balances["payable"] == owed
