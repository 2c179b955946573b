"""A verified copy through real HTTP: deltas add up, content goes in time, a fork is refused."""

from __future__ import annotations

import json
import random
import sqlite3
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from following_kit import Served, put, remove
from sqlalchemy import text

from admin.cli import main
from registry.core import keys
from registry.public.gazette import checkpoint, leaf, queries, tree
from registry.public.gazette.following import follow as following
from registry.public.gazette.following.copy import Copy
from registry.public.gazette.following.follow import Followed, Forked, OtherKey
from registry.public.gazette.following.rows import BadRow
from registry.public.gazette.following.source import NotARegistry, Source


def once(site: Served, copy: Copy, now: datetime | None = None) -> Followed:
    return following.follow(Source(site.url), copy, now=now or site.instant[0])


def same(site: Served, copy: Copy) -> None:
    """snapshot(T0) + deltas = snapshot(T1), byte for byte."""
    now = site.instant[0]
    with site.gazette.read() as session:
        there = {
            record.id: leaf.canonical(record.payload)
            for record in queries.every(session, "listing", now)
        }
    here = {id: row.payload for id, row in copy.present(now).items()}
    assert here == there


def id_of(number: int) -> str:
    return f"L-{number:010d}"


def test_deltas_add_up(site: Served, tmp_path: Path) -> None:
    """A long random history; the copy is held against the site after every round."""
    chance = random.Random(20261126)
    copy = Copy(tmp_path / "copy", make=True)
    living: dict[str, datetime | None] = {}
    made = 0
    for _ in range(14):
        site.instant[0] += timedelta(hours=chance.choice([1, 7, 30]))
        now = site.instant[0]
        entries = []
        for _ in range(chance.randint(1, 12)):
            known = [id for id, until in living.items() if until is None or until > now]
            what = chance.choice(["new", "new", "correct", "rewrite", "remove"])
            if what == "new" or not known:
                made += 1
                until = chance.choice([None, now + timedelta(hours=chance.randint(1, 60))])
                living[id_of(made)] = until
                entries.append(put(id_of(made), now, f"样例{made}号矿业有限公司", until))
            elif what == "remove":
                id = chance.choice(known)
                del living[id]
                entries.append(remove(id, now))
            else:
                id = chance.choice(known)
                entries.append(put(id, now, f"更正后样例{made}", living[id], what == "rewrite"))
        site.publish(*entries)
        if chance.random() < 0.7:
            once(site, copy)
            same(site, copy)
    once(site, copy)
    same(site, copy)
    assert following.verify_copy(copy, None).size == copy.size() > 50
    found = following.verify_source(Source(site.url + "/api/v1/"), None)
    assert found.root == following.verify_copy(copy, None).root
    copy.close()


@pytest.mark.sqlite_only
def test_what_is_removed_or_ended_leaves_the_file(site: Served, tmp_path: Path) -> None:
    now = site.instant[0]
    copy = Copy(tmp_path / "copy", make=True)
    file = tmp_path / "copy" / "copy.db"
    site.publish(
        put(id_of(1), now, "将被撤下样例"),
        put(id_of(2), now, "将到期样例", now + timedelta(hours=2)),
        put(id_of(3), now, "将被改写样例"),
    )
    once(site, copy)
    for name in ("将被撤下样例", "将到期样例", "将被改写样例"):
        assert name.encode() in file.read_bytes()
    site.publish(remove(id_of(1), now), put(id_of(3), now, "改写以后样例", forget=True))
    once(site, copy)
    assert "将被撤下样例".encode() not in file.read_bytes()
    assert "将被改写样例".encode() not in file.read_bytes()
    # The term ends for the copy whether or not the site has appended its removal.
    told = once(site, copy, now + timedelta(hours=2))
    assert told.forgotten == 1
    assert "将到期样例".encode() not in file.read_bytes()
    assert following.verify_copy(copy, None).forgotten == 3
    copy.close()


@pytest.mark.sqlite_only
def test_an_interrupted_round_goes_on(site: Served, tmp_path: Path) -> None:
    now = site.instant[0]
    site.publish(*(put(id_of(number), now) for number in range(1, 1501)))
    copy = Copy(tmp_path / "copy", make=True)

    class KilledError(Exception):
        pass

    def kill(_done: int, _whole: int) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        following.follow(Source(site.url), copy, now=now, progress=kill)
    assert copy.size() == 1000
    assert copy.verified() is None
    with pytest.raises(NotARegistry):
        following.verify_copy(copy, None)
    seen = []
    following.follow(Source(site.url), copy, now=now, progress=lambda done, _: seen.append(done))
    assert seen == [1500]
    assert following.verify_copy(copy, None).size == 1500
    copy.close()


def rewrite(site: Served, sequence: int) -> None:
    """What the registry itself could do with its own store and key: another history."""
    with site.gazette.write() as session:
        found = session.execute(
            text("UPDATE log_row SET commitment = leaf_hash WHERE sequence = :n"), {"n": sequence}
        )
        assert found.rowcount == 1  # type: ignore[attr-defined]
        rows = session.execute(text("SELECT sequence, commitment FROM log_row ORDER BY sequence"))
        from registry.public.gazette import merkle

        leaves = []
        for number, commitment in rows.all():
            leaves.append(merkle.leaf_hash(bytes(commitment)))
            session.execute(
                text("UPDATE log_row SET leaf_hash = :l WHERE sequence = :n"),
                {"l": leaves[-1], "n": number},
            )
        # Its content would no longer fit: it is gone with the rewriting.
        session.execute(text("UPDATE content SET erased = :t"), {"t": True})
        session.execute(text("DELETE FROM tree_node"))
        tree.extend(session, 0, leaves)
        session.execute(text("DELETE FROM checkpoint"))
        session.flush()
        checkpoint.sign_newest(session, site.key_dir, now=site.instant[0])


@pytest.mark.parametrize("grown", [True, False])
@pytest.mark.sqlite_only
def test_a_fork_is_refused_and_kept(site: Served, tmp_path: Path, grown: bool) -> None:
    now = site.instant[0]
    site.publish(*(put(id_of(number), now, f"样例{number}号") for number in range(1, 6)))
    copy = Copy(tmp_path / "copy", make=True)
    once(site, copy)
    before = copy.verified()
    if grown:
        site.publish(put(id_of(6), now), put(id_of(7), now))
    rewrite(site, 3)
    with pytest.raises(Forked, match="THE LOG WAS REWRITTEN"):
        once(site, copy)
    assert copy.verified() == before
    assert copy.size() == 5
    assert len(copy.present(now)) == 5
    folder = next((tmp_path / "copy").glob("fork-*"))
    told = json.loads((folder / "evidence.json").read_text())
    assert told["stated_root"] != told["computed_root"]
    log = keys.load_log_public(site.key_dir)
    notes = [(folder / f"checkpoint-{name}.txt").read_text() for name in ("before", "now")]
    assert [checkpoint.verify(note, log).size for note in notes] == [5, 7 if grown else 5]
    assert len((folder / "rows.jsonl").read_text().splitlines()) == (2 if grown else 0)
    copy.close()


@pytest.mark.sqlite_only
def test_an_older_state_is_a_slow_standby_or_a_fork(site: Served, tmp_path: Path) -> None:
    now = site.instant[0]
    site.publish(*(put(id_of(number), now) for number in range(1, 4)))
    copy = Copy(tmp_path / "copy", make=True)
    site.publish(put(id_of(4), now), put(id_of(5), now))
    once(site, copy)
    with site.gazette.write() as session:
        session.execute(text("DELETE FROM checkpoint WHERE tree_size > 3"))
    told = once(site, copy)
    assert told.behind
    assert told.size == 5
    with site.gazette.write() as session:
        for table in ("log_row", "content"):
            session.execute(text(f"DELETE FROM {table} WHERE sequence > 4"))  # noqa: S608
    rewrite(site, 2)
    with pytest.raises(Forked):
        once(site, copy)
    assert copy.size() == 5
    copy.close()


@pytest.mark.sqlite_only
def test_false_content_and_other_keys(site: Served, tmp_path: Path) -> None:
    now = site.instant[0]
    site.publish(put(id_of(1), now), put(id_of(2), now, "真实样例"))
    other = tmp_path / "other"
    keys.ensure_keys(other)
    copy = Copy(tmp_path / "copy", make=True)
    with pytest.raises(OtherKey):
        following.follow(Source(site.url), copy, now=now, key=keys.load_log_public(other))
    copy.close()
    copy = Copy(tmp_path / "second", make=True)
    with site.gazette.write() as session:
        session.execute(text("UPDATE content SET payload = replace(payload, '真实', '虚假')"))
    with pytest.raises(BadRow, match="Row 2"):
        once(site, copy)
    assert copy.size() == 0
    with pytest.raises(BadRow, match="Row 2"):
        following.verify_source(Source(site.url), None)
    copy.close()
    with pytest.raises(NotARegistry):
        following.verify_source(Source(site.url + "/zh"), None)


@pytest.mark.sqlite_only
def test_a_copy_that_was_changed_is_found(site: Served, tmp_path: Path) -> None:
    now = site.instant[0]
    site.publish(put(id_of(1), now), put(id_of(2), now), put(id_of(3), now))
    copy = Copy(tmp_path / "copy", make=True)
    once(site, copy)
    copy.close()
    for change in (
        "UPDATE row SET payload = replace(payload, '样例', '改动') WHERE sequence = 2",
        "UPDATE row SET commitment = leaf_hash WHERE sequence = 3",
        "DELETE FROM row WHERE sequence = 2",
        "DELETE FROM row WHERE sequence = 3",
    ):
        damaged = tmp_path / "damaged"
        damaged.mkdir(exist_ok=True)
        (damaged / "copy.db").write_bytes((tmp_path / "copy" / "copy.db").read_bytes())
        with sqlite3.connect(damaged / "copy.db") as connection:
            connection.execute(change)
        connection.close()
        copy = Copy(damaged, make=False)
        with pytest.raises(BadRow):
            following.verify_copy(copy, None)
        copy.close()


@pytest.mark.sqlite_only
def test_from_the_keyboard(
    site: Served,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The command, through the same ``main`` as the executable, against the served site."""
    now = site.instant[0]
    site.publish(put(id_of(1), now), put(id_of(2), now), remove(id_of(1), now))
    folder = str(tmp_path / "copy")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["registry", "gazette", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        assert isinstance(end.value.code, int)
        return end.value.code, out, err

    status, out, err = run("follow", site.url, folder, "--key", str(site.key_dir / "log.pub"))
    assert (status, err) == (0, "")
    assert "3 rows, 3 new" in out
    assert run("verify", "--from", folder)[0] == 0
    status, out, err = run("verify", "--from", site.url)
    assert status == 0
    assert "2 with content, 1 forgotten" in out
    assert "taken from the site itself" in err
    rewrite(site, 2)
    status, out, err = run("follow", site.url, folder)
    assert status == 1
    assert "THE LOG WAS REWRITTEN" in err
    assert len(err.splitlines()) == 1
    assert "holds no copy" in run("verify", "--from", str(tmp_path))[2]
    assert "cannot be reached" in run("verify", "--from", "http://127.0.0.1:9")[2]
    assert "address cannot be used" in run("verify", "--from", "nowhere")[2]
