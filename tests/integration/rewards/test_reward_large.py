"""Large awards before the finance department, special awards with the leaders' minutes."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from docket_office import BOOK, Bureau
from reward_office import CLAIM_KEY, DAYS, a_tip, claim_all
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.core.errors import RegistryError
from registry.core.rules.reward_formula import RewardCase, reckon, reckon_special
from registry.office import dockets
from registry.office.dockets import Link, documents
from registry.office.dockets.checks import NotAllowed
from registry.office.dockets.hooks import Refused
from registry.office.dockets.models import Docket, DocketEvent
from registry.office.rewards import ledger, service
from registry.office.rewards.service import Proposal
from registry.office.tips.models import TipPost

Working = Store[WorkingSession]
DAY = date.fromisoformat(DAYS[0])
PLACE = ["990121", "990100", "990000"]
MINUTES = {"minutes_on": DAYS[1], "minutes_number": "虚应急纪〔2026〕7号"}


def proposed(
    session: WorkingSession,
    bureau: Bureau,
    *,
    fine: str = "",
    special: str = "",
    who: str = "clerk",
) -> Docket:
    """An award by the local pack (5 % of what was collected), or a special one."""
    rules = BOOK.on(DAY)
    if special:
        case = RewardCase(kind="T2", received_on=DAY, informant="employee")
        rule = rules.reward_special("employee", PLACE)
        assert rule is not None
        done = reckon_special(rule, case, Decimal(special))
    else:
        case = RewardCase(kind="T2", received_on=DAY, fine_collected=Decimal(fine))
        done = reckon(rules.reward_pack("T2", "agency", PLACE), case)
    tip = a_tip(session, bureau, DAYS[0])
    proposal = Proposal(
        category="T2", reckoning=done, claim_key=bytes(CLAIM_KEY.verify_key), weights=[1],
        region="990121", authority_id=bureau.authority, exclusions_checked=True,
        links=[Link("rewards", tip)], special=bool(special),
    )  # fmt: skip
    return service.propose(session, bureau.acting(who, DAYS[0]), proposal)


def approve(
    session: WorkingSession, bureau: Bureau, docket: Docket, who: str = "approver", **more: Any
) -> Docket:
    action = "approve_special" if docket.facts.get("special") else "approve"
    given = MINUTES if docket.facts.get("special") else {}
    data = {"record_checked": docket.facts["record_hash"], **given, **more}
    return bureau.act(session, docket, action, who, DAYS[1], data)


def consented(session: WorkingSession, bureau: Bureau, docket: Docket) -> Docket:
    bureau.act(session, docket, "refer", "clerk", DAYS[1], {})
    return bureau.act(session, docket, "join", "finance", DAYS[1], {"consent_number": "虚财函1号"})


def books(session: WorkingSession, bureau: Bureau) -> dict[str, int]:
    found = ledger.balances(session, frozenset({bureau.authority}))
    return {account: fen for account, fen in found.items() if fen}


def test_a_large_award_waits_for_the_finance_department(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        docket = proposed(session, bureau, fine="10000000")
        assert docket.facts["amount_yuan"] == "500000.00"
        with pytest.raises(Refused, match="500,000"):
            approve(session, bureau, docket)
        consented(session, bureau, docket)
        assert (docket.state, books(session, bureau)) == ("joined", {})
        assert session.exec(select(TipPost.id)).all() == [], "nothing is told before the approval"
        approve(session, bureau, docket)
        assert books(session, bureau) == {"expense": 50_000_000, "payable": -50_000_000}
        papers = [paper.code for paper in documents.of(session, docket)]
    assert papers == ["award-joint", "award-approval"]


@pytest.mark.sqlite_only
def test_a_smaller_one_is_the_office_s_own_affair(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        docket = proposed(session, bureau, fine="9999999")
        with pytest.raises(Refused, match="nobody else"):
            bureau.act(session, docket, "refer", "clerk", DAYS[1], {})
        assert approve(session, bureau, docket).state == "approved"


@pytest.mark.sqlite_only
def test_the_finance_department_says_no_and_the_award_does_not_go_on(
    working: Working, bureau: Bureau
) -> None:
    with working.write() as session:
        docket = proposed(session, bureau, fine="10000000")
        bureau.act(session, docket, "refer", "clerk", DAYS[1], {})
        bureau.act(session, docket, "decline", "finance", DAYS[1], {}, reason="预算不足")
        assert docket.state == "proposed"
        with pytest.raises(Refused, match="500,000"):
            approve(session, bureau, docket)
        bureau.act(session, docket, "refuse", "approver", DAYS[1], {"exclusion": "media"})
        assert docket.state == "refused"


@pytest.mark.sqlite_only
@pytest.mark.parametrize("part", ["proposes", "refers", "approves", "pays"])
def test_whoever_consents_has_no_other_part(working: Working, bureau: Bureau, part: str) -> None:
    """Four eyes between proposal, consent, approval and payment, though one held every role."""
    every = bureau.officers["all"]
    roles = every.roles | {"finance", "cashier"}
    bureau.officers["all"] = dataclasses.replace(every, roles=roles)
    who = {name: "all" if name == part else None for name in ("proposes", "refers", "approves")}
    with working.write() as session:
        docket = proposed(session, bureau, fine="10000000", who=who["proposes"] or "clerk")
        bureau.act(session, docket, "refer", who["refers"] or "second-clerk", DAYS[1], {})
        consent = {"consent_number": "虚财函1号"}
        if part in {"proposes", "refers"}:
            with pytest.raises(NotAllowed):
                bureau.act(session, docket, "join", "all", DAYS[1], consent)
            return
        bureau.act(session, docket, "join", "all", DAYS[1], consent)
        if part == "approves":
            with pytest.raises(NotAllowed):
                approve(session, bureau, docket, "all")
            return
        approve(session, bureau, docket)
        bureau.act(session, docket, "notify", "clerk", DAYS[2], {"notified_on": DAYS[2]})
        claim_all(session, docket)
        number = service.vouchers(session, docket)[0].number
        with pytest.raises(NotAllowed):
            dockets.act(
                session, docket, "pay", bureau.acting("all", "2026-09-08"),
                version=docket.version, data={"voucher": number},
            )  # fmt: skip


@pytest.mark.sqlite_only
def test_a_special_award_is_approved_on_its_own_with_minutes(
    working: Working, bureau: Bureau
) -> None:
    with working.write() as session:
        docket = proposed(session, bureau, special="80000")
        with pytest.raises(Refused, match="minutes"):
            bureau.act(
                session, docket, "approve", "approver", DAYS[1],
                {"record_checked": docket.facts["record_hash"]},
            )  # fmt: skip
        for lacking in MINUTES:
            with pytest.raises(RegistryError):
                approve(session, bureau, docket, **{lacking: None})
        approve(session, bureau, docket)
        assert [paper.code for paper in documents.of(session, docket)] == ["award-special"]
        plain = proposed(session, bureau, fine="10000")
        with pytest.raises(Refused, match="not proposed as a special"):
            bureau.act(
                session, plain, "approve_special", "approver", DAYS[1],
                {"record_checked": plain.facts["record_hash"], **MINUTES},
            )  # fmt: skip


def test_a_large_special_award_takes_both(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        docket = proposed(session, bureau, special="600000")
        with pytest.raises(Refused, match="500,000"):
            approve(session, bureau, docket)
        consented(session, bureau, docket)
        assert approve(session, bureau, docket).state == "approved"
        acts = session.exec(select(DocketEvent.action).where(DocketEvent.docket_id == docket.id))
        assert list(acts) == ["open", "refer", "join", "approve_special"]
