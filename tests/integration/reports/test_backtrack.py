"""The way back: who vouched for what covered a site, and what else they vouched for."""

from __future__ import annotations

from datetime import date

import pytest
from docket_office import open_penalty
from report_kit import TEAM, Desk
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.core.errors import NotFound
from registry.office.audit.models import AuditEntry
from registry.office.dockets.models import Docket
from registry.office.reports import backtrack, sampling
from registry.office.reports.backtrack import Start


def test_from_a_site_and_a_day(working: Store[WorkingSession], desk: Desk) -> None:
    first = desk.disclosed()
    other = desk.disclosed(
        report_number="DEMO-PJ-2026-0009", covers_since="2025-01-01", covers_until="2025-12-31"
    )
    with working.write() as session:
        acting = desk.bureau.acting("approver", "2026-06-01")
        found = backtrack.trace(session, acting, Start(site_id=desk.site, day=date(2026, 5, 4)))
        assert [one.docket_id for one in found.reports] == [first]
        assert {one.name for one in found.persons} == set(TEAM.values())
        assert all([o.id for o in one.others] == [other] for one in found.persons)
        (organization,) = found.organizations
        assert (organization.entity_id, organization.total) == (desk.agency, 1)
        assert found.reports[0].accepted_by == "approver甲"
        empty = backtrack.trace(session, acting, Start(site_id=desk.site, day=date(2020, 1, 1)))
        assert empty.reports == () or list(empty.reports) == []


def test_from_a_penalty_on_the_client_and_from_a_report(
    working: Store[WorkingSession], desk: Desk
) -> None:
    report_id = desk.disclosed()
    with working.write() as session:
        report = session.get(Docket, report_id)
        assert report is not None
        finding = desk.finding(session, report, ["FA03"])
        penalty = open_penalty(session, desk.bureau, "2026-06-01")
        acting = desk.bureau.acting("clerk", "2026-06-01")
        found = backtrack.trace(session, acting, Start(docket_id=penalty.id))
        assert [one.docket_id for one in found.reports] == [report_id]
        assert [one.id for one in found.findings] == [finding.id]
        same = backtrack.trace(session, acting, Start(docket_id=report_id))
        assert [one.docket_id for one in same.reports] == [report_id]
        with pytest.raises(NotFound):
            backtrack.trace(session, desk.filing("2026-06-01"), Start(docket_id=penalty.id))


@pytest.mark.sqlite_only
def test_a_sample_is_drawn_again_from_its_seed(working: Store[WorkingSession], desk: Desk) -> None:
    report_id = desk.disclosed()
    with working.write() as session:
        acting = desk.bureau.acting("reviewer", "2026-06-01")
        asked = {"title": "年度抽查", "size": 5, "filters": sampling.Filters("status-evaluation")}
        first = sampling.draw(session, acting, **asked)  # type: ignore[arg-type]
        again = sampling.draw(session, acting, **asked, seed=first.seed)  # type: ignore[arg-type]
        assert (again.digest, again.population) == (first.digest, 1)
        rows = sampling.items(session, first.id or 0)
        assert [docket.id for _, docket in rows] == [report_id]
        entry = session.exec(
            select(AuditEntry).where(AuditEntry.action == "reports:sample:drawn")
        ).first()
        assert entry is not None and first.seed in entry.detail
        sampling.examine(
            session, acting, rows[0][0].id or 0, outcome="faulty", note="", examined_on=acting.today
        )
        (rate,) = sampling.rates(session, acting)
        assert (rate.examined, rate.faulty, rate.few) == (1, 1, True) and rate.low < 0.3
