"""From a decision's transaction to the log: exactly once, in order, holding nobody up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from publisher_samples import drain, payload, publish, withdraw
from sqlalchemy import event
from sqlmodel import col, select

from registry.core.db import GazetteSession, Store, WorkingSession, exclusive
from registry.core.errors import InvalidInput
from registry.office.publisher import queries, service
from registry.office.publisher.cross import verify_cross
from registry.office.publisher.models import OutboxRow
from registry.public.gazette import AlreadyRemoved, Handle, WrongShape
from registry.public.gazette import queries as public
from registry.public.gazette.models import LogRow
from registry.public.gazette.verify import verify_log

Working = Store[WorkingSession]
Gazette = Store[GazetteSession]
A, B, C = "L-000000000A", "L-000000000B", "L-000000000C"


@pytest.fixture
def stores(working: Working, gazette: Gazette) -> tuple[Working, Gazette]:
    return working, gazette


def log_ids(gazette: Gazette) -> list[tuple[str, str]]:
    with gazette.read() as session:
        rows = session.exec(select(LogRow).order_by(col(LogRow.sequence)))
        return [(row.op, row.id) for row in rows]


def assert_sound(working: Working, gazette: Gazette, now: datetime) -> None:
    with working.read() as inside, gazette.read() as outside:
        assert verify_log(outside).problems == []
        assert verify_cross(inside, outside, now=now).problems == []


def test_what_is_decided_is_public_after_one_run(
    working: Working, gazette: Gazette, now: datetime, tmp_path: Path
) -> None:
    person = Handle("person", "a" * 64)
    with working.write() as session:
        publish(session, A, now, person_handles=[person])
        publish(session, A, now, payload=payload(2))
        withdraw(session, A, now)
        publish(session, B, now, person_handles=[person])
    assert service.run_once(working, gazette, now=now, lock_dir=tmp_path) == 4
    assert log_ids(gazette) == [("PUT", A), ("PUT", A), ("DEL", A), ("PUT", B)]
    with gazette.read() as session:
        assert [record.id for record in public.lookup(session, person, now)] == [B]
    with working.read() as session:
        rows = session.exec(select(OutboxRow).order_by(col(OutboxRow.id))).all()
        assert [row.sequence for row in rows] == [1, 2, 3, 4]
        assert all(row.done == now for row in rows)
        assert queries.oldest_waiting(session) is None
    assert service.run_once(working, gazette, now=now, lock_dir=tmp_path) == 0
    assert_sound(working, gazette, now)


def test_an_undone_decision_publishes_nothing(
    working: Working, gazette: Gazette, now: datetime, tmp_path: Path
) -> None:
    def decide_and_fail() -> None:
        with working.write() as session:
            publish(session, A, now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        decide_and_fail()
    assert drain(working, gazette, now, tmp_path) == 0
    assert log_ids(gazette) == []


def test_a_withdrawn_record_cannot_come_back(working: Working, now: datetime) -> None:
    with working.write() as session:
        publish(session, A, now)
        first = withdraw(session, A, now, reason="takedown")
        assert withdraw(session, A, now).id == first.id
        with pytest.raises(AlreadyRemoved):
            publish(session, A, now)


def test_many_at_once_are_all_or_none(
    working: Working, gazette: Gazette, now: datetime, tmp_path: Path
) -> None:
    ids = [f"L-{number:010d}" for number in range(1200)]
    many = [
        service.Publication("listing", id, payload(), now, None, docket_id=1) for id in ids[::-1]
    ]
    with working.write() as session:
        assert len(service.publish_many(session, many, now=now)) == 1200
    assert drain(working, gazette, now, tmp_path) == 1200
    assert log_ids(gazette) == [("PUT", id) for id in ids[::-1]]
    with working.write() as session:
        withdraw(session, ids[700], now)
        with pytest.raises(AlreadyRemoved):
            service.publish_many(session, many, now=now)
        assert len(queries.waiting(session)) == 1


def test_bad_decisions_are_refused_at_once(working: Working, now: datetime) -> None:
    with working.write() as session:
        with pytest.raises(InvalidInput):
            withdraw(session, A, now, reason="no reason")
        for wrong, field in (
            ({"ground": None}, "ground"),
            ({"resident_id": "990101199003070014"}, "resident_id"),
            ({"status": "somehow"}, "status"),
            ({"subject": {"kind": "person", "name": "某", "document_full": "1"}}, "subject"),
        ):
            with pytest.raises(WrongShape) as refusal:
                publish(session, A, now, payload=payload(**wrong))
            assert str(refusal.value.params["field"]).startswith(field)
            assert "9901" not in str(refusal.value)
        with pytest.raises(WrongShape):
            publish(session, A, now, kind="unheard-of")
        assert queries.waiting(session) == []


def test_a_row_that_the_log_refuses_holds_nobody_up(
    working: Working, gazette: Gazette, now: datetime, tmp_path: Path
) -> None:
    with working.write() as session:
        withdraw(session, A, now)
        slipped_by = publish(session, C, now)
        slipped_by.payload = '{"list":"work-safety"}'
        publish(session, B, now)
    assert drain(working, gazette, now, tmp_path) == 3
    assert log_ids(gazette) == [("PUT", B)]
    with working.write() as session:
        refused = [(row.public_id, row.refused) for row in queries.refused(session)]
        assert refused == [(C, "wrong-shape"), (A, "not-published")]
        publish(session, A, now)
    drain(working, gazette, now, tmp_path)
    assert log_ids(gazette) == [("PUT", B), ("PUT", A)]
    assert_sound(working, gazette, now)


def test_what_was_removed_leaves_the_outbox_too(
    working: Working, gazette: Gazette, now: datetime, tmp_path: Path
) -> None:
    with working.write() as session:
        publish(session, A, now, person_handles=[Handle("person", "a" * 64)])
        publish(session, B, now)
        publish(session, B, now, forget_previous=True)
        publish(session, B, now)
    drain(working, gazette, now, tmp_path)
    with working.write() as session:
        withdraw(session, A, now)
    drain(working, gazette, now, tmp_path)
    with working.read() as session:
        rows = session.exec(select(OutboxRow).order_by(col(OutboxRow.id))).all()
        kept = [row.payload is not None for row in rows]
        assert kept == [False, False, True, True, True]
        assert rows[0].person_handles == []
        assert [(one.id, one.reason) for one in queries.removals(session)] == [(A, "revoked")]
    assert_sound(working, gazette, now)


def test_only_one_publisher_at_a_time(
    working: Working, gazette: Gazette, now: datetime, tmp_path: Path
) -> None:
    with working.write() as session:
        publish(session, A, now)
    with exclusive(working, "publisher", lock_dir=tmp_path) as alone:
        assert alone
        assert service.run_once(working, gazette, now=now, lock_dir=tmp_path) == 0
    assert service.run_once(working, gazette, now=now, lock_dir=tmp_path) == 1


class CrashError(Exception):
    """The process dies here."""


@pytest.mark.parametrize(
    "place",
    [
        (GazetteSession, "before_commit", False),
        (GazetteSession, "after_commit", True),
        (WorkingSession, "before_commit", True),
    ],
    ids=["before the first", "between them", "before the second"],
)
def test_a_crash_at_either_commit_loses_and_doubles_nothing(
    stores: tuple[Working, Gazette],
    now: datetime,
    tmp_path: Path,
    place: tuple[type[Any], str, bool],
) -> None:
    working, gazette = stores
    session_class, moment, reached = place
    with working.write() as session:
        publish(session, A, now)
        withdraw(session, A, now)
        publish(session, B, now)
    expected = [("PUT", A), ("DEL", A), ("PUT", B)]

    def die(_session: Any) -> None:
        raise CrashError

    event.listen(session_class, moment, die)
    try:
        for _ in range(2):
            with pytest.raises(CrashError):
                service.run_once(working, gazette, now=now, lock_dir=tmp_path)
    finally:
        event.remove(session_class, moment, die)
    assert log_ids(gazette) == (expected if reached else [])
    with working.read() as session:
        assert len(queries.waiting(session)) == 3
        if reached:
            with gazette.read() as outside:
                assert verify_cross(session, outside, now=now).problems == []
    assert drain(working, gazette, now, tmp_path) == 3
    assert log_ids(gazette) == expected
    with working.read() as session:
        rows = session.exec(select(OutboxRow).order_by(col(OutboxRow.id))).all()
        assert [row.sequence for row in rows] == [1, 2, 3]
        assert rows[0].payload is None
    assert_sound(working, gazette, now)


def test_decisions_on_one_record_keep_their_order(
    working: Working, gazette: Gazette, now: datetime, tmp_path: Path
) -> None:
    """The second transaction waits for the first, so its outbox id cannot overtake."""

    def second() -> None:
        with working.write() as session:
            withdraw(session, A, now)

    with ThreadPoolExecutor(1) as pool:
        with working.write() as session:
            publish(session, A, now)
            waiting = pool.submit(second)
            with pytest.raises(NotYet):
                waiting.result(timeout=0.3)
        waiting.result(timeout=20)
    drain(working, gazette, now, tmp_path)
    assert log_ids(gazette) == [("PUT", A), ("DEL", A)]


def test_a_late_commit_with_an_earlier_outbox_id_is_not_forgotten(
    working: Working, gazette: Gazette, now: datetime, tmp_path: Path
) -> None:
    if working.is_sqlite:
        pytest.skip("SQLite has one writer: outbox ids are given out in the order of commits")
    with working.write() as late:
        first = publish(late, A, now)
        with working.write() as session:
            assert (publish(session, B, now).id or 0) > (first.id or 0)
        assert drain(working, gazette, now, tmp_path) == 1
    assert drain(working, gazette, now, tmp_path) == 1
    assert log_ids(gazette) == [("PUT", B), ("PUT", A)]
    assert_sound(working, gazette, now)


def test_after_a_restore_of_the_gazette_later_publications_go_out_again(
    working: Working, gazette: Gazette, now: datetime, tmp_path: Path
) -> None:
    with working.write() as session:
        publish(session, A, now)
        publish(session, B, now)
    drain(working, gazette, now, tmp_path)
    with working.write() as session:
        session.connection().exec_driver_sql("UPDATE outbox SET sequence = sequence + 100")
    with gazette.write() as session:
        for table in ("handle", "content", "record", "tree_node", "log_row"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608
    with working.write() as session:
        assert service.reopen(session, 0) == 2
    assert drain(working, gazette, now, tmp_path) == 2
    assert_sound(working, gazette, now)


def test_one_transaction_may_publish_more_than_the_server_has_locks_for(
    working: Working, now: datetime
) -> None:
    with working.write() as session:
        for start in range(0, 40_000, service.FEW):
            ids = [f"L-{number:010d}" for number in range(start, start + service.FEW)]
            service._in_order(session, ids)
        publish(session, "L-0000000001", now=now)
    with working.write() as session:
        withdraw(session, "L-0000000001", now=now)
    with working.read() as session:
        rows = session.exec(select(OutboxRow.op).order_by(col(OutboxRow.id))).all()
    assert rows == ["PUT", "DEL"]
