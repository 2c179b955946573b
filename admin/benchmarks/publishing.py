"""The publisher: outbox rows carried into the log, and single records read back."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from admin.benchmarks.timing import latency, rate, seconds
from registry.core.db import GazetteSession, Store, WorkingSession, sqlite_url
from registry.migrations import service as migrations
from registry.office.publisher import service as publisher
from registry.public.gazette import queries
from registry.public.search import fiction

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ROWS = 5000


def run(size: int, runs: int) -> list[str]:
    """``ROWS`` publications (or ``size``, if that is fewer), on SQLite."""
    count = min(size, ROWS)
    taken, reads = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
            one, some = _once(Path(folder), count)
            taken.append(one)
            reads += some
    return [f"publisher: {rate(count, taken)}", f"one record from the gazette: {latency(reads)}"]


def _once(folder: Path, count: int) -> tuple[float, list[float]]:
    working = Store(sqlite_url(folder / "working.db"), WorkingSession)
    gazette = Store(sqlite_url(folder / "gazette.db"), GazetteSession)
    migrations.upgrade("working", working)
    migrations.upgrade("gazette", gazette)
    with working.write() as session:
        for number in range(count):
            record = fiction.record(number)
            publisher.publish(
                session,
                kind=record.kind,
                id=record.id,
                payload=record.payload,
                effective=NOW,
                publish_until=record.publish_until,
                now=NOW,
                docket_id=None,
                origin="bench",
            )

    def drain() -> None:
        while publisher.run_once(working, gazette, now=NOW, lock_dir=folder / "locks"):
            pass

    taken = seconds(drain)
    reads = []
    with gazette.read() as public:
        for number in range(0, count, max(1, count // 200)):
            started = time.perf_counter()
            queries.get(public, fiction.record(number).id, NOW)
            reads.append(time.perf_counter() - started)
    working.close()
    gazette.close()
    return taken, reads
