"""E1 and E6 of the fictional records, from draft to the end, with their dates."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from docket_office import BOOK, NOTICE, SERVICE, Bureau, at, decided_penalty, open_listing
from sqlmodel import select

from registry.core.clock import publish_until
from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office import dockets
from registry.office.dockets import casefile, engine, queries
from registry.office.dockets.models import Docket
from registry.office.dockets.replay import replay
from registry.office.listings.service import expire_due
from registry.office.publisher.models import OutboxRow

PENALTY_DAYS = ["2026-05-06", "2026-05-07", "2026-05-18", "2026-05-19"]


def outbox(session: WorkingSession, docket: Docket) -> list[OutboxRow]:
    return list(
        session.exec(
            select(OutboxRow).where(OutboxRow.docket_id == docket.id).order_by(OutboxRow.id)  # type: ignore[arg-type]
        )
    )


def clock(session: WorkingSession, docket: Docket, code: str, today: str) -> queries.ClockView:
    found = casefile.clocks(session, docket, date.fromisoformat(today), BOOK)
    return next(view for view in found if view.code == code)


def decided(
    session: WorkingSession, bureau: Bureau, day: str = "2026-07-01", **more: Any
) -> Docket:
    """E1 up to the decision of 2026-07-01."""
    penalty = decided_penalty(session, bureau, PENALTY_DAYS)
    docket = open_listing(session, bureau, "2026-06-01", penalty, **more)
    notice = {**NOTICE, "notice_served_on": "2026-06-02"}
    bureau.act(session, docket, "notice", "clerk", "2026-06-02", notice)
    defence = {"defence_received_on": "2026-06-04", "defence_text": "情况不属实"}
    bureau.act(session, docket, "defend", "clerk", "2026-06-04", defence)
    heard = {"defence_considered_on": "2026-06-10", "defence_outcome": "不予采纳"}
    bureau.act(session, docket, "consider", "reviewer", "2026-06-10", heard)
    draft = {"decision_number": "（虚）应急列〔2026〕1号", "decision_text": "决定列入。"}
    bureau.act(session, docket, "draft_decision", "clerk", "2026-06-15", draft)
    bureau.act(session, docket, "decide", "approver", day, {"decided_on": "2026-07-01"})
    return docket


def published(session: WorkingSession, bureau: Bureau, **more: Any) -> Docket:
    docket = decided(session, bureau, **more)
    served = {**SERVICE, "decision_served_on": "2026-07-02", "entered_on": "2026-07-03"}
    bureau.act(session, docket, "complete", "publisher", "2026-07-06", served)
    return docket


def test_e1_from_draft_to_publication(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = decided(session, bureau)
        assert clock(session, docket, "listing.entry", "2026-07-02").breach_due == date(2026, 7, 6)
        publicity = clock(session, docket, "listing.publication", "2026-07-02")
        assert publicity.breach_due == date(2026, 7, 29)
        assert docket.facts["early_removal_from"] == "2027-07-01"
        assert docket.facts["until"] == "2029-07-01"
        assert docket.ends_on == date(2029, 7, 1)
        assert docket.public_id is None and not outbox(session, docket)

        served = {**SERVICE, "decision_served_on": "2026-07-02"}
        bureau.act(session, docket, "serve", "clerk", "2026-07-02", served)
        bureau.act(session, docket, "enter", "clerk", "2026-07-03", {"entered_on": "2026-07-03"})
        assert clock(session, docket, "listing.entry", "2026-07-10").state == "met"
        bureau.act(session, docket, "publish", "publisher", "2026-07-06")

        (row,) = outbox(session, docket)
        assert row.op == "PUT" and row.public_id == docket.public_id
        assert row.publish_until == publish_until(date(2029, 7, 1))
        shown = json.loads(row.payload or "")
        assert shown["subject"]["code"] == "91990121XY00000126"
        assert shown["persons"] == [
            {"name": "张样例", "role": "principal", "document": "990101********001" + _last(bureau)}
        ]
        assert shown["term"] == {"since": "2026-07-01", "until": "2029-07-01"}
        assert shown["status"] == "in-force"
        assert shown["penalty_number"] == "（虚）应急罚〔2026〕1号"
        assert len(row.person_handles) == 1
        papers = {p.code for p in dockets_papers(session, docket)}
        assert papers == {"listing-notice", "listing-decision", "repair-notice", "service-receipt"}


def _last(bureau: Bureau) -> str:
    from docket_office import RESIDENT

    return RESIDENT[-1]


def dockets_papers(session: WorkingSession, docket: Docket) -> Any:
    from registry.office.dockets import documents

    return documents.of(session, docket)


def test_chain_serves_enters_and_publishes(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        assert docket.state == "published"
        log = engine.events(session, docket)
        assert [e.action for e in log[-3:]] == ["serve", "enter", "publish"]
        assert [e.effective_on.isoformat() for e in log[-3:]] == [
            "2026-07-02",
            "2026-07-03",
            "2026-07-06",
        ]
        told = replay(log)
        assert (told.state, told.facts, told.version) == (
            docket.state,
            docket.facts,
            docket.version,
        )


def test_no_decision_before_service_or_the_end_of_the_window(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        penalty = decided_penalty(session, bureau, PENALTY_DAYS)
        docket = open_listing(session, bureau, "2026-06-01", penalty)
        with pytest.raises(dockets.Refused, match="does not follow"):
            bureau.act(
                session, docket, "decide", "approver", "2026-06-01", {"decided_on": "2026-06-01"}
            )
        served = {**NOTICE, "notice_served_on": "2026-06-02"}
        bureau.act(session, docket, "notice", "clerk", "2026-06-02", served)
        draft = {"decision_number": "1", "decision_text": "决定列入。"}
        bureau.act(session, docket, "draft_decision", "clerk", "2026-06-03", draft)
        # Five working days after Tuesday 2 June end on Tuesday 9 June.
        for day in ("2026-06-03", "2026-06-09"):
            with pytest.raises(dockets.Refused, match="until 2026-06-09"):
                bureau.act(session, docket, "decide", "approver", day, {"decided_on": day})
        bureau.act(
            session, docket, "decide", "approver", "2026-06-10", {"decided_on": "2026-06-10"}
        )
        assert docket.state == "decided"


def test_service_by_public_notice_counts_later(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        penalty = decided_penalty(session, bureau, PENALTY_DAYS)
        docket = open_listing(session, bureau, "2026-06-01", penalty)
        notice = {
            "notice_served_on": "2026-06-02",
            "notice_method": "announcement",
            "notice_served_to": "公告",
        }
        bureau.act(session, docket, "notice", "clerk", "2026-06-02", notice)
        assert docket.facts["notice_effective_on"] == "2026-07-02"
        window = clock(session, docket, "listing.defence_window", "2026-06-03")
        assert window.started_on == date(2026, 7, 2)


def test_e6_repair_dates_and_grant(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        days = ["2025-06-03", "2025-06-04", "2025-06-20", "2025-06-23"]
        penalty = decided_penalty(session, bureau, days)
        docket = open_listing(session, bureau, "2025-07-01", penalty, ground="G7-3")
        notice = {**NOTICE, "notice_served_on": "2025-07-02"}
        bureau.act(session, docket, "notice", "clerk", "2025-07-02", notice)
        draft = {"decision_number": "E6", "decision_text": "决定列入。"}
        bureau.act(session, docket, "draft_decision", "clerk", "2025-07-15", draft)
        bureau.act(
            session, docket, "decide", "approver", "2025-08-04", {"decided_on": "2025-08-04"}
        )
        served = {**SERVICE, "decision_served_on": "2025-08-05", "entered_on": "2025-08-06"}
        bureau.act(session, docket, "complete", "publisher", "2025-08-06", served)
        first = docket.public_id

        apply = {"applied_on": "2026-08-03", "applicant": "公司", "commitment": True}
        with pytest.raises(InvalidInput) as early:
            bureau.act(session, docket, "apply_repair", "clerk", "2026-08-03", apply)
        assert early.value.fields == {
            "applied_on": ["Early removal can be applied for from {day}."]
        }

        apply["applied_on"] = "2026-08-10"
        bureau.act(session, docket, "apply_repair", "clerk", "2026-08-10", apply)
        accept = clock(session, docket, "repair.accept", "2026-08-11")
        assert (accept.target_due, accept.breach_due) == (date(2026, 8, 13), date(2026, 8, 17))
        decide = clock(session, docket, "repair.decide", "2026-08-11")
        assert (decide.target_due, decide.breach_due) == (date(2026, 8, 24), None)
        assert json.loads(outbox(session, docket)[-1].payload or "")["status"] == "repair-applied"

        bureau.act(
            session,
            docket,
            "accept_repair",
            "reviewer",
            "2026-08-14",
            {"accepted_on": "2026-08-14"},
        )
        accept = clock(session, docket, "repair.accept", "2026-08-15")
        assert accept.stopped_on == date(2026, 8, 14)
        decide = clock(session, docket, "repair.decide", "2026-08-15")
        assert (decide.target_due, decide.breach_due) == (date(2026, 8, 24), date(2026, 9, 11))

        half = {"removal_number": "移1", "obligations_performed": True, "harm_eliminated": True}
        with pytest.raises(dockets.Refused, match="Not every condition"):
            bureau.act(session, docket, "grant", "approver", "2026-09-01", half)
        bureau.act(
            session, docket, "grant", "approver", "2026-09-01", {**half, "no_new_conduct": True}
        )
        gone = outbox(session, docket)[-1]
        assert (gone.op, gone.public_id) == ("DEL", first)
        assert json.loads(gone.payload or "") == {"reason": "early-removal"}
        assert docket.public_id is None and docket.state == "lifting"
        lift = clock(session, docket, "removal.lift", "2026-09-02")
        assert (lift.target_due, lift.breach_due) == (date(2026, 9, 1), date(2026, 9, 15))
        bureau.act(session, docket, "lifted", "clerk", "2026-09-03", {"lifted_on": "2026-09-03"})
        assert docket.closed_at is not None

        fraud = {"fraud_found_on": "2026-10-12", "fraud_text": "伪造缴款凭证"}
        bureau.act(session, docket, "propose_restoration", "reviewer", "2026-10-12", fraud)
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "restore", "clerk", "2026-10-13")
        bureau.act(session, docket, "restore", "approver", "2026-10-13")
        assert docket.closed_at is None and docket.state == "published"
        assert docket.public_id not in {None, first}
        assert docket.facts["until"] == "2029-10-13"


def test_a_statutory_ban_blocks_early_removal(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        penalty = decided_penalty(
            session, bureau, ["2024-06-03", "2024-06-04", "2024-06-20", "2024-06-21"]
        )
        docket = open_listing(session, bureau, "2024-07-01", penalty, ban_until="2029-07-01")
        notice = {**NOTICE, "notice_served_on": "2024-07-02"}
        bureau.act(session, docket, "notice", "clerk", "2024-07-02", notice)
        draft = {"decision_number": "B", "decision_text": "决定列入。"}
        bureau.act(session, docket, "draft_decision", "clerk", "2024-07-15", draft)
        bureau.act(
            session, docket, "decide", "approver", "2024-07-16", {"decided_on": "2024-07-16"}
        )
        served = {**SERVICE, "decision_served_on": "2024-07-17", "entered_on": "2024-07-17"}
        bureau.act(session, docket, "complete", "publisher", "2024-07-17", served)
        apply = {"applied_on": "2026-08-10", "applicant": "公司", "commitment": True}
        with pytest.raises(dockets.Refused, match="ban runs until 2029-07-01"):
            bureau.act(session, docket, "apply_repair", "clerk", "2026-08-10", apply)


def test_suspension_withdraws_and_resumption_gets_a_new_id(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        first = docket.public_id
        stay = {"suspension_cause": "bankruptcy", "suspension_number": "破1"}
        bureau.act(session, docket, "suspend", "publisher", "2026-08-03", stay)
        assert docket.state == "suspended" and docket.public_id is None
        with pytest.raises(dockets.Refused, match="Propose that the publication resumes"):
            bureau.act(session, docket, "resume", "publisher", "2026-09-01")
        bureau.act(session, docket, "propose_resumption", "publisher", "2026-09-01")
        with pytest.raises(Forbidden, match="part in drafting"):
            bureau.act(session, docket, "resume", "publisher", "2026-09-01")
        bureau.act(session, docket, "resume", "second-publisher", "2026-09-01")
        assert docket.state == "published"
        assert docket.public_id not in {None, first}
        assert docket.facts["until"] == "2029-07-01"
        reasons = [json.loads(r.payload or "").get("reason") for r in outbox(session, docket)]
        assert reasons == [None, "suspended", None]


def test_correction_needs_two_and_forgets_the_old_wording(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        with pytest.raises(dockets.Refused, match=r"Propose a correction|needs"):
            bureau.act(session, docket, "correct", "approver", "2026-08-03")
        wording = {"new_summary": "瞒报事故，死亡3人。"}
        bureau.act(session, docket, "propose_correction", "reviewer", "2026-08-03", wording)
        bureau.act(session, docket, "correct", "approver", "2026-08-04")
        last = outbox(session, docket)[-1]
        assert last.forget_previous
        assert json.loads(last.payload or "")["summary"] == "瞒报事故，死亡3人。"
        assert "new_summary" not in docket.facts


def test_objection_runs_its_clocks(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        said = {"objection_received_on": "2026-08-03", "objection_text": "不服"}
        bureau.act(session, docket, "object", "clerk", "2026-08-03", said)
        accept = clock(session, docket, "objection.accept", "2026-08-03")
        assert accept.breach_due == date(2026, 8, 6)
        taken = {"objection_accepted_on": "2026-08-05"}
        bureau.act(session, docket, "accept_objection", "reviewer", "2026-08-05", taken)
        answer = {"objection_answered_on": "2026-08-10", "objection_answer": "维持"}
        bureau.act(session, docket, "answer_objection", "reviewer", "2026-08-10", answer)
        assert clock(session, docket, "objection.answer", "2026-08-11").state == "met"
        with pytest.raises(dockets.Refused, match="no open objection"):
            bureau.act(session, docket, "answer_objection", "approver", "2026-08-11", answer)


def test_revocation_by_two(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        fell = {"basis_fell_on": "2026-08-03", "revocation_basis": "复议撤销处罚"}
        bureau.act(session, docket, "propose_revocation", "clerk", "2026-08-04", fell)
        watch = clock(session, docket, "listing.revocation", "2026-08-04")
        assert watch.breach_due == date(2026, 8, 6)
        bureau.act(session, docket, "revoke", "approver", "2026-08-05", {"removal_number": "移2"})
        assert json.loads(outbox(session, docket)[-1].payload or "") == {"reason": "revoked"}


def test_expiry_at_the_end_of_the_term(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        last = date.fromisoformat(docket.facts["until"])
        assert expire_due(session, at(last.isoformat(), 23), BOOK) == 0
        after = (last + timedelta(days=1)).isoformat()
        assert expire_due(session, at(after, 0), BOOK) == 1
        assert docket.state == "removed" and docket.public_id is None
        assert json.loads(outbox(session, docket)[-1].payload or "") == {"reason": "expired"}
        assert engine.events(session, docket)[-1].actor_id is None
        assert expire_due(session, at(after, 1), BOOK) == 0


def test_what_a_listing_must_rest_on(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        bare = open_listing(session, bureau, "2026-06-01", None)
        notice = {**NOTICE, "notice_served_on": "2026-06-02"}
        with pytest.raises(dockets.Refused, match="rests on a penalty"):
            bureau.act(session, bare, "notice", "clerk", "2026-06-02", notice)
        for facts, field in (
            ({"ground": "DL-1"}, "ground"),
            ({"list": "work-safety-2017"}, "list"),
        ):
            with pytest.raises(InvalidInput) as wrong:
                open_listing(session, bureau, "2026-06-01", None, **facts)
            assert field in wrong.value.fields


def test_a_unit_ground_needs_its_persons(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        penalty = decided_penalty(session, bureau, PENALTY_DAYS)
        assert penalty.id
        alone = dockets.open_docket(
            session, "listing", bureau.acting("clerk", "2026-06-01"),
            facts={"list": "work-safety", "ground": "G6-4", "sector": "coal", "summary": "瞒报"},
            title="列入案", region="990121", subject_id=bureau.firm,
            links=[dockets.Link("rests-on", penalty.id)],
        )  # fmt: skip
        notice = {**NOTICE, "notice_served_on": "2026-06-02"}
        with pytest.raises(dockets.Refused, match="Name the persons"):
            bureau.act(session, alone, "notice", "clerk", "2026-06-02", notice)
        party = dockets.Party(bureau.person, "principal")
        dockets.add_party(
            session, alone, bureau.acting("clerk", "2026-06-02"), party=party, version=alone.version
        )
        bureau.act(session, alone, "notice", "clerk", "2026-06-02", notice)


def test_wording_with_a_number_is_not_published(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    from docket_office import RESIDENT

    with working.write() as session:
        docket = decided(session, bureau)
        docket.facts = {**docket.facts, "decision_text": f"张样例（{RESIDENT}）负有责任。"}
        served = {**SERVICE, "decision_served_on": "2026-07-02", "entered_on": "2026-07-03"}
        with pytest.raises(dockets.Refused, match="Redact"):
            bureau.act(session, docket, "complete", "publisher", "2026-07-06", served)
        assert docket.state == "decided"
        dockets.redact(
            session, docket, bureau.acting("publisher", "2026-07-06"),
            name="decision_text", text="张某负有责任。", version=docket.version,
        )  # fmt: skip
        bureau.act(session, docket, "complete", "publisher", "2026-07-06", served)
        payload = outbox(session, docket)[-1].payload or ""
        assert RESIDENT not in payload and "张某负有责任" in payload


def test_a_new_name_reaches_what_is_published(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    from registry.office.entities import queries as entity_queries
    from registry.office.entities import service as entity_service

    with working.write() as session:
        docket = published(session, bureau)
        first, acting = docket.public_id, bureau.acting("clerk", "2026-09-01")
        firm = entity_queries.entity(session, bureau.firm)
        entity_service.rename(
            session, acting, bureau.firm, firm.version, name="演示省新名煤矿有限公司(虚构)",
            since=date(2026, 9, 1),
        )  # fmt: skip
        dockets.refresh(session, bureau.firm, acting)
        row = outbox(session, docket)[-1]
        shown = json.loads(row.payload or "")["subject"]
        assert row.public_id == first and shown["name"] == "演示省新名煤矿有限公司(虚构)"
        assert shown["former_names"][0]["name"].startswith("演示省虚岭县一号")
        assert row.publish_until == publish_until(date(2029, 7, 1))
        told = replay(engine.events(session, docket))
        assert (told.state, told.version) == (docket.state, docket.version)
        bureau.act(session, docket, "suspend", "publisher", "2026-09-02",
                   {"suspension_cause": "court", "suspension_number": "裁1"})  # fmt: skip
        assert dockets.refresh(session, bureau.firm, acting) == 0


def test_one_case_that_cannot_end_holds_up_no_other(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        good, bad = published(session, bureau), published(session, bureau)
        # Its column and its facts disagree: the guard refuses.
        bad.ends_on = good.ends_on
        bad.facts = {**bad.facts, "until": "2030-07-01"}
        assert expire_due(session, at("2029-07-02", 0), BOOK) == 1
        assert (good.state, bad.state) == ("removed", "published")


def test_a_person_can_be_the_listed_subject(working: Store[WorkingSession], bureau: Bureau) -> None:
    """G6-5 lists the principal himself: masked in public, found by name and number only."""
    with working.write() as session:
        penalty = decided_penalty(session, bureau, PENALTY_DAYS)
        penalty.subject_id = bureau.person
        session.add(penalty)
        assert penalty.id
        docket = dockets.open_docket(
            session, "listing", bureau.acting("clerk", "2026-06-01"),
            facts={"list": "work-safety", "ground": "G6-5", "sector": "coal", "summary": "逃匿"},
            title="擅离职守列入案", region="990121", subject_id=bureau.person,
            links=[dockets.Link("rests-on", penalty.id)],
        )  # fmt: skip
        notice = {**NOTICE, "notice_served_on": "2026-06-02"}
        bureau.act(session, docket, "notice", "clerk", "2026-06-02", notice)
        waived = {"defence_waived_on": "2026-06-03"}
        bureau.act(session, docket, "waive", "clerk", "2026-06-03", waived)
        draft = {"decision_number": "列人1", "decision_text": "决定列入。"}
        bureau.act(session, docket, "draft_decision", "clerk", "2026-06-03", draft)
        decision = {"decided_on": "2026-06-04"}
        bureau.act(session, docket, "decide", "approver", "2026-06-04", decision)
        served = {**SERVICE, "decision_served_on": "2026-06-05", "entered_on": "2026-06-05"}
        bureau.act(session, docket, "complete", "publisher", "2026-06-05", served)
        row = outbox(session, docket)[-1]
        subject = json.loads(row.payload or "")["subject"]
        assert subject["kind"] == "person" and subject["document"].count("*") == 8
        assert len(row.person_handles) == 1
        unit = open_listing(session, bureau, "2026-06-01", penalty, ground="G6-5")
        with pytest.raises(dockets.Refused, match="concerns someone else"):
            bureau.act(session, unit, "notice", "clerk", "2026-06-02", notice)
