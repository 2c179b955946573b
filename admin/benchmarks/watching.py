"""Watched counterparties: from a publication to the queued alerts, over many watches."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import insert

from admin.benchmarks.invented import Invented, several
from admin.benchmarks.timing import latency
from registry.core.db import GazetteSession, IntakeSession, Store, sqlite_url
from registry.migrations import service as migrations
from registry.public.agencies import service as agencies
from registry.public.gazette import log
from registry.public.gazette.entry import Entry
from registry.public.screening import CheckRequest
from registry.public.search import fiction
from registry.public.watches import recheck, sealing
from registry.public.watches.models import Watch
from registry.public.watches.watched import WatchedNames
from registry.public.webhooks import service as webhooks

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
EACH = 1_000
"""Watches of one agency."""
PUBLISHED = 20
"""Publications of one run."""
_ROOT = b"\7" * 32


def run(size: int, runs: int) -> list[str]:
    """``size`` watches, ``EACH`` to an agency, on half as many bodies; processor time."""
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
        gazette = Store(sqlite_url(Path(folder) / "gazette.db"), GazetteSession)
        intake = Store(sqlite_url(Path(folder) / "intake.db"), IntakeSession)
        migrations.upgrade("gazette", gazette)
        migrations.upgrade("intake", intake)
        bodies = list(several(max(size // 2, PUBLISHED * runs)))
        _fill(intake, bodies, size)
        lines = _measured(gazette, intake, bodies, runs)
        gazette.close()
        intake.close()
    return lines


def _measured(
    gazette: Store[GazetteSession],
    intake: Store[IntakeSession],
    bodies: Sequence[Invented],
    runs: int,
) -> list[str]:
    names = WatchedNames()
    started = time.process_time()
    with intake.read() as session:
        names.refresh(session, _ROOT)
    opened = time.process_time() - started
    taken, told = [], 0
    for number in range(PUBLISHED * runs):
        with gazette.write() as session:
            log.append(session, [_entry(number, bodies[number])], recorded=NOW)
        started = time.process_time()
        with gazette.read() as reading, intake.write() as session:
            told += recheck.look_again(session, reading, names=names, root=_ROOT, now=NOW)
        taken.append(time.process_time() - started)
    # The first look also settles the watches, once.
    return [
        f"{len(names):,} watched names opened, once after a start: {opened:.1f} s",
        f"first look, which settles all watches: {taken[0]:.2f} s",
        f"one publication to {told / len(taken):.1f} queued alerts: {latency(taken[1:])}",
    ]


def _fill(intake: Store[IntakeSession], bodies: Sequence[Invented], size: int) -> None:
    with intake.write() as session:
        for number in range(-(-size // EACH)):
            code = fiction.body(number).code
            agency = agencies.admit(session, name="样例", code=code, authority=None, now=NOW)
            webhooks.add(
                session, agency.id or 0, f"https://192.0.2.1/{number}", ["watch.hit"],
                root=_ROOT, private=True, now=NOW,
            )  # fmt: skip
            count = min(EACH, size - number * EACH)
            rows = list(_rows(agency.id or 0, bodies, number, count))
            session.execute(insert(Watch), rows)


def _rows(
    agency: int, bodies: Sequence[Invented], seed: int, count: int
) -> Iterator[dict[str, Any]]:
    chance = random.Random(seed)  # noqa: S311 - a workload, not a secret
    for place in range(count):
        token = f"B-{seed:05}{place:05}"
        asked = CheckRequest(name=chance.choice(bodies).name)
        yield {
            "token": token, "agency_id": agency, "reference": str(place),
            "asked": sealing.seal(_ROOT, token, asked), "named": True, "outcome": "clear",
            "sequence": 0, "settled": False, "created": NOW, "changed": NOW,
        }  # fmt: skip


def _entry(number: int, body: Invented) -> Entry:
    record = fiction.record(number)
    subject = {"kind": "enterprise", "name": body.name, "code": fiction.body(number).code}
    payload = {**record.payload, "subject": subject}
    return Entry(
        uuid4(), "PUT", "listing", record.id, record.effective, payload, record.publish_until
    )
