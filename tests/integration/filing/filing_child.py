"""A worker's carrying of filings in a process of its own, to be killed.

Arguments: the three stores, the data directory, the instant from which its clock starts, and
``between`` to stop once the working store has a filing and the intake does not know it yet.
"""

from __future__ import annotations

import signal
import sys
from datetime import datetime
from pathlib import Path

from registry.core import jobs
from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession
from registry.core.jobs.running import claim
from registry.core.settings import office_settings
from registry.office.reports import filing
from registry.office.worker.office import Office
from registry.office.worker.places import filing_places
from registry.public.filings import service as filings


def main(working: str, gazette: str, intake: str, data: str, started: str, stop: str = "") -> None:
    settings = office_settings(
        {"REGISTRY_DATA_DIR": data, "REGISTRY_DEMO": "1", "REGISTRY_MAX_REPORT_MB": "5"}
    )
    office = Office(
        settings=settings,
        working=Store(working, WorkingSession),
        gazette=Store(gazette, GazetteSession),
        intake=Store(intake, IntakeSession),
    )
    handlers = {filings.KIND: filing.handler(filing_places(office))}
    now = datetime.fromisoformat(started)
    print("ready", flush=True)  # noqa: T201 - the parent waits for it
    if stop == "between":
        work = claim(office.intake, (filings.KIND,), now)
        assert work is not None
        handlers[filings.KIND](work, now)
        print("between", flush=True)  # noqa: T201
        signal.pause()
    while jobs.run_step(office.intake, handlers, clock=lambda: now):
        pass


if __name__ == "__main__":
    Path(sys.argv[4]).mkdir(exist_ok=True)
    main(*sys.argv[1:])
