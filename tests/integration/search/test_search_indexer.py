"""The index follows the gazette, whatever happens to the indexer."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from registry.core.db import GazetteSession, Store
from registry.public.gazette import Entry, log
from registry.public.search import Indexer, SearchIndex, fiction, open_index
from registry.public.search.documents import document
from registry.public.search.indexer import TIDY_AFTER
from registry.public.search.query import EVERYTHING
from registry.public.search.whoosh_engine.index import WhooshIndex


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SearchIndex]:
    opened = open_index("whoosh", tmp_path / "index")
    yield opened
    opened.close()


def publish(store: Store[GazetteSession], now: datetime, numbers: range, seed: int = 0) -> None:
    records = [fiction.record(number, seed) for number in numbers]
    entries = [
        Entry(uuid4(), "PUT", one.kind, fiction.public_id(n), now, one.payload, one.publish_until)
        for n, one in zip(numbers, records, strict=True)
    ]
    with store.write() as session:
        log.append(session, entries, recorded=now)


def withdraw(store: Store[GazetteSession], now: datetime, *numbers: int) -> None:
    entries = [
        Entry(uuid4(), "DEL", "listing", fiction.public_id(n), now, {"reason": "revoked"})
        for n in numbers
    ]
    with store.write() as session:
        log.append(session, entries, recorded=now)


def contents(index: SearchIndex, now: datetime) -> set[str]:
    ids = index.find(EVERYTHING, now, limit=100_000).ids
    assert len(ids) == len(set(ids))
    return set(ids)


def expected(*numbers: int) -> set[str]:
    return {fiction.public_id(number) for number in numbers}


def test_follows_by_sequence(
    gazette: Store[GazetteSession], index: SearchIndex, now: datetime
) -> None:
    indexer = Indexer(gazette, index)
    assert indexer.catch_up(now) == 0
    publish(gazette, now, range(10))
    assert (indexer.behind(now), indexer.catch_up(now, limit=4), index.position()) == (10, 4, 4)
    assert indexer.catch_up(now) == 6
    withdraw(gazette, now, 3, 4)
    publish(gazette, now, range(10, 12))
    assert indexer.catch_up(now) == 4
    assert contents(index, now) == expected(0, 1, 2, 5, 6, 7, 8, 9, 10, 11)
    assert (indexer.behind(now), indexer.catch_up(now), index.position()) == (0, 0, 14)


def test_a_correction_replaces(
    gazette: Store[GazetteSession], index: SearchIndex, now: datetime
) -> None:
    indexer = Indexer(gazette, index)
    publish(gazette, now, range(2))
    indexer.catch_up(now)
    publish(gazette, now, range(1), seed=99)
    indexer.catch_up(now)
    first = document(fiction.record(0, 99))
    assert first is not None
    assert contents(index, now) == expected(0, 1)
    assert (index.size(), index.position()) == (2, 3)


def test_what_was_removed_is_physically_gone_within_a_minute(
    gazette: Store[GazetteSession], index: SearchIndex, now: datetime
) -> None:
    indexer = Indexer(gazette, index)
    publish(gazette, now, range(5))
    indexer.catch_up(now)
    withdraw(gazette, now, 2)
    indexer.catch_up(now + timedelta(seconds=1))
    assert index.has_remains()
    later = now + timedelta(seconds=1) + TIDY_AFTER
    assert later - now < timedelta(seconds=60)
    indexer.catch_up(later)
    assert not index.has_remains()


def test_a_new_process_tidies_at_once(
    gazette: Store[GazetteSession], index: SearchIndex, now: datetime
) -> None:
    indexer = Indexer(gazette, index)
    publish(gazette, now, range(5))
    indexer.catch_up(now)
    withdraw(gazette, now, 2)
    indexer.catch_up(now)
    assert index.has_remains()
    Indexer(gazette, index).catch_up(now)
    assert not index.has_remains()


def test_an_index_ahead_of_its_gazette_is_built_anew(
    gazette: Store[GazetteSession], index: SearchIndex, now: datetime
) -> None:
    one = document(fiction.record(77))
    assert one is not None
    index.put([one])
    index.commit(1000)
    publish(gazette, now, range(3))
    Indexer(gazette, index, processes=1).catch_up(now)
    assert (contents(index, now), index.position()) == (expected(0, 1, 2), 3)


@pytest.mark.parametrize("processes", [1, 2])
def test_rebuild(
    gazette: Store[GazetteSession], index: SearchIndex, now: datetime, processes: int
) -> None:
    publish(gazette, now, range(30))
    withdraw(gazette, now, 7)
    indexer = Indexer(gazette, index, processes=processes)
    assert indexer.rebuild(now) == 31
    assert (contents(index, now), index.position()) == (expected(*set(range(30)) - {7}), 31)
    assert indexer.catch_up(now) == 0


def test_leaves_the_work_to_whoever_is_at_it(
    gazette: Store[GazetteSession], index: SearchIndex, now: datetime
) -> None:
    assert isinstance(index, WhooshIndex)
    publish(gazette, now, range(3))
    other = open_index("whoosh", index.path)
    with index.writing():
        assert Indexer(gazette, other).catch_up(now) == 0
    assert Indexer(gazette, other).catch_up(now) == 3
    other.close()


@pytest.mark.parametrize("damage", ["toc", "segment", "all"])
def test_a_damaged_index_is_built_anew(
    gazette: Store[GazetteSession], index: SearchIndex, now: datetime, damage: str
) -> None:
    assert isinstance(index, WhooshIndex)
    publish(gazette, now, range(3))
    Indexer(gazette, index).catch_up(now)
    for path in index.path.iterdir():
        if damage == "all" or path.suffix == {"toc": ".toc", "segment": ".doc"}[damage]:
            path.write_bytes(path.read_bytes()[:40])
    again = open_index("whoosh", index.path)
    Indexer(gazette, again).catch_up(now)
    assert contents(again, now) == expected(0, 1, 2)
    again.close()


WORKER = """
import sys
from datetime import datetime
from pathlib import Path
from registry.core.db import GazetteSession, Store
from registry.public.search import Indexer, open_index
store = Store(sys.argv[1], GazetteSession)
index = open_index("whoosh", Path(sys.argv[2]))
indexer = Indexer(store, index)
now = datetime.fromisoformat(sys.argv[3])
print("ready", flush=True)
while True:
    indexer.catch_up(now, limit=7)
    index.compact()
"""


@pytest.mark.sqlite_only
def test_killed_at_any_moment(
    gazette: Store[GazetteSession], tmp_path: Path, now: datetime
) -> None:
    """Kill it again and again at random: behind it may be, wrong it may not."""
    publish(gazette, now, range(250))
    folder = tmp_path / "index"
    chance = random.Random(4)
    arguments = [sys.executable, "-c", WORKER, gazette.url, str(folder), now.isoformat()]
    for turn in range(4):
        withdraw(gazette, now, turn)
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.random() * 0.3)  # the moment of death is what is being tested
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        index = open_index("whoosh", folder)
        position = index.position()
        indexed = contents(index, now)
        published = expected(*range(min(position, 250)))
        assert indexed <= published
        assert len(indexed) >= len(published) - (turn + 1)
        index.close()
    index = open_index("whoosh", folder)
    Indexer(gazette, index).catch_up(now)
    assert contents(index, now) == expected(*range(4, 250))
    names = {path.stem for path in folder.iterdir() if path.suffix in {".trm", ".doc"}}
    assert len(names) < 25, "what the dead left behind has been cleared away"
    index.close()


@pytest.mark.sqlite_only
def test_readers_in_other_threads_never_fail(
    gazette: Store[GazetteSession], index: SearchIndex, now: datetime
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    assert isinstance(index, WhooshIndex)
    publish(gazette, now, range(120))
    indexer = Indexer(gazette, index)
    indexer.catch_up(now)
    reader = open_index("whoosh", index.path)
    done = False

    def read() -> int:
        asked = 0
        while not done:
            assert reader.count(EVERYTHING, now) >= 100
            assert reader.find(EVERYTHING, now, limit=5).ids
            asked += 1
        return asked

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for turn in range(15):
            withdraw(gazette, now, turn)
            indexer.catch_up(now)
            index.compact()
        done = True
        assert all(one.result() for one in readers)
    reader.close()
