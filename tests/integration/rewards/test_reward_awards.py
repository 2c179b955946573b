"""The award from proposal to payment: three people, sixty days, one signature, one PIN."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from docket_office import BOOK, Bureau, at
from nacl.signing import SigningKey
from reward_office import (
    CLAIM_KEY,
    DAYS,
    PIN,
    VAULT,
    approved,
    claim_all,
    claimed,
    notified,
    pin_hash,
    proposed,
)
from sqlmodel import select

from registry.core.codes import vouchers as codes
from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.office import dockets
from registry.office.dockets import documents, engine
from registry.office.dockets.checks import NotAllowed
from registry.office.dockets.hooks import Refused
from registry.office.dockets.models import Docket, DocketEvent
from registry.office.rewards import ledger, publication, queries, service
from registry.office.rewards.models import LedgerEntry, Voucher
from registry.public.inbox import claims

Working = Store[WorkingSession]
PAY_DAY = "2026-09-08"


def release(
    working: Working, bureau: Bureau, number: str, pin: str = PIN, who: str = "cashier"
) -> int:
    return service.release(working, bureau.acting(who, PAY_DAY), number, pin, vault=VAULT)


def numbers(working: Working, docket_id: int) -> list[str]:
    with working.read() as session:
        return [v.number for v in service.vouchers(session, session.get_one(Docket, docket_id))]


def test_from_proposal_to_payment(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        docket = claimed(session, bureau)
        award, papers = docket.id or 0, [p.code for p in documents.of(session, docket)]
        assert docket.facts["amount_yuan"] == "63000.00"
        assert docket.facts["claim_until"] == "2026-11-03"
        assert docket.state == "claimed"
    assert papers == ["award-approval", "award-notice"]
    number = numbers(working, award)[0]
    assert release(working, bureau, number.lower().replace("-", " ")) == award
    with working.write() as session:
        done = service.pay(
            session, session.get_one(Docket, award), bureau.acting("cashier", PAY_DAY), number
        )
        assert done.state == "paid"
        books = ledger.balances(session, frozenset({bureau.authority}))
    assert books == {
        "expense": 6_300_000, "payable": 0, "cash": -6_300_000, "receivable": 0, "loss": 0,
    }  # fmt: skip


def test_the_award_says_nothing_about_reporter_or_case(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        docket = claimed(session, bureau)
        assert set(docket.facts) <= {
            "category", "pack", "amount_yuan", "record_hash", "record_checked", "claim_key",
            "weights", "exclusions_checked", "approved_on", "notified_on", "claim_until",
        }  # fmt: skip
        assert docket.subject_id is None


@pytest.mark.parametrize("action", ["approve", "refuse", "waive"])
def test_whoever_proposed_cannot_decide(working: Working, bureau: Bureau, action: str) -> None:
    with working.write() as session:
        make = approved if action == "waive" else proposed
        docket = make(session, bureau, who="all")
        data = {"approve": {"record_checked": docket.facts["record_hash"]}}.get(action, {})
        data = {"exclusion": "media"} if action == "refuse" else data
        with pytest.raises(NotAllowed):
            bureau.act(session, docket, action, "all", DAYS[1], data)


@pytest.mark.parametrize("part", ["open", "approve", "notify"])
def test_check_money_payer_is_a_third_person(working: Working, bureau: Bureau, part: str) -> None:
    """Whoever proposed, approved or told cannot pay, though he were a cashier, too."""
    who = {"open": "clerk", "approve": "approver", "notify": "clerk"}[part]
    officer = bureau.officers[who]
    bureau.officers["both"] = dataclasses.replace(officer, roles=officer.roles | {"cashier"})
    with working.write() as session:
        award = claimed(session, bureau).id or 0
    number = numbers(working, award)[0]
    release(working, bureau, number, who="both")
    with working.write() as session, pytest.raises(NotAllowed):
        service.pay(session, session.get_one(Docket, award), bureau.acting("both", PAY_DAY), number)


def test_a_deputy_of_the_approver_cannot_pay(working: Working, bureau: Bureau) -> None:
    cashier = bureau.officers["cashier"]
    approver = bureau.officers["approver"].account_id
    bureau.officers["deputy"] = dataclasses.replace(cashier, deputising_for=frozenset({approver}))
    with working.write() as session:
        award = claimed(session, bureau).id or 0
    number = numbers(working, award)[0]
    release(working, bureau, number, who="deputy")
    with working.write() as session, pytest.raises(NotAllowed):
        service.pay(
            session, session.get_one(Docket, award), bureau.acting("deputy", PAY_DAY), number
        )


def test_approval_is_of_the_reckoning_that_was_proposed(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        docket = proposed(session, bureau)
        with pytest.raises(InvalidInput) as caught:
            bureau.act(
                session, docket, "approve", "approver", DAYS[1], {"record_checked": "0" * 64}
            )
        assert "record_checked" in caught.value.fields
        right = {"record_checked": docket.facts["record_hash"]}
        # One approver has opened the report; this one has not, and knows the hash from elsewhere.
        with pytest.raises(dockets.Refused, match="check the sealed reckoning first"):
            bureau.act(session, docket, "approve", "second-approver", DAYS[1], right)
        assert ledger.balances(session, frozenset({bureau.authority}))["payable"] == 0


def test_nothing_is_proposed_without_the_declaration(working: Working, bureau: Bureau) -> None:
    with working.write() as session, pytest.raises(InvalidInput) as caught:
        docket = proposed(session, bureau)
        proposal = service.Proposal(
            category="T2",
            reckoning=None,  # type: ignore[arg-type]
            claim_key=b"",
            weights=[1],
            region=docket.region,
            authority_id=bureau.authority,
            exclusions_checked=False,
        )
        service.propose(session, bureau.acting("clerk", DAYS[0]), proposal)
    assert "exclusions_checked" in caught.value.fields


def test_only_the_receipt_claims(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        docket = notified(session, bureau)
        with pytest.raises(service.NotTheReporter):
            claim_all(session, docket, key=SigningKey(b"x" * 32))
        voucher = service.vouchers(session, docket)[0]
        signature = claims.sign(CLAIM_KEY, voucher.number, pin_hash(PIN))
        with pytest.raises(service.NotTheReporter):
            service.claim(
                session,
                voucher.number,
                pin=pin_hash("111222"),
                signature=signature,
                vault=VAULT,
                now=at(DAYS[3]),
                book=BOOK,
            )
        assert docket.state == "notified"


def test_five_wrong_pins_close_the_voucher_until_it_is_claimed_again(
    working: Working, bureau: Bureau
) -> None:
    with working.write() as session:
        award = claimed(session, bureau).id or 0
    number = numbers(working, award)[0]
    for _ in range(codes.PIN_TRIES):
        with pytest.raises(service.NoSuchVoucher):
            release(working, bureau, number, "000001")
    with pytest.raises(service.NoSuchVoucher):
        release(working, bureau, number)
    with working.write() as session:
        claim_all(session, session.get_one(Docket, award), pin="918273")
    assert release(working, bureau, number, "918273") == award


@pytest.mark.parametrize("number", ["", "00000-00000", "x" * 500, "７K3M9-Q2X4T"])
def test_unknown_vouchers_read_like_wrong_pins(
    working: Working, bureau: Bureau, number: str
) -> None:
    with pytest.raises(service.NoSuchVoucher):
        release(working, bureau, number)


def test_only_cashiers_of_the_subtree_see_the_pin(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        award = claimed(session, bureau).id or 0
    number = numbers(working, award)[0]
    with pytest.raises(Forbidden):
        release(working, bureau, number, who="approver")
    elsewhere = dataclasses.replace(bureau.officers["cashier"], authority_path="/999/")
    bureau.officers["elsewhere"] = elsewhere
    with pytest.raises(service.NoSuchVoucher):
        release(working, bureau, number, who="elsewhere")


def test_a_voucher_is_paid_once_and_only_by_who_saw_the_pin(
    working: Working, bureau: Bureau
) -> None:
    with working.write() as session:
        award = claimed(session, bureau).id or 0
    number = numbers(working, award)[0]
    with working.write() as session:
        docket = session.get_one(Docket, award)
        with pytest.raises(InvalidInput):
            service.pay(session, docket, bureau.acting("cashier", PAY_DAY), number)
    release(working, bureau, number)
    with working.write() as session:
        docket = session.get_one(Docket, award)
        with pytest.raises(InvalidInput):
            service.pay(session, docket, bureau.acting("second-cashier", PAY_DAY), number)
        later = bureau.acting("cashier", PAY_DAY)
        later = dataclasses.replace(later, now=later.now + timedelta(minutes=16))
        with pytest.raises(InvalidInput):
            service.pay(session, docket, later, number)
        service.pay(session, docket, bureau.acting("cashier", PAY_DAY), number)
    with pytest.raises(service.NoSuchVoucher):
        release(working, bureau, number)
    with working.write() as session, pytest.raises(Refused):
        service.pay(
            session, session.get_one(Docket, award), bureau.acting("cashier", PAY_DAY), number
        )
    with working.write() as session, pytest.raises(NotFound):
        claim_all(session, session.get_one(Docket, award))


def test_joint_reporters_pick_up_their_shares_apart(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        award = claimed(session, bureau, weights=(2, 1)).id or 0
    first, second = numbers(working, award)
    for number, state in ((first, "claimed"), (second, "paid")):
        release(working, bureau, number)
        with working.write() as session:
            docket = session.get_one(Docket, award)
            done = service.pay(session, docket, bureau.acting("cashier", PAY_DAY), number)
            assert done.state == state
    with working.read() as session:
        found = [v.fen for v in service.vouchers(session, session.get_one(Docket, award))]
    assert found == [4_200_000, 2_100_000]


def test_sixty_days_reminders_extension_and_lapse(working: Working, bureau: Bureau) -> None:
    told: list[str] = []

    def tell(_session: WorkingSession, docket: Docket, _now: object) -> None:
        told.append(docket.facts["claim_until"])

    def on(day: str) -> None:
        with working.write() as session:
            service.remind_due(session, at(day), BOOK, tell)
            service.lapse_due(session, at(day), BOOK)

    with working.write() as session:
        award = notified(session, bureau).id or 0  # until 2026-11-03
    on("2026-10-03")
    assert told == []
    on("2026-10-04")
    on("2026-10-05")
    assert told == ["2026-11-03"]
    on("2026-10-27")
    assert len(told) == 2
    with working.write() as session:
        docket = session.get_one(Docket, award)
        with pytest.raises(InvalidInput):
            bureau.act(
                session,
                docket,
                "extend",
                "approver",
                "2026-11-02",
                {"new_claim_until": "2026-11-03"},
            )
        bureau.act(
            session, docket, "extend", "approver", "2026-11-02", {"new_claim_until": "2026-12-31"}
        )
    on("2026-11-10")
    with working.read() as session:
        assert session.get_one(Docket, award).state == "notified"
    on("2026-12-31")
    assert told[-1] == "2026-12-31"
    with working.write() as session, pytest.raises(dockets.Refused, match="has not passed"):
        docket = session.get_one(Docket, award)
        engine.act_as_registry(session, docket, "lapse", now=at("2026-12-31"), book=BOOK)
    on("2027-01-01")
    with working.read() as session:
        assert session.get_one(Docket, award).state == "waived"
        assert set(ledger.balances(session, frozenset({bureau.authority})).values()) == {0}
    with working.write() as session, pytest.raises(NotFound):
        claim_all(session, session.get_one(Docket, award))


def paid(working: Working, bureau: Bureau) -> int:
    with working.write() as session:
        award = claimed(session, bureau).id or 0
    number = numbers(working, award)[0]
    release(working, bureau, number)
    with working.write() as session:
        service.pay(
            session, session.get_one(Docket, award), bureau.acting("cashier", PAY_DAY), number
        )
    return award


def test_a_wrong_payment_is_recovered_by_three(working: Working, bureau: Bureau) -> None:
    award = paid(working, bureau)
    with working.write() as session:
        docket = session.get_one(Docket, award)
        with pytest.raises(InvalidInput):
            bureau.act(
                session,
                docket,
                "propose_recovery",
                "clerk",
                PAY_DAY,
                {"recovery_yuan": Decimal("63000.01")},
            )
        bureau.act(
            session, docket, "propose_recovery", "all", PAY_DAY, {"recovery_yuan": Decimal("3000")}
        )
        with pytest.raises(NotAllowed):
            bureau.act(session, docket, "order_recovery", "all", PAY_DAY)
        bureau.act(session, docket, "order_recovery", "approver", PAY_DAY)
        assert ledger.unsettled(session, award, "receivable") == 300_000
        bureau.act(
            session, docket, "record_recovery", "cashier", PAY_DAY, {"recovered_on": PAY_DAY}
        )
        books = ledger.balances(session, frozenset({bureau.authority}))
        assert docket.state == "recovered"
    assert (books["expense"], books["cash"], books["receivable"]) == (6_000_000, -6_000_000, 0)


def test_a_recovery_can_be_given_up(working: Working, bureau: Bureau) -> None:
    award = paid(working, bureau)
    with working.write() as session:
        docket = session.get_one(Docket, award)
        bureau.act(
            session, docket, "propose_recovery", "clerk", PAY_DAY, {"recovery_yuan": Decimal("100")}
        )
        bureau.act(session, docket, "order_recovery", "approver", PAY_DAY)
        bureau.act(session, docket, "write_off", "approver", PAY_DAY)
        books = ledger.balances(session, frozenset({bureau.authority}))
        assert (docket.state, books["loss"], books["receivable"]) == ("written-off", 10_000, 0)


def test_the_export_balances_and_names_no_report(working: Working, bureau: Bureau) -> None:
    paid(working, bureau)
    with working.write() as session:
        rows = queries.export(
            session,
            bureau.acting("cashier", PAY_DAY),
            since=date(2026, 1, 1),
            until=date(2026, 12, 31),
        )
        mine = queries.open_vouchers(session, bureau.acting("cashier", PAY_DAY))
    assert mine == []
    debit = sum(Decimal(str(row[4])) for row in rows if row[4] != "")
    credit = sum(Decimal(str(row[5])) for row in rows if row[5] != "")
    assert debit == credit == 126_000
    assert len(rows) == 4
    with working.read() as session:
        outside = dataclasses.replace(bureau.officers["cashier"], authority_path="/999/")
        bureau.officers["outside"] = outside
    with working.write() as session:
        assert (
            queries.export(
                session,
                bureau.acting("outside", PAY_DAY),
                since=date(2026, 1, 1),
                until=date(2026, 12, 31),
            )
            == []
        )


def test_the_voucher_number_stands_in_no_event(working: Working, bureau: Bureau) -> None:
    award = paid(working, bureau)
    number = numbers(working, award)[0]
    with working.read() as session:
        events = session.exec(dockets_events(award)).all()
    assert "pay" in {event.action for event in events}
    assert number not in "".join(str(event.data) + event.reason for event in events)


def dockets_events(award: int) -> Any:
    return select(DocketEvent).where(DocketEvent.docket_id == award)


def test_ledger_rows_cannot_be_changed(working: Working, bureau: Bureau) -> None:
    paid(working, bureau)
    with working.reader() as session:
        entry = session.exec(select(LedgerEntry)).first()
        assert entry is not None
        entry.fen += 1
        session.add(entry)
        with pytest.raises(RuntimeError, match="never changed"):
            session.flush()
        session.rollback()
        with pytest.raises(ledger.Unbalanced):
            ledger.post(session, "paid", ledger.Moved(1, 1, 0), now=at(PAY_DAY))


def test_the_desk_offers_what_follows(working: Working, bureau: Bureau) -> None:
    with working.write() as session:
        docket = claimed(session, bureau)
        offered = {
            v.action.code: v
            for v in dockets.available(session, docket, bureau.acting("cashier", PAY_DAY))
        }
        assert offered["pay"].allowed
        assert "claim" not in offered and "settle" not in offered
        assert session.get(Voucher, 1) is not None


def test_published_figures_hide_what_is_small(working: Working, bureau: Bureau) -> None:
    paid(working, bureau)
    with working.write() as session:
        shown = publication.rows(session, date(2026, 10, 2))
        assert [row["code"] for row in shown] == ["2026-09:T2", "2026-09"]
        assert all(set(row["figures"].values()) == {None} for row in shown)
        assert publication.rows(session, date(2026, 9, 30)) == [], "the month is not over"
        assert publication.publish_figures(session, at("2026-10-02"))
        assert not publication.publish_figures(session, at("2026-10-03"))
