"""Decisions for the tests of this folder: fictional units, one call each."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from registry.core.db import GazetteSession, Store, WorkingSession
from registry.office.publisher import service
from registry.office.publisher.models import OutboxRow


def payload(number: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "list": "work-safety",
        "ground": "concealed-accident",
        "subject": {"kind": "enterprise", "name": f"某某省示例{number}号矿业有限公司"},
        "authority": {"name": "某某省应急管理厅"},
        "decision": {"number": f"（某）应急罚〔2026〕{number}号", "date": "2026-01-05"},
        "term": {"since": "2026-01-10", "until": "2029-01-09"},
        "status": "in-force",
        "published_on": "2026-01-10",
        **more,
    }


EXTERNAL = {
    "list": "sdn",
    "reference": "1",
    "name": "EXAMPLE",
    "type": "organization",
    "source_date": "2026-01-01",
}


def publish(session: WorkingSession, id: str, now: datetime, **more: Any) -> OutboxRow:
    values: dict[str, Any] = {
        "kind": "listing",
        "payload": payload(),
        "effective": now,
        "publish_until": now + timedelta(days=1000),
        "docket_id": 1,
    }
    return service.publish(session, id=id, now=now, **(values | more))


def withdraw(session: WorkingSession, id: str, now: datetime, **more: Any) -> OutboxRow:
    values: dict[str, Any] = {
        "kind": "listing",
        "reason": "revoked",
        "effective": now,
        "docket_id": 1,
    }
    return service.withdraw(session, id=id, now=now, **(values | more))


def drain(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    now: datetime,
    lock_dir: Path,
    limit: int = 500,
) -> int:
    done = 0
    while count := service.run_once(working, gazette, now=now, lock_dir=lock_dir, limit=limit):
        done += count
    return done
