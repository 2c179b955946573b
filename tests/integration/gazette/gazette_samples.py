"""Entries for the tests of this folder: fictional units, one call each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from registry.core.db import GazetteSession, Store
from registry.public.gazette import Entry, Handle, log
from registry.public.gazette.models import LogRow

LISTING = "L-00000000"


def listing_payload(name: str = "某某省示例甲矿业有限公司", **more: Any) -> dict[str, Any]:
    return {
        "list": "work-safety",
        "ground": "concealed-accident",
        "subject": {"kind": "enterprise", "name": name, "code": "91990000MA00000001"},
        "authority": {"name": "某某省应急管理厅"},
        "decision": {"number": "（某）应急罚〔2026〕1号", "date": "2026-01-05"},
        "term": {"since": "2026-01-10", "until": "2029-01-09"},
        "status": "in-force",
        "published_on": "2026-01-10",
        **more,
    }


def put(
    id: str,
    effective: datetime,
    *,
    kind: str = "listing",
    payload: dict[str, Any] | None = None,
    until: datetime | None = None,
    handles: tuple[Handle, ...] = (),
    forget: bool = False,
) -> Entry:
    said = listing_payload() if payload is None else payload
    return Entry(uuid4(), "PUT", kind, id, effective, said, until, handles, forget)


def remove(id: str, effective: datetime, reason: str = "revoked", kind: str = "listing") -> Entry:
    return Entry(uuid4(), "DEL", kind, id, effective, {"reason": reason})


def append(store: Store[GazetteSession], *entries: Entry, recorded: datetime) -> list[LogRow]:
    with store.write() as session:
        session.expire_on_commit = False
        return log.append(session, entries, recorded=recorded)


def tamper(store: Store[GazetteSession], *statements: str) -> None:
    """What someone with access to the database itself could do."""
    with store.write() as session:
        for statement in statements:
            assert session.execute(text(statement)).rowcount, statement  # type: ignore[attr-defined]
