"""A penalty from draft to closing, its publicity by seriousness, and its annulment."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from docket_office import (
    BOOK,
    NOTICE,
    SERVICE,
    Bureau,
    at,
    decided_penalty,
    open_penalty,
)
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office import dockets
from registry.office.dockets import casefile, queries
from registry.office.dockets.models import Docket
from registry.office.listings.service import expire_due
from registry.office.publisher.models import OutboxRow

DAYS = ["2026-05-06", "2026-05-07", "2026-05-18", "2026-05-19"]


SETTLING = {
    "perform": ("clerk", "2026-05-25"),
    "rectify": ("clerk", "2026-06-01"),
    "check_referral": ("reviewer", "2026-06-01"),
}
REASONS = ("not been performed", "not been put right", "not been examined")
SETTLED = {
    "perform": {"performed_on": "2026-05-21", "performance": "缴纳"},
    "rectify": {"rectified_on": "2026-05-21", "rectification_text": "已补报"},
    "check_referral": {
        "referral_checked_on": "2026-05-21", "crime_suspected": "no", "referral_opinion": "不涉嫌",
    },
}  # fmt: skip


def settle(session: WorkingSession, bureau: Bureau, docket: Docket, day: str) -> None:
    """Performed, put right, and looked at for a crime."""
    for action, (who, _) in SETTLING.items():
        bureau.act(session, docket, action, who, day, SETTLED[action])


def outbox(session: WorkingSession, docket: Docket) -> list[OutboxRow]:
    return list(session.exec(select(OutboxRow).where(OutboxRow.docket_id == docket.id)))


def clock(session: WorkingSession, docket: Docket, code: str, today: str) -> queries.ClockView:
    found = casefile.clocks(session, docket, date.fromisoformat(today), BOOK)
    return next(view for view in found if view.code == code)


def published(session: WorkingSession, bureau: Bureau) -> Docket:
    docket = decided_penalty(session, bureau, DAYS)
    served = {**SERVICE, "decision_served_on": "2026-05-20"}
    bureau.act(session, docket, "serve", "clerk", "2026-05-20", served)
    return bureau.act(session, docket, "publish", "publisher", "2026-05-21")


def test_exposure_within_seven_working_days(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = decided_penalty(session, bureau, DAYS)
        exposure = clock(session, docket, "penalty.exposure", "2026-05-20")
        assert exposure.breach_due == date(2026, 5, 28)
        assert exposure.state in {"running", "due"}
        assert clock(session, docket, "penalty.exposure", "2026-05-29").state == "breached"


def test_publication_in_the_national_fields(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        assert clock(session, docket, "penalty.exposure", "2026-05-22").state == "met"
        (row,) = outbox(session, docket)
        shown = json.loads(row.payload or "")
        assert shown["seriousness"] == "serious"
        assert shown["term"] == {"since": "2026-05-19", "until": "2029-05-19"}
        assert shown["fine_yuan"] == "1200000.00"
        assert shown["decision"]["number"] == "（虚）应急罚〔2026〕1号"


def test_a_minor_penalty_is_not_published(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = open_penalty(
            session, bureau, DAYS[0], categories=["warning"], fine_yuan=None, content="警告"
        )
        notice = {**NOTICE, "notice_served_on": DAYS[1]}
        bureau.act(session, docket, "notice", "clerk", DAYS[1], notice)
        draft = {"decision_number": "轻1", "decision_text": "予以警告。"}
        bureau.act(session, docket, "draft_decision", "clerk", DAYS[2], draft)
        bureau.act(session, docket, "decide", "approver", DAYS[3], {"decided_on": DAYS[3]})
        codes = {view.code for view in casefile.clocks(session, docket, date(2026, 5, 20), BOOK)}
        assert "penalty.exposure" not in codes
        served = {**SERVICE, "decision_served_on": "2026-05-20"}
        bureau.act(session, docket, "serve", "clerk", "2026-05-20", served)
        with pytest.raises(dockets.Refused, match="minor penalty"):
            bureau.act(session, docket, "publish", "publisher", "2026-05-21")
        settle(session, bureau, docket, "2026-05-21")
        bureau.act(session, docket, "close_unpublished", "approver", "2026-05-22")
        assert docket.closed_at is not None and outbox(session, docket) == []


def test_no_case_closes_on_a_fine_alone(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        for action, message in zip(SETTLING, REASONS, strict=True):
            with pytest.raises(dockets.Refused, match=message):
                bureau.act(session, docket, "close", "approver", "2026-05-25")
            bureau.act(session, docket, action, *SETTLING[action], SETTLED[action])
        bureau.act(session, docket, "close", "approver", "2026-06-02")
        assert docket.state == "closed" and docket.public_id is not None


def test_a_suspected_crime_must_be_referred(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        settle(session, bureau, docket, "2026-05-25")
        found = {**SETTLED["check_referral"], "crime_suspected": "yes"}
        bureau.act(session, docket, "check_referral", "reviewer", "2026-05-26", found)
        with pytest.raises(dockets.Refused, match="has not been referred"):
            bureau.act(session, docket, "close", "approver", "2026-05-27")
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "check_referral", "clerk", "2026-05-27", found)


def test_annulment_by_two_within_three_working_days(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        fell = {"annulled_on": "2026-07-01", "annulled_by": "复议机关", "annulment_number": "复1"}
        bureau.act(session, docket, "propose_annulment", "all", "2026-07-02", fell)
        assert clock(session, docket, "penalty.withdrawal", "2026-07-02").breach_due == date(
            2026, 7, 6
        )
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "annul", "all", "2026-07-03")
        bureau.act(session, docket, "annul", "approver", "2026-07-03")
        last = outbox(session, docket)[-1]
        assert (last.op, json.loads(last.payload or "")) == ("DEL", {"reason": "annulled"})


def test_publicity_ends_by_itself(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        assert expire_due(session, at("2029-05-19", 23), BOOK) == 0
        assert expire_due(session, at("2029-05-20", 0), BOOK) == 1
        assert docket.public_id is None and docket.state == "published"
        assert expire_due(session, at("2029-05-21", 0), BOOK) == 0


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"fine_yuan": None}, "fine_yuan"), ({"categories": ["practice-ban"]}, "ban_until")],
)
def test_sums_and_bans_belong_to_their_categories(
    working: Store[WorkingSession], bureau: Bureau, facts: dict[str, Any], field: str
) -> None:
    with working.write() as session, pytest.raises(InvalidInput) as wrong:
        open_penalty(session, bureau, DAYS[0], **facts)
    assert field in wrong.value.fields


def test_impossible_orders_of_events_are_refused(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = open_penalty(session, bureau, "2026-05-06")
        for day, message in (("2026-05-05", "before"), ("2026-05-20", "future")):
            with pytest.raises(InvalidInput) as wrong:
                notice = {**NOTICE, "notice_served_on": day}
                bureau.act(session, docket, "notice", "clerk", "2026-05-07", notice)
            assert message in wrong.value.fields["notice_served_on"][0]
        assert docket.state == "draft" and docket.version == 1


def test_a_payment_keeps_its_day_although_publication_came_first(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = decided_penalty(session, bureau, DAYS)
        mended = {"rectified_on": "2026-05-19", "rectification_text": "已补报"}
        bureau.act(session, docket, "rectify", "clerk", "2026-05-20", mended)
        served = {**SERVICE, "decision_served_on": "2026-05-20"}
        bureau.act(session, docket, "serve", "clerk", "2026-05-20", served)
        bureau.act(session, docket, "publish", "publisher", "2026-05-25")
        paid = {"performed_on": "2026-05-19", "performance": "缴纳"}
        with pytest.raises(InvalidInput):
            bureau.act(session, docket, "perform", "clerk", "2026-05-26", paid)
        paid["performed_on"] = "2026-05-22"
        bureau.act(session, docket, "perform", "clerk", "2026-05-26", paid)
        assert clock(session, docket, "penalty.payment", "2026-05-27").stopped_on == date(
            2026, 5, 22
        )


def test_closed_it_can_still_be_corrected_and_contested(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        settle(session, bureau, docket, "2026-06-01")
        bureau.act(session, docket, "close", "approver", "2026-06-02")
        better = {"new_content": "罚款人民币一百二十万元"}
        bureau.act(session, docket, "propose_correction", "clerk", "2026-06-03", better)
        bureau.act(session, docket, "correct", "approver", "2026-06-04")
        assert json.loads(outbox(session, docket)[-1].payload or "")["content"].endswith("万元")
        suit = {
            "remedy_kind": "lawsuit", "remedy_body": "虚岭县人民法院",
            "remedy_filed_on": "2026-06-10",
        }  # fmt: skip
        bureau.act(session, docket, "note_remedy", "clerk", "2026-06-11", suit)
        over = {"remedy_ended_on": "2026-06-20", "remedy_result": "驳回"}
        bureau.act(session, docket, "end_remedy", "clerk", "2026-06-20", over)
        assert docket.state == "closed" and "remedy_pending" not in docket.facts
        # Once its publicity has ended there is nothing left to correct.
        expire_due(session, at("2029-05-20"), BOOK)
        bureau.act(session, docket, "propose_correction", "clerk", "2029-05-21", better)
        with pytest.raises(dockets.Refused, match="Nothing of this case is published"):
            bureau.act(session, docket, "correct", "approver", "2029-05-22")
