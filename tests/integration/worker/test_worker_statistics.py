"""The worker counts each period once, some days after its end."""

from __future__ import annotations

from datetime import datetime, timedelta

from registry.core import rules
from registry.office.dockets.opening import open_as_registry
from registry.office.staff.service import add_authority
from registry.office.statistics import queries, service
from registry.office.worker.office import Office
from registry.office.worker.service import Worker
from registry.public.gazette import queries as records

BOOK = rules.load(demo=True)


def test_the_worker_counts_and_publishes_what_is_over(office: Office, now: datetime) -> None:
    with office.working.write() as session:
        unit = add_authority(
            session, None, name="样例局", code="11990121XY00000A64", kind="other", level="county",
            region="990121", parent_id=None, now=now - timedelta(days=99),
        )  # fmt: skip
        begun = now - timedelta(days=60)  # 21 September
        open_as_registry(session, "tip", unit, facts={}, title="举报", now=begun, book=BOOK)
    worker = Worker(office)
    worker.drain(now)
    with office.working.read() as session:
        kept = {one.period: one for one in queries.snapshots(session)}
        assert set(kept) == {"2026-10", "2026-Q3"}, (
            "the half-year was over before anything was done"
        )
        assert all(one.computed_at == now - service.SETTLED for one in kept.values())
    with office.gazette.read() as session:
        told = {one.payload["period"] for one in records.every(session, "snapshot", now)}
    assert told == set(kept)
    worker.drain(now + timedelta(days=1))
    Worker(office).drain(now + timedelta(days=2))
    with office.working.read() as session:
        assert len(queries.snapshots(session)) == 2
