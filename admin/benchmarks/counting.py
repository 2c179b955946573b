"""Snapshots of statistics over a province's cases: counted, counted again, and read as a sheet."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from admin.benchmarks import caseload
from admin.benchmarks.timing import seconds
from registry.core import rules
from registry.core.db import Store, WorkingSession, sqlite_url
from registry.migrations import service as migrations
from registry.office.staff.models import Authority
from registry.office.statistics import assessment, queries, service
from registry.public.indicators.periods import parse

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PERIODS = ("2026-10", "2026-Q3", "2025")


def run(size: int, runs: int) -> list[str]:
    """``size`` cases on SQLite; medians of ``runs``."""
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
        store = Store(sqlite_url(Path(folder) / "working.db"), WorkingSession)
        migrations.upgrade("working", store)
        made = caseload.fill(store, size, now=NOW, book=rules.load(demo=True))
        lines = [f"{size:,} cases with {made.counts['docket_event']:,} events"]
        for code in PERIODS:
            taken = [seconds(lambda code=code: _make(store, code)) for _ in range(runs)]  # type: ignore[misc]
            lines.append(f"snapshot of {code}: {statistics.median(taken):.1f} s")
        lines.append(f"verify 2026-10: {_median(lambda: _verify(store), runs):.1f} s")
        lines.append(f"sheet of 2025: {_median(lambda: _sheet(store), runs) * 1000:.0f} ms")
        store.close()
        return lines


def _median(work: Callable[[], object], runs: int) -> float:
    return statistics.median(seconds(work) for _ in range(runs))


def _make(store: Store[WorkingSession], code: str) -> None:
    with store.read() as reader, store.write() as session:
        service.make(session, parse(code), NOW, reader=reader)


def _verify(store: Store[WorkingSession]) -> None:
    with store.read() as session:
        for one in queries.snapshots(session, "2026-10")[:1]:
            service.verify(session, one, NOW)


def _sheet(store: Store[WorkingSession]) -> None:
    with store.read() as session:
        root = session.get(Authority, 1)
        if root is not None:
            assessment.sheet(session, root, parse("2025"))
