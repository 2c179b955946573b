"""What tests of several kinds of enforcement share: signatories, and shorthands."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from docket_office import Bureau
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.office import dockets
from registry.office.dockets import checks, hooks, kinds
from registry.office.dockets.models import Docket
from registry.office.enforcement.signatories import service as signatories
from registry.office.publisher.models import OutboxRow

TEAM = ("甲执法", "乙执法")


def inspectors(session: WorkingSession, bureau: Bureau, **more: Any) -> str:
    """Two inspectors in the list of signatories; their names as a form takes them."""
    for name in TEAM:
        data = {"capacity": "inspector", "name": name, "body": "虚岭县样例应急管理局"}
        signatories.add(
            session, bureau.acting("parent-approver", "2026-01-05"),
            {**data, "since": date(2026, 1, 1), **more},
        )  # fmt: skip
    return "\n".join(TEAM)


def opened(
    session: WorkingSession, bureau: Bureau, kind: str, day: str, facts: dict[str, Any],
    *links: dockets.Link, who: str = "clerk", **more: Any,
) -> Docket:  # fmt: skip
    return dockets.open_docket(
        session, kind, bureau.acting(who, day), facts=facts, title="样例案", region="990121",
        **{"subject_id": bureau.firm, **more}, links=links,
    )  # fmt: skip


def panel(session: WorkingSession, bureau: Bureau, docket: Docket, name: str, day: str) -> Any:
    """A table of the case's page, as the clerk sees it."""
    acting = bureau.acting("clerk", day)
    table = kinds.get(docket.kind)
    step = checks.step_of(session, table, docket, acting=acting, now=acting.now)
    return hooks.PANELS[name](step)


def published(session: WorkingSession, docket: Docket) -> list[tuple[str, dict[str, Any]]]:
    query = select(OutboxRow).where(OutboxRow.docket_id == docket.id)
    rows = session.exec(query.order_by(col(OutboxRow.id))).all()
    return [(row.op, json.loads(row.payload or "{}")) for row in rows]
