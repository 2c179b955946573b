"""A listing does not close while a department has not lifted what it was told of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from docket_office import BOOK, Bureau, at
from sqlmodel import select
from test_listing_walks import published

from registry.core.db import GazetteSession, Store, WorkingSession
from registry.office import dockets
from registry.office.dockets.models import Docket
from registry.office.publisher import service as publisher
from registry.office.punishments import service, telling
from registry.office.punishments.models import Department, Notice
from registry.public.measures.service import Feedback


def test_open_lifts_block_closing(
    working: Store[WorkingSession], gazette: Store[GazetteSession], bureau: Bureau, tmp_path: Path
) -> None:
    def carried(day: str, *, tell: bool = True) -> None:
        publisher.run_once(working, gazette, now=at(day), lock_dir=tmp_path)
        if tell:
            with working.write() as session, gazette.read() as log:
                telling.catch_up(session, log, BOOK, at(day))

    def close(session: WorkingSession) -> None:
        docket = session.exec(select(Docket).where(Docket.kind == "listing")).one()
        bureau.act(session, docket, "lifted", "clerk", "2026-09-03", {"lifted_on": "2026-09-03"})

    with working.write() as session:
        session.add(Department(
            name="演示省样例财政厅", kind="mof", region="990000",
            authority_id=bureau.authority, created=at("2026-01-05"),
        ))  # fmt: skip
        published(session, bureau, measures=["M5"])
    carried("2026-07-07")
    with working.write() as session:
        docket = session.exec(select(Docket).where(Docket.kind == "listing")).one()
        revoked = {"basis_fell_on": "2026-08-31"}
        bureau.act(session, docket, "propose_revocation", "reviewer", "2026-08-31", revoked)
        number = {"removal_number": "移1"}
        bureau.act(session, docket, "revoke", "approver", "2026-09-01", number)
    for tell in (False, True):
        # Also before the department has even heard that it must lift.
        carried("2026-09-02", tell=tell)
        with working.write() as session, pytest.raises(dockets.Refused, match="样例财政厅"):
            close(session)
    with working.write() as session:
        notice = session.exec(select(Notice)).one()
        assert notice.state == "lift-due"
        given = Feedback("lifted", date(2026, 9, 3))
        service.note_answer(session, bureau.acting("clerk", "2026-09-03"), notice.token, given)
        close(session)
        docket = session.exec(select(Docket).where(Docket.kind == "listing")).one()
        assert docket.state == "removed"
