"""The gazette held against the decisions: each difference is noticed and named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from publisher_samples import EXTERNAL, drain, payload, publish, withdraw
from sqlalchemy import text

from registry.core.db import GazetteSession, Store, WorkingSession
from registry.office.publisher.cross import verify_cross
from registry.office.publisher.models import OutboxRow
from registry.public.gazette.verify import verify_log

Working = Store[WorkingSession]
Gazette = Store[GazetteSession]
A, B, C, X = "L-000000000A", "L-000000000B", "L-000000000C", "X-0000000001"


@pytest.fixture
def stores(
    working: Working, gazette: Gazette, now: datetime, tmp_path: Path
) -> tuple[Working, Gazette]:
    """Log rows: 1 PUT A, 2 PUT B, 3 PUT X, 4 PUT A (correction), 5 DEL B; C waits."""
    with working.write() as session:
        publish(session, A, now)
        publish(session, B, now)
        publish(session, X, now, kind="external", payload=EXTERNAL, docket_id=None)
        publish(session, A, now, payload=payload(2))
        withdraw(session, B, now)
    drain(working, gazette, now, tmp_path)
    with working.write() as session:
        publish(session, C, now)
    return working, gazette


def change(store: Working | Gazette, statement: str) -> None:
    with store.write() as session:
        assert session.execute(text(statement)).rowcount  # type: ignore[attr-defined]


def problems(
    stores: tuple[Working, Gazette], now: datetime, expected: Sequence[str] = ()
) -> set[tuple[str, str]]:
    with stores[0].read() as inside, stores[1].read() as outside:
        report = verify_cross(inside, outside, now=now, expected=expected)
        assert all(str(problem).startswith(problem.code) for problem in report.problems)
        return {(problem.code, problem.id) for problem in report.problems}


def test_an_honest_gazette(stores: tuple[Working, Gazette], now: datetime) -> None:
    with stores[0].read() as inside, stores[1].read() as outside:
        report = verify_cross(inside, outside, now=now, expected=[A, X, C])
        assert report.problems == []
        assert (report.rows, report.waiting) == (5, {C})
    assert problems(stores, now + timedelta(days=2000)) == set()


def test_a_record_that_nobody_decided(stores: tuple[Working, Gazette], now: datetime) -> None:
    change(stores[0], f"DELETE FROM outbox WHERE public_id = '{X}'")  # noqa: S608
    assert problems(stores, now) == {("not-decided", X)}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE outbox SET payload = '{}' WHERE sequence = 4",
        "UPDATE outbox SET kind = 'penalty' WHERE sequence = 4",
        "UPDATE outbox SET effective = '2020-01-01 00:00:00.000000' WHERE sequence = 4",
        "UPDATE outbox SET publish_until = NULL WHERE sequence = 4",
    ],
)
def test_something_else_than_was_decided(
    stores: tuple[Working, Gazette], now: datetime, statement: str
) -> None:
    change(stores[0], statement)
    assert problems(stores, now) == {("differs", A)}


def test_a_term_lengthened_in_the_gazette(stores: tuple[Working, Gazette], now: datetime) -> None:
    """The term is not in the leaf; the decision tells it."""
    for table in ("log_row", "record"):
        change(
            stores[1],
            f"UPDATE {table} SET publish_until = '2099-01-01 00:00:00.000000'"  # noqa: S608
            " WHERE sequence = 4",
        )
    with stores[1].read() as session:
        assert verify_log(session).ok
    assert problems(stores, now) == {("differs", A)}


def test_a_publication_that_is_not_in_the_log(
    stores: tuple[Working, Gazette], now: datetime
) -> None:
    change(stores[1], "DELETE FROM content WHERE sequence = 3")
    change(stores[1], "DELETE FROM record WHERE sequence = 3")
    change(stores[1], "DELETE FROM log_row WHERE sequence = 3")
    assert problems(stores, now) == {("not-in-log", X)}


def test_a_withdrawn_record_that_is_shown(stores: tuple[Working, Gazette], now: datetime) -> None:
    change(
        stores[1],
        f"UPDATE record SET reason = NULL WHERE id = '{B}'",  # noqa: S608
    )
    assert problems(stores, now) == {("still-shown", B)}


def test_an_approved_record_that_is_not_shown(
    stores: tuple[Working, Gazette], now: datetime
) -> None:
    change(
        stores[1],
        f"UPDATE record SET reason = 'takedown' WHERE id = '{A}'",  # noqa: S608
    )
    assert problems(stores, now) == {("not-shown", A)}


def test_exchanged_order(stores: tuple[Working, Gazette], now: datetime) -> None:
    events = "(SELECT event_id FROM log_row WHERE sequence = {})"
    with stores[1].write() as session:
        first, second = (session.execute(text(events.format(n)[1:-1])).scalar_one() for n in (1, 4))
        statement = text("UPDATE log_row SET event_id = :event WHERE sequence = :sequence")
        spare = "0" * 32
        for event_id, sequence in ((spare, 1), (first, 4), (second, 1)):
            session.execute(statement, {"event": event_id, "sequence": sequence})
    assert ("order-differs", A) in problems(stores, now)


def test_a_publication_without_docket_or_origin(
    working: Working, gazette: Gazette, now: datetime, tmp_path: Path
) -> None:
    with working.write() as session:
        publish(session, A, now, docket_id=None)
        publish(session, B, now, docket_id=None, origin="import:7")
        publish(session, X, now, kind="external", payload=EXTERNAL, docket_id=None)
    drain(working, gazette, now, tmp_path)
    assert problems((working, gazette), now) == {("not-approved", A)}


def test_the_rooms_above_say_what_was_approved(
    stores: tuple[Working, Gazette], now: datetime
) -> None:
    asked: list[str] = []

    def approval(_session: WorkingSession, rows: Sequence[OutboxRow]) -> Mapping[UUID, str]:
        asked.extend(row.public_id for row in rows)
        return {row.event_id: "never approved" for row in rows if row.public_id == X}

    with stores[0].read() as inside, stores[1].read() as outside:
        report = verify_cross(inside, outside, now=now, approval=approval)
        assert [(p.code, p.id, p.why) for p in report.problems] == [
            ("not-approved", X, "never approved")
        ]
    assert asked == [A, B, X, A]


def test_an_approved_decision_that_never_went_out(
    stores: tuple[Working, Gazette], now: datetime
) -> None:
    assert problems(stores, now, expected=["L-ZZZZZZZZZZ"]) == {("not-shown", "L-ZZZZZZZZZZ")}
    assert problems(stores, now, expected=[B]) == {("not-shown", B)}
