"""What readers see, and that nobody sees what may not be shown."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from datetime import UTC, date, datetime, timedelta

from gazette_samples import append, listing_payload, put, remove

from registry.core.clock import publish_until
from registry.core.db import GazetteSession, Store
from registry.core.names import fold
from registry.public.gazette import Handle, log_rows, merkle, queries
from registry.public.gazette.queries import Record, Removed

Gazette = Store[GazetteSession]
A, B, C, SITE = "L-000000000A", "L-000000000B", "L-000000000C", "S-0000000001"
CODE = Handle("code", "91990000MA00000001")


def test_a_record_and_its_traces(gazette: Gazette, now: datetime) -> None:
    later = now + timedelta(hours=1)
    append(gazette, put(A, now), recorded=now)
    append(gazette, put(A, later, payload=listing_payload(summary="2")), recorded=later)
    with gazette.read() as session:
        record = queries.get(session, A, later)
        assert isinstance(record, Record)
        assert (record.published, record.updated, record.sequence) == (now, later, 2)
        assert record.payload["summary"] == "2"
        assert queries.get(session, B, now) is None
    append(gazette, remove(A, later, "early-removal"), recorded=later)
    with gazette.read() as session:
        assert queries.get(session, A, later) == Removed(
            A, "listing", 3, "early-removal", later, later
        )
        assert queries.many(session, [A], later) == {}
        assert queries.lookup(session, CODE, later) == []
        assert queries.newest(session, ["listing"], 9, later) == []
        assert queries.figures(session, later).total == 0
        assert [one.id for one in queries.removed(session)] == [A]


def test_lookups_by_every_handle(gazette: Gazette, now: datetime) -> None:
    site = {"name": "示例一号井", "type": "coal-mine", "region": "990101", "licences": []}
    operated = site | {"operators": [{"name": "甲", "code": CODE.value}]}
    person = Handle("person", "f" * 64)
    long = "长" * 1000
    append(
        gazette,
        put(A, now, payload=listing_payload(long, site=SITE)),
        put(SITE, now, kind="site", payload=operated),
        put(B, now, payload=listing_payload("乙"), handles=(person,)),
        recorded=now,
    )
    with gazette.read() as session:

        def found(type: str, value: str) -> list[str]:
            return [one.id for one in queries.lookup(session, Handle(type, value), now)]  # type: ignore[arg-type]

        assert found("name", fold(long)) == [A]
        assert found("name", fold(long)[:-1]) == []
        assert found("code", CODE.value) == [B, A]
        assert found("entity", CODE.value) == [SITE]
        assert found("number", fold("（某）应急罚〔2026〕1号")) == [B, A]
        assert found("person", "f" * 64) == [B]
        assert found("name", "f" * 64) == []
        assert [one.id for one in queries.by_site(session, SITE, now)] == [SITE, A]
        assert [one.id for one in queries.by_entity(session, CODE.value.lower(), now)] == [
            B,
            SITE,
            A,
        ]


def test_a_correction_replaces_all_handles(gazette: Gazette, now: datetime) -> None:
    old, new = Handle("person", "0" * 64), Handle("person", "1" * 64)
    append(gazette, put(A, now, payload=listing_payload("甲矿"), handles=(old,)), recorded=now)
    append(gazette, put(A, now, payload=listing_payload("乙矿"), handles=(new,)), recorded=now)
    with gazette.read() as session:
        for gone in (old, Handle("name", fold("甲矿"))):
            assert queries.lookup(session, gone, now) == []
        for here in (new, Handle("name", fold("乙矿")), CODE):
            assert [one.id for one in queries.lookup(session, here, now)] == [A]


def test_midnight_needs_no_job(gazette: Gazette, now: datetime) -> None:
    until = publish_until(date(2029, 7, 1))
    assert until == datetime(2029, 7, 1, 16, tzinfo=UTC)
    append(gazette, put(A, now, until=until), put(B, now), recorded=now)
    before, after = until - timedelta(microseconds=1), until
    with gazette.read() as session:
        assert isinstance(queries.get(session, A, before), Record)
        assert queries.get(session, A, after) == Removed(A, "listing", 1, "expired", until, None)
        for moment, ids in ((before, [A, B]), (after, [B])):
            assert list(queries.many(session, [A, B], moment)) == ids
            assert sorted(r.id for r in queries.lookup(session, CODE, moment)) == ids
            assert sorted(r.id for r in queries.by_entity(session, CODE.value, moment)) == ids
            assert sorted(r.id for r in queries.newest(session, ["listing"], 9, moment)) == ids
            assert queries.figures(session, moment).by_kind == {"listing": len(ids)}
            assert queries.figures(session, moment).by_list == {"work-safety": len(ids)}
            told = [
                row["id"] for row in log_rows.changes(session, 0, 9, moment) if "payload" in row
            ]
            assert told == ids
        assert queries.state(session, before).day == date(2029, 7, 1)
        assert queries.state(session, after).day == date(2029, 7, 2)
        assert queries.state(session, after).sequence == 2
        assert queries.expired(session, before) == []
        assert queries.expired(session, after) == [("listing", A)]
    append(gazette, remove(A, after, "expired"), recorded=after)
    with gazette.read() as session:
        assert queries.expired(session, after) == []


def test_a_shortened_term_hides_older_rows_too(gazette: Gazette, now: datetime) -> None:
    day = timedelta(days=1)
    append(gazette, put(A, now, until=now + 9 * day), put(A, now, until=now + day), recorded=now)
    with gazette.read() as session:
        rows = log_rows.changes(session, 0, 9, now + 2 * day)
    assert [set(row) & {"payload", "salt"} for row in rows] == [set(), set()]


def test_a_lengthened_term_shows_older_rows_to_their_own_midnight(
    gazette: Gazette, now: datetime
) -> None:
    until = now + timedelta(days=1)
    append(gazette, put(A, now, until=until), put(A, now, until=None), recorded=now)
    with gazette.read() as session:
        for moment, shown in (
            (until - timedelta(microseconds=1), [True, True]),
            (until, [False, True]),
        ):
            rows = log_rows.changes(session, 0, 9, moment)
            assert ["payload" in row for row in rows] == shown


def test_changes_let_anyone_recompute_the_tree(gazette: Gazette, now: datetime) -> None:
    append(gazette, put(A, now), put(B, now), recorded=now)
    append(gazette, remove(A, now, "takedown"), recorded=now)
    with gazette.read() as session:
        rows = log_rows.changes(session, 0, 100, now)
        assert [row["sequence"] for row in rows] == [1, 2, 3]
        assert [row["sequence"] for row in log_rows.changes(session, 1, 1, now)] == [2]
        root = log_rows.root(session, 3)
    leaves = [merkle.leaf_hash(bytes.fromhex(row["commitment"])) for row in rows]
    assert [leaf.hex() for leaf in leaves] == [row["leaf_hash"] for row in rows]
    assert merkle.root(leaves) == root
    assert set(rows[0]) == {
        "sequence",
        "op",
        "kind",
        "id",
        "effective",
        "recorded",
        "commitment",
        "leaf_hash",
    }
    assert rows[2]["payload"] == {"reason": "takedown"}
    assert len(urlsafe_b64decode(rows[1]["salt"] + "=")) == 32
    assert rows[1]["payload"]["subject"]["name"] == "某某省示例甲矿业有限公司"


def test_newest_are_the_latest_published_not_the_latest_corrected(
    gazette: Gazette, now: datetime
) -> None:
    append(gazette, put(A, now), put(B, now), put(C, now), put(A, now), recorded=now)
    append(
        gazette, put(SITE, now, kind="authority", payload={"name": "甲", "code": "1"}), recorded=now
    )
    with gazette.read() as session:
        assert [r.id for r in queries.newest(session, ["listing"], 2, now)] == [C, B]
        both = queries.newest(session, ["listing", "authority", "penalty"], 9, now)
        assert [r.id for r in both] == [SITE, C, B, A]


def test_many_keeps_the_order_asked_for(gazette: Gazette, now: datetime) -> None:
    ids = [f"L-{number:010d}" for number in range(1200)]
    append(gazette, *(put(id, now) for id in ids), recorded=now)
    with gazette.read() as session:
        assert list(queries.many(session, [*ids[::-1], "L-ZZZZZZZZZZ"], now)) == ids[::-1]
        assert log_rows.leaf_hashes(session, [1, 2]).keys() == {1, 2}


def test_an_empty_gazette(gazette: Gazette, now: datetime) -> None:
    with gazette.read() as session:
        state = queries.state(session, now)
        assert (state.sequence, state.recorded) == (0, None)
        assert queries.figures(session, now).total == 0
        assert log_rows.changes(session, 0, 10, now) == []
