"""An installation broken in ways that happen: doctor names what is wrong, and the cure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cli_house import Command

from registry.core.clock import system_clock
from registry.core.db import Store, WorkingSession, database_time
from registry.office.audit import service as audit
from registry.office.publisher import service as publisher
from registry.office.worker.heartbeat import Heartbeat, last


def told(command: Command, problem: str, cure: str) -> bool:
    found = command("doctor")
    assert found.status == 1
    return any(problem in line and cure in line.partition("Cure: ")[2] for line in found.lines)


def decide(command: Command, now: datetime, count: int) -> None:
    with command.office() as office, office.working.write() as session:
        for place in range(count):
            payload: dict[str, Any] = {
                "list": "sdn", "reference": str(place), "name": "SAMPLE FICTION TRADING LLC",
                "type": "organization", "source_date": "2026-01-01",
            }  # fmt: skip
            publisher.publish(
                session, kind="external", id=f"X-000000000{place}", payload=payload, effective=now,
                publish_until=None, now=now, docket_id=None, origin="external:sdn",
            )  # fmt: skip


def test_a_worker_that_died_and_what_then_waits(installed: Command) -> None:
    long_ago = system_clock() - timedelta(minutes=20)
    pulse = Heartbeat(installed.folder / "locks")
    pulse.beat(long_ago)
    decide(installed, long_ago, 3)
    assert told(installed, "the worker of this machine last went round", "registry work")
    assert told(installed, "decisions wait to be published", "registry work")
    assert installed("work", "--once").status == 0
    pulse.stop()
    out = installed("doctor").out
    assert "worker" not in out and "decisions wait" not in out and "index" not in out


def test_a_heartbeat_is_of_the_last_half_minute(installed: Command) -> None:
    folder, now = installed.folder / "locks", datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    pulse = Heartbeat(folder)
    assert last(folder) is None
    pulse.beat(now)
    pulse.beat(now + timedelta(seconds=29))
    assert last(folder) == now
    pulse.beat(now + timedelta(seconds=31))
    assert last(folder) == now + timedelta(seconds=31)
    (folder / "worker.beat").write_text("no time")
    assert last(folder) is None


def test_a_clock_that_runs_behind(installed: Command) -> None:
    ahead = system_clock() + timedelta(hours=5)
    with installed.office() as office, office.working.write() as session:
        audit.record(
            session, actor=None, action="audit:chain:verified", subject="audit:chain", now=ahead
        )
    assert told(installed, "clock is behind what was recorded at", "NTP")


def test_the_database_has_a_clock_of_its_own(working: Store[WorkingSession], backend: str) -> None:
    with working.read() as session:
        served = database_time(session)
    assert (served is None) == (backend == "sqlite")
    assert served is None or abs(served - system_clock()) < timedelta(minutes=1)


def test_directories_that_are_open_or_gone(installed: Command) -> None:
    evidence = installed.folder / "evidence"
    evidence.mkdir(exist_ok=True, mode=0o700)
    evidence.chmod(0o755)
    assert told(installed, f"{evidence} is open to every user", "chmod 700")
    evidence.chmod(0o700)
    assert "evidence" not in installed("doctor").out


def test_an_older_schema_and_a_stale_index(installed: Command) -> None:
    decide(installed, system_clock(), 2)
    assert installed("work", "--once").status == 0
    for file in (installed.folder / "index").rglob("*"):
        if file.is_file():
            file.unlink()
    assert told(installed, "publications behind", "registry work")
    assert installed("index", "rebuild").status == 0
    assert "index" not in installed("doctor").out
    with installed.office() as office, office.working.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert told(installed, "working store is not up to date", "registry migrate")
