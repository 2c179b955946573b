"""Orders other than listings and penalties, and a kind from files alone: the same way in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docket_office import BOOK
from party_kit import FILER, SAID, PartyHouse
from sqlmodel import select

from registry.core.i18n import N_
from registry.office import dockets
from registry.office.dockets import Refused, engine, kinds, wordbuild
from registry.office.dockets.kinds import InvalidKind
from registry.office.dockets.models import Docket
from registry.office.procedures import offers, service
from registry.office.procedures.ingest import opened
from registry.office.procedures.models import PartyFiling
from registry.public.procedures.service import FILING
from schemas import registry as field_sets
from schemas.dockets import day
from schemas.fields import Form

pytestmark = pytest.mark.sqlite_only
TODAY = "2026-11-20"
REMEDY = {
    **FILER, "remedy": "reconsideration", "remedy_body": "虚岭县人民政府（虚构）",
    "remedy_filed_on": "2026-11-19",
}  # fmt: skip
SUSPENSION = {
    "suspension_kind": "whole", "order_reason": "存在重大事故隐患仍然组织生产。",
    "basis": "《煤矿安全生产条例》第六十四条", "measures": ["guards-stationed"],
}  # fmt: skip
HAZARD = {
    "origin": "inspection", "hazard_code": "H05", "description": "回风巷断面不足。",
    "found_on": "2026-11-02",
}  # fmt: skip
ORDER = {
    "ordered_on": "2026-11-04", "rectify_by": "2026-12-31", "rectification_owner": "矿长",
    "requirements": "扩修回风巷。",
}  # fmt: skip
EXPOSURE = {
    "exposure_kind": "fake-training", "headline": "虚假培训", "story": "张某组织虚假培训。",
    "exposure_source": "案卷",
}  # fmt: skip
REVIEW = {
    "persons_masked": True, "decisions_final": True, "no_secrets": True, "review_text": "可以",
}  # fmt: skip
LICENCE = {"licence_kind": "safety", "application": "new", "applied_on": "2026-11-02"}
CONDITION = next(iter(BOOK.on(date(2026, 11, 3)).titles("licence_conditions")))
LACKING = {
    "condition": CONDITION, "seen_on": "2026-11-03", "result": "not-met", "seen": "未见",
}  # fmt: skip
MEND = {
    "rectification_on": "2026-11-04", "rectify_by": "2026-11-05", "rectification_text": "补齐",
}  # fmt: skip
Acts = list[tuple[str, str, dict[str, Any]]]
CASES: dict[str, tuple[dict[str, Any], Acts, tuple[str, str, dict[str, Any]] | None]] = {
    "suspension": (
        SUSPENSION,
        [("approve", "approver", {"ordered_on": "2026-11-04", "order_number": "1"}),
         ("publish", "publisher", {})],
        None,
    ),
    "hazard": (HAZARD, [("order", "approver", ORDER)], None),
    "exposure": (
        EXPOSURE,
        [("submit", "clerk", {}), ("review", "reviewer", REVIEW),
         ("approve", "approver", {"approved_on": "2026-11-04"}),
         ("inform", "clerk", {"informed_on": "2026-11-04"})],
        ("publish", "publisher", {}),
    ),
    "licence": (
        LICENCE,
        [("examine", "clerk", LACKING), ("rectify", "clerk", MEND)],
        ("refuse", "approver", {"refused_on": TODAY, "refusal_grounds": "不符合条件"}),
    ),
}  # fmt: skip
"""Kind: its facts, the acts up to a served paper, and the act that a statement bars."""


def made(house: PartyHouse, kind: str) -> int:
    facts, acts, _ = CASES[kind]
    return begun(house, kind, facts, acts)


def begun(house: PartyHouse, kind: str, facts: dict[str, Any], acts: Acts) -> int:
    bureau = house.bureau
    with house.working.write() as session:
        acting = bureau.acting("clerk", "2026-11-03")
        docket = dockets.open_docket(
            session, kind, acting, facts=facts, title="样例案", region="990121",
            subject_id=bureau.firm,
        )  # fmt: skip
        for action, who, data in acts:
            bureau.act(session, docket, action, who, "2026-11-04", data)
        return docket.id or 0


def recorded(house: PartyHouse, docket_id: int) -> str:
    """The newest filing, done into the case with what it fills in; the state of the case."""
    house.work()
    with house.working.write() as session:
        filing = session.exec(select(PartyFiling).where(PartyFiling.state == "new")).one()
        docket = session.get_one(Docket, docket_id)
        offer = service.offer_of(filing, docket)
        content = opened(filing.envelope, filing.filing_id, FILING, house.tools.vault)
        filled = offers.prefilled(offer, content, filing.day)
        act = kinds.get(docket.kind).action(offer.act)
        data = field_sets.schema(act.schema).load(filled)
        service.record(
            session, filing, docket, house.acting("clerk"), version=docket.version, data=data,
            tools=house.tools, signature="clerk" if act.signature else "",
        )  # fmt: skip
        return docket.state


ACCIDENT = {
    "occurred_at": "2026-11-03T00:00:00+00:00", "unit_reported_at": "2026-11-03T00:30:00+00:00",
    "received_at": "2026-11-03T00:40:00+00:00", "place": "工作面", "course": "垮落", "deaths": 1,
}  # fmt: skip
TOLD: Acts = [
    ("appoint", "approver", {"appointed_on": "2026-11-04", "investigating_level": "county",
                             "investigating_body": "虚岭县人民政府"}),
    ("submit", "clerk", {"submitted_on": "2026-11-04", "cause": "违章", "responsibility": "处罚"}),
    ("reply", "clerk", {"replied_on": "2026-11-04", "reply_number": "批1",
                        "measures_ordered": "整改"}),
    ("draft_publication", "clerk", {"published_cause": "顶板垮落。", "published_measures": "整改。",
                                    "published_responsibility": "该矿负有责任。"}),
    ("publish", "publisher", {}),
]  # fmt: skip


def test_what_is_told_of_an_accident_is_objected_to_and_corrected(house: PartyHouse) -> None:
    docket_id = begun(house, "accident", ACCIDENT, TOLD)
    code = house.print_code(docket_id)
    receipt = house.file(code, "objection", **FILER)
    assert recorded(house, docket_id) == "published", "what is filed changes no state"
    house.work()
    assert "受理异议申诉" in house.status(receipt).text
    with house.working.write() as session:
        docket = session.get_one(Docket, docket_id)
        right = {"new_published_cause": "支护不足，顶板垮落。"}
        house.bureau.act(session, docket, "propose_correction", "clerk", TODAY, right)
        house.bureau.act(session, docket, "correct", "approver", TODAY)
        assert docket.facts["published_cause"] == "支护不足，顶板垮落。"


@pytest.mark.parametrize("kind", CASES)
def test_the_parties_of_other_orders_file_the_same_way(house: PartyHouse, kind: str) -> None:
    docket_id = made(house, kind)
    with house.working.read() as session:
        before = session.get_one(Docket, docket_id).state
    code = house.print_code(docket_id)
    house.file(code, "defence", **FILER)
    barred = CASES[kind][2]
    house.work()
    if barred:
        refused(house, docket_id, barred, "filed a defence online")
    assert recorded(house, docket_id) == before, "what is filed changes no state"
    if barred:
        refused(house, docket_id, barred, "not been considered")
    with house.working.write() as session:
        docket = session.get_one(Docket, docket_id)
        assert docket.facts["defence_text"] == SAID
        heard = {"defence_considered_on": TODAY, "defence_outcome": "不予采纳"}
        house.bureau.act(session, docket, "consider_statement", "reviewer", TODAY, heard)
        with pytest.raises(Refused, match="No statement"):
            house.bureau.act(session, docket, "consider_statement", "reviewer", TODAY, heard)
        if barred:
            house.bureau.act(session, docket, barred[0], barred[1], TODAY, barred[2])
    house.work()
    receipt = house.file(code, "objection", **FILER)
    recorded(house, docket_id)
    house.work()
    assert "受理异议申诉" in house.status(receipt).text
    house.file(code, "remedy", **REMEDY)
    recorded(house, docket_id)
    with house.working.read() as session:
        docket = session.get_one(Docket, docket_id)
        assert docket.facts["remedy_pending"] is True
        kept = [event.action for event in engine.events(session, docket)]
        assert kept[-2:] == ["object", "note_remedy"]


def refused(
    house: PartyHouse, docket_id: int, act: tuple[str, str, dict[str, Any]], why: str
) -> None:
    with pytest.raises(Refused, match=why), house.working.write() as session:
        docket = session.get_one(Docket, docket_id)
        house.bureau.act(session, docket, act[0], act[1], TODAY, act[2])


TABLE = """
kind: sealing-sample
title: {zh: 查封（样例）, en: Sealing of equipment}
number_word: 封
schema: sealing_sample.Order
roles: [clerk]
evidence:
  objection-paper: {zh: 异议申诉材料, en: Objection}
documents:
  seal-order: {zh: 查封决定书, en: Order of sealing}
clocks: [objection.accept, objection.answer]
procedures:
  papers: [seal-order]
  offers:
    objection: {like: objection, states: [sealed]}
    data-correction: {states: ["*"]}
initial: draft
states:
  draft: {title: {zh: 草拟, en: Draft}}
  sealed: {title: {zh: 已查封, en: Sealed}}
  ended: {title: {zh: 已解除, en: Lifted}, closed: true}
actions:
  seal:
    title: {zh: 查封, en: Seal}
    from: [draft]
    to: sealed
    roles: [approver]
    documents: [seal-order]
  object: {like: object, from: [sealed]}
  lift:
    title: {zh: 解除, en: Lift}
    from: [sealed]
    to: ended
    roles: [approver]
"""
PAPER = """
title: 查封决定书
body:
  - p: "查封设备。"
  - right: "{{ authority.name }}"
"""


class Order(Form):
    """The order."""

    found_on = day(N_("Found on"))


@pytest.fixture
def new_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "kinds"
    (folder / "documents").mkdir(parents=True)
    paper = folder / "documents" / "seal-order.yaml"
    paper.write_text(PAPER, encoding="utf-8")
    wordbuild.build(paper)
    forms: Any = type("sealing_sample", (SimpleNamespace,), {"Order": Order})
    monkeypatch.setitem(field_sets._MODULES, "sealing_sample", forms)
    monkeypatch.setattr(kinds.book(), "_tables", dict(kinds.book().tables))
    return folder / "sealing.yaml"


def test_a_kind_from_files_brings_its_procedures(house: PartyHouse, new_kind: Path) -> None:
    new_kind.write_text(TABLE, encoding="utf-8")
    kinds.book().add(new_kind)
    field_sets.check()
    bureau = house.bureau
    with house.working.write() as session:
        docket = dockets.open_docket(
            session, "sealing-sample", bureau.acting("clerk", "2026-11-03"),
            facts={"found_on": "2026-11-02"}, title="查封案", region="990121",
            subject_id=bureau.firm,
        )  # fmt: skip
        bureau.act(session, docket, "seal", "approver", "2026-11-04")
        docket_id = docket.id or 0
    code = house.print_code(docket_id)
    shown = house.open(code).text
    assert "查封决定书" in shown and "异议申诉" in shown and "陈述、申辩" not in shown
    receipt = house.file(code, "objection", **FILER)
    assert recorded(house, docket_id) == "sealed"
    house.work()
    assert "受理异议申诉" in house.status(receipt).text
    house.admin.account("party.clerk", "clerk", at="county")
    assert "/procedures/1" in house.officer("party.clerk").get(f"/en/cases/{docket_id}")
    with house.working.write() as session:
        docket = session.get_one(Docket, docket_id)
        bureau.act(session, docket, "lift", "approver", TODAY)
    house.work()
    assert "本阶段没有可以网上提交的事项" in house.open(code).text


@pytest.mark.parametrize(
    ("right", "wrong", "named"),
    [
        ("states: [sealed]}", "states: [lifted]}", "unknown state 'lifted'"),
        ("states: [sealed]}", "states: [draft]}", "object can be done in none of its states"),
        ("like: objection", "like: protest", "no 'protest' to be like"),
        ("    data-correction:", "    nonsense:", "unknown procedure of the rules 'nonsense'"),
        ("papers: [seal-order]", "papers: [letter]", "unknown paper 'letter'"),
        ("states: [sealed]}", "states: [sealed], facts: {x: day}}", "object has no field 'x'"),
        ("states: [sealed]}", "states: [sealed], text: note}", "unknown evidence 'note'"),
        ("states: [sealed]}", "states: [sealed], ask_by: none}", "unknown clock 'none'"),
    ],
)  # fmt: skip
def test_what_a_table_offers_in_vain_is_named(
    new_kind: Path, right: str, wrong: str, named: str
) -> None:
    new_kind.write_text(TABLE.replace(right, wrong), encoding="utf-8")
    with pytest.raises(InvalidKind, match=named):
        kinds.book().add(new_kind)
        field_sets.check()
