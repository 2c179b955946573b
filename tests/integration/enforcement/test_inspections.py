"""Inspections: one visit per county and month, joint signatures, findings that become cases."""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma
import pytest
from docket_office import BOOK, Bureau
from enforcement_kit import inspectors, opened, panel
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office import dockets
from registry.office.dockets import casefile, checks
from registry.office.dockets.models import Docket
from schemas.fields import under
from schemas.inspections import ToPenalty

pytestmark = pytest.mark.sqlite_only
PLAN = {"planned_for": "2026-07-10", "inspection_type": "routine", "purpose": "通风系统"}
RECORD = {
    "recorded_on": "2026-07-11", "record_content": "查看回风巷", "handling": "责令整改",
    "unit_signed": "signed",
}  # fmt: skip


def planned(session: WorkingSession, bureau: Bureau, **more: Any) -> Docket:
    return opened(session, bureau, "inspection", "2026-07-01", {**PLAN, **more})


def visited(session: WorkingSession, bureau: Bureau, **more: Any) -> Docket:
    team = inspectors(session, bureau)
    docket = planned(session, bureau, **more)
    seen = {"visited_on": "2026-07-10", "visit_place": "一号井", "inspectors": team}
    return bureau.act(session, docket, "visit", "clerk", "2026-07-10", seen)


def found(session: WorkingSession, bureau: Bureau, docket: Docket, severity: str) -> None:
    data = {"finding_text": f"发现{severity}", "severity": severity}
    bureau.act(session, docket, "add_finding", "clerk", "2026-07-10", data)


def test_findings_become_cases_in_one_step(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = visited(session, bureau)
        due = casefile.clocks(session, docket, date(2026, 7, 10), BOOK)[0]
        assert (due.code, due.breach_due) == ("inspection.record", date(2026, 7, 17))
        for severity in ("minor", "violation", "major"):
            found(session, bureau, docket, severity)
        bureau.act(session, docket, "record", "clerk", "2026-07-11", RECORD)
        bureau.act(session, docket, "publish", "publisher", "2026-07-11")
        with pytest.raises(dockets.Refused, match="still open"):
            bureau.act(session, docket, "finish", "reviewer", "2026-07-12")
        fixed = {"finding": 1, "fixed_on": "2026-07-12"}
        bureau.act(session, docket, "fix", "clerk", "2026-07-12", fixed)
        punish = {
            "finding": 2, "violation_type": "major-hazard", "basis": "第六十四条",
            "categories": ["fine"], "content": "罚款", "fine_yuan": "50000.00",
        }  # fmt: skip
        bureau.act(session, docket, "to_penalty", "clerk", "2026-07-12", punish)
        danger = {"finding": 3, "hazard_code": "H05"}
        bureau.act(session, docket, "to_hazard", "clerk", "2026-07-12", danger)
        made = session.exec(select(Docket).where(Docket.id != docket.id)).all()
        assert {one.kind for one in made} == {"penalty", "hazard"}
        hazard = next(one for one in made if one.kind == "hazard")
        assert hazard.facts["description"] == "发现major"
        assert hazard.facts["found_on"] == "2026-07-10" and hazard.subject_id == bureau.firm
        assert checks.links_of(session, hazard) == {"found-by": [docket.id]}
        assert "hazard_code" not in docket.facts
        rows = panel(session, bureau, docket, "findings", "2026-07-12").rows
        assert rows[2][4] == (hazard.number, hazard.id)
        with pytest.raises(InvalidInput):
            bureau.act(session, docket, "to_hazard", "clerk", "2026-07-12", danger)
        bureau.act(session, docket, "finish", "reviewer", "2026-07-13")
        assert docket.closed_at is not None


def test_a_refused_case_undoes_the_whole_step(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = visited(session, bureau)
        found(session, bureau, docket, "violation")
        bureau.act(session, docket, "record", "clerk", "2026-07-11", RECORD)
        before = (docket.version, dict(docket.facts))
        wrong = {
            "finding": 1, "violation_type": "major-hazard", "basis": "第六十四条",
            "categories": ["fine"], "content": "罚款",
        }  # fmt: skip
        with pytest.raises(InvalidInput):
            bureau.act(session, docket, "to_penalty", "clerk", "2026-07-12", wrong)
        assert (docket.version, docket.facts) == before
        assert session.exec(select(Docket).where(Docket.kind == "penalty")).first() is None


def test_what_is_grave_is_not_settled_on_the_spot(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = visited(session, bureau)
        found(session, bureau, docket, "major")
        bureau.act(session, docket, "record", "clerk", "2026-07-11", RECORD)
        for number in (1, 2):
            with pytest.raises(InvalidInput) as wrong:
                fixed = {"finding": number, "fixed_on": "2026-07-12"}
                bureau.act(session, docket, "fix", "clerk", "2026-07-12", fixed)
            assert "finding" in wrong.value.fields


def test_a_joint_inspection_has_one_record_signed_by_all(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = visited(session, bureau, joint_departments="县自然资源局\n县公安局")
        with pytest.raises(dockets.Refused, match="Signatures are missing"):
            bureau.act(session, docket, "record", "clerk", "2026-07-11", RECORD)
        with pytest.raises(InvalidInput):
            stranger = {"department": "县税务局", "co_signer": "丁"}
            bureau.act(session, docket, "co_sign", "clerk", "2026-07-10", stranger)
        for department in ("县自然资源局", "县公安局"):
            signed = {"department": department, "co_signer": "丁"}
            bureau.act(session, docket, "co_sign", "clerk", "2026-07-10", signed)
        bureau.act(session, docket, "record", "clerk", "2026-07-11", RECORD)
        (paper, _) = casefile.papers(session, docket)[0]
        assert [one["department"] for one in paper.context["co_signed"]]


def test_a_refusal_to_sign_is_noted(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = visited(session, bureau)
        refused = {**RECORD, "unit_signed": "refused"}
        with pytest.raises((InvalidInput, dockets.Refused)):
            bureau.act(session, docket, "record", "clerk", "2026-07-11", refused)
        noted = {**refused, "unit_refusal": "负责人离场"}
        bureau.act(session, docket, "record", "clerk", "2026-07-11", noted)
        assert docket.state == "recorded"


def test_who_visited_does_not_close_it(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        team = inspectors(session, bureau)
        docket = planned(session, bureau)
        seen = {"visited_on": "2026-07-10", "visit_place": "一号井", "inspectors": team}
        bureau.act(session, docket, "visit", "all", "2026-07-10", seen)
        bureau.act(session, docket, "record", "all", "2026-07-11", RECORD)
        bureau.act(session, docket, "publish", "publisher", "2026-07-11")
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "finish", "all", "2026-07-12")
        bureau.act(session, docket, "finish", "reviewer", "2026-07-12")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"categories": ["warning"], "fine_yuan": "50000"}, "fine_yuan"),
        ({"categories": ["fine"]}, "fine_yuan"),
        ({"categories": ["confiscation"], "fine_yuan": "1"}, "fine_yuan"),
    ],
)
def test_a_sum_belongs_to_its_kind_of_penalty(given: dict[str, Any], field: str) -> None:
    row = {
        "finding": 1, "violation_type": "major-hazard", "basis": "第六十四条", "content": "处罚",
        **given,
    }  # fmt: skip
    with pytest.raises(ma.ValidationError) as wrong, under(BOOK.on(date(2026, 7, 1))):
        ToPenalty().load(row)
    assert field in wrong.value.normalized_messages()


def test_a_ban_from_practice_can_follow_a_finding(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    assert "ban_until" in ToPenalty().load_fields
    with working.write() as session:
        docket = visited(session, bureau)
        found(session, bureau, docket, "violation")
        bureau.act(session, docket, "record", "clerk", "2026-07-11", RECORD)
        ban = {
            "finding": 1, "violation_type": "major-hazard", "basis": "第九十四条",
            "categories": ["practice-ban"], "content": "五年内禁业", "ban_until": "2031-07-12",
        }  # fmt: skip
        bureau.act(session, docket, "to_penalty", "clerk", "2026-07-12", ban)
        made = session.exec(select(Docket).where(Docket.kind == "penalty")).one()
        assert made.facts["ban_until"] == "2031-07-12" and "ban_until" not in docket.facts
