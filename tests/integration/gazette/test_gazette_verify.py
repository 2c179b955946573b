# ruff: noqa: S608 - the statements are the tampering itself, built from constants
"""Each way of tampering with the database is noticed and named."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from gazette_samples import append, put, remove, tamper
from sqlmodel import select

from registry.core import keys
from registry.core.db import GazetteSession, Store
from registry.public.gazette import checkpoint, tree
from registry.public.gazette.models import CheckpointRow
from registry.public.gazette.verify import verify_log

Gazette = Store[GazetteSession]
IDS = [f"L-{number:010d}" for number in range(12)]


@pytest.fixture
def key_dir(tmp_path: Path) -> Path:
    keys.ensure_keys(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def filled(gazette: Gazette, now: datetime, key_dir: Path) -> Gazette:
    """Rows 1–10 are publications of ids 0–9, 11 corrects id 0, 12 removes id 1."""
    append(gazette, *(put(id, now, until=None) for id in IDS[:10]), recorded=now)
    with gazette.write() as session:
        checkpoint.sign_newest(session, key_dir, now=now)
    append(gazette, put(IDS[0], now), remove(IDS[1], now), recorded=now)
    return gazette


def problems(store: Gazette, key_dir: Path) -> set[tuple[str, int | None]]:
    with store.read() as session:
        report = verify_log(session, key=keys.load_log_public(key_dir))
    assert report.ok == (not report.problems)
    assert all(str(problem).startswith(problem.code) for problem in report.problems)
    return {(problem.code, problem.sequence) for problem in report.problems}


def test_an_honest_log_verifies(filled: Gazette, key_dir: Path) -> None:
    with filled.read() as session:
        report = verify_log(session, key=keys.load_log_public(key_dir))
        assert report.problems == []
        assert (report.size, report.with_content, report.forgotten) == (12, 11, 1)
        assert report.checkpoints == 1
        assert report.root == tree.root(session, 12)


def test_an_empty_log_verifies(gazette: Gazette, key_dir: Path) -> None:
    assert problems(gazette, key_dir) == set()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE content SET payload = replace(payload, 'work-safety', 'work-sefety')"
        " WHERE sequence = 3",
        "UPDATE content SET payload = ' ' || payload WHERE sequence = 3",
        "UPDATE log_row SET kind = 'penalty' WHERE sequence = 3",
        "UPDATE log_row SET effective = '2020-01-01 00:00:00.000000' WHERE sequence = 3",
    ],
)
def test_changed_words(filled: Gazette, key_dir: Path, change: str) -> None:
    tamper(filled, change)
    assert ("content-changed", 3) in problems(filled, key_dir)


def test_changed_salt(filled: Gazette, key_dir: Path) -> None:
    tamper(
        filled,
        "UPDATE content SET salt = (SELECT salt FROM content WHERE sequence = 4)"
        " WHERE sequence = 3",
    )
    assert problems(filled, key_dir) == {("content-changed", 3)}


def test_a_deleted_row(filled: Gazette, key_dir: Path) -> None:
    tamper(
        filled, "DELETE FROM content WHERE sequence = 5", "DELETE FROM log_row WHERE sequence = 5"
    )
    found = problems(filled, key_dir)
    assert ("row-missing", 5) in found
    assert ("checkpoint-broken", 10) in found or ("tree-changed", 6) in found


def test_a_cut_log(filled: Gazette, key_dir: Path) -> None:
    """Even where all tables agree with each other, the signed checkpoint tells."""
    tamper(
        filled,
        "DELETE FROM content WHERE sequence > 9",
        "DELETE FROM log_row WHERE sequence > 9",
        "DELETE FROM erasure",
        f"DELETE FROM record WHERE id IN ('{IDS[9]}')",
        "UPDATE record SET sequence = first_sequence, reason = NULL",
        "DELETE FROM tree_node WHERE (index + 1) * (CASE level WHEN 1 THEN 2 WHEN 2 THEN 4"
        " ELSE 8 END) > 9"
        if not filled.is_sqlite
        else 'DELETE FROM tree_node WHERE (("index" + 1) << level) > 9',
    )
    assert {("checkpoint-broken", 10), ("row-missing", 10)} <= problems(filled, key_dir)


def test_exchanged_rows(filled: Gazette, key_dir: Path) -> None:
    tamper(
        filled,
        "UPDATE log_row SET sequence = 1000 WHERE sequence = 3",
        "UPDATE log_row SET sequence = 3 WHERE sequence = 4",
        "UPDATE log_row SET sequence = 4 WHERE sequence = 1000",
    )
    found = problems(filled, key_dir)
    assert {("content-changed", 3), ("content-changed", 4), ("tree-changed", 4)} <= found


def test_exchanged_rows_whose_content_is_forgotten(
    filled: Gazette, key_dir: Path, now: datetime
) -> None:
    append(filled, remove(IDS[2], now), remove(IDS[3], now), recorded=now)
    tamper(
        filled,
        "UPDATE log_row SET sequence = 1000 WHERE sequence = 3",
        "UPDATE log_row SET sequence = 3 WHERE sequence = 4",
        "UPDATE log_row SET sequence = 4 WHERE sequence = 1000",
    )
    assert {("tree-changed", 4), ("state-differs", 13)} <= problems(filled, key_dir)


def test_a_resurrected_record(filled: Gazette, key_dir: Path) -> None:
    tamper(filled, f"UPDATE record SET reason = NULL, sequence = 2 WHERE id = '{IDS[1]}'")
    assert problems(filled, key_dir) == {("shown-after-removal", 2)}


def test_content_brought_back(filled: Gazette, key_dir: Path) -> None:
    tamper(
        filled,
        "UPDATE content SET payload = (SELECT payload FROM content WHERE sequence = 3),"
        " erased = (1 = 0) WHERE sequence = 2",
    )
    found = problems(filled, key_dir)
    assert {("content-after-removal", 2), ("content-changed", 2)} <= found


def test_content_brought_back_behind_the_mark(filled: Gazette, key_dir: Path) -> None:
    tamper(filled, "UPDATE content SET payload = '{}' WHERE sequence = 2")
    assert problems(filled, key_dir) == {("content-after-removal", 2)}


def test_handles_brought_back(filled: Gazette, key_dir: Path) -> None:
    tamper(
        filled,
        "INSERT INTO handle (id, bucket, type, value, record_id)"
        f" VALUES (9999, 70000, 'name', '甲', '{IDS[1]}')",
    )
    assert problems(filled, key_dir) == {("handles-after-removal", None)}


def test_lost_content(filled: Gazette, key_dir: Path) -> None:
    tamper(filled, "DELETE FROM content WHERE sequence = 7")
    assert problems(filled, key_dir) == {("content-lost", 7)}


def test_something_after_a_removal(filled: Gazette, key_dir: Path) -> None:
    tamper(filled, f"UPDATE log_row SET id = '{IDS[0]}', op = 'DEL' WHERE sequence = 9")
    assert ("put-after-removal", 11) in problems(filled, key_dir)


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE record SET publish_until = '2099-01-01 00:00:00' WHERE id = '{IDS[4]}'",
        f"UPDATE record SET sequence = 1 WHERE id = '{IDS[0]}'",
        f"UPDATE record SET reason = 'revoked' WHERE id = '{IDS[4]}'",
        f"DELETE FROM record WHERE id = '{IDS[4]}'",
    ],
)
def test_a_present_state_that_the_log_does_not_say(
    filled: Gazette, key_dir: Path, change: str
) -> None:
    tamper(filled, change)
    assert "state-differs" in {code for code, _ in problems(filled, key_dir)}


def test_a_changed_leaf_and_a_changed_node(filled: Gazette, key_dir: Path) -> None:
    tamper(
        filled,
        "UPDATE log_row SET leaf_hash = (SELECT leaf_hash FROM log_row WHERE sequence = 1)"
        " WHERE sequence = 6",
        "UPDATE tree_node SET hash = (SELECT leaf_hash FROM log_row WHERE sequence = 1)"
        " WHERE level = 3",
    )
    assert problems(filled, key_dir) == {("leaf-changed", 6), ("tree-changed", 8)}


def test_a_commitment_rewritten_with_its_whole_tree_breaks_the_checkpoint(
    filled: Gazette, key_dir: Path, now: datetime
) -> None:
    """The strongest forger: recomputes everything, but cannot sign."""
    with filled.write() as session:
        row = session.exec(select(CheckpointRow)).one()
        forged = checkpoint.Checkpoint(row.note.split("\n")[0], 10, bytes(32))
        row.root = forged.root
        row.note = checkpoint.sign(forged, keys.load_certificate_key(key_dir))
    assert problems(filled, key_dir) == {("checkpoint-broken", 10)}


def test_time_that_runs_backwards(filled: Gazette, key_dir: Path) -> None:
    tamper(filled, "UPDATE log_row SET recorded = '2020-01-01 00:00:00.000000' WHERE sequence = 8")
    assert ("time-runs-backwards", 8) in problems(filled, key_dir)


def test_checkpoints_are_kept_and_signed_once(
    filled: Gazette, key_dir: Path, now: datetime
) -> None:
    with filled.write() as session:
        first = checkpoint.sign_newest(session, key_dir, now=now)
        assert checkpoint.sign_newest(session, key_dir, now=now).note == first.note
        stated = checkpoint.verify(first.note, keys.load_log_public(key_dir))
        assert (stated.size, stated.root) == (12, tree.root(session, 12))
        newest = checkpoint.latest(session)
        assert newest is not None
        assert newest.tree_size == 12
