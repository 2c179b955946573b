"""What the public reads of a licence: from the grant on, through what becomes of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from docket_office import BOOK, Bureau, at
from enforcement_kit import opened, panel, published
from sqlmodel import select
from test_licences import CONDITIONS, GRANT, OPEN, ORDER, granted, look, proposed
from test_suspensions import in_force, measure

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden
from registry.office import dockets
from registry.office.dockets import casefile, climbing
from registry.office.dockets.models import Docket, DocketLapse
from registry.office.entities import site_licences, sites
from registry.office.entities.drafts import SiteDraft
from registry.office.listings.service import expire_due
from registry.office.publisher.models import OutboxRow

pytestmark = pytest.mark.sqlite_only
FOUND = {
    "rectification_on": "2026-09-01", "rectify_by": "2026-09-30", "rectification_text": "配齐",
}  # fmt: skip


def mine(session: WorkingSession, bureau: Bureau) -> int:
    place = SiteDraft("coal-mine", "一号样例煤矿(虚构)", region="990121")
    return sites.add_site(session, bureau.acting("clerk", "2026-01-05"), place).id or 0


def last(session: WorkingSession, docket: Docket) -> dict[str, Any]:
    return published(session, docket)[-1][1]


def test_a_grant_is_public_within_seven_working_days(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = opened(
            session, bureau, "licence", "2026-07-01", OPEN, site_id=mine(session, bureau)
        )
        look(session, bureau, docket, "2026-07-05", *CONDITIONS)
        proposed(session, bureau, docket)
        more = {"licence_scope": "井下开采", "decision_number": "（虚）安许〔2026〕9号"}
        bureau.act(session, docket, "grant", "approver", "2026-07-20", {**GRANT, **more})
        assert published(session, docket) == [], "granting publishes nothing by itself"
        due = {
            one.code: one.breach_due
            for one in casefile.clocks(session, docket, date(2026, 7, 20), BOOK)
        }
        assert due["licence.publication"] == date(2026, 7, 29)
        assert climbing.climb_due(session, at("2026-07-29"), BOOK) == 0
        assert climbing.climb_due(session, at("2026-07-30"), BOOK) == 1
        assert session.exec(select(DocketLapse.clock_code)).all() == ["licence.publication"]
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "publish", "approver", "2026-07-30")
        bureau.act(session, docket, "publish", "publisher", "2026-07-30")
        shown = last(session, docket)
        assert shown["decision"] == {"number": more["decision_number"], "date": "2026-07-20"}
        assert (shown["licence_number"], shown["scope"]) == (GRANT["licence_number"], "井下开采")
        assert shown["term"] == {"since": "2026-07-20", "until": "2029-07-19"}
        assert (shown["status"], shown["site"][0]) == ("valid", "S")
        assert {"credit_opinion", "proposal", "conditions", "seen"}.isdisjoint(shown)


@pytest.mark.parametrize("way", ["refuse", "withdraw"])
def test_what_was_not_granted_stays_inside(
    working: Store[WorkingSession], bureau: Bureau, way: str
) -> None:
    with working.write() as session:
        docket = opened(session, bureau, "licence", "2026-07-01", OPEN)
        look(session, bureau, docket, "2026-07-05", CONDITIONS[0], result="not-met")
        bureau.act(session, docket, "rectify", "clerk", "2026-07-06", ORDER)
        if way == "refuse":
            no = {"refused_on": "2026-08-10", "refusal_grounds": "逾期未改正"}
            bureau.act(session, docket, "refuse", "approver", "2026-08-10", no)
        else:
            bureau.act(session, docket, "withdraw", "clerk", "2026-08-10")
        assert not session.exec(select(OutboxRow)).all()
        with pytest.raises(dockets.Refused):
            bureau.act(session, docket, "publish", "publisher", "2026-08-11")


def test_lost_conditions_and_what_became_of_them(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = granted(session, bureau, site_id=mine(session, bureau))
        bureau.act(session, docket, "find_lacking", "clerk", "2026-09-01", FOUND)
        shown = last(session, docket)
        assert (shown["status"], shown["put_right_by"]) == ("lacking", "2026-09-30")
        other = opened(session, bureau, "licence", "2026-09-02", OPEN)
        rows = panel(session, bureau, other, "credit-file", "2026-09-02").rows
        assert rows[-1][1] == (docket.number, docket.id), "the next application shows it"
        look(session, bureau, docket, "2026-09-25", CONDITIONS[11])
        again = {"rechecked_on": "2026-09-25", "recheck_text": "已改正"}
        bureau.act(session, docket, "restore", "reviewer", "2026-09-25", again)
        shown = last(session, docket)
        assert (docket.state, shown["status"], "put_right_by" in shown) == (
            "published", "valid", False,
        )  # fmt: skip
        found = {**FOUND, "rectification_on": "2026-10-01", "rectify_by": "2026-10-31"}
        bureau.act(session, docket, "find_lacking", "clerk", "2026-10-01", found)
        gone = {"revoked_on": "2026-11-02", "revocation_grounds": "逾期未改正，电话13812345678。"}
        with pytest.raises(dockets.Refused, match="person's number"):
            bureau.act(session, docket, "revoke", "approver", "2026-11-02", gone)
        gone["revocation_grounds"] = "逾期未改正。"
        bureau.act(session, docket, "revoke", "approver", "2026-11-02", gone)
        shown = last(session, docket)
        assert (shown["status"], shown["revoked_on"]) == ("revoked", "2026-11-02")
        assert shown["revocation_grounds"] == "逾期未改正。"
        assert shown["term"]["until"] == "2029-07-19", "the licence's own term stays said"
        assert docket.facts["until"] == "2027-11-02"
        assert expire_due(session, at("2027-11-02"), BOOK) == 0
        assert expire_due(session, at("2027-11-03"), BOOK) == 1
        assert docket.public_id is None
        assert published(session, docket)[-1] == ("DEL", {"reason": "ended"})


def test_an_expired_licence_is_shown_for_a_year_as_expired(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = granted(session, bureau)
        first = session.exec(select(OutboxRow).where(OutboxRow.docket_id == docket.id)).one()
        assert first.publish_until is not None
        assert first.publish_until.date() == date(2030, 7, 19), "00:00 of the 20th in Shanghai"
        assert expire_due(session, at("2029-07-20", 0), BOOK) == 1
        assert docket.state == "expired" and last(session, docket)["status"] == "expired"
        assert last(session, docket)["term"]["until"] == "2029-07-19"
        assert expire_due(session, at("2030-07-20", 0), BOOK) == 1
        assert docket.public_id is None


def test_a_suspension_of_the_mine_is_read_on_the_licence(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        place = mine(session, bureau)
        docket = granted(session, bureau, site_id=place)
        other = granted_beside(session, bureau, place)
        case = in_force(session, bureau)
        case.site_id = place
        before = (docket.version, other.version)
        told = measure("licence-suspended", "2026-08-04")
        bureau.act(session, case, "carry_out", "clerk", "2026-08-05", told)
        shown = last(session, docket)
        assert (shown["status"], shown["suspended_on"]) == ("suspended", "2026-08-04")
        lifted = {"measure": "licence-suspended", "lifted_on": "2026-08-20"}
        bureau.act(session, case, "lift", "approver", "2026-08-20", lifted)
        shown = last(session, docket)
        assert (shown["status"], "suspended_on" in shown) == ("valid", False)
        assert docket.version == before[0] + 2, "each change is an event of the registry"
        assert other.version == before[1], "a licence of another kind is not touched"


def granted_beside(session: WorkingSession, bureau: Bureau, place: int) -> Docket:
    facts = {**OPEN, "licence_kind": "mining"}
    docket = opened(session, bureau, "licence", "2026-07-01", facts, site_id=place)
    look(session, bureau, docket, "2026-07-05", *CONDITIONS)
    proposed(session, bureau, docket)
    grant = {**GRANT, "licence_number": "C9901212026010000000001"}
    bureau.act(session, docket, "grant", "approver", "2026-07-20", grant)
    return bureau.act(session, docket, "publish", "publisher", "2026-07-21")


def test_an_officers_word_at_the_site_is_read_on_the_licence(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = granted(session, bureau, site_id=mine(session, bureau))
        acting = bureau.acting("clerk", "2026-08-03")
        site_licences.switch_licence(
            session, acting, docket.facts["site_licence_id"], "cancelled",
            on=acting.today - timedelta(days=1), docket_id=None,
        )  # fmt: skip
        assert last(session, docket)["status"] == "cancelled"


def test_a_wrong_scope_is_corrected_in_public(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = granted(session, bureau, site_id=mine(session, bureau))
        right = {
            "new_licence_scope": "煤炭地下开采",
            "new_decision_number": "（演）许决〔2026〕9号",
        }
        bureau.act(session, docket, "propose_correction", "clerk", "2026-07-22", right)
        bureau.act(session, docket, "correct", "approver", "2026-07-23")
        told = last(session, docket)
        assert (told["scope"], told["decision"]["number"]) == tuple(right.values())
