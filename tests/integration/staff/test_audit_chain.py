"""The audit chain on real databases: whole when written, telling when touched."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.office.audit.models import AuditEntry
from registry.office.audit.queries import AuditFilter, Head, Report, entries, verify
from registry.office.audit.service import record


def write(session: WorkingSession, now: datetime, number: int) -> None:
    record(
        session,
        actor=number % 3 or None,
        action="staff:account:added",
        subject=f"account:{number}",
        detail={"number": number},
        now=now,
    )


def filled(working: Store[WorkingSession], now: datetime, rows: int = 6) -> Report:
    for number in range(1, rows + 1):
        with working.write() as session:
            write(session, now, number)
    return report(working)


def report(working: Store[WorkingSession], noted: Head | None = None) -> Report:
    with working.read() as session:
        return verify(session, noted)


def spoil(working: Store[WorkingSession], statement: str) -> Report:
    with working.engine.begin() as connection:
        connection.execute(text(statement))
    return report(working)


def test_empty_and_filled_chains_are_intact(working: Store[WorkingSession], now: datetime) -> None:
    assert report(working).intact
    found = filled(working, now)
    assert found.intact and found.rows == 6 and found.head.sequence == 6


def test_rows_of_one_transaction_stand_in_the_order_written(
    working: Store[WorkingSession], now: datetime
) -> None:
    with working.write() as session:
        for number in range(1, 1201):
            write(session, now, number)
    with working.read() as session:
        rows = session.exec(select(AuditEntry).order_by(AuditEntry.sequence)).all()  # type: ignore[arg-type]
    assert [row.subject for row in rows] == [f"account:{n}" for n in range(1, 1201)]
    assert report(working).intact


@pytest.mark.parametrize(
    ("statement", "broken", "problem"),
    [
        ("UPDATE audit_entry SET actor = 9 WHERE sequence = 3", 3, "content"),
        ("UPDATE audit_entry SET detail = '{}' WHERE sequence = 1", 1, "content"),
        ("UPDATE audit_entry SET at = '2026-01-01 00:00:00' WHERE sequence = 6", 6, "content"),
        ("DELETE FROM audit_entry WHERE sequence = 4", 5, "gap"),
        ("DELETE FROM audit_entry WHERE sequence = 1", 2, "gap"),
        ("UPDATE audit_entry SET previous = hash WHERE sequence = 2", 2, "link"),
        ("UPDATE audit_entry SET sequence = NULL WHERE sequence = 6", 6, "unchained"),
    ],
)
def test_the_first_broken_row_is_named(
    working: Store[WorkingSession], now: datetime, statement: str, broken: int, problem: str
) -> None:
    filled(working, now)
    found = spoil(working, statement)
    assert (found.intact, found.broken, found.problem) == (False, broken, problem)


def test_a_chain_rewritten_consistently_is_caught_by_a_noted_head(
    working: Store[WorkingSession], now: datetime
) -> None:
    noted = filled(working, now).head
    with working.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_entry WHERE sequence >= 5"))
    assert report(working).intact
    cut = report(working, noted)
    assert (cut.intact, cut.problem) == (False, "cut")
    with working.write() as session:
        write(session, now, 98)
    with working.write() as session:
        write(session, now, 99)
    rewritten = report(working, noted)
    assert (rewritten.rows, rewritten.problem) == (5, "cut")


def test_what_is_rolled_back_leaves_no_gap(working: Store[WorkingSession], now: datetime) -> None:
    filled(working, now, 2)
    with pytest.raises(RuntimeError), working.write() as session:
        write(session, now, 3)
        raise RuntimeError
    with working.write() as session:
        write(session, now, 7)
        with pytest.raises(RuntimeError), session.begin_nested():
            write(session, now, 4)
            raise RuntimeError
        with session.begin_nested():
            write(session, now, 5)
        write(session, now, 6)
    found = report(working)
    assert found.intact and found.rows == 5


def test_a_session_that_commits_twice_chains_twice(
    working: Store[WorkingSession], now: datetime
) -> None:
    with working.write() as session:
        write(session, now, 1)
        session.commit()
        write(session, now, 2)
    assert report(working).rows == 2


def test_parallel_writers_make_one_chain(working: Store[WorkingSession], now: datetime) -> None:
    problems: list[BaseException] = []

    def work(start: int) -> None:
        try:
            for number in range(start, start + 15):
                with working.write() as session:
                    write(session, now, number)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(base * 100,)) for base in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    found = report(working)
    assert found.intact and found.rows == 60


def test_filters_narrow_and_page(working: Store[WorkingSession], now: datetime) -> None:
    filled(working, now, 9)
    with working.read() as session:

        def found(**wanted: object) -> list[int | None]:
            return [row.sequence for row in entries(session, AuditFilter(**wanted), 3)]  # type: ignore[arg-type]

        assert found() == [9, 8, 7]
        assert found(before=7) == [6, 5, 4]
        assert found(subject="account:4") == [4]
        assert found(actor=1) == [7, 4, 1]
        assert found(action="staff:") == [9, 8, 7]
        assert found(action="audit:") == []
        assert found(actors=frozenset({2})) == [8, 5, 2]
        assert found(since=now, until=now) == []
