"""The worker: everything once, nothing for ever, and one failure is nobody else's."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

import admin.cli  # noqa: F401 - the command imports the benchmarks
from admin.benchmarks import caseload, desks
from registry.core.db import GazetteSession, Store, WorkingSession
from registry.office.demo import service as demonstration
from registry.office.dockets import kinds
from registry.office.dockets.models import Docket
from registry.office.publisher import queries as outbox
from registry.office.publisher import service as publisher
from registry.office.publisher.models import OutboxRow
from registry.office.worker.office import Office
from registry.office.worker.service import LONGEST_REST, Worker
from registry.public.gazette import checkpoint, erasure, queries
from registry.public.gazette.models import LogRow
from registry.public.gazette.queries import Removed
from registry.public.gazette.verify import verify_log
from registry.public.screening import loading
from registry.public.search import open_index
from registry.public.search.indexer import TIDY_AFTER
from registry.public.search.whoosh_engine.index import WhooshIndex
from schemas.rows import Rows

A, B = "X-000000000A", "X-000000000B"
MARKER = "MARKERZZYX"


def decide(office: Office, now: datetime, *ids: str, name: str = MARKER) -> None:
    with office.working.write() as session:
        for id in ids:
            payload: dict[str, Any] = {
                "list": "sdn",
                "reference": id,
                "name": f"{name} TRADING",
                "type": "organization",
                "remarks": f"Also known as {name}.",
                "source_date": "2026-01-01",
            }
            publisher.publish(
                session, kind="external", id=id, payload=payload, effective=now,
                publish_until=None, now=now, docket_id=None, origin="external:sdn",
            )  # fmt: skip


def end(office: Office, now: datetime, *ids: str) -> None:
    with office.working.write() as session:
        for id in ids:
            publisher.withdraw(
                session, kind="external", id=id, reason="ended", effective=now, now=now,
                docket_id=None, origin="external:sdn",
            )  # fmt: skip


def shown(office: Office, now: datetime, *ids: str) -> set[str]:
    with office.gazette.read() as session:
        return set(queries.many(session, ids, now))


def waiting_erasures(office: Office) -> int:
    with office.gazette.read() as session:
        return len(erasure.pending(session))


def bytes_below(folder: Path, pattern: str) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob(pattern) if path.is_file())


def test_drain_publishes_indexes_and_signs(office: Office, now: datetime) -> None:
    decide(office, now, A, B)
    Worker(office).drain(now)
    assert shown(office, now, A, B) == {A, B}
    assert (office.index.size(), office.index.position()) == (2, 2)
    with office.gazette.read() as session:
        note = checkpoint.latest(session)
        assert note is not None
        assert note.tree_size == 2
    with office.working.read() as session:
        assert outbox.waiting(session) == []


@pytest.mark.sqlite_only
def test_what_was_withdrawn_is_on_no_disk(
    office: Office, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "FEWEST", 100)
    decide(office, now, A)
    decide(office, now, *(f"X-{n:010d}" for n in range(300)), name="OTHER")
    worker = Worker(office)
    worker.drain(now)
    assert MARKER.encode() in bytes_below(tmp_path, "gazette.db*")
    planted = bytes_below(office.settings.index_dir, "*").lower()
    assert MARKER.lower().encode() in planted, "otherwise this test proves nothing"
    names = loading.path_in(office.settings.index_dir)
    assert MARKER.encode() in names.read_bytes()
    later = now + timedelta(minutes=1)
    end(office, later, A)
    worker.drain(later)
    assert waiting_erasures(office) == 0
    assert b"OTHER" in names.read_bytes()
    found = bytes_below(tmp_path, "gazette.db*") + bytes_below(office.settings.index_dir, "*")
    assert MARKER.lower().encode() not in found.lower()
    assert b"other" in found.lower()
    with office.gazette.read() as session:
        assert verify_log(session).ok


def test_rounds_erase_within_a_minute_once_the_index_is_rid_of_it(
    office: Office, now: datetime
) -> None:
    worker = Worker(office)
    decide(office, now, A, B)
    worker.round(lambda: now)
    end(office, now, A)
    worker.round(lambda: now)
    assert shown(office, now, A) == set(), "no longer shown at once"
    assert waiting_erasures(office) == 1, "the index's files still hold it"
    soon = now + TIDY_AFTER
    worker.round(lambda: soon)
    assert waiting_erasures(office) == 0
    assert not office.index.has_remains()
    with office.gazette.read() as session:
        longest = erasure.figures(session, now=soon).longest
    assert longest is not None
    assert longest < timedelta(seconds=60)


def test_nothing_counts_as_erased_while_the_index_is_behind(office: Office, now: datetime) -> None:
    worker = Worker(office)
    decide(office, now, A, B)
    worker.drain(now)
    other = open_index("whoosh", office.settings.index_dir)
    assert isinstance(other, WhooshIndex)
    later = now + timedelta(minutes=1)
    with other.writing():
        end(office, now, A)
        worker.drain(now)
        for _ in range(3):
            worker.round(lambda: later)
        assert waiting_erasures(office) == 1
        assert office.index.position() == 2
    worker.drain(later)
    assert waiting_erasures(office) == 0
    other.close()


def test_two_workers_do_everything_exactly_once(
    office: Office, now: datetime, tmp_path: Path
) -> None:
    """Each with its own connections, as two processes have them."""
    ids = [f"X-{n:010d}" for n in range(600)]
    decide(office, now, *ids)
    end(office, now, *ids[::3])
    second = Office(
        office.settings,
        Store(office.working.url, WorkingSession),
        Store(office.gazette.url, GazetteSession),
        office.intake,
    )
    stopping = threading.Event()
    with capture_logs() as logs:
        crews = [
            threading.Thread(
                target=Worker(one).run, args=(stopping,), kwargs={"clock": lambda: now}
            )
            for one in (office, second)
        ]
        for crew in crews:
            crew.start()
        wait_until(lambda: _is_done(office, len(ids) + len(ids[::3])), stopping)
        for crew in crews:
            crew.join()
    assert logs == []
    with office.gazette.read() as session:
        rows = session.exec(select(LogRow.op, LogRow.id)).all()
        assert Counter(rows).most_common(1)[0][1] == 1
        assert len(rows) == len(ids) + len(ids[::3])
        assert verify_log(session).ok
    assert office.index.size() == len(ids) - len(ids[::3])
    for store in (second.working, second.gazette):
        store.close()
    second.index.close()


def _is_done(office: Office, rows: int) -> bool:
    with office.working.read() as session:
        return not outbox.waiting(session, 1) and office.index.position() >= rows


def wait_until(condition: Any, stopping: threading.Event) -> None:
    try:
        for _ in range(600):
            if condition():
                return
            stopping.wait(0.1)
        pytest.fail("the workers did not get done within a minute")
    finally:
        stopping.set()


def test_a_failing_task_stops_no_other(office: Office, now: datetime) -> None:
    office.settings.index_dir.write_text("a file where the index should be", encoding="utf-8")
    (office.settings.key_dir / "log.key").unlink()
    decide(office, now, A)
    worker = Worker(office)
    with capture_logs() as logs:
        assert worker.round(lambda: now), "it published"
    assert shown(office, now, A) == {A}
    assert {(entry["task"], entry["error"]) for entry in logs} == {
        ("sign", "Misconfigured"),
        ("index", "NotADirectoryError"),
    }
    assert all(set(entry) == {"event", "log_level", "task", "error"} for entry in logs)


def test_a_failing_task_rests_and_recovers(office: Office, now: datetime) -> None:
    blocked = office.settings.index_dir
    blocked.write_text("a file where the index should be", encoding="utf-8")
    decide(office, now, A)
    worker, tries = Worker(office), 0
    for step in range(200):
        moment = now + timedelta(seconds=3 * step)
        with capture_logs() as logs:
            worker.round(lambda moment=moment: moment)  # type: ignore[misc]
        tries += len(logs)
    assert 10 < tries < 25, "less and less often, but never given up"
    blocked.unlink()
    worker.round(lambda: moment + LONGEST_REST)
    assert office.index.position() == 1


def test_a_checkpoint_follows_even_a_crash(office: Office, now: datetime) -> None:
    Worker(office).round(lambda: now)
    with office.gazette.read() as session:
        assert checkpoint.latest(session) is None, "nothing is signed over an empty log"
    decide(office, now, A)
    publisher.run_once(office.working, office.gazette, now=now, lock_dir=office.settings.lock_dir)
    Worker(office).round(lambda: now)
    with office.gazette.read() as session:
        note = checkpoint.latest(session)
    assert note is not None
    assert note.tree_size == 1


def test_it_stops_when_asked_and_hurries_while_there_is_work(office: Office, now: datetime) -> None:
    """The clock counts the rounds: a burst of three batches is not paused in between."""
    decide(office, now, *(f"X-{n:010d}" for n in range(1100)))
    stopping = threading.Event()
    waits: list[float | None] = []

    class Watched(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout)
            if timeout:
                self.set()
            return self.is_set()

    stopping = Watched()
    Worker(office).run(stopping, clock=lambda: now)
    assert waits[-1]
    assert waits[:-1] == [0] * (len(waits) - 1)
    assert len(waits) >= 4
    assert len(shown(office, now, *(f"X-{n:010d}" for n in range(1100)))) == 1100


@pytest.mark.sqlite_only
def test_the_night_over_invented_cases(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The benchmark's cases of every kind have what their last acts publish."""
    monkeypatch.setattr(caseload, "TONIGHT", 1)
    caseload.fill(office.working, 600, now=desks.NOW, book=office.book)
    Worker(office).end_terms(desks.NIGHT)
    with office.working.read() as session:
        rows = session.exec(select(OutboxRow)).all()
    assert {row.kind for row in rows} >= {"licence", "inspection", "penalty", "hazard"}


def has_term(docket: Docket) -> bool:
    """Whether what is published ends with the term; a qualification's end is shown instead."""
    return any(one.ends_term for one in kinds.book().tables[docket.kind].actions.values())


@pytest.mark.sqlite_only
def test_terms_end_at_midnight_in_shanghai(office: Office, now: datetime) -> None:
    """One worker that lives through the nights ends what is public for a term, once each."""
    demonstration.build(replace(office, field_sets=Rows()), now)
    worker = Worker(office)
    worker.drain(now)
    with office.working.read() as session:
        public = [
            docket
            for docket in session.exec(select(Docket))
            if docket.public_id is not None and docket.ends_on is not None and has_term(docket)
        ]
    ending = {"listing", "penalty", "hazard", "suspension", "exposure"}
    assert ending <= {docket.kind for docket in public}
    firsts: dict[str, Docket] = {}
    timed = [docket for docket in public if docket.kind in ending]
    for docket in sorted(timed, key=lambda one: str(one.ends_on)):
        firsts.setdefault(docket.kind, docket)
    for docket in firsts.values():
        id = str(docket.public_id)
        with office.gazette.read() as session:
            record = queries.get(session, id, now)
        assert record is not None
        assert not isinstance(record, Removed)
        midnight = record.publish_until
        assert midnight is not None
        assert midnight.hour == 16, "00:00 in Shanghai"
        before = midnight - timedelta(seconds=1)
        worker.round(lambda before=before: before)  # type: ignore[misc]
        assert shown(office, before, id) == {id}
        assert shown(office, midnight, id) == set(), "hidden even before the worker comes"
        worker.drain(midnight)
        with office.gazette.read() as session:
            gone = queries.get(session, id, midnight)
        assert isinstance(gone, Removed)
        assert gone.reason == ("expired" if docket.kind == "listing" else "ended")
    at_last = now + timedelta(days=365 * 6)
    worker.drain(at_last)
    worker.drain(at_last)
    assert shown(office, at_last, *(str(docket.public_id) for docket in timed)) == set()
    with office.gazette.read() as session:
        removals = session.exec(select(LogRow.id).where(LogRow.op == "DEL")).all()
        assert len(removals) == len(set(removals))
        assert {str(docket.public_id) for docket in timed} <= set(removals)
        assert verify_log(session).ok
