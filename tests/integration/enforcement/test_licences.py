"""The licence gate: every condition seen, the record checked, put right in time or taken away."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from docket_office import BOOK, Bureau, at
from enforcement_kit import opened, panel

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office import dockets
from registry.office.dockets import casefile, climbing
from registry.office.dockets.models import Docket
from registry.office.entities import sites
from registry.office.entities.drafts import SiteDraft
from registry.office.entities.models import SiteLicence
from registry.office.listings.service import expire_due

CONDITIONS = tuple(BOOK.on(date(2026, 7, 1)).titles("licence_conditions"))
OPEN = {"licence_kind": "safety", "application": "new", "applied_on": "2026-06-30"}
GRANT = {
    "granted_on": "2026-07-20", "licence_number": "（演）MK安许证字〔2026〕0009",
    "valid_from": "2026-07-20", "until": "2029-07-19",
}  # fmt: skip
ORDER = {
    "rectification_on": "2026-07-06", "rectify_by": "2026-08-05", "rectification_text": "补齐",
}  # fmt: skip


def applied(session: WorkingSession, bureau: Bureau, **more: Any) -> Docket:
    return opened(session, bureau, "licence", "2026-07-01", OPEN, **more)


def look(
    session: WorkingSession, bureau: Bureau, docket: Docket, day: str, *codes: str,
    result: str = "met",
) -> None:  # fmt: skip
    for code in codes:
        seen = {"condition": code, "seen_on": day, "result": result, "seen": "现场查验"}
        bureau.act(session, docket, "examine", "clerk", day, seen)


def proposed(session: WorkingSession, bureau: Bureau, docket: Docket) -> None:
    checked = {"credit_checked_on": "2026-07-10", "credit_opinion": "无不良记录"}
    bureau.act(session, docket, "check_credit", "clerk", "2026-07-10", checked)
    bureau.act(session, docket, "propose", "clerk", "2026-07-15", {"proposal": "准予"})


def granted(session: WorkingSession, bureau: Bureau, **more: Any) -> Docket:
    docket = applied(session, bureau, **more)
    look(session, bureau, docket, "2026-07-05", *CONDITIONS)
    proposed(session, bureau, docket)
    bureau.act(session, docket, "grant", "approver", "2026-07-20", GRANT)
    return bureau.act(session, docket, "publish", "publisher", "2026-07-21")


def test_granted_only_when_every_condition_was_seen(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        place = SiteDraft("coal-mine", "一号样例煤矿(虚构)", region="990121")
        site = sites.add_site(session, bureau.acting("clerk", "2026-01-05"), place)
        docket = applied(session, bureau, site_id=site.id)
        due = casefile.clocks(session, docket, date(2026, 7, 1), BOOK)[0]
        assert (due.code, due.breach_due) == ("licence.decide", date(2026, 8, 14))
        look(session, bureau, docket, "2026-07-05", *CONDITIONS[1:])
        checked = {"credit_checked_on": "2026-07-10", "credit_opinion": "无"}
        with pytest.raises(dockets.Refused, match="Conditions are not met"):
            bureau.act(session, docket, "propose", "clerk", "2026-07-15", {"proposal": "准予"})
        look(session, bureau, docket, "2026-07-06", CONDITIONS[0])
        with pytest.raises(dockets.Refused, match="record has not been checked"):
            bureau.act(session, docket, "propose", "clerk", "2026-07-15", {"proposal": "准予"})
        bureau.act(session, docket, "check_credit", "clerk", "2026-07-10", checked)
        bureau.act(session, docket, "propose", "clerk", "2026-07-15", {"proposal": "准予"})
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "grant", "clerk", "2026-07-20", GRANT)
        with pytest.raises(InvalidInput) as wrong:
            short = {**GRANT, "until": "2026-07-20"}
            bureau.act(session, docket, "grant", "approver", "2026-07-20", short)
        assert "until" in wrong.value.fields
        bureau.act(session, docket, "grant", "approver", "2026-07-20", GRANT)
        licence = session.get(SiteLicence, docket.facts["site_licence_id"])
        assert licence is not None and licence.status == "in-force"
        assert expire_due(session, at("2029-07-20", 0), BOOK) == 1
        assert docket.state == "expired"


def test_put_right_in_time_or_refused(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = applied(session, bureau)
        look(session, bureau, docket, "2026-07-05", *CONDITIONS[1:])
        with pytest.raises(dockets.Refused, match="No condition"):
            bureau.act(session, docket, "rectify", "clerk", "2026-07-06", ORDER)
        look(session, bureau, docket, "2026-07-05", CONDITIONS[0], result="not-met")
        with pytest.raises(InvalidInput):
            late = {**ORDER, "rectify_by": "2026-07-05"}
            bureau.act(session, docket, "rectify", "clerk", "2026-07-06", late)
        bureau.act(session, docket, "rectify", "clerk", "2026-07-06", ORDER)
        (paper, _) = casefile.papers(session, docket)[0]
        assert len(paper.context["lacking"]) == 1
        no = {"refused_on": "2026-08-10", "refusal_grounds": "逾期未改正"}
        bureau.act(session, docket, "refuse", "approver", "2026-08-10", no)
        assert docket.state == "refused"


def test_a_lost_condition_is_mended_in_time_or_the_licence_goes(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        place = SiteDraft("coal-mine", "二号样例煤矿(虚构)", region="990121")
        site = sites.add_site(session, bureau.acting("clerk", "2026-01-05"), place)
        docket = granted(session, bureau, site_id=site.id)
        found = {
            "rectification_on": "2026-09-01", "rectify_by": "2026-09-30",
            "rectification_text": "配齐救援装备",
        }  # fmt: skip
        bureau.act(session, docket, "find_lacking", "clerk", "2026-09-01", found)
        look(session, bureau, docket, "2026-09-02", CONDITIONS[11], result="not-met")
        gone = {"revoked_on": "2026-09-20", "revocation_grounds": "逾期未改正"}
        with pytest.raises(dockets.Refused, match="may still be put right"):
            bureau.act(session, docket, "revoke", "approver", "2026-09-20", gone)
        again = {"rechecked_on": "2026-09-25", "recheck_text": "未改正"}
        with pytest.raises(dockets.Refused, match="Conditions are not met"):
            bureau.act(session, docket, "restore", "reviewer", "2026-09-25", again)
        assert climbing.climb_due(session, at("2026-10-01"), BOOK) == 1
        gone["revoked_on"] = "2026-10-09"
        bureau.act(session, docket, "revoke", "approver", "2026-10-09", gone)
        licence = session.get(SiteLicence, docket.facts["site_licence_id"])
        assert licence is not None and licence.status == "revoked"
        assert docket.facts["valid_until"] == "2029-07-19" and docket.closed_at is not None


def test_a_page_shows_what_weighs_against_the_applicant(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        danger = {
            "origin": "inspection", "hazard_code": "H05", "description": "通风",
            "found_on": "2026-06-01",
        }  # fmt: skip
        hazard = opened(session, bureau, "hazard", "2026-06-01", danger)
        docket = applied(session, bureau)
        rows = panel(session, bureau, docket, "credit-file", "2026-07-01").rows
        assert [row[1] for row in rows if not hasattr(row[1], "zh")] == [(hazard.number, hazard.id)]
        conditions = panel(session, bureau, docket, "licence-conditions", "2026-07-01").rows
        assert len(conditions) == len(CONDITIONS) == 13
        assert {row[1].en for row in conditions} == {"not looked at"}


def test_whoever_was_given_a_day_is_not_refused_before_it(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = applied(session, bureau)
        look(session, bureau, docket, "2026-07-05", CONDITIONS[0], result="not-met")
        bureau.act(session, docket, "rectify", "clerk", "2026-07-06", ORDER)
        no = {"refused_on": "2026-07-20", "refusal_grounds": "不具备条件"}
        with pytest.raises(dockets.Refused, match="may still be put right until 2026-08-05"):
            bureau.act(session, docket, "refuse", "approver", "2026-07-20", no)
        again = {"rechecked_on": "2026-07-21", "recheck_text": "仍不符合"}
        bureau.act(session, docket, "recheck", "clerk", "2026-07-21", again)
        no["refused_on"] = "2026-07-22"
        bureau.act(session, docket, "refuse", "approver", "2026-07-22", no)
        assert docket.state == "refused", "looked at again, it may be refused"


def test_a_safety_licence_runs_three_years(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = applied(session, bureau)
        look(session, bureau, docket, "2026-07-05", *CONDITIONS)
        proposed(session, bureau, docket)
        with pytest.raises(InvalidInput) as wrong:
            slip = {**GRANT, "until": "2092-07-19"}
            bureau.act(session, docket, "grant", "approver", "2026-07-20", slip)
        assert "too far ahead" in wrong.value.fields["until"][0]
        bureau.act(session, docket, "grant", "approver", "2026-07-20", GRANT)
        assert docket.facts["until"] == "2029-07-19"


def test_what_was_seen_before_does_not_show_a_lost_condition_met(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = granted(session, bureau)
        lost = {**ORDER, "rectification_on": "2026-09-01", "rectify_by": "2026-09-30"}
        bureau.act(session, docket, "find_lacking", "clerk", "2026-09-01", lost)
        again = {"rechecked_on": "2026-09-20", "recheck_text": "已改正"}
        with pytest.raises(dockets.Refused, match="No condition was looked at since"):
            bureau.act(session, docket, "restore", "reviewer", "2026-09-20", again)
        look(session, bureau, docket, "2026-09-19", CONDITIONS[11])
        bureau.act(session, docket, "restore", "reviewer", "2026-09-20", again)
        assert docket.state == "published"
