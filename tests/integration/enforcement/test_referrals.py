"""Referral of suspected crimes: three days, 24 hours, the police, the procuratorate, a verdict."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from docket_office import BOOK, Bureau
from enforcement_kit import inspectors, opened

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office import dockets
from registry.office.dockets import casefile, climbing, queries
from registry.office.dockets.models import Docket

pytestmark = pytest.mark.sqlite_only
FACTS = {
    "offences": ["139-1"],
    "suspected_facts": "事故发生后隐瞒不报，转移遇难人员。",
    "items": "现场照片十二张、询问笔录三份。",
}
REPORT = {"report_on": "2026-07-06", "report_text": "涉嫌犯罪", "police": "虚岭县公安局"}


def utc(text: str) -> str:
    """An instant in Shanghai as a fact has it."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC).isoformat()


def reported(session: WorkingSession, bureau: Bureau, *links: dockets.Link) -> Docket:
    team = inspectors(session, bureau)
    docket = opened(session, bureau, "referral", "2026-07-01", FACTS, *links)
    formed = {"team_formed_on": "2026-07-02", "team_members": team}
    bureau.act(session, docket, "form_team", "clerk", "2026-07-02", formed)
    return bureau.act(session, docket, "report", "clerk", "2026-07-06", REPORT)


def received(session: WorkingSession, bureau: Bureau, *links: dockets.Link) -> Docket:
    docket = reported(session, bureau, *links)
    at = {"decided_at": utc("2026-07-07T09:00")}
    bureau.act(session, docket, "approve_transfer", "approver", "2026-07-07", at)
    at = {"delivered_at": utc("2026-07-08T08:30")}
    bureau.act(session, docket, "deliver", "clerk", "2026-07-08", at)
    at = {"received_at": utc("2026-07-08T09:00"), "received_by": "经侦大队"}
    return bureau.act(session, docket, "receipt", "clerk", "2026-07-08", at)


def clock(session: WorkingSession, docket: Docket, code: str, day: str) -> queries.ClockView:
    found = casefile.clocks(session, docket, date.fromisoformat(day), BOOK)
    return next(view for view in found if view.code == code)


def test_two_officers_who_may_act_on_that_day(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        team = inspectors(session, bureau, until=date(2026, 7, 15))
        docket = opened(session, bureau, "referral", "2026-07-01", FACTS)
        for members, day in (("甲执法", "2026-07-02"), ("甲执法\n丙", "2026-07-02"),
                             (team, "2026-07-20")):  # fmt: skip
            with pytest.raises(InvalidInput) as wrong:
                formed = {"team_formed_on": day, "team_members": members}
                bureau.act(session, docket, "form_team", "clerk", day, formed)
            assert "team_members" in wrong.value.fields
        assert docket.state == "found"


def test_head_decides_in_three_days_and_delivery_takes_a_day(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = reported(session, bureau)
        assert clock(session, docket, "referral.decide", "2026-07-06").breach_due == date(
            2026, 7, 9
        )
        at = {"decided_at": utc("2026-07-07T09:00")}
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "approve_transfer", "clerk", "2026-07-07", at)
        bureau.act(session, docket, "approve_transfer", "approver", "2026-07-07", at)
        papers = [paper.code for paper, _ in casefile.papers(session, docket)]
        assert papers == ["transfer-letter", "item-list"]
        send = clock(session, docket, "referral.send", "2026-07-07")
        assert send.breach_at == datetime(2026, 7, 8, 1, 0, tzinfo=UTC)
        assert climbing.climb_due(session, datetime(2026, 7, 8, 0, 59, tzinfo=UTC), BOOK) == 0
        early = {"delivered_at": utc("2026-07-07T08:59")}
        with pytest.raises(InvalidInput) as wrong:
            bureau.act(session, docket, "deliver", "clerk", "2026-07-08", early)
        assert "delivered_at" in wrong.value.fields
        late = {"delivered_at": utc("2026-07-08T09:01")}
        bureau.act(session, docket, "deliver", "clerk", "2026-07-08", late)
        assert clock(session, docket, "referral.send", "2026-07-08").state == "late"


def test_to_the_minute_the_case_climbs(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = reported(session, bureau)
        at = {"decided_at": utc("2026-07-07T09:00")}
        bureau.act(session, docket, "approve_transfer", "approver", "2026-07-07", at)
        assert climbing.climb_due(session, datetime(2026, 7, 8, 1, 1, tzinfo=UTC), BOOK) == 1
        assert docket.facts["raised_to"] == bureau.parent


def test_refused_reconsidered_and_supervised(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = received(session, bureau)
        told = {"refusal_received_on": "2026-07-10", "refusal_text": "情节轻微"}
        bureau.act(session, docket, "refuse_filing", "clerk", "2026-07-10", told)
        assert clock(session, docket, "referral.reconsider", "2026-07-10").breach_due == date(
            2026, 7, 13
        )
        asked = {"reconsideration_on": "2026-07-12", "reconsideration_text": "后果严重"}
        bureau.act(session, docket, "reconsider", "approver", "2026-07-12", asked)
        answer = clock(session, docket, "referral.reconsider_answer", "2026-07-12")
        assert answer.breach_due == date(2026, 7, 15)
        bureau.act(session, docket, "uphold", "clerk", "2026-07-14", {"answered_on": "2026-07-14"})
        asked = {
            "procuratorate_on": "2026-07-16", "procuratorate": "虚岭县人民检察院",
            "procuratorate_text": "应当立案",
        }  # fmt: skip
        bureau.act(session, docket, "ask_procuratorate", "approver", "2026-07-16", asked)
        filed = {"filed_on": "2026-08-01", "filing_number": "虚公立2号"}
        bureau.act(session, docket, "file", "clerk", "2026-08-01", filed)
        assert docket.state == "filed"


def test_the_wrong_police_forward_it(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = received(session, bureau)
        at = {"forwarded_at": utc("2026-07-09T08:00")}
        with pytest.raises(dockets.Refused):
            bureau.act(session, docket, "forward", "clerk", "2026-07-09", at)
        other = {"competent_police": "演示市公安局"}
        bureau.act(session, docket, "wrong_venue", "clerk", "2026-07-08", other)
        forward = clock(session, docket, "referral.forward", "2026-07-08")
        assert forward.breach_at == datetime(2026, 7, 9, 1, 0, tzinfo=UTC)
        bureau.act(session, docket, "forward", "clerk", "2026-07-09", at)
        assert clock(session, docket, "referral.forward", "2026-07-09").state == "met"


@pytest.mark.parametrize(
    ("action", "who", "data"),
    [
        ("approve_transfer", "approver", {"decided_at": utc("2026-07-05T09:00")}),
        ("approve_transfer", "approver", {"decided_at": utc("2026-07-07T23:00")}),
    ],
    ids=["before the report", "in the future"],
)
def test_impossible_instants(
    working: Store[WorkingSession], bureau: Bureau, action: str, who: str, data: dict[str, Any]
) -> None:
    with working.write() as session:
        docket = reported(session, bureau)
        with pytest.raises(InvalidInput) as wrong:
            bureau.act(session, docket, action, who, "2026-07-07", data)
        assert "decided_at" in wrong.value.fields and docket.state == "reported"
