"""A publisher in a process of its own, to be killed. Arguments: both stores, lock directory."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from registry.core.db import GazetteSession, Store, WorkingSession
from registry.office.publisher import queries, service


def main(working_url: str, gazette_url: str, locks: str) -> None:
    working = Store(working_url, WorkingSession)
    gazette = Store(gazette_url, GazetteSession)
    now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    while True:
        done = service.run_once(working, gazette, now=now, lock_dir=Path(locks), limit=7)
        print("batch" if done else "idle", flush=True)  # noqa: T201 - the parent counts
        with working.read() as session:
            if not queries.waiting(session, 1):
                return


if __name__ == "__main__":
    main(*sys.argv[1:])
