"""A concealed accident before the government: the office above is told, and its receipt is seen."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest
from docket_office import at
from sqlmodel import col, select
from tip_office import DAY, SECRET, TOLD, TipOffice

from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.office.audit.models import AuditEntry
from registry.office.staff.models import Authority
from registry.office.tips import informing, opening
from registry.office.tips.informing import Informed
from registry.office.tips.models import TipInforming

COUNTY = {"verifier_level": "county"}


def routed(office: TipOffice) -> int:
    _, tip = office.taken(category="T1", detail="", name="赵虚构")
    office.do(tip, "accept")
    office.do(tip, "route", data=COUNTY, why=TOLD)
    return tip


def waiting(office: TipOffice, who: str) -> list[Informed]:
    with office.working.read() as session:
        found = informing.waiting(session, office.acting(who))
        session.expunge_all()
        return found


def read(office: TipOffice, who: str, day: str = DAY) -> tuple[str | None, datetime | None]:
    """What he reads, and when the message was first read."""
    (one,) = waiting(office, who)
    with office.working.write() as session:
        told = informing.open_told(
            session, one.row.id or 0, office.acting(who, day), office.private.get(who)
        )
        return told.text, told.informed.row.opened_at


def test_the_office_above_reads_it_and_the_office_below_sees_that(office: TipOffice) -> None:
    tip = routed(office)
    (before,) = waiting(office, "parent-clerk")
    assert (before.docket.id, before.row.opened_at) == (tip, None)
    text, _ = read(office, "parent-clerk", "2026-09-02")
    assert text == TOLD["told_above"]
    with office.working.read() as session:
        (seen,) = informing.of_tip(session, tip)
        assert seen.row.opened_at == at("2026-09-02")
        assert seen.row.opened_by == office.bureau.officers["parent-clerk"].account_id
        tags = col(AuditEntry.action)
        audited = select(tags).where(tags.startswith("tips:above")).order_by(col(AuditEntry.id))
        assert list(session.exec(audited)) == ["tips:above:informed", "tips:above:opened"]
    _, received = read(office, "parent-clerk", "2026-09-09")
    assert received == at("2026-09-02"), "the receipt is the first reading"


@pytest.mark.sqlite_only
def test_it_tells_nothing_of_the_reporter_and_opens_nothing(office: TipOffice) -> None:
    """Neither the report nor its key goes along; the words are sealed at rest."""
    tip = routed(office)
    with office.working.read() as session:
        row = session.exec(select(TipInforming)).one()
        for text in (TOLD["told_above"], SECRET, "赵虚构"):
            assert text.encode() not in row.envelope
    text, _ = read(office, "parent-clerk")
    assert SECRET not in str(text) and "赵虚构" not in str(text)
    with pytest.raises(opening.NotForYou):
        office.open(tip, "parent-clerk")


@pytest.mark.sqlite_only
def test_without_words_it_is_not_routed_and_nothing_changes(office: TipOffice) -> None:
    _, tip = office.taken(category="T1", detail="")
    office.do(tip, "accept")
    for why in ({}, {"told_above": "  "}):
        with pytest.raises(InvalidInput) as caught:
            office.do(tip, "route", data=COUNTY, why=why)
        assert "told_above" in caught.value.fields
    assert office.state(tip) == "accepted"
    assert waiting(office, "parent-clerk") == []


@pytest.mark.sqlite_only
def test_who_sent_it_does_not_receive_it(office: TipOffice) -> None:
    routed(office)
    sender = office.bureau.officers["clerk"]
    parent = office.bureau.officers["parent-clerk"]
    office.bureau.officers["clerk"] = dataclasses.replace(
        sender, authority_path=parent.authority_path
    )
    with pytest.raises(Forbidden):
        read(office, "clerk")
    office.bureau.officers["clerk"] = sender
    assert waiting(office, "clerk") == [], "below, nothing waits"
    office.bureau.officers["parent-clerk"] = dataclasses.replace(
        parent, roles=frozenset({"auditor"})
    )
    with pytest.raises(NotFound):
        read(office, "parent-clerk")


@pytest.mark.sqlite_only
def test_an_officer_who_came_later_still_takes_note(office: TipOffice) -> None:
    routed(office)
    office.private["parent-clerk"] = office.private["clerk"]
    text, received = read(office, "parent-clerk")
    assert text is None and received is not None


@pytest.mark.sqlite_only
def test_the_highest_office_informs_nobody(office: TipOffice) -> None:
    with office.working.write() as session:
        county = session.get_one(Authority, office.bureau.authority)
        county.parent_id = None
        session.add(county)
    _, tip = office.taken(category="T1", detail="")
    office.do(tip, "accept")
    assert office.do(tip, "route", data=COUNTY) == "verifying"
