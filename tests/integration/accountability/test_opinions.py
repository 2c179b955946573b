"""Opinions to local governments: from the draft to the answer and what was done."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from docket_office import BOOK, Bureau, at

from registry.core.db import Store, WorkingSession
from registry.core.errors import InvalidInput
from registry.office import dockets
from registry.office.accountability.opinions import queries
from registry.office.dockets import casefile, climbing
from registry.office.dockets.checks import NotAllowed
from registry.office.dockets.hooks import Refused
from registry.office.dockets.models import Docket

FACTS: dict[str, Any] = {
    "government": "虚岭县人民政府（虚构）", "topic": "矿山安全监管力量不足",
    "opinion_basis": "监督检查发现监管人员不足。", "opinion_text": "建议充实监管队伍。",
}  # fmt: skip
STEPS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("submit", "clerk", "2026-03-02", {}),
    ("sign", "approver", "2026-03-03",
     {"opinion_signed_on": "2026-03-03", "opinion_number": "虚应急建〔2026〕1号"}),
    ("send", "clerk", "2026-03-04", {"sent_on": "2026-03-04", "sent_by": "机要"}),
    ("receive", "clerk", "2026-03-06", {"received_on": "2026-03-06", "received_by": "政府办"}),
    ("answer", "clerk", "2026-03-30",
     {"answered_on": "2026-03-30", "adopted": "yes", "answer_text": "增编3名。"}),
    ("follow_up", "clerk", "2026-05-11",
     {"followed_on": "2026-05-10", "carried_out": "done", "follow_up_text": "已到岗。"}),
    ("close", "reviewer", "2026-05-12", {}),
]  # fmt: skip


def opinion(session: WorkingSession, bureau: Bureau, day: str = "2026-03-01") -> Docket:
    return dockets.open_docket(
        session, "opinion", bureau.acting("clerk", day), facts=FACTS, title="监管力量建议",
        region="990121",
    )  # fmt: skip


def walk(session: WorkingSession, bureau: Bureau, upto: str, **more: Any) -> Docket:
    docket = opinion(session, bureau)
    for action, who, day, data in STEPS:
        changed = {name: more.get(name, value) for name, value in data.items()}
        bureau.act(session, docket, action, who, day, changed)
        if action == upto:
            break
    return docket


def state(session: WorkingSession, docket: Docket, code: str, day: str) -> str:
    rows = casefile.clocks(session, docket, date.fromisoformat(day), BOOK, at(day))
    return next(row.state for row in rows if row.code == code)


def test_from_the_draft_to_what_was_done(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = walk(session, bureau, "close")
        assert docket.state == "closed" and docket.public_id is None
        papers = [row.code for row, _ in casefile.papers(session, docket)]
        assert papers == ["opinion-letter"]
        (line,) = queries.of_year(
            session, bureau.officers["parent-auditor"], 2026, date(2026, 6, 1)
        )
        assert line.answer == "met" and line.answer_by == date(2026, 4, 3)
        sheet = list(queries.as_rows([line], "zh"))
        assert sheet[1][2] == FACTS["government"] and sheet[1][-1] == "已办结"
        officer = bureau.officers["clerk"]
        assert queries.of_year(session, officer, 2025, date(2026, 6, 1)) == []


def test_an_answer_that_does_not_come_is_overdue_and_reminded(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = walk(session, bureau, "receive")
        assert state(session, docket, "opinion.answer", "2026-04-03") == "due"
        assert state(session, docket, "opinion.answer", "2026-04-04") == "breached"
        told = {"reminded_on": "2026-04-05"}
        bureau.act(session, docket, "remind", "clerk", "2026-04-05", told)
        bureau.act(session, docket, "remind", "approver", "2026-04-20",
                   {"reminded_on": "2026-04-20"})  # fmt: skip
        assert docket.facts["reminders"] == 2 and docket.state == "received"
        assert [row.code for row, _ in casefile.papers(session, docket)].count(
            "opinion-reminder"
        ) == 2


def test_what_was_not_done_is_followed_further(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = walk(session, bureau, "follow_up", carried_out="not")
        with pytest.raises(Refused):
            bureau.act(session, docket, "close", "reviewer", "2026-05-12")
        bureau.act(session, docket, "look_again", "reviewer", "2026-05-12")
        assert docket.state == "answered"
        climbing.climb_due(session, at("2026-07-20"), BOOK)
        session.refresh(docket)
        assert docket.facts["lapses"] == 1, "nobody looked again"
        refused = walk(session, bureau, "follow_up", adopted="no", carried_out="not")
        bureau.act(session, refused, "close", "reviewer", "2026-05-12")
        assert refused.state == "closed"


def test_four_eyes_and_days_in_order(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = opinion(session, bureau)
        bureau.act(session, docket, "submit", "all", "2026-03-02")
        signed = {"opinion_signed_on": "2026-03-03", "opinion_number": "1"}
        with pytest.raises(NotAllowed):
            bureau.act(session, docket, "sign", "all", "2026-03-03", signed)
        bureau.act(session, docket, "sign", "approver", "2026-03-03", signed)
        with pytest.raises(InvalidInput) as wrong:
            bureau.act(session, docket, "send", "clerk", "2026-03-04",
                       {"sent_on": "2026-03-02", "sent_by": "机要"})  # fmt: skip
        assert set(wrong.value.fields) == {"sent_on"}
        assert docket.state == "signed"
