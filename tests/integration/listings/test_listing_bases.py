"""A listing hears of the end of the penalty that it rests on, and its deadline runs."""

from __future__ import annotations

import json
from datetime import date

import pytest
from docket_office import BOOK, Bureau, at, decided_penalty, listing_facts, open_penalty
from sqlmodel import select
from test_listing_refusals import annul_penalty
from test_listing_walks import clock, decided, outbox, published

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office import dockets
from registry.office.audit.models import AuditEntry
from registry.office.dockets import bases, casefile, checks, engine, overdue, queries
from registry.office.dockets.models import Docket, DocketClock
from registry.office.dockets.replay import replay

CLOCK = "listing.revocation"


def penalty_of(session: WorkingSession, listing: Docket) -> Docket:
    return session.get_one(Docket, checks.links_of(session, listing)["rests-on"][0])


def running(session: WorkingSession, docket: Docket) -> list[DocketClock]:
    rows = select(DocketClock).where(DocketClock.docket_id == docket.id)
    return [row for row in session.exec(rows) if row.code == CLOCK and row.stopped_on is None]


def lose(session: WorkingSession, penalty: Docket, state: str = "withdrawn") -> None:
    """As it came into the store before anybody was told of ends."""
    penalty.state = state
    session.add(penalty)
    session.flush()


def test_annulling_a_penalty_starts_the_clock_of_every_listing_on_it(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        listing = published(session, bureau)
        other = decided(session, bureau)
        version = listing.version
        annul_penalty(session, bureau, listing, "2026-08-04")  # a Tuesday

        found = clock(session, listing, CLOCK, "2026-08-04")
        assert (found.target_due, found.breach_due) == (date(2026, 8, 4), date(2026, 8, 7))
        assert listing.state == "published" and listing.version == version + 1
        assert not running(session, other)
        told = replay(engine.events(session, listing))
        assert (told.version, told.facts) == (listing.version, listing.facts)
        entry = casefile.timeline(session, listing)[0]
        assert (
            entry.event.actor_id is None
            and entry.event.reason == penalty_of(session, listing).number
        )
        tags = [e for e in session.exec(select(AuditEntry)) if e.action == "dockets:basis:fell"]
        assert [e.subject for e in tags] == [f"docket:{listing.id}"]

        for who in ("clerk", "approver", "parent-approver"):
            desk = queries.desk(session, bureau.officers[who], date(2026, 8, 6))
            assert listing.id in {row.docket.id for row in desk.overdue.rows}, who
        late = [row for row in overdue.deadlines(session, date(2026, 8, 10)) if row.due.month == 8]
        assert [(row.number, row.state) for row in late] == [(listing.number, "breached")]


def test_the_clock_stops_with_the_revocation(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        listing = published(session, bureau)
        annul_penalty(session, bureau, listing, "2026-08-04")
        later = {"basis_fell_on": "2026-08-06", "revocation_basis": "复议决定撤销处罚"}
        bureau.act(session, listing, "propose_revocation", "clerk", "2026-08-06", later)
        found = clock(session, listing, CLOCK, "2026-08-06")
        assert found.breach_due == date(2026, 8, 7), "a later day does not put it off"
        number = {"removal_number": "（虚）应急移〔2026〕1号"}
        bureau.act(session, listing, "revoke", "approver", "2026-08-06", number)
        assert not running(session, listing) and listing.public_id is None


def test_another_penalty_carries_the_listing_by_two_officers(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        listing = published(session, bureau)
        fresh = decided_penalty(
            session, bureau, ["2026-07-06", "2026-07-07", "2026-07-15", "2026-07-16"]
        )
        to = dockets.Link("rests-on", fresh.id or 0)
        with pytest.raises(InvalidInput):
            dockets.link(
                session,
                listing,
                bureau.acting("clerk", "2026-08-03"),
                to=to,
                version=listing.version,
            )
        with pytest.raises(dockets.Refused, match="rests on stands"):
            bureau.act(session, listing, "propose_basis", "clerk", "2026-08-03")
        annul_penalty(session, bureau, listing, "2026-08-04")
        with pytest.raises(dockets.Refused, match="No other penalty"):
            bureau.act(session, listing, "propose_basis", "clerk", "2026-08-04")
        dockets.link(
            session, listing, bureau.acting("clerk", "2026-08-05"), to=to, version=listing.version
        )
        bureau.act(session, listing, "propose_basis", "clerk", "2026-08-05")
        with pytest.raises(Forbidden):
            bureau.act(session, listing, "confirm_basis", "clerk", "2026-08-05")
        bureau.act(session, listing, "confirm_basis", "approver", "2026-08-05")
        assert not running(session, listing) and not bases.wanting(listing)
        shown = json.loads(outbox(session, listing)[-1].payload or "")
        assert listing.state == "published" and shown["subject"]["code"]
        stay = {"suspension_cause": "bankruptcy", "suspension_number": "破1"}
        bureau.act(session, listing, "suspend", "publisher", "2026-08-10", stay)
        bureau.act(session, listing, "propose_resumption", "clerk", "2026-08-11")
        bureau.act(session, listing, "resume", "publisher", "2026-08-12")

        fell = {"annulled_on": "2026-08-20", "annulled_by": "法院", "annulment_number": "判1"}
        bureau.act(session, fresh, "propose_annulment", "clerk", "2026-08-20", fell)
        bureau.act(session, fresh, "annul", "approver", "2026-08-20")
        assert len(running(session, listing)) == 1, "the second basis fell, too"


def test_what_nobody_told_is_found_once(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        listing = published(session, bureau)
        now = at("2026-08-12")
        assert bases.catch_up(session, now=now, book=BOOK) == 0
        lose(session, penalty_of(session, listing))
        assert bases.catch_up(session, now=now, book=BOOK) == 1
        assert bases.catch_up(session, now=now, book=BOOK) == 0
        (row,) = running(session, listing)
        assert row.breach_due == date(2026, 8, 17)


def test_a_listing_brought_in_on_a_fallen_penalty_hears_of_it(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        stands, fell = (
            open_penalty(session, bureau, "2026-03-02"),
            open_penalty(session, bureau, "2026-03-02"),
        )
        lose(session, stands, "closed")
        lose(session, fell)
        cases = [
            dockets.Adopted(
                title="导入的列入案", region="990121", authority_id=bureau.authority,
                facts=listing_facts(decided_on="2026-03-03", decision_number=f"虚{place}号"),
                effective_on=date(2026, 3, 3), subject_id=bureau.firm,
                parties=[dockets.Party(bureau.person, "principal")],
                links=[dockets.Link("rests-on", penalty.id or 0)],
            )
            for place, penalty in enumerate((stands, fell))
        ]  # fmt: skip
        ids = dockets.adopt(
            session, "listing", "published", cases, bureau.acting("approver", "2026-11-20"),
            batch_id=None, drafted_by=bureau.officers["clerk"].account_id,
        )  # fmt: skip
        well, orphan = (session.get_one(Docket, one) for one in ids)
        assert not running(session, well) and len(running(session, orphan)) == 1
