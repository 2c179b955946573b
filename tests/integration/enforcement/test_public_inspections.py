"""What the public reads of an inspection: its result in time, never its cause or who was there."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from docket_office import BOOK, Bureau, at
from enforcement_kit import TEAM, inspectors, opened, published
from sqlmodel import select
from test_inspections import PLAN, RECORD

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office import dockets
from registry.office.dockets import casefile, climbing
from registry.office.dockets.models import Docket, DocketLapse
from registry.office.listings.service import expire_due

pytestmark = pytest.mark.sqlite_only
WORDS = "主通风机房值班记录不全。"
ORDER = {
    "ordered_on": "2026-07-14", "rectify_by": "2026-08-14", "rectification_owner": "矿长",
    "requirements": "整改",
}  # fmt: skip


def recorded(
    session: WorkingSession, bureau: Bureau, *severities: str, team: str, **more: Any
) -> Docket:
    facts = {name: more.pop(name, value) for name, value in PLAN.items()}
    facts |= {n: more.pop(n) for n in ("repeat_reason", "joint_departments") if n in more}
    docket = opened(session, bureau, "inspection", "2026-07-01", facts)
    seen = {"visited_on": "2026-07-10", "visit_place": more.pop("visit_place", "一号井")}
    visit = {**seen, "inspectors": team, "unit_representative": "庚代表"}
    bureau.act(session, docket, "visit", "clerk", "2026-07-10", visit)
    for severity in severities:
        data = {"finding_text": f"发现{severity}", "severity": severity, "public_text": WORDS}
        bureau.act(session, docket, "add_finding", "clerk", "2026-07-10", data)
    bureau.act(session, docket, "record", "clerk", "2026-07-11", {**RECORD, **more})
    return docket


def shown(session: WorkingSession, docket: Docket) -> dict[str, Any]:
    return published(session, docket)[-1][1]


def test_the_result_is_public_within_twenty_working_days(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = recorded(session, bureau, "minor", team=inspectors(session, bureau))
        due = {
            one.code: one.breach_due
            for one in casefile.clocks(session, docket, date(2026, 7, 11), BOOK)
        }
        assert due["inspection.publication"] == date(2026, 8, 7)
        assert climbing.climb_due(session, at("2026-08-08"), BOOK) == 1
        assert session.exec(select(DocketLapse.clock_code)).all() == ["inspection.publication"]
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "publish", "clerk", "2026-08-08")
        with pytest.raises(dockets.Refused):
            bureau.act(session, docket, "finish", "reviewer", "2026-08-08")
        bureau.act(session, docket, "publish", "publisher", "2026-08-08")
        found = shown(session, docket)
        assert found["findings"] == [{"severity": "minor", "became": "open", "text": WORDS}]
        assert (found["decision"]["date"], found["status"]) == ("2026-07-11", "open")
        fixed = {"finding": 1, "fixed_on": "2026-08-09"}
        bureau.act(session, docket, "fix", "clerk", "2026-08-09", fixed)
        assert shown(session, docket)["findings"][0]["became"] == "put-right"
        bureau.act(session, docket, "finish", "reviewer", "2026-08-10")
        assert shown(session, docket)["finished_on"] == "2026-08-10"
        assert expire_due(session, at("2027-08-11"), BOOK) == 1
        assert published(session, docket)[-1] == ("DEL", {"reason": "ended"})


def test_whoever_inspected_does_not_publish(working: Store[WorkingSession], bureau: Bureau) -> None:
    """An officer with every role, who wrote what the public will read of a finding."""
    with working.write() as session:
        docket = recorded(session, bureau, "minor", team=inspectors(session, bureau))
        words = {"finding": 1, "public_text": "记录不全。"}
        bureau.act(session, docket, "word_finding", "all", "2026-07-12", words)
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "publish", "all", "2026-07-12")
        bureau.act(session, docket, "publish", "publisher", "2026-07-12")
        assert shown(session, docket)["findings"][0]["text"] == "记录不全。"


WITHDRAWAL = {"withdrawn_text": "认定有误"}
CAUSED = {
    "inspection_type": "covert", "purpose": "核查群众举报：夜间违规下井",
    "repeat_reason": "接到举报，需立即核查", "visit_place": "举报所称1203工作面",
    "record_content": "按举报线索入井", "handling": "回复举报人",
}  # fmt: skip


def test_an_inspection_after_a_tip_reads_like_any_other(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    """Whatever the office notes of the cause changes nothing in what is published."""
    with working.write() as session:
        team = inspectors(session, bureau)
        caused = recorded(session, bureau, "violation", team=team, **CAUSED)
        other = recorded(session, bureau, "violation", team=team, inspection_type="special")
        said = []
        for docket in (caused, other):
            bureau.act(session, docket, "publish", "publisher", "2026-07-13")
            found = shown(session, docket)
            assert found["decision"].pop("number") == docket.number
            said.append(found)
        assert said[0] == said[1]
        text = json.dumps(said[0], ensure_ascii=False)
        for inside in ("举报", "1203", "covert", *TEAM, "庚代表", "发现violation", "责令整改"):
            assert inside not in text, inside


def test_a_danger_that_a_tip_led_to_is_not_linked(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    """The record of such a danger says that somebody reported it."""
    with working.write() as session:
        docket = recorded(session, bureau, "major", team=inspectors(session, bureau))
        bureau.act(session, docket, "publish", "publisher", "2026-07-12")
        hazard = turned(session, bureau, docket)
        told = {**hazard.facts, "origin": "tip"}
        kept = ("origin", "hazard_code", "description", "found_on")
        bureau.act(
            session, hazard, "edit", "clerk", "2026-07-13", {name: told[name] for name in kept}
        )
        bureau.act(session, hazard, "order", "approver", "2026-07-14", ORDER)
        assert hazard.public_id
        assert shown(session, docket)["findings"][0].keys() == {"severity", "became", "text"}


def turned(session: WorkingSession, bureau: Bureau, docket: Docket) -> Docket:
    danger = {"finding": 1, "hazard_code": "H05"}
    bureau.act(session, docket, "to_hazard", "clerk", "2026-07-12", danger)
    return session.exec(select(Docket).where(Docket.kind == "hazard")).one()


def test_a_finding_leads_to_its_case_only_while_that_is_public(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = recorded(session, bureau, "major", team=inspectors(session, bureau))
        bureau.act(session, docket, "publish", "publisher", "2026-07-12")
        hazard = turned(session, bureau, docket)
        assert shown(session, docket)["findings"][0]["became"] == "own-case"
        assert "record" not in shown(session, docket)["findings"][0]
        bureau.act(session, docket, "finish", "reviewer", "2026-07-13")
        bureau.act(session, hazard, "order", "approver", "2026-07-14", ORDER)
        found = shown(session, docket)
        assert found["findings"][0]["record"] == hazard.public_id
        assert (found["status"], docket.state) == ("finished", "finished")
        bureau.act(session, hazard, "propose_withdrawal", "clerk", "2026-07-20", WITHDRAWAL)
        bureau.act(session, hazard, "withdraw", "approver", "2026-07-21")
        assert "record" not in shown(session, docket)["findings"][0]


def test_words_for_the_public_name_nobody_and_are_changed_by_two(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = recorded(session, bureau, "minor", team=inspectors(session, bureau))
        for text in (f"{TEAM[0]}发现记录缺失。", "值班员电话13812345678。", "庚代表在场。"):
            with pytest.raises(InvalidInput) as wrong:
                words = {"finding": 1, "public_text": text}
                bureau.act(session, docket, "word_finding", "clerk", "2026-07-11", words)
            assert set(wrong.value.fields) == {"public_text"}
        bureau.act(session, docket, "publish", "publisher", "2026-07-12")
        other = {"new_finding": 1, "new_public_text": "值班记录缺两日。"}
        with pytest.raises(InvalidInput) as wrong:
            unknown = {**other, "new_finding": 7}
            bureau.act(session, docket, "propose_wording", "clerk", "2026-07-13", unknown)
        assert set(wrong.value.fields) == {"new_finding"}
        bureau.act(session, docket, "propose_wording", "clerk", "2026-07-13", other)
        assert shown(session, docket)["findings"][0]["text"] == WORDS
        bureau.act(session, docket, "correct_wording", "approver", "2026-07-13")
        assert shown(session, docket)["findings"][0]["text"] == "值班记录缺两日。"
        assert "new_finding" not in docket.facts


def test_a_refusal_to_sign_is_said_and_its_reason_is_not(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        team = inspectors(session, bureau)
        refused = {"unit_signed": "refused", "unit_refusal": "辛负责人离场"}
        docket = recorded(session, bureau, team=team, **refused)
        bureau.act(session, docket, "publish", "publisher", "2026-07-12")
        found = shown(session, docket)
        assert (found["unit_signed"], found["findings"]) == ("refused", [])
        assert "辛负责人" not in json.dumps(found, ensure_ascii=False)


def test_an_annulled_inspection_is_withdrawn(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = recorded(session, bureau, team=inspectors(session, bureau))
        bureau.act(session, docket, "publish", "publisher", "2026-07-12")
        gone = {"annulled_on": "2026-07-20", "annulment_ground": "复议撤销"}
        bureau.act(session, docket, "propose_annulment", "clerk", "2026-07-20", gone)
        bureau.act(session, docket, "annul", "approver", "2026-07-21")
        assert (docket.state, docket.public_id) == ("annulled", None)
        assert published(session, docket)[-1] == ("DEL", {"reason": "annulled"})
