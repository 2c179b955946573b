"""A publisher killed again and again, anywhere, publishes everything exactly once."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from datetime import datetime
from pathlib import Path

from publisher_samples import drain, payload, publish, withdraw
from sqlmodel import col, select

from registry.core.db import GazetteSession, Store, WorkingSession
from registry.office.publisher import queries
from registry.office.publisher.cross import verify_cross
from registry.office.publisher.models import OutboxRow
from registry.public.gazette.models import LogRow
from registry.public.gazette.verify import verify_log

CHILD = Path(__file__).with_name("publisher_child.py")
KILLS = 8
PUBLICATIONS = 1200


def decide(working: Store[WorkingSession], now: datetime, chance: random.Random) -> None:
    """Publications, corrections (some of them forgetting) and removals, mixed."""
    living: list[str] = []
    with working.write() as session:
        for number in range(PUBLICATIONS):
            turn = chance.random()
            if living and turn < 0.3:
                id = chance.choice(living)
                forget = chance.random() < 0.5
                publish(session, id, now, payload=payload(number), forget_previous=forget)
            elif living and turn < 0.5:
                withdraw(session, living.pop(chance.randrange(len(living))), now)
            else:
                living.append(f"L-{number:010d}")
                publish(session, living[-1], now, payload=payload(number))


def run_and_kill(urls: tuple[str, str], locks: Path, batches: int, seconds: float) -> bool:
    """Start a publisher; ``seconds`` after that many batches kill it. Whether it was at work."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, str(CHILD), *urls, str(locks)],
        env=environment,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        while batches:
            line = child.stdout.readline()
            if not line:
                break
            batches -= line == b"batch\n"
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=seconds)
        child.kill()
    assert child.returncode in {0, -signal.SIGKILL}
    return child.returncode != 0


def test_killed_at_random_moments(
    working: Store[WorkingSession], gazette: Store[GazetteSession], now: datetime, tmp_path: Path
) -> None:
    chance = random.Random(20261120)
    decide(working, now, chance)
    urls = (working.url, gazette.url)
    killed = 0
    for _ in range(KILLS):
        killed += run_and_kill(urls, tmp_path, chance.randint(1, 5), chance.uniform(0, 0.08))
        with gazette.read() as session:
            assert verify_log(session).problems == []
    assert killed >= KILLS // 2
    with working.read() as session:
        left = queries.waiting(session)
    for _ in range(1000):  # a killed client's lock falls away when the server notices
        drain(working, gazette, now, tmp_path)
        with working.read() as session:
            if not queries.waiting(session):
                break
    with working.read() as inside, gazette.read() as outside:
        decided = inside.exec(select(OutboxRow).order_by(col(OutboxRow.id))).all()
        logged = outside.exec(select(LogRow).order_by(col(LogRow.sequence))).all()
        assert len(decided) == len(logged) == PUBLICATIONS
        assert [row.event_id for row in decided] == [row.event_id for row in logged]
        assert [row.sequence for row in decided] == [row.sequence for row in logged]
        order: dict[str, list[str]] = defaultdict(list)
        for row in logged:
            order[row.id].append(row.op)
        assert all("DEL" not in ops[:-1] for ops in order.values())
        inside.expunge_all()
        assert verify_log(outside).problems == []
        assert verify_cross(inside, outside, now=now).problems == []
    assert 0 < len(left) < PUBLICATIONS
