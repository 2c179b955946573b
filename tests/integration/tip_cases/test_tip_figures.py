"""Figures of reports by the public stay where the report was when they were counted."""

from __future__ import annotations

from datetime import timedelta

from docket_office import at
from tip_office import DAY, TipOffice

from registry.office.statistics import service
from registry.public.indicators.periods import parse


def test_a_report_handed_over_since_stays_where_it_was_counted(office: TipOffice) -> None:
    _, tip = office.taken()
    known = at(DAY) + timedelta(hours=1)
    period = parse(DAY[:7])
    with office.working.write() as session:
        kept = service.make(session, period, known)
        here = ("tips-received", office.bureau.authority, "990121")
        assert service.stored(session, kept)[here].amount == 1
    day = (known + timedelta(days=1)).date().isoformat()
    office.do(tip, "transfer", data={"authority": office.bureau.parent}, letter="已移交。", day=day)
    with office.working.write() as session:
        found = service.verify(session, session.merge(kept), known + timedelta(days=2))
        assert found.same and not found.moved
        again = service.stored(session, service.make(session, period, known + timedelta(days=2)))
        units = {key[1] for key in again if key[0] == "tips-received"}
        assert units == {office.bureau.parent}
