"""Major hidden dangers: supervised, extended, accepted, climbing when nobody acts; exempt ones."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from docket_office import BOOK, Bureau, at, penalty_facts
from sqlmodel import col, select

from registry.core.db import Store, WorkingSession
from registry.core.errors import Conflict, Forbidden, InvalidInput
from registry.office import dockets
from registry.office.dockets import casefile, climbing, queries
from registry.office.dockets.models import Docket, DocketLapse
from registry.office.listings.service import expire_due
from registry.office.publisher.models import OutboxRow

FACTS = {
    "origin": "inspection",
    "hazard_code": "H05",
    "description": "回风巷断面不足，局部通风机未实现自动切换。",
    "found_on": "2026-07-01",
}
ORDER = {
    "ordered_on": "2026-07-02",
    "rectify_by": "2026-07-31",
    "rectification_owner": "矿长",
    "requirements": "停止掘进，扩修回风巷。",
}
CLAIM = {"claimed_on": "2026-07-20", "rectified_on": "2026-07-19", "rectification_text": "已扩修。"}
ACCEPT = {"accepted_on": "2026-07-22", "acceptance_text": "符合要求。", "truthful": True}


def reported(
    session: WorkingSession, bureau: Bureau, day: str = "2026-07-01", **more: Any
) -> Docket:
    return dockets.open_docket(
        session, "hazard", bureau.acting("clerk", day), facts={**FACTS, **more},
        title="通风系统重大隐患", region="990121", subject_id=bureau.firm,
    )  # fmt: skip


def ordered(session: WorkingSession, bureau: Bureau, **more: Any) -> Docket:
    docket = reported(session, bureau, **more)
    return bureau.act(session, docket, "order", "approver", "2026-07-02", ORDER)


def shown(session: WorkingSession, docket: Docket) -> list[tuple[str, dict[str, Any]]]:
    query = select(OutboxRow).where(OutboxRow.docket_id == docket.id)
    rows = session.exec(query.order_by(col(OutboxRow.id))).all()
    return [(row.op, json.loads(row.payload or "{}")) for row in rows]


def test_from_report_to_acceptance(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = reported(session, bureau)
        (verify,) = casefile.clocks(session, docket, date(2026, 7, 1), BOOK)
        assert (verify.code, verify.breach_due) == ("hazard.verify", date(2026, 7, 6))
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "order", "clerk", "2026-07-02", ORDER)
        bureau.act(session, docket, "order", "approver", "2026-07-02", ORDER)
        running = casefile.clocks(session, docket, date(2026, 7, 2), BOOK)[0]
        assert (running.code, running.breach_due) == ("hazard.rectification", date(2026, 7, 31))
        assert running.started_on == date(2026, 7, 2)
        told = {"progress_on": "2026-07-10", "progress_text": "完成六成"}
        bureau.act(session, docket, "progress", "clerk", "2026-07-10", told)
        bureau.act(session, docket, "claim", "clerk", "2026-07-20", CLAIM)
        bureau.act(session, docket, "accept", "reviewer", "2026-07-22", ACCEPT)
        assert docket.closed_at is not None and docket.facts["until"] == "2027-07-22"
        published = shown(session, docket)
        assert [content["status"] for _, content in published] == [
            "rectifying", "awaiting", "eliminated",
        ]  # fmt: skip
        assert "矿长" not in json.dumps(published, ensure_ascii=False)
        assert "exempt" not in published[-1][1], "an inspection found it"
        assert expire_due(session, at("2027-07-23", 0), BOOK) == 1
        assert shown(session, docket)[-1] == ("DEL", {"reason": "ended"})


def test_who_claims_does_not_accept_and_the_signature_is_his_own(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = ordered(session, bureau)
        bureau.act(session, docket, "claim", "all", "2026-07-20", CLAIM)
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "accept", "all", "2026-07-22", ACCEPT)
        with pytest.raises(InvalidInput) as wrong:
            bureau.act(session, docket, "accept", "reviewer", "2026-07-22", ACCEPT, sign=False)
        assert "signature" in wrong.value.fields and docket.state == "awaiting"


def test_overdue_climbs_and_stands_against_who_let_it_lie(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = ordered(session, bureau)
        assert climbing.climb_due(session, at("2026-07-31", 23), BOOK) == 0
        assert climbing.climb_due(session, at("2026-08-01"), BOOK) == 1
        assert climbing.climb_due(session, at("2026-08-05"), BOOK) == 0, "the next level has time"
        (lapse,) = session.exec(select(DocketLapse)).all()
        assert (lapse.authority_id, lapse.raised_to) == (bureau.authority, bureau.parent)
        assert lapse.owner_id == bureau.officers["clerk"].account_id
        assert lapse.due == date(2026, 7, 31)
        desk = queries.desk(session, bureau.officers["parent-approver"], date(2026, 8, 2))
        assert [item.docket.id for item in desk.raised.rows] == [docket.id]
        op, content = shown(session, docket)[-1]
        assert op == "PUT" and content["supervisor"]["name"] == "演示省样例矿监机构"
        # Nobody acts at the next level either: it is noted there too, and there it ends.
        assert climbing.climb_due(session, at("2026-08-12"), BOOK) == 1
        last = session.exec(select(DocketLapse)).all()[-1]
        assert (last.authority_id, last.raised_to) == (bureau.parent, None)
        assert climbing.climb_due(session, at("2026-12-12"), BOOK) == 0
        assert docket.state == "rectifying"


def test_more_time_is_approved_by_a_second_officer(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = ordered(session, bureau)
        with pytest.raises(InvalidInput):
            bureau.act(
                session, docket, "propose_extension", "all", "2026-07-20",
                {"new_rectify_by": "2026-07-31"},
            )  # fmt: skip
        more = {"new_rectify_by": "2026-08-20"}
        bureau.act(session, docket, "propose_extension", "all", "2026-07-20", more)
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "extend", "all", "2026-07-21")
        bureau.act(session, docket, "extend", "approver", "2026-07-21")
        clock = casefile.clocks(session, docket, date(2026, 8, 1), BOOK)[0]
        assert (clock.code, clock.breach_due) == ("hazard.rectification", date(2026, 8, 20))
        assert climbing.climb_due(session, at("2026-08-01"), BOOK) == 0
        assert shown(session, docket)[-1][1]["rectify_by"] == "2026-08-20"


def test_not_accepted_goes_back_with_a_new_day(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = ordered(session, bureau)
        bureau.act(session, docket, "claim", "clerk", "2026-07-20", CLAIM)
        again = {"rejected_on": "2026-07-22", "rectify_by": "2026-08-10"}
        bureau.act(session, docket, "reject", "reviewer", "2026-07-22", again)
        assert docket.state == "rectifying" and "rectified_on" not in docket.facts
        assert shown(session, docket)[-1][1]["status"] == "rectifying"


def test_self_found_and_put_right_is_not_punished(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = ordered(session, bureau, origin="self-found", reported_on="2026-07-01")
        about = [dockets.Link("about", docket.id or 0)]

        def punish(day: str) -> Docket:
            return dockets.open_docket(
                session, "penalty", bureau.acting("clerk", day), facts=penalty_facts(),
                title="处罚案", region="990121", subject_id=bureau.firm, links=about,
            )  # fmt: skip

        with pytest.raises(dockets.Refused, match="not punished"):
            punish("2026-07-05")
        bureau.act(session, docket, "claim", "clerk", "2026-07-20", CLAIM)
        bureau.act(session, docket, "accept", "reviewer", "2026-07-22", ACCEPT)
        assert shown(session, docket)[-1][1]["exempt"] is True
        with pytest.raises(dockets.Refused, match="not punished"):
            punish("2026-07-23")


def test_an_untrue_report_of_ones_own_earns_nothing(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = ordered(session, bureau, origin="self-found", reported_on="2026-07-01")
        bureau.act(session, docket, "claim", "clerk", "2026-07-20", CLAIM)
        untrue = {**ACCEPT, "truthful": False}
        bureau.act(session, docket, "accept", "reviewer", "2026-07-22", untrue)
        assert docket.facts["in_time"] is True
        assert "exempt" not in docket.facts and "exempt" not in shown(session, docket)[-1][1]


def test_overdue_loses_the_exemption(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = ordered(session, bureau, origin="self-found", reported_on="2026-07-01")
        climbing.climb_due(session, at("2026-08-01"), BOOK)
        late = {**CLAIM, "claimed_on": "2026-08-05", "rectified_on": "2026-08-04"}
        bureau.act(session, docket, "claim", "clerk", "2026-08-05", late)
        accepted = {**ACCEPT, "accepted_on": "2026-08-06"}
        bureau.act(session, docket, "accept", "reviewer", "2026-08-06", accepted)
        assert "exempt" not in docket.facts
        penalty = dockets.open_docket(
            session, "penalty", bureau.acting("clerk", "2026-08-07"), facts=penalty_facts(),
            title="处罚案", region="990121", subject_id=bureau.firm,
            links=[dockets.Link("about", docket.id or 0)],
        )  # fmt: skip
        assert penalty.state == "draft"


def test_repeated_within_three_months_is_marked(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        first = reported(session, bureau, "2026-04-01", found_on="2026-04-01")
        second = reported(session, bureau, "2026-07-01", found_on="2026-07-01")
        third = reported(session, bureau, "2026-07-03", found_on="2026-07-02")
        assert second.facts["repeat_of"] == [first.number]
        assert third.facts["repeat_of"] == [second.number], "the first is longer ago"


def test_beyond_its_powers_it_goes_up_with_a_receipt(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = reported(session, bureau)
        up = {"reported_up_on": "2026-07-02"}
        bureau.act(session, docket, "report_up", "clerk", "2026-07-02", up)
        with pytest.raises(dockets.Refused, match="authority above"):
            bureau.act(session, docket, "receive", "reviewer", "2026-07-03")
        bureau.act(session, docket, "receive", "parent-reviewer", "2026-07-03")
        assert docket.facts["received_above_on"] == "2026-07-03"
        assert session.exec(select(DocketLapse)).all() == []


@pytest.mark.parametrize(
    ("action", "data", "day", "field"),
    [
        ("order", {**ORDER, "rectify_by": "2026-07-01"}, "2026-07-02", "rectify_by"),
        ("order", {**ORDER, "ordered_on": "2026-06-30"}, "2026-07-02", "ordered_on"),
        ("order", {**ORDER, "ordered_on": "2026-07-05"}, "2026-07-02", "ordered_on"),
        ("claim", {**CLAIM, "rectified_on": "2026-06-30"}, "2026-07-20", "rectified_on"),
        ("claim", {**CLAIM, "rectified_on": "2026-07-21"}, "2026-07-20", "rectified_on"),
        ("claim", {**CLAIM, "claimed_on": "2026-07-01"}, "2026-07-20", "claimed_on"),
    ],
)
def test_impossible_days_are_refused_at_their_field(
    working: Store[WorkingSession],
    bureau: Bureau,
    action: str,
    data: dict[str, Any],
    day: str,
    field: str,
) -> None:
    with working.write() as session:
        docket = reported(session, bureau) if action == "order" else ordered(session, bureau)
        before = (docket.version, docket.state, dict(docket.facts))
        who = "approver" if action == "order" else "clerk"
        with pytest.raises(InvalidInput) as wrong:
            bureau.act(session, docket, action, who, day, data)
        assert field in wrong.value.fields
        assert (docket.version, docket.state, docket.facts) == before


def test_a_lost_race_keeps_the_first_ones_work(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = reported(session, bureau)
        seen = docket.version
        bureau.act(session, docket, "order", "approver", "2026-07-02", ORDER)
        with pytest.raises(Conflict):
            dockets.act(
                session, docket, "dismiss", bureau.acting("second-approver", "2026-07-02"),
                version=seen, reason="不属于",
            )  # fmt: skip
        assert docket.state == "rectifying" and docket.facts["rectify_by"] == "2026-07-31"


def test_the_authoritys_own_delay_is_not_held_against_the_enterprise(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = reported(session, bureau, origin="self-found", reported_on="2026-07-01")
        assert climbing.climb_due(session, at("2026-07-07"), BOOK) == 1, "nobody verified it"
        assert docket.facts["lapses"] == 1
        with pytest.raises(dockets.Refused, match="not punished"):
            dockets.open_docket(
                session, "penalty", bureau.acting("clerk", "2026-07-08"), facts=penalty_facts(),
                title="处罚案", region="990121", subject_id=bureau.firm,
                links=[dockets.Link("about", docket.id or 0)],
            )  # fmt: skip


def test_more_time_after_the_day_does_not_bring_the_exemption_back(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = ordered(session, bureau, origin="self-found", reported_on="2026-07-01")
        climbing.climb_due(session, at("2026-08-01"), BOOK)
        later = {"new_rectify_by": "2026-08-31"}
        bureau.act(session, docket, "propose_extension", "clerk", "2026-08-02", later)
        bureau.act(session, docket, "extend", "approver", "2026-08-03")
        claim = {**CLAIM, "claimed_on": "2026-08-10", "rectified_on": "2026-08-09"}
        bureau.act(session, docket, "claim", "clerk", "2026-08-10", claim)
        accepted = {**ACCEPT, "accepted_on": "2026-08-12"}
        bureau.act(session, docket, "accept", "reviewer", "2026-08-12", accepted)
        assert docket.facts["in_time"] is False and "exempt" not in docket.facts


def test_a_day_that_never_comes_is_not_set(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = reported(session, bureau)
        for day in ("2062-07-31", "2027-07-03"):
            with pytest.raises(InvalidInput) as wrong:
                slip = {**ORDER, "rectify_by": day}
                bureau.act(session, docket, "order", "approver", "2026-07-02", slip)
            assert "too far ahead" in wrong.value.fields["rectify_by"][0]
        longest = {**ORDER, "rectify_by": "2027-07-02"}
        bureau.act(session, docket, "order", "approver", "2026-07-02", longest)
        with pytest.raises(InvalidInput) as wrong:
            more = {"new_rectify_by": "2072-07-02"}
            bureau.act(session, docket, "propose_extension", "clerk", "2026-07-03", more)
        assert "new_rectify_by" in wrong.value.fields


def test_what_is_public_and_wrong_is_put_right_by_two(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = ordered(session, bureau)
        later = {"new_rectify_by": "2026-08-31"}
        bureau.act(session, docket, "propose_extension", "clerk", "2026-07-03", later)
        with pytest.raises(dockets.Refused, match="Nothing would be changed"):
            bureau.act(session, docket, "propose_correction", "clerk", "2026-07-03", {})
        better = {"new_description": "进风巷断面不足。"}
        bureau.act(session, docket, "propose_correction", "clerk", "2026-07-03", better)
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "correct", "clerk", "2026-07-04")
        bureau.act(session, docket, "correct", "approver", "2026-07-04")
        told = shown(session, docket)[-1][1]
        assert (told["description"], told["rectify_by"]) == ("进风巷断面不足。", "2026-07-31")
        # The proposal of more time still waits: a correction does not grant it.
        bureau.act(session, docket, "extend", "approver", "2026-07-05")
        assert shown(session, docket)[-1][1]["rectify_by"] == "2026-08-31"
