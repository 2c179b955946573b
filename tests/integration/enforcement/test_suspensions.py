"""Suspensions: public notice in time, four measures with dates, resumption with all signatures."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from docket_office import BOOK, Bureau, at
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office import dockets
from registry.office.dockets import casefile, climbing, hooks, kinds
from registry.office.dockets.checks import step_of
from registry.office.dockets.models import Docket, DocketLapse
from registry.office.enforcement.signatories import service as signatories
from registry.office.entities import site_licences, sites
from registry.office.entities.drafts import LicenceDraft, SiteDraft
from registry.office.publisher.models import OutboxRow

pytestmark = pytest.mark.sqlite_only
MEASURES = ["licence-suspended", "guards-stationed", "blasting-stopped", "power-stopped"]
FACTS = {
    "suspension_kind": "whole",
    "order_reason": "存在重大事故隐患仍然组织生产。",
    "basis": "《煤矿安全生产条例》第六十四条",
    "measures": MEASURES,
}
ORDER = {"ordered_on": "2026-07-02", "order_number": "（虚）煤安停〔2026〕1号"}
HEADS = {
    "department-head": ("甲局长", "虚岭县样例应急管理局"),
    "supervision-office": ("乙局长", "演示省样例矿监机构"),
    "government-head": ("丙县长", "虚岭县人民政府"),
}


def opened(session: WorkingSession, bureau: Bureau, *links: dockets.Link, **more: Any) -> Docket:
    return dockets.open_docket(
        session, "suspension", bureau.acting("clerk", "2026-07-01"), facts={**FACTS, **more},
        title="停产整顿案", region="990121", subject_id=bureau.firm, links=links,
    )  # fmt: skip


def in_force(session: WorkingSession, bureau: Bureau, *links: dockets.Link, **more: Any) -> Docket:
    docket = opened(session, bureau, *links, **more)
    bureau.act(session, docket, "approve", "approver", "2026-07-02", ORDER)
    return bureau.act(session, docket, "publish", "publisher", "2026-07-03")


def applied(session: WorkingSession, bureau: Bureau, *links: dockets.Link, **more: Any) -> Docket:
    docket = in_force(session, bureau, *links, **more)
    told = {"applied_on": "2026-08-03", "application_text": "整顿完毕"}
    return bureau.act(session, docket, "apply_resumption", "clerk", "2026-08-03", told)


def measure(code: str, day: str, **more: Any) -> dict[str, Any]:
    return {"measure": code, "measure_on": day, "carried_out_by": "供电公司", **more}


def enter(session: WorkingSession, bureau: Bureau, **more: Any) -> None:
    for capacity, (name, body) in HEADS.items():
        signatories.add(
            session, bureau.acting("approver", "2026-01-05"),
            {"capacity": capacity, "name": name, "body": body, "since": date(2026, 1, 1), **more},
        )  # fmt: skip


def sign(session: WorkingSession, bureau: Bureau, docket: Docket, capacity: str, day: str) -> None:
    given = {"capacity": capacity, "signatory": HEADS[capacity][0], "signed_on": day}
    bureau.act(session, docket, "sign_off", "clerk", day, given)


def last(session: WorkingSession, docket: Docket) -> dict[str, Any]:
    rows = session.exec(select(OutboxRow).where(OutboxRow.docket_id == docket.id)).all()
    found: dict[str, Any] = json.loads(rows[-1].payload or "{}")
    return found


def test_public_notice_within_five_working_days(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = opened(session, bureau)
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "approve", "clerk", "2026-07-02", ORDER)
        bureau.act(session, docket, "approve", "approver", "2026-07-02", ORDER)
        (notice,) = casefile.clocks(session, docket, date(2026, 7, 2), BOOK)
        assert (notice.code, notice.breach_due) == ("suspension.notice", date(2026, 7, 9))
        assert climbing.climb_due(session, at("2026-07-10"), BOOK) == 1
        assert session.exec(select(DocketLapse.clock_code)).all() == ["suspension.notice"]
        bureau.act(session, docket, "publish", "publisher", "2026-07-10")
        assert casefile.clocks(session, docket, date(2026, 7, 11), BOOK)[0].state == "late"
        assert last(session, docket)["measures"] == [{"measure": code} for code in MEASURES]


def test_the_checklist_and_its_public_face(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = in_force(session, bureau)
        first = measure("guards-stationed", "2026-07-03")
        bureau.act(session, docket, "carry_out", "clerk", "2026-07-03", first)
        with pytest.raises(InvalidInput) as wrong:
            bureau.act(session, docket, "carry_out", "clerk", "2026-07-04", first)
        assert "measure" in wrong.value.fields
        lifted = {"measure": "guards-stationed", "lifted_on": "2026-07-05"}
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "lift", "clerk", "2026-07-05", lifted)
        bureau.act(session, docket, "lift", "approver", "2026-07-05", lifted)
        assert docket.facts["checklist"]["guards-stationed"]["lifted_on"] == "2026-07-05"
        assert "measure" not in docket.facts
        shown = {one["measure"]: one for one in last(session, docket)["measures"]}
        assert shown["guards-stationed"]["since"] == "2026-07-03"
        assert shown["power-stopped"] == {"measure": "power-stopped"}
        acting = bureau.acting("clerk", "2026-07-06")
        step = step_of(session, kinds.get("suspension"), docket, acting=acting, now=acting.now)
        panel = hooks.PANELS["suspension-measures"](step)
        assert panel is not None and len(panel.rows) == 4


@pytest.mark.parametrize(
    ("more", "right"),
    [
        ({}, False),
        ({"power_notice_at": "2026-07-03T17:00:00+00:00"}, False),
        ({"power_notice_at": "2026-07-02T10:00:00+00:00"}, True),
        ({"urgent": True}, True),
    ],
)
def test_power_is_cut_a_day_after_the_notice_unless_urgent(
    working: Store[WorkingSession], bureau: Bureau, more: dict[str, Any], right: bool
) -> None:
    with working.write() as session:
        docket = in_force(session, bureau)
        data = measure("power-stopped", "2026-07-04", **more)
        if right:
            bureau.act(session, docket, "carry_out", "clerk", "2026-07-04", data)
            return
        with pytest.raises((InvalidInput, dockets.Refused)):
            bureau.act(session, docket, "carry_out", "clerk", "2026-07-04", data)
        assert "checklist" not in docket.facts


def test_resumption_needs_every_signature_and_no_measure(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        enter(session, bureau)
        docket = in_force(session, bureau)
        stationed = measure("guards-stationed", "2026-07-03")
        bureau.act(session, docket, "carry_out", "clerk", "2026-07-03", stationed)
        told = {"applied_on": "2026-08-03", "application_text": "整顿完毕"}
        bureau.act(session, docket, "apply_resumption", "clerk", "2026-08-03", told)
        clock = casefile.clocks(session, docket, date(2026, 8, 3), BOOK)[0]
        assert (clock.code, clock.breach_due) == ("suspension.acceptance", date(2026, 8, 23))
        done = {"resumed_on": "2026-08-10"}
        for capacity in HEADS:
            with pytest.raises(dockets.Refused, match="Signatures are missing"):
                bureau.act(session, docket, "resume", "approver", "2026-08-10", done)
            sign(session, bureau, docket, capacity, "2026-08-08")
        with pytest.raises(dockets.Refused, match="still in place"):
            bureau.act(session, docket, "resume", "approver", "2026-08-10", done)
        lifted = {"measure": "guards-stationed", "lifted_on": "2026-08-09"}
        bureau.act(session, docket, "lift", "approver", "2026-08-09", lifted)
        bureau.act(session, docket, "resume", "approver", "2026-08-10", done)
        shown = last(session, docket)
        assert docket.closed_at is not None and shown["status"] == "resumed"
        assert shown["signed_by"] == sorted(HEADS)
        assert "丙县长" not in json.dumps(shown, ensure_ascii=False)
        assert docket.facts["until"] == "2027-08-10"


def test_a_part_of_the_mine_needs_the_regulators_head_only(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        enter(session, bureau)
        docket = applied(session, bureau, suspension_kind="part")
        sign(session, bureau, docket, "department-head", "2026-08-08")
        bureau.act(
            session, docket, "resume", "approver", "2026-08-10", {"resumed_on": "2026-08-10"}
        )
        assert docket.state == "resumed"


@pytest.mark.parametrize(
    ("capacity", "name", "day"),
    [
        ("government-head", "丁副县长", "2026-08-08"),
        ("department-head", "丙县长", "2026-08-08"),
        ("government-head", "丙县长", "2026-08-20"),
        ("government-head", "丙县长", "2026-08-01"),
    ],
    ids=["a stranger", "in another's capacity", "after his term", "before the application"],
)
def test_a_signer_without_authority_on_that_day_is_refused(
    working: Store[WorkingSession], bureau: Bureau, capacity: str, name: str, day: str
) -> None:
    with working.write() as session:
        enter(session, bureau, until=date(2026, 8, 15))
        docket = applied(session, bureau)
        given = {"capacity": capacity, "signatory": name, "signed_on": day}
        with pytest.raises(InvalidInput):
            bureau.act(session, docket, "sign_off", "clerk", "2026-08-21", given)
        assert "signoffs" not in docket.facts


def test_nobody_signs_before_his_term_begins(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        enter(session, bureau, since=date(2026, 8, 9))
        docket = applied(session, bureau)
        given = {"capacity": "government-head", "signatory": "丙县长", "signed_on": "2026-08-08"}
        with pytest.raises(InvalidInput):
            bureau.act(session, docket, "sign_off", "clerk", "2026-08-21", given)
        given["signed_on"] = "2026-08-09"
        bureau.act(session, docket, "sign_off", "clerk", "2026-08-21", given)
        assert docket.facts["signoffs"]["government-head"]["signed_on"] == "2026-08-09"


def test_sent_back_everybody_signs_again(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        enter(session, bureau)
        docket = applied(session, bureau)
        sign(session, bureau, docket, "department-head", "2026-08-08")
        bureau.act(session, docket, "return_application", "reviewer", "2026-08-09")
        assert docket.state == "in-force" and "signoffs" not in docket.facts
        assert last(session, docket)["status"] == "in-force"


def test_the_danger_must_be_gone_before_work_goes_on(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        enter(session, bureau)
        hazard = dockets.open_docket(
            session, "hazard", bureau.acting("clerk", "2026-06-30"), title="隐患", region="990121",
            subject_id=bureau.firm,
            facts={
                "origin": "inspection", "hazard_code": "H05", "description": "通风不足",
                "found_on": "2026-06-30",
            },
        )  # fmt: skip
        docket = applied(
            session, bureau, dockets.Link("for-hazard", hazard.id or 0), suspension_kind="part"
        )
        sign(session, bureau, docket, "department-head", "2026-08-08")
        done = {"resumed_on": "2026-08-10"}
        with pytest.raises(dockets.Refused, match="still open"):
            bureau.act(session, docket, "resume", "approver", "2026-08-10", done)
        bureau.act(session, hazard, "dismiss", "approver", "2026-08-10")
        bureau.act(session, docket, "resume", "approver", "2026-08-10", done)


def test_a_closure_ends_closed_down(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = in_force(session, bureau, suspension_kind="closure")
        told = {"applied_on": "2026-08-03", "application_text": "申请"}
        with pytest.raises(dockets.Refused, match="closure"):
            bureau.act(session, docket, "apply_resumption", "clerk", "2026-08-03", told)
        done = {"closed_on": "2026-09-01", "closure_text": "井口封填"}
        bureau.act(session, docket, "close_down", "approver", "2026-09-01", done)
        assert last(session, docket)["status"] == "closed-down" and docket.public_id


def test_signatories_are_kept_by_those_who_may(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        data = {"capacity": "inspector", "name": "甲", "body": "局", "since": date(2026, 1, 1)}
        with pytest.raises(Forbidden):
            signatories.add(session, bureau.acting("clerk", "2026-01-05"), data)
        approver = bureau.acting("approver", "2026-01-05")
        with pytest.raises(InvalidInput):
            signatories.add(session, approver, {**data, "until": date(2025, 1, 1)})
        with pytest.raises(InvalidInput):
            signatories.add(session, approver, {**data, "capacity": "king"})
        found = signatories.add(session, approver, data)
        signatories.end(session, approver, found.id or 0, date(2026, 5, 1))
        assert found.until == date(2026, 5, 1)


def licence_of(session: WorkingSession) -> dict[str, Any]:
    """The licence as the newest public record of the site shows it."""
    rows = session.exec(select(OutboxRow).where(OutboxRow.kind == "site")).all()
    found: dict[str, Any] = json.loads(rows[-1].payload or "{}")["licences"][0]
    return found


def test_the_licence_is_suspended_with_the_measure_and_comes_back(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        acting = bureau.acting("publisher", "2026-06-01")
        mine = sites.add_site(session, acting, SiteDraft("coal-mine", "样例煤矿", "990121"))
        draft = LicenceDraft("safety", "(演)MK安许证字〔2026〕0001", since=date(2026, 1, 1))
        licence = site_licences.add_licence(session, acting, mine.id or 0, mine.version, draft)
        sites.publish_site(session, acting, mine.id or 0)
        first, second = (in_force(session, bureau) for _ in range(2))
        for docket in (first, second):
            docket.site_id = mine.id
        told = measure("licence-suspended", "2026-07-04")
        bureau.act(session, first, "carry_out", "clerk", "2026-07-05", told)
        assert licence.status == "suspended"
        assert licence_of(session)["changes"] == [{"status": "suspended", "on": "2026-07-04"}]
        bureau.act(session, second, "carry_out", "clerk", "2026-07-06", told)
        lifted = {"measure": "licence-suspended", "lifted_on": "2026-07-20"}
        bureau.act(session, first, "lift", "approver", "2026-07-20", lifted)
        assert licence.status == "suspended", "another suspension holds it"
        later = lifted | {"lifted_on": "2026-08-01"}
        bureau.act(session, second, "lift", "approver", "2026-08-01", later)
        assert licence.status == "in-force"
        shown = licence_of(session)
        assert (shown["status"], shown["changes"][-1]) == (
            "in-force",
            {"status": "in-force", "on": "2026-08-01"},
        )


def test_an_annulled_suspension_gives_the_licence_back(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        acting = bureau.acting("publisher", "2026-06-01")
        mine = sites.add_site(session, acting, SiteDraft("coal-mine", "样例煤矿", "990121"))
        draft = LicenceDraft("safety", "(演)MK安许证字〔2026〕0001")
        licence = site_licences.add_licence(session, acting, mine.id or 0, mine.version, draft)
        docket = in_force(session, bureau)
        docket.site_id = mine.id
        told = measure("licence-suspended", "2026-07-04")
        bureau.act(session, docket, "carry_out", "clerk", "2026-07-05", told)
        gone = {"annulled_on": "2026-07-06", "annulment_ground": "复议撤销"}
        bureau.act(session, docket, "propose_annulment", "clerk", "2026-07-06", gone)
        bureau.act(session, docket, "annul", "approver", "2026-07-07")
        assert licence.status == "in-force"


def test_sent_back_the_mine_is_closed_off_anew(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = in_force(session, bureau, measures=["guards-stationed"])
        first = measure("guards-stationed", "2026-07-03")
        bureau.act(session, docket, "carry_out", "clerk", "2026-07-03", first)
        told = {"applied_on": "2026-08-03", "application_text": "整顿完毕"}
        bureau.act(session, docket, "apply_resumption", "clerk", "2026-08-03", told)
        lifted = {"measure": "guards-stationed", "lifted_on": "2026-08-05"}
        bureau.act(session, docket, "lift", "approver", "2026-08-05", lifted)
        bureau.act(session, docket, "return_application", "reviewer", "2026-08-05")
        with pytest.raises(InvalidInput) as wrong:
            before = measure("guards-stationed", "2026-08-04")
            bureau.act(session, docket, "carry_out", "clerk", "2026-08-06", before)
        assert "measure_on" in wrong.value.fields
        again = measure("guards-stationed", "2026-08-06")
        bureau.act(session, docket, "carry_out", "clerk", "2026-08-06", again)
        assert last(session, docket)["measures"] == [
            {"measure": "guards-stationed", "since": "2026-08-06"}
        ]
        with pytest.raises(InvalidInput) as wrong:
            bureau.act(session, docket, "carry_out", "clerk", "2026-08-07", again)
        assert wrong.value.fields == {"measure": ["This measure is already in place."]}


def test_work_goes_on_no_sooner_than_it_was_signed_for(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        enter(session, bureau)
        docket = applied(session, bureau)
        bureau.act(
            session, docket, "carry_out", "clerk", "2026-08-03",
            measure("guards-stationed", "2026-08-03"),
        )  # fmt: skip
        for capacity in HEADS:
            sign(session, bureau, docket, capacity, "2026-08-10")
        lifted = {"measure": "guards-stationed", "lifted_on": "2026-08-12"}
        bureau.act(session, docket, "lift", "approver", "2026-08-12", lifted)
        for day, said in (("2026-08-09", "Signed after that day"), ("2026-08-11", "were lifted")):
            with pytest.raises(InvalidInput) as wrong:
                early = {"resumed_on": day}
                bureau.act(session, docket, "resume", "second-approver", "2026-08-13", early)
            assert said in wrong.value.fields["resumed_on"][0]
        late = {"resumed_on": "2026-08-12"}
        bureau.act(session, docket, "resume", "second-approver", "2026-08-13", late)
        assert docket.state == "resumed"


def test_heads_of_the_same_level_sign_not_those_above(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        for capacity, (name, body) in HEADS.items():
            signatories.add(
                session, bureau.acting("parent-approver", "2026-01-05"),
                {"capacity": capacity, "name": name, "body": body, "since": date(2026, 1, 1)},
            )  # fmt: skip
        docket = applied(session, bureau)
        for capacity in ("department-head", "government-head"):
            with pytest.raises(InvalidInput) as wrong:
                sign(session, bureau, docket, capacity, "2026-08-10")
            assert "signatory" in wrong.value.fields, capacity
        sign(session, bureau, docket, "supervision-office", "2026-08-10")
        # Nobody accepted in time: the case lies with the level above, and so do the signatures.
        assert climbing.climb_due(session, at("2026-08-25"), BOOK) == 1
        for capacity in ("department-head", "government-head"):
            sign(session, bureau, docket, capacity, "2026-08-25")
        bureau.act(
            session, docket, "resume", "parent-approver", "2026-08-26", {"resumed_on": "2026-08-26"}
        )
        assert docket.state == "resumed"


def test_a_wrong_order_is_corrected_in_public(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = in_force(session, bureau)
        number = {"new_order_reason": "身份证990101197001010014的人仍在生产。"}
        bureau.act(session, docket, "propose_correction", "clerk", "2026-07-06", number)
        with pytest.raises(dockets.Refused, match="holds a person's number"):
            bureau.act(session, docket, "correct", "approver", "2026-07-07")
        right = {"new_order_reason": "仍然组织生产。", "new_basis": "第六十五条"}
        bureau.act(session, docket, "propose_correction", "clerk", "2026-07-07", right)
        bureau.act(session, docket, "correct", "approver", "2026-07-08")
        told = last(session, docket)
        assert (told["reason"], told["basis"]) == ("仍然组织生产。", "第六十五条")
