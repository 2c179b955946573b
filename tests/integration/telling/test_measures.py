"""Joint punishment from the log to the departments and back, through the worker's own steps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import select
from telling_kit import Desk, Listener, listing, subscribe

from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.office.audit import queries as audit
from registry.office.audit.models import AuditEntry
from registry.office.publisher import service as publisher
from registry.office.punishments import queries, service
from registry.office.punishments.models import Notice
from registry.office.punishments.service import DepartmentDraft
from registry.public.gazette import queries as published
from registry.public.measures import service as measures
from registry.public.measures.lifecycle import AnswerRefused
from registry.public.measures.models import MeasureFeedback
from registry.public.measures.service import Feedback

L1, L2 = "L-0000000001", "L-0000000002"


def department(desk: Desk, kind: str = "mof", region: str = "990000", agency: bool = True,
               only: tuple[str, ...] = ()) -> int:  # fmt: skip
    mine = desk.officers["clerk"].authority_id
    draft = DepartmentDraft(
        "演示省样例财政厅", kind, region, only, desk.agency_id if agency else None, mine
    )
    with desk.office.working.write() as session:
        added = service.add_department(session, desk.acting("admin"), draft)
        return added.id or 0


def notices(desk: Desk) -> dict[tuple[str, str], Notice]:
    with desk.office.working.read() as session:
        found = session.exec(select(Notice)).all()
        return {(one.listing, one.measure): one for one in found}


def tasks(desk: Desk, *states: str) -> list[tuple[str, str, str]]:
    wanted = states or ("due", "received", "lift-due")
    with desk.office.intake.read() as session:
        found = measures.due(session, desk.agency_id, states=wanted)
        return [(one.listing, one.measure, one.state) for one in found]


def answer(desk: Desk, listing_id: str, measure: str, given: Feedback) -> None:
    token = notices(desk)[listing_id, measure].token
    with desk.office.intake.write() as session:
        measures.answer(session, desk.agency_id, token, given, desk.now)


def test_from_publication_to_the_lift(desk: Desk, listener: Listener) -> None:
    department(desk)
    subscribe(desk, listener.url, "measure.due", "measure.lift")
    desk.publish(L1, listing())
    desk.work()
    # Finance executes M5, and M3, which all departments do; not M1.
    assert tasks(desk) == [(L1, "M3", "due"), (L1, "M5", "due")]
    assert listener.types == ["measure.due", "measure.due"]
    assert "样例" not in listener.got[0][1].decode()

    today = date(2026, 11, 20)
    answer(desk, L1, "M5", Feedback("applied", today, reference="财监〔2026〕9号"))
    answer(desk, L1, "M3", Feedback("not-applicable", today, "无告知承诺事项"))
    assert tasks(desk) == []
    desk.work()
    known = notices(desk)
    assert known[L1, "M5"].state == "applied"
    assert known[L1, "M5"].applied_on == today
    assert known[L1, "M3"].state == "not-applicable"
    with desk.office.intake.read() as session:
        rows = session.exec(select(MeasureFeedback)).all()
        assert all(row.carried and not row.reason and not row.reference for row in rows)
    with desk.office.working.read() as session:
        said = session.exec(select(AuditEntry.action)).all()
        assert said.count("punishments:answer:received") == 2
        assert audit.verify(session).intact

    desk.now += timedelta(days=3)
    desk.publish(L1)
    desk.publish(L2, listing("另一家样例公司", ""))
    desk.work()
    # The lift was queued before the new measures, although its row stands in the same stretch.
    assert listener.types[2] == "measure.lift"
    assert (L1, "M5", "lift-due") in tasks(desk)
    assert notices(desk)[L1, "M3"].state == "closed"
    lift = notices(desk)[L1, "M5"]
    assert lift.lift_by == date(2026, 12, 7)  # ten working days

    with pytest.raises(AnswerRefused):
        answer(desk, L1, "M5", Feedback("applied", date(2026, 11, 23)))
    answer(desk, L1, "M5", Feedback("lifted", date(2026, 11, 23)))
    desk.work()
    assert notices(desk)[L1, "M5"].lifted_on == date(2026, 11, 23)


@pytest.mark.sqlite_only
def test_a_lift_is_chased_until_it_is_acknowledged(desk: Desk, listener: Listener) -> None:
    department(desk, only=("M5",))
    subscribe(desk, listener.url, "measure.lift")
    desk.publish(L1, listing())
    desk.work()
    desk.publish(L1)
    desk.work()
    assert len(listener.got) == 1
    for _ in range(8):
        desk.now += timedelta(days=3)
        desk.work()
    reminders = [one["data"]["reminder"] for one in listener.messages]
    assert reminders[:3] == [0, 1, 2]
    assert len(reminders) >= 6
    with desk.office.working.read() as session:
        found = queries.departments(session, "/")
        today = desk.acting("admin").today
        late = queries.notices(session, found, today, overdue=True)
        assert [row.notice.listing for row in late] == [L1]
        assert queries.standings(session, found, today)[0].overdue == 1
    answer(desk, L1, "M5", Feedback("received", date(2026, 12, 1)))
    assert tasks(desk) == [(L1, "M5", "lift-due")]
    answer(desk, L1, "M5", Feedback("lifted", date(2026, 12, 10)))
    before = len(listener.got)
    desk.now += timedelta(days=9)
    desk.work()
    assert len(listener.got) == before


@pytest.mark.sqlite_only
def test_who_is_told(desk: Desk) -> None:
    """By the catalogue's kind, the subscription, the region; only what has a basis on the day."""
    department(desk, only=("M5",))
    other = department(desk, "samr", "990122", agency=False)
    desk.publish(L1, listing(measures=("M1", "M3", "M5", "M9", "JP10")))
    desk.work()
    assert set(notices(desk)) == {(L1, "M5")}
    desk.publish(L2, listing("空谷样例", "", region="990122"))
    desk.work()
    assert {key for key in notices(desk) if key[0] == L2} == {(L2, "M3"), (L2, "M5")}
    # A correction that drops a measure lifts it; one that brings it back makes it due anew.
    desk.publish(L1, listing(measures=("M1",)))
    desk.work()
    assert notices(desk)[L1, "M5"].state == "lift-due"
    desk.publish(L1, listing(measures=("M1", "M5")))
    desk.work()
    assert notices(desk)[L1, "M5"].state == "due"
    with desk.office.working.write() as session:
        service.end_department(session, desk.acting("admin"), other)
    desk.publish("L-0000000003", listing("空谷样例二", "", region="990122"))
    desk.publish(L2)
    desk.work()
    known = notices(desk)
    assert ("L-0000000003", "M3") not in known
    assert known[L2, "M3"].state == "lift-due"


@pytest.mark.sqlite_only
def test_a_department_that_comes_later_hears_of_what_stands(desk: Desk) -> None:
    desk.publish(L1, listing())
    desk.publish(L2, listing("曾列入样例", ""))
    desk.publish(L2)
    desk.work()
    department(desk)
    desk.work()
    assert {key[0] for key in notices(desk)} == {L1}


@pytest.mark.sqlite_only
def test_answers_are_checked_and_taken_once(desk: Desk) -> None:
    department(desk)
    desk.publish(L1, listing())
    desk.work()
    with pytest.raises(InvalidInput) as wrong:
        answer(desk, L1, "M5", Feedback("not-applicable", date(2026, 11, 20)))
    assert set(wrong.value.fields) == {"reason"}
    for day in (date(2026, 11, 21), date(2026, 11, 19)):
        with pytest.raises(InvalidInput) as wrong:
            answer(desk, L1, "M5", Feedback("applied", day))
        assert set(wrong.value.fields) == {"on"}
    token = notices(desk)[L1, "M5"].token
    with pytest.raises(NotFound), desk.office.intake.write() as session:
        given = Feedback("applied", date(2026, 11, 20))
        measures.answer(session, desk.agency_id + 1, token, given, desk.now)
    # The desk was first: the system's later answer is refused, and what it sees is mended.
    given = Feedback("applied", date(2026, 11, 20))
    answer(desk, L1, "M5", Feedback("received", date(2026, 11, 20)))
    with desk.office.working.write() as session:
        service.note_answer(session, desk.acting("clerk"), token, given)
    desk.work()
    assert notices(desk)[L1, "M5"].state == "applied"
    assert tasks(desk, "applied") == [(L1, "M5", "applied")]
    with desk.office.intake.read() as session:
        assert measures.refusals(session, [token]) == {token: "answer-refused"}


@pytest.mark.sqlite_only
def test_who_may(desk: Desk) -> None:
    department(desk)
    desk.publish(L1, listing())
    desk.work()
    token = notices(desk)[L1, "M5"].token
    given = Feedback("applied", date(2026, 11, 20))
    draft = DepartmentDraft("某部门", "mof", "990000")
    with desk.office.working.write() as session:
        for login in ("clerk", "approver", "auditor"):
            with pytest.raises(Forbidden):
                service.add_department(session, desk.acting(login), draft)
        for login in ("admin", "auditor"):
            with pytest.raises(Forbidden):
                service.note_answer(session, desk.acting(login), token, given)
        with pytest.raises(NotFound):
            service.note_answer(session, desk.acting("clerk"), "M-ZZZZZZZZZZ", given)
        wrong = DepartmentDraft(" ", "all", "999999", ("M1",), desk.agency_id)
        with pytest.raises(InvalidInput) as error:
            service.add_department(session, desk.acting("admin"), wrong)
        assert set(error.value.fields) == {"name", "kind", "region", "measures", "agency_id"}


def test_figures_are_published_without_small_cells(desk: Desk) -> None:
    department(desk)
    for number in range(1, 7):
        desk.publish(f"L-000000000{number}", listing(f"样例{number}号", "", ("M5", "M3")))
    desk.publish("L-0000000009", listing("样例九号", "", ("M4",)))
    desk.work()
    for number in range(1, 6):
        answer(desk, f"L-000000000{number}", "M5", Feedback("applied", date(2026, 11, 20)))
    desk.work()
    desk.now += timedelta(days=1)
    desk.work()
    publisher.run_once(
        desk.office.working, desk.office.gazette, now=desk.now,
        lock_dir=desk.office.settings.lock_dir,
    )  # fmt: skip
    with desk.office.gazette.read() as session:
        (record,) = published.every(session, "statistic", desk.now)
    figures = {row["code"]: row["figures"] for row in record.payload["rows"]}
    assert figures["M5"]["told"] == 6
    assert figures["M5"]["applied"] == 5
    assert figures["M5"]["median_days_to_apply"] == "0"
    assert figures["M3"]["applied"] == 0
    assert figures["M4"]["told"] is None
    assert record.payload["name"] == "joint-punishment"


@pytest.mark.sqlite_only
def test_departments_are_seen_in_their_subtree_only(desk: Desk) -> None:
    draft = DepartmentDraft("演示省样例市场监管局", "samr", "990000")
    with desk.office.working.write() as session:
        added = service.add_department(session, desk.acting("admin"), draft)
        assert service.department(session, desk.acting("province.clerk"), added.id or 0)
        for login in ("clerk", "city.clerk"):
            with pytest.raises(NotFound):
                service.department(session, desk.acting(login), added.id or 0)
