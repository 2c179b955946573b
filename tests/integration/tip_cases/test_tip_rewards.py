"""From a tip found true to money in the hand of whoever holds the receipt, nobody knowing whom."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from docket_office import BOOK, at, decided_penalty
from sqlmodel import select
from tip_office import DAY, TOLD, VAULT, TipOffice

from registry.core.errors import InvalidInput
from registry.office.dockets.models import Docket, DocketEvent
from registry.office.rewards import from_tip, service
from registry.office.rewards.from_tip import Asked
from registry.public.inbox import claims
from registry.public.inbox import queries as inbox
from registry.public.inbox import service as intake

pytestmark = pytest.mark.sqlite_only
"""The rows underneath are walked on both databases by ``test_tip_cases``."""

LATER = "2026-09-14"


def penalty(office: TipOffice, fine: str) -> str:
    """A decided penalty over ``fine`` yuan; its number."""
    days = ["2026-09-02", "2026-09-02", "2026-09-03", "2026-09-11"]
    with office.working.write() as session:
        docket = decided_penalty(session, office.bureau, days)
        docket.facts = {**docket.facts, "fine_yuan": fine}
        session.add(docket)
        return docket.number


def propose(office: TipOffice, tip: int, asked: Asked, who: str = "clerk") -> int:
    office.open(tip, who, LATER)
    with office.working.write() as session:
        award = from_tip.propose(
            session, tip, office.acting(who, LATER), office.private[who], asked
        )
        return award.id or 0


def act(office: TipOffice, award: int, action: str, who: str, data: dict[str, Any]) -> None:
    with office.working.write() as session:
        office.bureau.act(session, session.get_one(Docket, award), action, who, LATER, data)
    office.work(LATER)


def facts(office: TipOffice, award: int) -> dict[str, Any]:
    with office.working.read() as session:
        return dict(session.get_one(Docket, award).facts)


def given(number: str = "", **more: Any) -> Asked:
    return Asked(sector="coal", case_number=number, exclusions_checked=True, **more)


def test_t01_from_tip_to_cash(office: TipOffice) -> None:
    receipt, tip = office.taken(name="赵虚构", employee="yes")
    office.found_true(tip)
    number = penalty(office, "420000.00")
    award = propose(office, tip, given(number))
    assert facts(office, award)["amount_yuan"] == "75600.00"
    office.open(tip, "approver", LATER)
    with office.working.read() as session:
        checked = from_tip.check(
            session, session.get_one(Docket, award), office.acting("approver", LATER),
            office.private["approver"],
        )  # fmt: skip
    assert checked.agrees and checked.fine_now == Decimal("420000.00")
    act(office, award, "approve", "approver", {"record_checked": checked.hash})
    act(office, award, "notify", "second-clerk", {"notified_on": LATER})
    letters = {one["kind"]: one for one in office.letters(receipt)}
    assert letters["award"]["amount"] == "75600.00"
    voucher = letters["voucher"]
    assert (voucher["amount"], voucher["until"]) == ("75600", "2026-11-13")

    keys, pin = office.keys(receipt), claims.hash_pin("407218")
    signature = claims.sign(keys.claim, voucher["voucher"], pin)
    with office.stores.intake.write() as session:
        intake.claim(
            session, voucher=voucher["voucher"], pin=pin, signature=signature, now=at(LATER)
        )
        intake.claim(
            session, voucher=voucher["voucher"], pin=pin, signature=b"x" * 64, now=at(LATER)
        )
    taken = service.take_claims(
        office.stores.working, office.stores.intake, vault=VAULT, now=at(LATER), book=BOOK
    )
    assert taken == 2
    with office.stores.intake.read() as reading:
        assert inbox.claims(reading) == []
    cashier = office.acting("cashier", LATER)
    assert (
        service.release(office.working, cashier, voucher["voucher"], "407218", vault=VAULT) == award
    )
    with office.working.write() as session:
        service.pay(session, session.get_one(Docket, award), cashier, voucher["voucher"])
        assert session.get_one(Docket, award).state == "paid"


def test_t02_two_concealed_deaths(office: TipOffice) -> None:
    _, tip = office.taken(category="T1", detail="", name="赵虚构")
    office.do(tip, "accept")
    office.do(tip, "route", data={"verifier_level": "county"}, why=TOLD)
    office.do(tip, "find_true")
    award = propose(office, tip, given(concealed_deaths=2, accident_level="general"))
    assert facts(office, award)["amount_yuan"] == "60000.00"


def test_t03_anonymous_and_below_the_least_amount(office: TipOffice) -> None:
    _, tip = office.taken(category="T3", detail="T3b")
    office.found_true(tip)
    number = penalty(office, "10000.00")
    award = propose(office, tip, Asked("non-coal", number, exclusions_checked=True))
    assert facts(office, award)["amount_yuan"] == "3000.00"


def test_t04_a_repeat_is_not_accepted_and_told_so(office: TipOffice) -> None:
    office.taken()
    receipt, tip = office.taken()
    state = office.do(
        tip, "refuse", "reviewer", why={"refusal": "repeat"}, letter="同一事项已经受理，正在办理。"
    )
    assert state == "refused"
    assert office.letters(receipt)[0]["text"] == "同一事项已经受理，正在办理。"


def test_one_matter_is_rewarded_once_and_only_when_true(office: TipOffice) -> None:
    _, tip = office.taken()
    with pytest.raises(InvalidInput):
        propose(office, tip, given())
    office.found_true(tip)
    award = propose(office, tip, given())
    with pytest.raises(InvalidInput):
        propose(office, tip, given())
    act(office, award, "refuse", "approver", {"exclusion": "media"})
    assert propose(office, tip, given()) != award


def test_the_fine_comes_from_the_case_and_an_annulled_one_does_not_count(
    office: TipOffice,
) -> None:
    _, tip = office.taken()
    office.found_true(tip)
    number = penalty(office, "420000.00")
    with office.working.write() as session:
        docket = session.exec(select(Docket).where(Docket.number == number)).one()
        docket.state = "withdrawn"
        session.add(docket)
    award = propose(office, tip, given(number))
    assert facts(office, award)["amount_yuan"] == "3000.00"


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("case_number", given("无此案号")),
        ("fine_collected", given(fine_collected=Decimal(1), number="CASE")),
        ("level", given(level="9")),
        ("exclusions_checked", Asked("coal")),
    ],
)
def test_what_cannot_be_is_named(office: TipOffice, field: str, asked: Asked) -> None:
    _, tip = office.taken()
    office.found_true(tip)
    if asked.case_number == "CASE":
        asked = given(penalty(office, "10.00"), fine_collected=Decimal("10.01"))
    with pytest.raises(InvalidInput) as caught:
        propose(office, tip, asked)
    assert field in caught.value.fields


def test_the_award_leads_to_the_tip_but_not_to_the_case(office: TipOffice) -> None:
    _, tip = office.taken()
    office.found_true(tip)
    number = penalty(office, "420000.00")
    award = propose(office, tip, given(number))
    with office.working.read() as session:
        assert number not in str(session.get_one(Docket, award).facts)
        for event in session.exec(select(DocketEvent).where(DocketEvent.docket_id == award)):
            assert number not in str(event.data)
        assert from_tip.tip_of(session, session.get_one(Docket, award)).docket_id == tip
    assert DAY
