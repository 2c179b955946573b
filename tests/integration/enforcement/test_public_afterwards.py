"""What was not public in time is made public afterwards: once, by two, whole, for no longer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from docket_office import BOOK, Bureau, at
from enforcement_kit import inspectors, published
from test_accidents import clock
from test_licences import CONDITIONS, granted, look
from test_public_accidents import EVALUATION, SUMMARY, replied
from test_public_inspections import recorded
from test_public_licences import FOUND

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden
from registry.office import dockets
from registry.office.dockets import casefile, climbing
from registry.office.dockets.models import Docket
from registry.office.listings.service import expire_due
from registry.public.gazette.shapes import check_payload

WITHHELD = {"withheld_on": "2026-08-05", "withholding_ground": "state-secret"}
RELEASED = {"released_on": "2027-09-01", "release_basis": "密级已解除"}
SILENT = {name: told for name, told in EVALUATION.items() if not name.startswith("published_")}
TOLD = {
    name: told for name, told in (SUMMARY | EVALUATION).items() if name.startswith("published_")
}


def before_records(session: WorkingSession, docket: Docket, state: str, *gone: str) -> None:
    """As the tables of before left a case: in ``state``, without what the newer acts note."""
    docket.state = state
    docket.facts = {name: told for name, told in docket.facts.items() if name not in gone}
    session.add(docket)
    session.flush()


def kept_back(session: WorkingSession, bureau: Bureau) -> Docket:
    docket = replied(session, bureau)
    bureau.act(session, docket, "withhold", "approver", "2026-08-05", WITHHELD)
    return bureau.act(session, docket, "evaluate", "reviewer", "2027-06-01", SILENT)


def test_an_evaluated_accident_is_released_with_its_evaluation(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = kept_back(session, bureau)
        with pytest.raises(dockets.Refused, match="keeps it from the public"):
            bureau.act(session, docket, "take_up", "clerk", "2027-09-01")
        with pytest.raises(Forbidden):
            bureau.act(
                session, docket, "lift_after_evaluation", "publisher", "2027-09-01", RELEASED
            )
        bureau.act(session, docket, "lift_after_evaluation", "approver", "2027-09-01", RELEASED)
        assert (docket.state, docket.closed_at) == ("releasing", None)
        due = clock(session, docket, "accident.release", "2027-09-01")
        assert (
            due.breach_due
            == BOOK.due(
                date(2027, 9, 1), BOOK.on(date(2027, 9, 1)).deadline("accident.release").breach
            ).day
        )  # type: ignore[arg-type]
        with pytest.raises(dockets.Refused, match="Write what is made public"):
            bureau.act(session, docket, "release", "publisher", "2027-09-02")
        bureau.act(session, docket, "draft_release", "all", "2027-09-02", TOLD)
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "release", "all", "2027-09-03")
        assert published(session, docket) == []
        bureau.act(session, docket, "release", "publisher", "2027-09-03")
        ((op, shown),) = published(session, docket)
        check_payload("accident", str(docket.public_id), shown)
        assert (op, shown["status"], shown["published_on"]) == ("PUT", "evaluated", "2027-09-03")
        assert shown["evaluation"]["text"] == EVALUATION["published_evaluation"]
        assert docket.state == "evaluated" and docket.closed_at is not None
        assert docket.facts["until"] == "2030-09-03", "counted from the day on which it is public"
        views = casefile.clocks(session, docket, date(2027, 9, 4), BOOK)
        assert [v.state for v in views if v.code == "accident.release"] == ["met"]
        for again in ("lift_after_evaluation", "take_up"):
            with pytest.raises(dockets.Refused, match="public already"):
                told = RELEASED | {"released_on": "2027-09-04"}
                bureau.act(session, docket, again, "all", "2027-09-04", told)


def test_released_before_the_evaluation_it_goes_the_usual_way(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = replied(session, bureau)
        bureau.act(session, docket, "draft_publication", "clerk", "2026-08-04", SUMMARY)
        bureau.act(session, docket, "withhold", "approver", "2026-08-05", WITHHELD)
        with pytest.raises(dockets.Refused, match="does not follow"):
            bureau.act(session, docket, "publish", "publisher", "2026-08-06")
        lifted = RELEASED | {"released_on": "2026-09-01"}
        bureau.act(session, docket, "lift_withholding", "approver", "2026-09-01", lifted)
        due = clock(session, docket, "accident.release", "2026-09-01").breach_due
        assert due == date(2026, 9, 29)
        assert climbing.climb_due(session, at("2026-09-30"), BOOK) == 1
        bureau.act(session, docket, "publish", "publisher", "2026-09-30")
        with pytest.raises(dockets.Refused, match="for the public how the evaluation"):
            bureau.act(session, docket, "evaluate", "reviewer", "2027-06-01", SILENT)
        bureau.act(session, docket, "evaluate", "reviewer", "2027-06-01", EVALUATION)
        assert published(session, docket)[-1][1]["evaluation"]["result"] == "partly"


def test_kept_back_again_and_never_for_a_person(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = kept_back(session, bureau)
        bureau.act(session, docket, "lift_after_evaluation", "approver", "2027-09-01", RELEASED)
        anew = WITHHELD | {"withheld_on": "2027-09-02"}
        bureau.act(session, docket, "withhold_again", "approver", "2027-09-02", anew)
        assert (docket.state, "released_on" in docket.facts) == ("evaluated", False)
        assert published(session, docket) == []
        with pytest.raises(dockets.Refused, match="keeps it from the public"):
            bureau.act(session, docket, "take_up", "clerk", "2027-09-03")
        of_person = replied(session, bureau, subject_id=bureau.person)
        bureau.act(session, of_person, "withhold", "approver", "2026-08-05", WITHHELD)
        with pytest.raises(dockets.Refused, match="natural person"):
            bureau.act(
                session,
                of_person,
                "lift_withholding",
                "approver",
                "2026-09-01",
                RELEASED | {"released_on": "2026-09-01"},
            )


def test_an_accident_from_before_the_records_is_taken_up(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = kept_back(session, bureau)
        before_records(session, docket, "evaluated", "withheld_on", "withholding_ground")
        bureau.act(session, docket, "take_up", "clerk", "2027-09-01")
        half: dict[str, Any] = SUMMARY | {"published_evaluation": "评估责任人张样例。"}
        with pytest.raises(dockets.Refused, match="by name"):
            bureau.act(session, docket, "draft_release", "clerk", "2027-09-02", half)
        bureau.act(session, docket, "draft_release", "clerk", "2027-09-02", TOLD)
        bureau.act(session, docket, "release", "publisher", "2027-09-03")
        assert published(session, docket)[0][1]["evaluation"]["result"] == "partly"


def finished(session: WorkingSession, bureau: Bureau) -> Docket:
    """Finished on 20 July 2026, as it was when inspections had no records."""
    docket = recorded(session, bureau, "minor", team=inspectors(session, bureau))
    before_records(session, docket, "published")
    fixed = {"finding": 1, "fixed_on": "2026-07-15"}
    bureau.act(session, docket, "fix", "clerk", "2026-07-15", fixed)
    bureau.act(session, docket, "finish", "reviewer", "2026-07-20")
    before_records(session, docket, "finished", "finished_on", "until")
    return docket


def test_a_finished_inspection_is_made_public_by_another_officer(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = finished(session, bureau)
        words = {"finding": 1, "public_text": "值班记录不全，已补齐。"}
        bureau.act(session, docket, "word_finding", "all", "2026-09-01", words)
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "publish_late", "all", "2026-09-02")
        bureau.act(session, docket, "publish_late", "publisher", "2026-09-02")
        ((op, shown),) = published(session, docket)
        check_payload("inspection", str(docket.public_id), shown)
        assert (op, shown["status"], shown["finished_on"]) == ("PUT", "finished", "2026-07-20")
        assert shown["findings"][0]["text"] == words["public_text"]
        assert docket.facts["until"] == "2027-07-20", "as long as if it had been public in time"
        for act, who in (("publish_late", "publisher"), ("word_finding", "clerk")):
            with pytest.raises(dockets.Refused, match="public already"):
                bureau.act(session, docket, act, who, "2026-09-03", words)
        assert expire_due(session, at("2027-07-21"), BOOK) == 1
        with pytest.raises(dockets.Refused, match="has been"):
            bureau.act(session, docket, "publish_late", "publisher", "2027-07-22")


def test_what_would_be_gone_by_now_is_not_made_public(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = finished(session, bureau)
        with pytest.raises(dockets.Refused, match="ended on 2027-07-20"):
            bureau.act(session, docket, "publish_late", "publisher", "2027-07-21")
        assert published(session, docket) == [] and docket.public_id is None


def unseen(session: WorkingSession, bureau: Bureau) -> Docket:
    """A licence granted on 20 July 2026 and found lacking, when licences had no records."""
    docket = granted(session, bureau)
    docket.public_id = docket.public_kind = None
    before_records(session, docket, "published", "public_id", "published_on", "shown_until")
    return bureau.act(session, docket, "find_lacking", "clerk", "2026-09-01", FOUND)


def test_a_licence_found_lacking_is_made_public_as_it_is(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = unseen(session, bureau)
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "publish_late", "approver", "2026-09-02")
        bureau.act(session, docket, "publish_late", "publisher", "2026-09-02")
        shown = published(session, docket)[-1][1]
        assert (shown["status"], shown["put_right_by"]) == ("lacking", "2026-09-30")
        assert (docket.state, docket.facts["shown_until"]) == ("lacking", "2030-07-19")
        look(session, bureau, docket, "2026-09-25", CONDITIONS[11])
        again = {"rechecked_on": "2026-09-25", "recheck_text": "已改正"}
        bureau.act(session, docket, "restore", "reviewer", "2026-09-25", again)
        assert published(session, docket)[-1][1]["status"] == "valid"


def test_a_licence_revoked_unseen_is_shown_for_the_rest_of_its_year(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = unseen(session, bureau)
        gone = {"revoked_on": "2026-11-02", "revocation_grounds": "逾期未改正。"}
        bureau.act(session, docket, "revoke", "approver", "2026-11-02", gone)
        before_records(session, docket, "revoked", "valid_until")
        docket.facts = docket.facts | {"until": "2029-07-19"}
        bureau.act(session, docket, "publish_late", "publisher", "2026-12-01")
        shown = published(session, docket)[-1][1]
        assert (shown["status"], shown["term"]["until"]) == ("revoked", "2029-07-19")
        assert docket.facts["until"] == "2027-11-02"
        assert expire_due(session, at("2027-11-03"), BOOK) == 1 and docket.public_id is None
