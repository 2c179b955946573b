"""A round costs what changed; a receipt opens its filing as long as the rules say."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from party_kit import FILER, PartyHouse, noticed
from sqlalchemy import text
from sqlmodel import select

from registry.core.db import sqlite_path
from registry.office.dockets.models import Docket
from registry.office.procedures import retention, service, windows
from registry.office.procedures.models import DUE, PartyFiling, ProcedureCode
from registry.public.procedures.models import ProcedureStatus

DAY = "2026-11-20"
DEFENCE = {"defence_received_on": DAY, "defence_text": "不属实"}


def delivered(house: PartyHouse) -> list[int]:
    with house.working.read() as session:
        rows = session.exec(select(ProcedureCode).order_by(ProcedureCode.id))  # type: ignore[arg-type]
        return [row.delivered_version for row in rows]


def deliver(house: PartyHouse) -> int:
    return windows.deliver(
        house.working, house.gazette, vault=house.tools.vault, now=house.hands.now,
        book=house.bureau.acting("clerk", DAY).book, lock_dir=house.settings.lock_dir,
    )  # fmt: skip


def defend(house: PartyHouse, docket_id: int) -> None:
    with house.working.write() as session:
        docket = session.get_one(Docket, docket_id)
        house.bureau.act(session, docket, "defend", "clerk", DAY, DEFENCE)


@pytest.mark.sqlite_only
def test_a_change_marks_its_own_case_and_an_ended_code_stays_ended(house: PartyHouse) -> None:
    first, second = noticed(house), noticed(house)
    lost = house.print_code(first)
    house.print_code(first, check="身份证件")
    house.print_code(second)
    before = delivered(house)
    assert DUE not in before and deliver(house) == 0
    defend(house, first)
    after = delivered(house)
    assert after == [before[0], DUE, before[2]]
    assert deliver(house) == 1 and deliver(house) == 0
    assert house.open(lost).status_code == 422
    house.hands.now += timedelta(days=400)
    assert deliver(house) == 2, "both end"
    assert deliver(house) == 0


@pytest.mark.sqlite_only
def test_the_looks_of_a_round_read_no_table_through(house: PartyHouse) -> None:
    with house.working.read() as session:
        for where in (
            "procedure_code WHERE delivered_version = -1",
            "party_filing WHERE delivered_version = -1",
            "procedure_code WHERE ended_at IS NULL AND until < '2026-11-20'",
        ):
            plan = session.connection().execute(text(f"EXPLAIN QUERY PLAN SELECT id FROM {where}"))  # noqa: S608
            steps = [str(row[3]) for row in plan]
            assert steps and all("SEARCH" in step for step in steps), where


def test_what_changes_while_it_is_carried_out_is_marked_anew(house: PartyHouse) -> None:
    """The act waits for the delivery and leaves its mark behind it."""
    docket_id = noticed(house)
    house.print_code(docket_id)
    with house.working.write() as session:
        row = session.exec(select(ProcedureCode)).one()
        row.delivered_version = DUE
    act = threading.Thread(target=defend, args=(house, docket_id))
    with house.working.write() as session:
        ((code, docket),) = windows._due(session, ProcedureCode)
        act.start()
        act.join(0.3)
        assert act.is_alive(), "it waits"
        code.delivered_version = docket.version
        session.add(code)
    act.join(10)
    assert delivered(house) == [DUE]
    assert deliver(house) == 1


def answer(house: PartyHouse) -> None:
    with house.working.write() as session:
        filing = session.exec(select(PartyFiling)).one()
        docket = session.get_one(Docket, filing.docket_id)
        service.answer(
            session, filing, docket, house.acting("reviewer"), text="已收悉。", tools=house.tools
        )
    house.work()


def forget(house: PartyHouse) -> int:
    book = house.bureau.acting("clerk", DAY).book
    return retention.erase_due(house.working, house.gazette, now=house.hands.now, book=book)


def test_a_status_is_overwritten_when_its_time_is_over(house: PartyHouse) -> None:
    receipt = house.file(house.print_code(noticed(house), person=True), "access", **FILER)
    house.work()
    house.hands.now += timedelta(days=500)
    assert forget(house) == 0, "nobody has answered yet"
    answer(house)
    assert "可查询至" in house.status(receipt).text
    with house.gazette.read() as session:
        sealed = bytes(session.exec(select(ProcedureStatus)).one().answer or b"")
    house.hands.now += timedelta(days=365)
    assert forget(house) == 0, "on its last day it is there"
    house.hands.now += timedelta(days=1)
    assert forget(house) == 1 and forget(house) == 0
    assert house.status(receipt).status_code == 422
    path = sqlite_path(house.gazette.url)
    if path is not None:
        left = path.read_bytes() + path.with_name(path.name + "-wal").read_bytes()
        assert sealed[60:160] not in left
    change(house)
    assert house.status(receipt).status_code == 422, "an act of the case brings it not back"
    answer(house)
    assert "已收悉。" in house.status(receipt).text, "a later answer does"


def change(house: PartyHouse) -> None:
    with house.working.write() as session:
        filing = session.exec(select(PartyFiling)).one()
        docket = session.get_one(Docket, filing.docket_id)
        house.bureau.act(session, docket, "defend", "clerk", DAY, DEFENCE)
    house.work()


@pytest.mark.sqlite_only
def test_what_is_settled_has_a_last_day(house: PartyHouse) -> None:
    """What is withdrawn counts from its day; what is open has no last day."""
    house.file(house.print_code(noticed(house)), "defence", **FILER)
    house.work()
    book: Any = house.bureau.acting("clerk", DAY).book
    with house.working.write() as session:
        filing = session.exec(select(PartyFiling)).one()
        docket = session.get_one(Docket, filing.docket_id)
        assert retention.shown_until(filing, docket, book) is None
        filing.state, filing.withdrawn_on = "withdrawn", filing.day
        last = retention.shown_until(filing, docket, book)
        assert last is not None and last.isoformat() == "2027-11-20"
        filing.state, docket.closed_at = "recorded", house.hands.now
        assert retention.shown_until(filing, docket, book) == last
