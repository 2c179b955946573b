"""The whole check over a published gazette: one party at a time, and ten thousand at once."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import insert

from admin.benchmarks.invented import Invented, several
from admin.benchmarks.timing import latency
from registry.core.db import GazetteSession, Store, sqlite_url
from registry.migrations import service as migrations
from registry.public.agencies.lists import PART_ROWS
from registry.public.gazette import leaf
from registry.public.gazette.entry import Entry
from registry.public.gazette.handles import handles_of
from registry.public.gazette.models import Content, HandleRow, LogRow, RecordRow
from registry.public.screening import THRESHOLD, CheckRequest, ScreeningIndex, check, check_many
from registry.public.screening.helpers import Found, Helpers
from registry.public.screening.loading import NamesFile, path_in
from registry.public.search import fiction

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ROWS = 10_000
_TOGETHER = 2_000


def run(bodies: Sequence[Invented], runs: int) -> list[str]:
    """Processor time on one core, and the wall clock beside it."""
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
        gazette = Store(sqlite_url(Path(folder) / "gazette.db"), GazetteSession)
        migrations.upgrade("gazette", gazette)
        _fill(gazette, bodies)
        lines = _measured(gazette, Path(folder), bodies, runs)
        gazette.close()
    return lines


def _measured(
    gazette: Store[GazetteSession], folder: Path, bodies: Sequence[Invented], runs: int
) -> list[str]:
    with gazette.read() as session:
        started = time.process_time()
        NamesFile(path_in(folder)).write(session, NOW)
        written = time.process_time() - started
        started = time.perf_counter()
        index = ScreeningIndex(path_in(folder))
        index.refresh(session, NOW)
        opened = time.perf_counter() - started
        asked = _requests(bodies)
        check_many(session, asked[:50], index=index, now=NOW)
        single = []
        for request in asked[:500]:
            started = time.process_time()
            check(session, request, index=index, now=NOW)
            single.append(time.process_time() - started)
        jobs = [_job(session, index, asked) for _ in range(runs)]
    busy, wall = min(jobs)
    beside = min(_with_helper(gazette, folder, index, asked) for _ in range(runs))
    return [
        f"index of {len(bodies):,} published records: written in {written:.1f} s, "
        f"opened in {opened * 1000:.1f} ms",
        f"single check with its re-reads: {latency(single)} (processor time)",
        f"{len(asked):,} rows at once: {busy:.1f} s of processor time on one core, {wall:.1f} s",
        f"the same with a second process: {beside:.1f} s",
    ]


def _with_helper(
    gazette: Store[GazetteSession],
    folder: Path,
    index: ScreeningIndex,
    asked: Sequence[CheckRequest],
) -> float:
    """The wall clock of two processes, part by part as a job goes; the helper is there already."""
    helpers = Helpers(gazette.url, path_in(folder), 1)
    parts = [asked[at : at + PART_ROWS] for at in range(0, len(asked), PART_ROWS)]

    def here(part: Sequence[CheckRequest]) -> Found:
        with gazette.read() as session:
            return check_many(session, part, index=index, now=NOW)

    while not helpers.call(1):
        time.sleep(0.05)
    helpers.check([asked[:50], asked[:50]], here, NOW, THRESHOLD)
    started = time.perf_counter()
    for at in range(0, len(parts), 2):
        helpers.check(parts[at : at + 2], here, NOW, THRESHOLD)
    taken = time.perf_counter() - started
    helpers.dismiss()
    return taken


def _job(
    session: GazetteSession, index: ScreeningIndex, asked: Sequence[CheckRequest]
) -> tuple[float, float]:
    busy, wall = time.process_time(), time.perf_counter()
    check_many(session, asked, index=index, now=NOW)
    return time.process_time() - busy, time.perf_counter() - wall


def _requests(bodies: Sequence[Invented]) -> list[CheckRequest]:
    """Half of them nobody's, a fifth as published, the others shortened."""
    chance = random.Random(7)  # noqa: S311 - a workload, not a secret
    found = []
    for stranger in several(ROWS, seed=9):
        body = chance.choice(bodies)
        kind = chance.random()
        short = f"{body.brand}{body.number}{body.trade}"
        name = stranger.name if kind < 0.5 else body.name if kind < 0.7 else short
        found.append(CheckRequest(name=name))
    return found


def _fill(gazette: Store[GazetteSession], bodies: Sequence[Invented]) -> None:
    """Records, contents and handles as the log leaves them, without its tree and commitments.

    Ten times as fast as publishing each, and the same to whoever reads; the last row stands in the
    log, so that its length is known.
    """
    salt, zero = b"\0" * 16, b"\0" * 32
    for start in range(0, len(bodies), _TOGETHER):
        rows = list(enumerate(bodies[start : start + _TOGETHER], start))
        last = start + len(rows) == len(bodies)
        records, contents, handles, logged = [], [], [], []
        for number, one in rows:
            entry, sequence = _entry(number, one), number + 1
            known = {"sequence": sequence, "effective": entry.effective, "kind": "listing"}
            known |= {"id": entry.id, "publish_until": entry.publish_until}
            seen = {"first_sequence": sequence, "published": NOW, "updated": NOW}
            records.append({**known, **seen, "list": entry.payload["list"], "reason": None})
            payload = leaf.canonical(entry.payload)
            contents.append(
                {"sequence": sequence, "payload": payload, "salt": salt, "erased": False}
            )
            handles += [
                {"bucket": each.bucket, "type": each.type, "value": each.value,
                 "record_id": entry.id}
                for each in handles_of("listing", entry.payload)
            ]  # fmt: skip
            if last and number + 1 == len(bodies):
                more = {"event_id": entry.event_id, "op": "PUT", "recorded": NOW}
                logged.append({**known, **more, "commitment": zero, "leaf_hash": zero})
        with gazette.write() as session:
            session.execute(insert(RecordRow), records)
            session.execute(insert(Content), contents)
            session.execute(insert(HandleRow), handles)
            if logged:
                session.execute(insert(LogRow), logged)


def _entry(number: int, body: Invented) -> Entry:
    record = fiction.record(number)
    subject = {"kind": "enterprise", "name": body.name, "code": fiction.body(number).code}
    return Entry(
        event_id=uuid4(),
        op="PUT",
        kind="listing",
        id=record.id,
        effective=record.effective,
        payload={**record.payload, "subject": {**subject, "region": body.place.code}},
        publish_until=record.publish_until,
    )
