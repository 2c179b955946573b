"""A report about the office that has it, or about somebody in it, goes to the office above."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from docket_office import at
from sqlmodel import select
from tip_office import DAY, TipOffice

from registry.core.errors import NotFound
from registry.office.audit.models import AuditEntry
from registry.office.publisher import service as publisher
from registry.office.staff import officer_keys
from registry.office.staff.models import Authority, DutyOfficer
from registry.office.tips import opening, service
from registry.office.tips.models import TipKey
from registry.public.inbox import recipients
from registry.public.inbox.sealing import key_id
from registry.public.inbox.service import OBJECTION

pytestmark = pytest.mark.sqlite_only
"""The rows underneath are walked on both databases by ``test_tip_cases``."""

COUNTY, CODE, ABOVE = "虚岭县样例应急管理局", "11990121XY00000A64", "11990000XY00000B4C"


def brought_above(office: TipOffice, tip: int, who: str = "clerk", day: str = DAY) -> bool:
    with office.working.write() as session:
        return service.bring_above(session, tip, office.acting(who, day), office.private[who])


def nobody_above(office: TipOffice) -> None:
    with office.working.write() as session:
        query = select(DutyOfficer).where(DutyOfficer.authority_id == office.bureau.parent)
        for row in session.exec(query):
            session.delete(row)


@pytest.mark.parametrize(
    "said",
    [
        {"text": "虚岭县样例 应急管理局与矿方串通"},
        {"subject": {"name": "某局", "code": CODE}},
        {"subject": {"name": COUNTY}},
        {"text": "ｒｅｖｉｅｗｅｒ甲收了钱"},
        {"text": "cashier甲收了钱"},
    ],
)
def test_what_names_the_office_or_its_people_goes_above(
    office: TipOffice, said: Mapping[str, object]
) -> None:
    receipt, tip = office.taken(**said)
    with pytest.raises(opening.AboutOffice):
        office.open(tip)
    assert office.box(receipt).opened == 0
    assert brought_above(office, tip)
    office.work()
    assert (office.state(tip), office.box(receipt).authority) == ("transferred", ABOVE)
    for who in ("clerk", "reviewer", "approver"):
        with pytest.raises(NotFound):
            office.open(tip, who)
    assert office.open(tip, "parent-clerk").facts["category"] == "T2"
    with office.working.read() as session:
        holders = set(session.exec(select(TipKey.key_id).where(TipKey.docket_id == tip)))
        audited = select(AuditEntry).where(AuditEntry.action == "tips:tip:brought-above")
        assert session.exec(audited).one().subject == f"docket:{tip}"
    above = office.private["parent-clerk"]
    assert holders == {key_id(above.public_key), key_id(office.recovery.public_key)}


def test_what_does_not_speak_of_it_stays(office: TipOffice) -> None:
    _, tip = office.taken(text="虚岭县二号矿越界开采，领导不管")
    assert office.open(tip).facts["text"].startswith("虚岭县")
    assert not brought_above(office, tip)
    assert office.state(tip) == "received"


def test_an_objection_that_accuses_the_office_is_concluded_above(office: TipOffice) -> None:
    receipt, tip = office.taken()
    office.do(tip, "refuse", "reviewer", why={"refusal": "no-subject"})
    office.say(receipt, OBJECTION, "reviewer甲是矿长的亲戚", "2026-09-03")
    with pytest.raises(opening.AboutOffice):
        office.open(tip, "approver", "2026-09-04")
    assert brought_above(office, tip, "approver", "2026-09-04")
    assert office.state(tip) == "transferred"


@pytest.mark.parametrize("named", [COUNTY, CODE, "approver甲"])
def test_where_nobody_is_on_duty_above_it_waits_sealed(office: TipOffice, named: str) -> None:
    nobody_above(office)
    _, tip = office.taken(text=f"{named}压下举报")
    with pytest.raises(opening.AboutOffice):
        office.open(tip)
    assert not brought_above(office, tip)
    with pytest.raises(opening.AboutOffice):
        office.open(tip, "reviewer")
    assert office.state(tip) == "received"
    with office.working.write() as session:
        account = office.bureau.officers["parent-clerk"].account_id
        officer_keys.put_on_duty(session, None, office.bureau.parent, account, at(DAY))
    assert brought_above(office, tip)
    assert office.open(tip, "parent-clerk").facts["text"].startswith(named)


def test_without_an_office_above_on_duty_colleagues_of_a_clerk_deal_with_it(
    office: TipOffice,
) -> None:
    nobody_above(office)
    _, tip = office.taken(text="clerk甲收受矿方好处")
    with pytest.raises(opening.Excluded):
        office.open(tip)
    with office.working.write() as session:
        service.recuse(session, tip, office.acting("clerk"), office.private["clerk"])
    assert office.open(tip, "reviewer").facts["text"].endswith("好处")


def test_the_highest_office_keeps_what_names_it(office: TipOffice) -> None:
    with office.working.write() as session:
        county = session.get_one(Authority, office.bureau.authority)
        county.parent_id = None
        session.add(county)
    _, tip = office.taken(text=f"{COUNTY}压下举报")
    assert office.open(tip).facts["text"].startswith(COUNTY)


def test_the_public_side_seals_it_to_the_office_above_at_once(office: TipOffice) -> None:
    stores = office.stores
    with stores.working.write() as session:
        account = office.bureau.officers["parent-clerk"].account_id
        custodian = office.bureau.officers["custodian"].account_id
        moved = session.get_one(officer_keys.Account, custodian)
        moved.authority_id = session.get_one(officer_keys.Account, account).authority_id
        session.add(moved)
        officer_keys.changed(session, at(DAY))
    while publisher.run_once(
        stores.working, stores.gazette, now=at(DAY), lock_dir=stores.lock_dir, limit=50
    ):
        pass

    def target(told: object) -> str:
        with stores.gazette.read() as session:
            found = recipients.for_region(session, "990121", "T2", at(DAY), told=told)
        assert found is not None
        return found.code

    assert target({"text": "二号矿越界开采"}) == CODE
    assert target({"text": "无关", "subject": {"name": COUNTY}}) == ABOVE
    assert target({"text": f"{CODE} 压下举报"}) == ABOVE
    assert target({"text": f"{COUNTY}和演示省样例矿监机构压下举报"}) == CODE
