"""A report about the office that has it, or about somebody in it, goes to the office above."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from docket_office import at
from sqlmodel import select
from tip_office import DAY, TipOffice

from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.office.audit.models import AuditEntry
from registry.office.publisher import service as publisher
from registry.office.staff import leaders, officer_keys
from registry.office.staff.models import Authority, DutyOfficer
from registry.office.staff.officer import Acting
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


CHIEF = {"name": "欧阳样例", "title": "副局长"}


def keeper(office: TipOffice) -> Acting:
    """An administrator of the whole installation."""
    admin = dataclasses.replace(
        office.bureau.officers["auditor"], roles=frozenset({"administrator"}), authority_path="/"
    )
    return dataclasses.replace(office.acting("auditor"), officer=admin)


def enter_leader(
    office: TipOffice, authority: int, name: str, title: str, post: str = "other-leader"
) -> int:
    data = {
        "authority": authority, "name": name, "title": title, "post": post, "body": "样例机关",
        "since": date(2026, 1, 5),
    }  # fmt: skip
    with office.working.write() as session:
        found = leaders.add(session, keeper(office), data)
        assert found.id is not None
        return found.id


@pytest.mark.parametrize(
    "text",
    [
        "欧阳样例收了钱",
        "歐陽樣例收了錢",
        "欧阳 副局长收了钱",
        "听说欧阳局长是股东",
        "欧阳·样例分红",
    ],
)
def test_a_leader_without_an_account_is_recognised(office: TipOffice, text: str) -> None:
    enter_leader(office, office.bureau.authority, **CHIEF)
    _, tip = office.taken(text=text)
    for who in ("clerk", "approver"):
        with pytest.raises(opening.AboutOffice):
            office.open(tip, who)
    assert brought_above(office, tip)
    assert office.open(tip, "parent-clerk").facts["text"] == text


def test_subordinates_alone_never_deal_with_what_names_their_leader(office: TipOffice) -> None:
    """Nobody is on duty above: it waits sealed, though none of the colleagues is named."""
    nobody_above(office)
    enter_leader(office, office.bureau.authority, **CHIEF)
    _, tip = office.taken(text="欧阳样例收了钱")
    with pytest.raises(opening.AboutOffice):
        office.open(tip)
    assert not brought_above(office, tip)
    with pytest.raises(opening.AboutOffice):
        office.open(tip, "reviewer")


@pytest.mark.parametrize("text", ["欧阳，样例如下", "上官局长收了钱", "局长收了钱", "样例矿收了钱"])
def test_other_words_are_no_leader(office: TipOffice, text: str) -> None:
    enter_leader(office, office.bureau.authority, **CHIEF)
    _, tip = office.taken(text=text)
    assert office.open(tip).facts["text"] == text


def test_who_has_left_office_is_no_longer_looked_for(office: TipOffice) -> None:
    chief = enter_leader(office, office.bureau.authority, **CHIEF, post="department-deputy")
    yesterday = keeper(office).today - timedelta(days=1)
    with office.working.write() as session:
        for who in ("clerk", "approver"):
            # He and his subordinates do not bring reports about him back to themselves.
            with pytest.raises(Forbidden):
                leaders.end(session, office.acting(who), chief, yesterday)
        leaders.end(session, keeper(office), chief, keeper(office).today)
    _, tip = office.taken(text="欧阳样例收了钱")
    with pytest.raises(opening.AboutOffice):
        office.open(tip)
    with office.working.write() as session:
        leaders.end(session, keeper(office), chief, yesterday)
    _, tip = office.taken(text="欧阳样例收了钱")
    assert office.open(tip)


def test_one_list_serves_both_and_a_mines_leader_is_no_officer(office: TipOffice) -> None:
    """Whom a clerk enters because he goes underground is looked for; a mine's own leader is not."""
    for name, post in (("欧阳样例", "department-head"), ("司马样例", "mine-leader")):
        data = {"name": name, "post": post, "body": "样例", "since": date(2026, 1, 5)}
        with office.working.write() as session:
            leaders.add(session, office.acting("clerk"), data)
    _, tip = office.taken(text="欧阳样例收了钱")
    with pytest.raises(opening.AboutOffice):
        office.open(tip)
    _, tip = office.taken(text="司马样例强令冒险作业")
    assert office.open(tip)


def test_a_leader_of_an_office_above_is_dealt_with_above_him(office: TipOffice) -> None:
    """Those below are his subordinates: it passes over his office, or waits for one above it."""
    with office.working.write() as session:
        parent = session.get_one(Authority, office.bureau.parent)
        top = Authority(
            public_id="A-0000000001", name="全国样例机关", code="11990000XY00000X1A", kind="x",
            level="national", region="000000", created=at(DAY),
        )  # fmt: skip
        session.add(top)
        session.flush()
        parent.parent_id = top.id
        session.add(parent)
    enter_leader(office, office.bureau.parent, "钱样例", "厅长")
    _, tip = office.taken(text="钱厅长压下举报")
    with pytest.raises(opening.AboutOffice):
        office.open(tip)
    assert not brought_above(office, tip), "nobody is on duty above his office"
    assert office.state(tip) == "received"


def test_an_officer_says_that_it_concerns_their_leaders(office: TipOffice) -> None:
    _, tip = office.taken(text="你们那个老大收了钱")
    office.open(tip)
    with office.working.write() as session:
        assert service.declare(session, tip, office.acting("clerk"), office.private["clerk"])
    assert office.state(tip) == "transferred"
    with pytest.raises(NotFound):
        office.open(tip, "reviewer")
    assert office.open(tip, "parent-clerk").facts["text"].startswith("你们")
    with office.working.write() as session, pytest.raises(InvalidInput):
        service.declare(session, tip, office.acting("parent-clerk"), office.private["parent-clerk"])


def test_what_was_declared_is_sealed_to_all_until_somebody_above_is_on_duty(
    office: TipOffice,
) -> None:
    nobody_above(office)
    _, tip = office.taken(text="你们那个老大收了钱")
    found = office.open(tip)
    office.open(tip, "reviewer")
    with office.working.write() as session:
        acting = office.acting("clerk")
        assert not service.declare(session, tip, acting, office.private["clerk"])
    for who in ("clerk", "reviewer"):
        with office.working.read() as session, pytest.raises(opening.AboutOffice):
            opening.look(session, tip, office.acting(who), office.private[who])
    assert found.facts["text"].startswith("你们")


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
