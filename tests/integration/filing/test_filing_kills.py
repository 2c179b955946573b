"""A worker killed again and again while it carries filings has each of them filed exactly once."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from filing_kit import House
from sqlmodel import select

from registry.office.audit import queries as audit
from registry.office.demo.paper import pdf
from registry.office.reports.models import FilingCase, ReportFile, ReportSignature

CHILD = Path(__file__).with_name("filing_child.py")
FILINGS = 3


def run_and_kill(house: House, seconds: float | None) -> bool:
    """A worker at work for so long, and killed then; whether it was still at work.

    Without ``seconds`` it is killed right between the two stores.
    """
    office = house.office
    urls = (office.working.url, office.gazette.url, office.intake.url)
    data, now = str(office.settings.data_dir), house.instant[0].isoformat()
    with subprocess.Popen(
        [sys.executable, str(CHILD), *urls, data, now, *(() if seconds else ("between",))],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        if seconds is None:
            assert child.stdout.readline() == b"between\n"
        else:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=seconds)
        child.kill()
    assert child.returncode in {0, -signal.SIGKILL}
    return child.returncode != 0


@pytest.mark.sqlite_only
def test_killed_at_random_moments(house: House) -> None:
    chance = random.Random(20261126)
    ids = []
    for number in range(FILINGS):
        metadata = house.metadata(report_number=f"KILL-{number}")
        ids.append(house.send(metadata, pdf([f"第{number}份"])).get_json()["id"])
    killed = 0
    for moment in (None, chance.uniform(0.1, 0.7), None):
        killed += run_and_kill(house, moment)
        # Whoever died keeps a filing for a minute.
        house.instant[0] += timedelta(minutes=2)
    assert killed >= 2
    house.work()
    states = [house.state(id) for id in ids]
    assert {one["state"] for one in states} == {"filed"}, states
    assert len({one["case"] for one in states}) == FILINGS
    with house.office.working.read() as session:
        cases = session.exec(select(FilingCase)).all()
        assert sorted(one.token for one in cases) == sorted(ids)
        assert sorted(one.docket_id for one in cases) == sorted(d.id or 0 for d in house.dockets())
        files = Counter(session.exec(select(ReportFile.docket_id)).all())
        assert set(files.values()) == {1} and len(files) == FILINGS
        signatures = Counter(session.exec(select(ReportSignature.docket_id)).all())
        assert set(signatures.values()) == {5}
        assert audit.verify(session).intact
    assert not [one for one in house.sealed.rglob("*") if one.is_file()]
