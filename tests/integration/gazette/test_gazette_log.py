"""Appending: the leaf to the letter, idempotence, order, and the tree that grows with it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
import rfc8785
from gazette_samples import append, listing_payload, put, remove
from sqlmodel import col, select

from registry.core.db import GazetteSession, Store
from registry.core.errors import InvalidInput
from registry.public.gazette import AlreadyRemoved, KindChanged, NotPublished, log, merkle, tree
from registry.public.gazette.models import Content, LogRow, TreeNode

Gazette = Store[GazetteSession]
IDS = [f"L-{number:010d}" for number in range(300)]


def test_the_leaf_recomputes_byte_for_byte_from_what_is_stored(
    gazette: Gazette, now: datetime
) -> None:
    effective = now - timedelta(days=1, microseconds=7)
    said = listing_payload(summary='引号"、反斜杠\\、\u0001、😀', number=1.50, none=None)
    append(gazette, put(IDS[0], effective, payload=said), recorded=now)
    with gazette.read() as session:
        row = session.exec(select(LogRow)).one()
        content = session.exec(select(Content)).one()
    assert len(content.salt) == 32
    event = rfc8785.dumps(
        {
            "v": 1,
            "sequence": 1,
            "op": "PUT",
            "kind": "listing",
            "id": IDS[0],
            "effective": "2026-11-19T01:59:59.999993Z",
            "recorded": "2026-11-20T02:00:00Z",
            "payload": said,
        }
    )
    assert json.loads(content.payload) == said
    assert row.effective == effective
    assert row.commitment == hashlib.sha256(content.salt + event).digest()
    assert row.leaf_hash == hashlib.sha256(b"\x00" + row.commitment).digest()


def test_known_events_are_ignored(gazette: Gazette, now: datetime) -> None:
    first, second = put(IDS[0], now), put(IDS[1], now)
    assert [row.sequence for row in append(gazette, first, first, recorded=now)] == [1]
    assert [row.sequence for row in append(gazette, first, second, recorded=now)] == [2]
    assert append(gazette, first, second, recorded=now) == []


def test_the_logs_time_never_runs_backwards(gazette: Gazette, now: datetime) -> None:
    append(gazette, put(IDS[0], now), recorded=now)
    (row,) = append(gazette, put(IDS[1], now), recorded=now - timedelta(hours=1))
    assert row.recorded == now


def test_a_removal_is_terminal(gazette: Gazette, now: datetime) -> None:
    append(gazette, put(IDS[0], now), remove(IDS[0], now), recorded=now)
    for entry in (put(IDS[0], now), remove(IDS[0], now)):
        with pytest.raises(AlreadyRemoved):
            append(gazette, entry, recorded=now)
    with pytest.raises(AlreadyRemoved):
        append(gazette, put(IDS[1], now), remove(IDS[1], now), put(IDS[1], now), recorded=now)
    with gazette.read() as session:
        assert len(session.exec(select(LogRow)).all()) == 2


def test_what_cannot_be_appended(gazette: Gazette, now: datetime) -> None:
    append(gazette, put(IDS[0], now), recorded=now)
    with pytest.raises(NotPublished):
        append(gazette, remove(IDS[1], now), recorded=now)
    with pytest.raises(KindChanged):
        append(gazette, put(IDS[0], now, kind="penalty"), recorded=now)
    with pytest.raises(InvalidInput):
        append(gazette, remove(IDS[0], now, reason="because"), recorded=now)


def test_a_refused_entry_holds_nobody_up(gazette: Gazette, now: datetime) -> None:
    good, bad = put(IDS[0], now), remove(IDS[1], now)
    with gazette.write() as session:
        outcome = log.append_each(session, [bad, good], recorded=now)
        assert [row.id for row in outcome.rows] == [IDS[0]]
        assert outcome.refused[bad.event_id].code == "not-published"
        assert outcome.rows[0].sequence == 1


@pytest.mark.parametrize("batches", [[1] * 9, [300], [3, 1, 60, 7, 128, 2]])
def test_stored_tree_is_the_tree_whatever_the_batches(
    gazette: Gazette, now: datetime, batches: list[int]
) -> None:
    leaves: list[bytes] = []
    for count in batches:
        ids = IDS[len(leaves) : len(leaves) + count]
        rows = append(gazette, *(put(id, now) for id in ids), recorded=now)
        leaves += [row.leaf_hash for row in rows]
    size = len(leaves)
    with gazette.read() as session:
        assert tree.root(session, size) == merkle.root(leaves)
        assert tree.root(session, 0) == merkle.EMPTY_ROOT
        for first in {1, 2, size // 2 or 1, size - 1 or 1, size}:
            assert tree.root(session, first) == merkle.root(leaves[:first])
            path = tree.inclusion_proof(session, first, size)
            assert merkle.verify_inclusion(
                leaves[first - 1], first - 1, size, path, merkle.root(leaves)
            )
            proof = tree.consistency_proof(session, first, size)
            assert proof == merkle.consistency_proof(first, leaves)
        nodes = session.exec(select(TreeNode.level).order_by(col(TreeNode.level))).all()
        assert len(nodes) == size - size.bit_count()
        with pytest.raises(ValueError, match="shorter"):
            tree.root(session, size + 1)
        with pytest.raises(ValueError, match="shorter"):
            tree.consistency_proof(session, 1, size + 1)


def test_instants_of_any_zone_are_kept(gazette: Gazette) -> None:
    instant = datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    append(gazette, put(IDS[0], instant, until=instant), recorded=instant)
    with gazette.read() as session:
        row = session.exec(select(LogRow)).one()
    assert row.effective == row.recorded == row.publish_until == instant
