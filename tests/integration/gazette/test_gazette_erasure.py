"""Forgetting: gone for readers at once, from the disk when ``finish`` says so."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from gazette_samples import append, listing_payload, put, remove
from sqlalchemy import text
from sqlmodel import col, select

from registry.core.db import GazetteSession, Store, sqlite_path
from registry.core.names import fold
from registry.public.gazette import Handle, erasure, log_rows, queries, restore
from registry.public.gazette.entry import NO_BUCKET
from registry.public.gazette.models import Content, HandleRow
from registry.public.gazette.verify import verify_log

Gazette = Store[GazetteSession]
A, B = "L-000000000A", "L-000000000B"


def contents(store: Gazette) -> dict[int, bool]:
    with store.read() as session:
        return dict(session.exec(select(Content.sequence, Content.erased)).all())


def on_disk(store: Gazette) -> bytes:
    """Every byte of the database file, its journal and its shared memory."""
    path = sqlite_path(store.url)
    assert path is not None
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def test_removal_erases_all_rows_of_the_id_and_all_its_handles(
    gazette: Gazette, now: datetime
) -> None:
    person = Handle("person", "e" * 64)
    append(gazette, put(A, now, handles=(person,)), put(B, now), put(A, now), recorded=now)
    append(gazette, remove(A, now), recorded=now)
    assert contents(gazette) == {1: True, 2: False, 3: True, 4: False}
    with gazette.read() as session:
        for content in session.exec(select(Content).where(col(Content.erased))):
            assert not content.payload.strip()
            assert content.salt == bytes(32)
        left = session.exec(
            select(HandleRow).where(HandleRow.record_id == A, HandleRow.bucket != NO_BUCKET)
        ).all()
        assert left == []
        assert verify_log(session).ok


def test_removal_in_the_same_batch_never_writes_the_content(
    gazette: Gazette, now: datetime
) -> None:
    append(gazette, put(A, now), put(A, now), remove(A, now), recorded=now)
    assert contents(gazette) == {3: False}
    with gazette.read() as session:
        assert session.exec(select(HandleRow)).all() == []
        assert verify_log(session).ok


def test_a_correction_can_forget_what_was_said_before(gazette: Gazette, now: datetime) -> None:
    append(gazette, put(A, now), recorded=now)
    append(gazette, put(A, now), recorded=now)
    assert contents(gazette) == {1: False, 2: False}
    append(gazette, put(A, now, payload=listing_payload("乙"), forget=True), recorded=now)
    assert contents(gazette) == {1: True, 2: True, 3: False}
    with gazette.read() as session:
        record = queries.get(session, A, now)
        assert isinstance(record, queries.Record)
        assert record.payload["subject"]["name"] == "乙"
        assert ["salt" in row for row in log_rows.changes(session, 0, 9, now)] == [
            False,
            False,
            True,
        ]
        assert verify_log(session).ok


def test_how_long_forgetting_took_is_known(gazette: Gazette, now: datetime) -> None:
    append(gazette, put(A, now), put(B, now), recorded=now)
    append(gazette, remove(A, now), recorded=now)
    later = now + timedelta(seconds=20)
    with gazette.read() as session:
        assert erasure.pending(session) == [now]
        figures = erasure.figures(session, now=later)
        assert (figures.pending, figures.oldest_pending) == (1, timedelta(seconds=20))
    assert erasure.finish(gazette, now=later) == 1
    assert erasure.finish(gazette, now=later) == 0
    with gazette.read() as session:
        assert erasure.pending(session) == []
        figures = erasure.figures(session, now=later)
        assert (figures.total, figures.pending, figures.longest) == (1, 0, timedelta(seconds=20))
        assert figures.oldest_pending is None


@pytest.mark.sqlite_only
def test_no_byte_of_a_removed_record_is_left(gazette: Gazette, now: datetime) -> None:
    person = Handle("person", "0123456789abcdef" * 4)
    marker = "标记矿业甲乙丙丁"
    said = listing_payload(marker, summary=marker * 500)
    append(gazette, put(A, now, payload=said, handles=(person,)), recorded=now)
    with gazette.read() as session:
        salt = session.exec(select(Content.salt)).one()
    wanted = [marker.encode(), fold(marker).encode(), person.value.encode(), salt]
    assert all(text in on_disk(gazette) for text in wanted)
    append(gazette, remove(A, now, "takedown"), recorded=now)
    assert erasure.finish(gazette, now=now) == 1
    assert [text for text in wanted if text in on_disk(gazette)] == []


@pytest.mark.sqlite_only
@pytest.mark.parametrize("seed", range(3))
def test_no_byte_is_left_in_the_slack_of_pages(gazette: Gazette, now: datetime, seed: int) -> None:
    """Splits and merges of pages copy rows about: none of the copies may stay behind.

    Deleting rows, even with secure_delete, was seen to leave names behind in such runs.
    """
    chance = random.Random(seed)
    order = chance.sample(range(900), 900)
    gone: set[int] = set()

    def marker(number: int) -> str:
        return f"标记xq{number:06d}zz"

    def entries(numbers: Iterable[int]) -> list[object]:
        return [
            put(
                f"L-{number:010d}",
                now,
                payload=listing_payload(
                    marker(number), summary=marker(number) * chance.choice([1, 20, 400])
                ),
                forget=chance.random() < 0.3,
            )
            for number in numbers
        ]

    for start in range(0, 900, 90):
        append(gazette, *entries(order[start : start + 90]), recorded=now)
        living = [number for number in order[: start + 90] if number not in gone]
        ended = chance.sample(living, chance.choice([1, 7, 30]))
        gone.update(ended)
        corrected = chance.sample([number for number in living if number not in gone], 5)
        removals = [remove(f"L-{number:010d}", now) for number in ended]
        append(gazette, *removals, *entries(corrected), recorded=now)
    erasure.finish(gazette, now=now)
    disk = on_disk(gazette)
    assert [number for number in gone if marker(number).encode() in disk] == []
    assert any(marker(number).encode() in disk for number in order if number not in gone)


@pytest.mark.sqlite_only
def test_a_reader_in_the_way_delays_but_is_noticed(gazette: Gazette, now: datetime) -> None:
    path = sqlite_path(gazette.url)
    assert path is not None
    append(gazette, put(A, now), recorded=now)
    with gazette.reader() as reader:
        queries.get(reader, A, now)
        append(gazette, remove(A, now), recorded=now)
        with gazette.engine.connect() as connection:
            connection.execute(text("PRAGMA busy_timeout=50"))
        assert erasure.finish(gazette, now=now) == 0
        with gazette.read() as session:
            assert erasure.pending(session) == [now]
    assert erasure.finish(gazette, now=now) == 1


def test_a_restored_copy_replays_removals_before_it_serves(gazette: Gazette, now: datetime) -> None:
    append(gazette, put(A, now), put(B, now), recorded=now)
    older = [
        restore.Removal(remove(A, now).event_id, "listing", A, "revoked", now),
        restore.Removal(remove(B, now).event_id, "listing", "L-ZZZZZZZZZZ", "revoked", now),
    ]
    with gazette.write() as session:
        assert restore.replay(session, older, recorded=now) == [A]
        assert restore.replay(session, older, recorded=now) == []
    with gazette.read() as session:
        assert isinstance(queries.get(session, A, now), queries.Removed)
        assert isinstance(queries.get(session, B, now), queries.Record)
        assert restore.removals(session) == older[:1]
        assert restore.removals(session, after=3) == []
        assert verify_log(session).ok
