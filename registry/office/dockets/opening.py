"""A case that the registry itself opens: nobody drafted it, and it waits on nobody's desk yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.rules import Rulebook
from registry.office.dockets import clocks, kinds
from registry.office.dockets.hooks import Step
from registry.office.dockets.models import Docket
from registry.office.dockets.notes import note
from registry.office.dockets.replay import merged, plain
from registry.office.dockets.service import number, reserve
from registry.office.dockets.shape import OPEN
from registry.office.staff.models import Authority

NOBODY = 0
"""Stands for the drafter where there is none; no account has this id."""


def open_as_registry(
    session: WorkingSession,
    kind: str,
    authority: Authority,
    *,
    facts: Mapping[str, Any],
    title: str,
    now: datetime,
    book: Rulebook,
) -> Docket:
    """Begin a case of ``kind`` for ``authority`` with the clocks that an opening starts.

    ``title`` must not name or number a person. The table's guards are for officers and not asked.
    """
    table, today = kinds.get(kind), legal_day(now)
    assert authority.id is not None  # noqa: S101 - comes from the store
    serial = reserve(session, authority.id, kind, today.year, count=1)
    docket = Docket(
        kind=kind,
        number=number(authority, table, today.year, serial),
        year=today.year,
        serial=serial,
        state=table.initial,
        authority_id=authority.id,
        region=authority.region,
        drafted_by=NOBODY,
        title=title,
        facts=plain(facts),
        counted_as=table.counted_as(plain(facts)),
        opened_at=now,
    )
    session.add(docket)
    session.flush()
    note(session, docket, OPEN, now=now, actor=None, before="", data=docket.facts)
    step = Step(
        session=session,
        table=table,
        docket=docket,
        action=None,
        acting=None,
        now=now,
        today=today,
        effective=today,
        data=docket.facts,
        facts=merged(docket.facts, {}),
        events=(),
    )
    clocks.start(session, docket.id or 0, clocks.dues(step, book, table.starts), now)
    session.flush()
    return docket
