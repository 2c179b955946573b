"""The pool of experts: who may be named in a case, and whom his own matters keep out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from docket_office import Bureau, at
from enforcement_kit import opened, panel

from registry.core.db import Store, WorkingSession
from registry.core.errors import InvalidInput
from registry.office import dockets
from registry.office.accountability.experts import queries, service
from registry.office.accountability.experts.models import Expert
from registry.office.dockets.checks import NotAllowed
from registry.office.dockets.hooks import Refused
from registry.office.dockets.models import Docket, DocketParty
from registry.office.entities import merge
from registry.office.entities import service as entities
from registry.office.entities.drafts import EntityDraft
from registry.office.entities.models import Entity
from registry.office.providers.models import ProviderStaff
from registry.office.reports.models import ReportSheet, ReportSignature

DAY = "2026-06-10"
POOL: dict[str, Any] = {
    "fields": ["ventilation", "mining"], "title": "教授级高工", "since": date(2026, 1, 1),
    "until": date(2027, 12, 31),
}  # fmt: skip
NAME: dict[str, Any] = {"expert_field": "ventilation", "lead": True}


def expert(session: WorkingSession, bureau: Bureau, name: str, **more: Any) -> Expert:
    clerk = bureau.acting("parent-clerk", "2026-01-05")
    person = entities.add_entity(session, clerk, EntityDraft("person", name), keys=bureau.keys)
    return service.add(session, clerk, person.id or 0, POOL | more)


def unit(session: WorkingSession, bureau: Bureau, name: str) -> int:
    acting = bureau.acting("clerk", "2026-01-05")
    return entities.add_entity(session, acting, EntityDraft("enterprise", name)).id or 0


def appraisal(session: WorkingSession, bureau: Bureau, *links: dockets.Link) -> Docket:
    return opened(session, bureau, "appraisal", "2026-06-01", {"question": "通风是否可靠"}, *links)


def name(
    session: WorkingSession, bureau: Bureau, docket: Docket, one: Expert, **more: Any
) -> Docket:
    data = NAME | {"expert": one.number.lower()} | more
    return bureau.act(session, docket, "name_expert", "clerk", DAY, data)


def signed(session: WorkingSession, bureau: Bureau, person: int, client: int, on: str) -> int:
    """A report for ``client`` that ``person`` signed."""
    agency = unit(session, bureau, f"样例评价机构{person}{client}{on}")
    docket = Docket(
        kind="report", number=f"报{person}{client}{on}", year=2026, serial=person * 100 + client,
        state="valid", authority_id=bureau.authority, region="990121", drafted_by=1,
        title="样例报告", opened_at=at(on), subject_id=agency,
    )  # fmt: skip
    session.add(docket)
    session.flush()
    day = date.fromisoformat(on)
    session.add(
        ReportSheet(
            docket_id=docket.id or 0, organization_id=agency, client_id=client, folded=on,
            type="status", issued_on=day, covers_since=day, covers_until=day,
        )
    )  # fmt: skip
    session.add(
        ReportSignature(docket_id=docket.id or 0, role="compiler", person_id=person, signed_on=day)
    )
    session.flush()
    return docket.id or 0


def test_from_the_question_to_the_conclusion(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        first = expert(session, bureau, "甲专家")
        second = expert(session, bureau, "乙专家")
        docket = appraisal(session, bureau)
        with pytest.raises(Refused):
            bureau.act(session, docket, "approve_team", "approver", DAY)
        name(session, bureau, docket, first)
        name(session, bureau, docket, second, lead=False)
        with pytest.raises(NotAllowed):
            bureau.act(session, docket, "approve_team", "clerk", DAY)
        bureau.act(session, docket, "approve_team", "approver", DAY)
        said = {"expert": first.number, "opined_on": DAY, "expert_opinion": "不可靠。"}
        bureau.act(session, docket, "hear", "clerk", DAY, said)
        with pytest.raises(Refused) as silent:
            bureau.act(session, docket, "conclude", "reviewer", DAY, {"conclusion": "整改"})
        assert second.number in str(silent.value)
        out = {"expert": second.number, "recusal_text": "曾受其委托"}
        bureau.act(session, docket, "recuse", "clerk", DAY, out)
        with pytest.raises(InvalidInput):
            bureau.act(session, docket, "hear", "clerk", DAY, said | {"expert": second.number})
        bureau.act(session, docket, "conclude", "reviewer", DAY, {"conclusion": "应当整改"})
        assert docket.state == "concluded" and docket.public_id is None
        rows = panel(session, bureau, docket, "experts", DAY).rows
        assert [(row[1], row[4].en) for row in rows] == [
            ("甲专家", f"gave his opinion on {DAY}"), ("乙专家", f"keeps out since {DAY}"),
        ]  # fmt: skip
        head = bureau.officers["parent-approver"]
        assert docket.id in {one.id for one in queries.appraisals(session, head, first)}


def test_nobody_judges_his_own_matter(working: Store[WorkingSession], bureau: Bureau) -> None:
    """Each ground keeps him out, until the years of recusal are over."""
    clerk_day = bureau.acting("parent-clerk", DAY)
    with working.write() as session:
        docket = appraisal(session, bureau)
        worker, owner, author, clean = (
            expert(session, bureau, one) for one in ("子专家", "丑专家", "寅专家", "卯专家")
        )
        until = date(2023, 6, 10)
        staff = ProviderStaff(
            organization_id=bureau.firm, person_id=worker.person_id, since=date(2020, 1, 1),
            until=until, created=at(DAY), updated=at(DAY),
        )  # fmt: skip
        session.add(staff)
        owned = {"kind": "owns", "since": date(2019, 1, 1), "until": until}
        share = service.declare(session, clerk_day, owner.id or 0, bureau.firm, owned)
        report = signed(session, bureau, author.person_id, bureau.firm, "2023-06-10")
        session.flush()
        for one in (worker, owner, author):
            with pytest.raises(InvalidInput) as kept_out:
                name(session, bureau, docket, one)
            assert set(kept_out.value.fields) == {"expert"}, one.number
        name(session, bureau, docket, clean)
        # A day more than three years ago it no longer counts.
        staff.until, share.until = date(2023, 6, 9), date(2023, 6, 9)
        signature = session.get(ReportSignature, 1)
        assert signature is not None and signature.docket_id == report
        signature.signed_on = date(2023, 6, 9)
        session.flush()
        for one in (worker, owner, author):
            name(session, bureau, docket, one, lead=False)
        assert len(docket.facts["experts"]) == 4


def test_who_signed_the_report_in_question_keeps_out_for_ever(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        author = expert(session, bureau, "寅专家")
        other = unit(session, bureau, "别的样例公司")
        report = signed(session, bureau, author.person_id, other, "2015-01-01")
        docket = appraisal(session, bureau, dockets.Link("re-examines", report))
        with pytest.raises(InvalidInput) as kept_out:
            name(session, bureau, docket, author)
        assert "signed the report in question" in str(kept_out.value.fields["expert"])
        unrelated = appraisal(session, bureau)
        name(session, bureau, unrelated, author)
        party = expert(session, bureau, "辰专家")
        session.add(
            DocketParty(
                docket_id=unrelated.id or 0, entity_id=party.person_id, role="principal",
                added_at=at(DAY),
            )
        )  # fmt: skip
        session.flush()
        with pytest.raises(InvalidInput):
            name(session, bureau, unrelated, party, lead=False)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"expert": "ZJ99999"}, "expert"),
        ({"expert": "甲"}, "expert"),
        ({"expert_field": "blasting"}, "expert_field"),
    ],
    ids=["unknown", "no-number", "other-field"],
)
def test_a_wrong_choice_is_named(
    working: Store[WorkingSession], bureau: Bureau, more: dict[str, Any], field: str
) -> None:
    with working.write() as session:
        one = expert(session, bureau, "甲专家")
        docket = appraisal(session, bureau)
        with pytest.raises(InvalidInput) as wrong:
            name(session, bureau, docket, one, **more)
        assert set(wrong.value.fields) == {field}
        assert "experts" not in docket.facts


def test_validity_and_whose_pool(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        late = expert(session, bureau, "甲专家", until=date(2026, 6, 9))
        docket = appraisal(session, bureau)
        with pytest.raises(InvalidInput):
            name(session, bureau, docket, late)
        service.end(session, bureau.acting("parent-approver", DAY), late.id or 0,
                    date(2026, 6, 10))  # fmt: skip
        name(session, bureau, docket, late)
        with pytest.raises(InvalidInput):
            name(session, bureau, docket, late, lead=False)
        clerk = bureau.officers["clerk"]
        assert [line.expert.id for line in queries.pool(session, clerk)] == [late.id]
        county = bureau.acting("clerk", DAY)
        person = entities.add_entity(
            session, county, EntityDraft("person", "县专家"), keys=bureau.keys
        )
        below = service.add(session, county, person.id or 0, POOL)
        parents = opened(session, bureau, "appraisal", "2026-06-01", {"question": "?"},
                         who="parent-clerk")  # fmt: skip
        with pytest.raises(InvalidInput):
            bureau.act(session, parents, "name_expert", "parent-clerk", DAY,
                       NAME | {"expert": below.number})  # fmt: skip
        with pytest.raises(InvalidInput):
            service.add(session, county, bureau.firm, POOL)


def test_interests_follow_a_merged_unit(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        one = expert(session, bureau, "甲专家")
        twin = unit(session, bureau, "一号样例煤矿（重复登记）")
        owned = {"kind": "owns", "since": date(2019, 1, 1), "until": None}
        service.declare(session, bureau.acting("parent-clerk", DAY), one.id or 0, twin, owned)
        other = session.get(Entity, twin)
        assert other is not None
        kept = session.get(Entity, bureau.firm)
        assert kept is not None
        for follow in merge.ON_MERGE:
            follow(session, bureau.firm, twin)
        with pytest.raises(InvalidInput):
            name(session, bureau, appraisal(session, bureau), one)
