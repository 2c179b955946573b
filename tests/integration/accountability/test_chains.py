"""Who answers for a case: from events, signatures, reports and lapses, over linked cases."""

from __future__ import annotations

from datetime import date

from docket_office import BOOK, Bureau, at, decided_penalty, open_listing
from enforcement_kit import inspectors, opened
from sqlmodel import col, select
from test_accidents import FACTS as ACCIDENT
from test_hazards import ordered
from test_inspections import PLAN

from registry.core.db import Store, WorkingSession
from registry.office import dockets
from registry.office.accountability import chain
from registry.office.dockets import climbing
from registry.office.dockets.models import Docket, DocketEvent, DocketLink
from registry.office.reports.models import ReportSheet, ReportSignature
from registry.office.staff.models import Account, RoleGrant


def granted(session: WorkingSession, bureau: Bureau, who: str, role: str, days: list[str]) -> None:
    """The role of an account from the first day, to the second if there is one."""
    session.add(
        RoleGrant(
            account_id=bureau.officers[who].account_id, role=role, granted=at(days[0]),
            confirmed=at(days[0]), revoked=at(days[1]) if len(days) > 1 else None,
        )
    )  # fmt: skip
    session.flush()


def test_from_the_accident_back_to_the_inspection(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        granted(session, bureau, "approver", "approver", ["2024-01-02"])
        names = inspectors(session, bureau)
        visit = opened(session, bureau, "inspection", "2026-06-01", PLAN)
        seen = {"visited_on": "2026-06-02", "visit_place": "井下", "inspectors": names}
        bureau.act(session, visit, "visit", "clerk", "2026-06-02", seen)
        hazard = ordered(session, bureau)
        far = opened(session, bureau, "accident", "2026-07-02", ACCIDENT)
        found = chain.chain(session, bureau.acting("clerk", "2026-07-03"), far)
        assert [one.docket.id for one in found.cases] == [far.id, hazard.id, visit.id]
        team = [one for one in found.answers if one.docket.id == visit.id and one.part == "checked"]
        assert {one.name for one in team} == set(names.split("\n"))
        assert {one.authority for one in team} == {"虚岭县样例应急管理局"}
        (order,) = (o for o in found.answers if o.docket.id == hazard.id and o.part == "approved")
        assert order.name == bureau.officers["approver"].name
        assert order.role == ("Approver",) and order.authority == "虚岭县样例应急管理局"
        days = [one.day for one in found.answers]
        assert days == sorted(days, reverse=True)


def test_the_role_is_that_of_the_day(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        granted(session, bureau, "approver", "approver", ["2026-01-01", "2026-05-25"])
        granted(session, bureau, "approver", "reviewer", ["2026-05-25"])
        penalty = decided_penalty(
            session, bureau, ["2026-05-06", "2026-05-07", "2026-05-18", "2026-05-19"]
        )
        listing = open_listing(session, bureau, "2026-06-01", penalty)
        found = chain.chain(session, bureau.acting("clerk", "2026-06-02"), listing)
        assert [one.docket.id for one in found.cases] == [listing.id, penalty.id]
        (decided,) = (one for one in found.answers if one.part == "approved")
        assert decided.role == ("Approver",), "as on the day, though he is a reviewer now"
        for grant in session.exec(select(RoleGrant).where(RoleGrant.role == "approver")):
            grant.revoked = at("2026-05-10")
        for grant in session.exec(select(RoleGrant).where(RoleGrant.role == "reviewer")):
            grant.confirmed = at("2026-05-10")
        session.flush()
        found = chain.chain(session, bureau.acting("clerk", "2026-06-02"), listing)
        (decided,) = (one for one in found.answers if one.part == "approved")
        assert decided.role == ("Reviewer",)


def test_who_let_it_lie_stands_in_the_chain(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        hazard = ordered(session, bureau)
        climbing.climb_due(session, at("2026-08-01"), BOOK)
        found = chain.chain(session, bureau.acting("clerk", "2026-08-02"), hazard)
        (lapse,) = (one for one in found.answers if one.part == "lapsed")
        assert lapse.authority == "虚岭县样例应急管理局"
        assert lapse.day == date(2026, 8, 1)
        owner = session.exec(select(Account.name).where(col(Account.id) == hazard.owner_id)).one()
        assert lapse.name == owner


def test_reports_on_the_place_and_who_signed_them(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        report = Docket(
            kind="report", number="样例报告1", year=2026, serial=1, state="valid",
            authority_id=bureau.parent, region="990000", drafted_by=1, title="样例报告",
            opened_at=at("2026-05-01"), subject_id=bureau.firm,
        )  # fmt: skip
        session.add(report)
        session.flush()
        days = {"covers_since": date(2026, 5, 1), "covers_until": date(2027, 5, 1)}
        sheet = ReportSheet(
            docket_id=report.id or 0, organization_id=bureau.firm, client_id=bureau.firm,
            folded="1", type="status", issued_on=date(2026, 5, 1), **days,
        )  # fmt: skip
        signed = ReportSignature(
            docket_id=report.id or 0, role="project-leader", person_id=bureau.person,
            signed_on=date(2026, 4, 30),
        )  # fmt: skip
        opening = DocketEvent(
            docket_id=report.id or 0, ordinal=1, action="open", to_state="draft",
            actor_id=bureau.officers["parent-clerk"].account_id, recorded_at=at("2026-05-01"),
            effective_on=date(2026, 5, 1),
        )  # fmt: skip
        session.add_all([sheet, signed, opening])
        session.flush()
        accident = opened(session, bureau, "accident", "2026-07-02", ACCIDENT)
        found = chain.chain(session, bureau.acting("clerk", "2026-07-03"), accident)
        assert [(one.docket.id, one.own) for one in found.cases] == [
            (accident.id, True), (report.id, False),
        ]  # fmt: skip
        (signer,) = (one for one in found.answers if one.docket.id == report.id)
        assert (signer.name, signer.part, signer.day) == ("张样例", "signed", date(2026, 4, 30))
        sheet.covers_since = date(2026, 8, 1)
        session.flush()
        later = chain.chain(session, bureau.acting("clerk", "2026-07-03"), accident)
        assert [one.docket.id for one in later.cases] == [accident.id]


def test_nothing_of_another_authority_and_no_report_by_the_public(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        parents = opened(session, bureau, "inspection", "2026-06-01", PLAN, who="parent-clerk")
        linked = dockets.Link("found-by", parents.id or 0)
        mine = opened(session, bureau, "accident", "2026-07-02", ACCIDENT, linked,
                      who="parent-clerk", authority_id=bureau.authority)  # fmt: skip
        below = chain.chain(session, bureau.acting("clerk", "2026-07-03"), mine)
        assert [one.docket.id for one in below.cases] == [mine.id]
        tip = Docket(
            kind="tip", number="样例举1", year=2026, serial=1, state="received",
            authority_id=bureau.authority, region="990121", drafted_by=0, title="举报",
            opened_at=at("2026-06-01"),
        )  # fmt: skip
        session.add(tip)
        session.flush()
        for one, other in ((mine.id, tip.id), (tip.id, mine.id)):
            session.add(DocketLink(docket_id=one or 0, other_id=other or 0, relation="reported-by"))
        session.flush()
        above = chain.chain(session, bureau.acting("parent-clerk", "2026-07-03"), mine)
        assert [one.docket.id for one in above.cases] == [mine.id, parents.id]
