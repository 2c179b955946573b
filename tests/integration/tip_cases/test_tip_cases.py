"""A tip from the inbox to the reply: nothing in clear, everybody counted, the reporter told."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
from docket_office import at
from nacl.public import PrivateKey
from sqlmodel import col, select
from tip_office import DAY, SECRET, TOLD, VAULT, TipOffice, duty

from registry.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from registry.office import dockets
from registry.office.audit.models import AuditEntry
from registry.office.dockets.checks import NotAllowed
from registry.office.dockets.hooks import Refused
from registry.office.dockets.models import Docket, DocketClock, DocketEvent
from registry.office.staff import officer_keys
from registry.office.tips import duplicates, handing, heads, opening, service
from registry.office.tips.models import TipAccess, TipKey, TipNote, TipRecusal
from registry.office.tips.service import Doing
from registry.public.inbox.service import MESSAGE, OBJECTION, WITHDRAWAL


def test_from_the_inbox_to_the_reply(office: TipOffice) -> None:
    receipt, tip = office.taken()
    assert office.box(receipt).status == "received"
    found = office.open(tip)
    assert found.facts["text"] == SECRET
    assert office.do(tip, "accept", letter="已受理。") == "accepted"
    assert office.do(tip, "verify") == "verifying"
    assert office.do(tip, "find_true") == "verified"
    assert office.do(tip, "close", "reviewer", letter="经查属实。") == "closed"
    box = office.box(receipt)
    assert (box.status, box.opened) == ("closed", 2)
    assert [one["text"] for one in office.letters(receipt)] == ["已受理。", "经查属实。"]
    done = {line["code"]: bool(line["done"]) for line in box.clocks}
    assert done.pop("tip.follow_up") is False
    assert done == dict.fromkeys(("tip.accept", "tip.close", "tip.reply"), True)


def test_only_day_category_and_state_stand_in_clear(office: TipOffice) -> None:
    _, tip = office.taken()
    office.do(tip, "accept", letter=SECRET)
    with office.working.read() as session:
        docket = session.get_one(Docket, tip)
        assert set(docket.facts) == {"category", "bucket", "number", "handed_in_on"}
        for event in session.exec(select(DocketEvent).where(DocketEvent.docket_id == tip)):
            assert not event.reason and set(event.data) <= set(docket.facts)
        # The instant at which it came in is nobody's to know: all is levelled to the day.
        assert docket.opened_at == at(DAY, 0)


def test_five_working_days_sixty_days_and_thirty_more(office: TipOffice) -> None:
    _, tip = office.taken()
    with office.working.read() as session:
        query = select(DocketClock).where(DocketClock.docket_id == tip)
        assert [c.breach_due for c in session.exec(query)] == [date(2026, 9, 8)]
    office.do(tip, "accept", day="2026-09-02")
    with office.working.read() as session:
        query = select(DocketClock).where(DocketClock.code == "tip.close")
        assert session.exec(query).one().breach_due == date(2026, 11, 1)
    office.do(tip, "extend", "approver", day="2026-10-30")
    with office.working.read() as session:
        assert session.exec(query).one().breach_due == date(2026, 12, 1)
    with pytest.raises(Refused):
        office.do(tip, "extend", "approver", day="2026-11-20")


def test_no_step_without_opening_and_a_reason(office: TipOffice) -> None:
    _, tip = office.taken()
    with pytest.raises(opening.OpenFirst):
        office.do(tip, "accept", opened=False)
    with pytest.raises(InvalidInput):
        office.do(tip, "accept", why={"reason": "  "})
    with office.working.write() as session:
        docket = session.get_one(Docket, tip)
        with pytest.raises(Refused):
            dockets.act(session, docket, "accept", office.acting("clerk"), version=docket.version)
    assert office.state(tip) == "received"
    with office.working.read() as session:
        assert session.exec(select(TipNote).where(TipNote.action == "accept")).first() is None


def test_an_opening_holds_for_half_an_hour(office: TipOffice) -> None:
    _, tip = office.taken()
    office.open(tip)
    late = dataclasses.replace(office.acting("clerk"), now=at(DAY) + timedelta(minutes=31))
    with office.working.read() as session, pytest.raises(opening.OpenFirst):
        opening.look(session, tip, late, office.private["clerk"])


def test_a_stale_version_is_a_conflict_and_leaves_no_note(office: TipOffice) -> None:
    _, tip = office.taken()
    office.open(tip)
    with office.working.write() as session, pytest.raises(Conflict):
        service.take(
            session, tip, office.acting("clerk"), office.private["clerk"],
            Doing("accept", {"reason": "x"}, version=99),
        )  # fmt: skip
    with office.working.read() as session:
        assert session.exec(select(TipNote).where(TipNote.action == "accept")).first() is None


def test_a_case_of_a_tip_cannot_be_opened_at_a_desk(office: TipOffice) -> None:
    with office.working.write() as session, pytest.raises(Refused):
        dockets.open_docket(
            session, "tip", office.acting("clerk"), title="举报", region="990121",
            facts={"category": "T2", "bucket": 1, "number": 1, "handed_in_on": DAY},
        )  # fmt: skip


def test_concealment_goes_to_the_government_with_the_office_above_informed(
    office: TipOffice,
) -> None:
    receipt, tip = office.taken(category="T1", detail="")
    office.do(tip, "accept")
    with pytest.raises(Refused):
        office.do(tip, "verify")
    with pytest.raises(InvalidInput):
        office.do(tip, "route", data={"verifier_level": "village"}, why=TOLD)
    assert office.do(tip, "route", data={"verifier_level": "county"}, why=TOLD) == ("verifying")
    assert office.box(receipt).status == "verifying"
    _, other = office.taken()
    office.do(other, "accept")
    with pytest.raises(Refused):
        office.do(other, "route", data={"verifier_level": "county"}, why=TOLD)


@pytest.mark.parametrize("findings", ["find_true", "find_untrue"])
def test_who_found_it_does_not_close_it(office: TipOffice, findings: str) -> None:
    _, tip = office.taken()
    office.do(tip, "accept")
    office.do(tip, "verify")
    reviewer = office.bureau.officers["reviewer"]
    office.bureau.officers["reviewer"] = dataclasses.replace(
        reviewer, roles=frozenset({"clerk", "reviewer"})
    )
    office.do(tip, findings, "reviewer")
    with pytest.raises(NotAllowed):
        office.do(tip, "close", "reviewer")
    assert office.do(tip, "close", "approver") == "closed"


def test_an_objection_reopens_and_another_concludes(office: TipOffice) -> None:
    receipt, tip = office.taken()
    office.do(tip, "refuse", "reviewer", why={"refusal": "no-subject"}, letter="不予受理。")
    office.say(receipt, OBJECTION, "事实很清楚", "2026-09-03")
    assert office.state(tip) == "rechecking"
    assert office.box(receipt).status == "rechecking"
    with pytest.raises(NotAllowed):
        reviewer = office.bureau.officers["reviewer"]
        both = dataclasses.replace(reviewer, roles=frozenset({"approver"}))
        office.bureau.officers["reviewer"] = both
        office.do(tip, "recheck", "reviewer", day="2026-09-04")
    assert office.do(tip, "reopen", "approver", day="2026-09-04") == "verifying"


def test_messages_go_both_ways_and_are_told_apart(office: TipOffice) -> None:
    receipt, tip = office.taken()
    office.do(tip, "write", letter="请补充作业面位置。")
    office.say(receipt, MESSAGE, "在三号面", "2026-09-02")
    found = office.open(tip, day="2026-09-03")
    assert [(one.kind, one.content["text"]) for one in found.said] == [(MESSAGE, "在三号面")]
    assert office.letters(receipt)[0]["text"] == "请补充作业面位置。"


def test_a_withdrawal_needs_the_reporters_word(office: TipOffice) -> None:
    receipt, tip = office.taken()
    with pytest.raises(Refused):
        office.do(tip, "withdraw", "reviewer")
    office.say(receipt, WITHDRAWAL, "不再反映")
    assert office.do(tip, "withdraw", "reviewer") == "withdrawn"


def test_check_21_transfer_keeps_messages_and_takes_the_key_along(office: TipOffice) -> None:
    receipt, tip = office.taken()
    office.say(receipt, MESSAGE, "补充材料")
    state = office.do(
        tip, "transfer", data={"authority": office.bureau.parent}, letter="已移交省级机关。"
    )
    assert state == "transferred"
    box = office.box(receipt)
    assert box.authority == "11990000XY00000B4C"
    assert office.letters(receipt)[-1]["kind"] == "transfer"
    with pytest.raises(NotFound):
        office.open(tip)
    found = office.open(tip, "parent-clerk")
    assert found.facts["text"] == SECRET
    assert [one.content["text"] for one in found.said] == ["补充材料"]
    assert office.do(tip, "take_over", "parent-clerk") == "received"
    with office.working.read() as session:
        holders = set(session.exec(select(TipKey.key_id).where(TipKey.docket_id == tip)))
    assert holders == {
        opening.sealing.key_id(office.private["parent-clerk"].public_key),
        opening.sealing.key_id(office.recovery.public_key),
    }


def test_nothing_is_handed_over_to_where_nobody_could_read_it(office: TipOffice) -> None:
    _, tip = office.taken()
    for nowhere in (9999, office.bureau.authority):
        with pytest.raises((InvalidInput, NotFound)):
            office.do(tip, "transfer", data={"authority": nowhere})
    assert office.state(tip) == "received"


def test_a_person_named_in_a_tip_never_reads_it(office: TipOffice) -> None:
    name = office.bureau.officers["clerk"].name
    _, tip = office.taken(text=f"{name[:2]} {name[2:]} 收受矿方好处")
    with pytest.raises(opening.Excluded):
        office.open(tip)
    with office.working.write() as session:
        service.recuse(session, tip, office.acting("clerk"), office.private["clerk"])
    with pytest.raises(NotFound):
        office.open(tip)
    with office.working.read() as session, pytest.raises(opening.Excluded):
        opening.unlock(session, tip, office.acting("clerk"), office.private["clerk"])
    assert office.open(tip, "parent-clerk").facts["text"].endswith("收受矿方好处")
    with office.working.read() as session:
        query = select(TipAccess).where(TipAccess.docket_id == tip)
        mine = office.bureau.officers["clerk"].account_id
        assert mine not in {one.account_id for one in session.exec(query)}


def test_a_deputy_of_an_excluded_officer_is_excluded(office: TipOffice) -> None:
    _, tip = office.taken()
    with office.working.write() as session:
        service.recuse(session, tip, office.acting("clerk"))
    second = office.bureau.officers["second-clerk"]
    clerk = office.bureau.officers["clerk"].account_id
    office.bureau.officers["second-clerk"] = dataclasses.replace(
        second, deputising_for=frozenset({clerk})
    )
    with pytest.raises(NotFound):
        office.open(tip, "second-clerk")


def test_where_all_are_in_conflict_the_office_above_gets_it(office: TipOffice) -> None:
    receipt, tip = office.taken()
    for login in ("clerk", "second-clerk", "reviewer", "approver"):
        with office.working.write() as session:
            service.recuse(session, tip, office.acting(login), office.private[login])
    office.work()
    assert office.state(tip) == "transferred"
    assert office.box(receipt).authority == "11990000XY00000B4C"
    assert office.open(tip, "parent-clerk").facts["text"] == SECRET


def test_outside_the_subtree_and_outside_casework_there_is_nothing(office: TipOffice) -> None:
    _, tip = office.taken()
    clerk = office.bureau.officers["clerk"]
    office.bureau.officers["clerk"] = dataclasses.replace(clerk, authority_path="/999/")
    with pytest.raises(NotFound):
        office.open(tip)
    office.bureau.officers["clerk"] = dataclasses.replace(clerk, roles=frozenset({"auditor"}))
    with pytest.raises(Forbidden):
        office.open(tip)


def test_every_opening_is_audited_with_its_reason_sealed(office: TipOffice) -> None:
    _, tip = office.taken()
    office.open(tip)
    with office.working.read() as session:
        query = select(AuditEntry).where(AuditEntry.action == "tips:tip:opened")
        entry = session.exec(query).one()
        assert entry.subject == f"docket:{tip}"
        assert "受理审查" not in entry.detail
    assert office.open(tip, "reviewer").notes[0].content["reason"] == "受理审查"


def test_newcomers_on_duty_and_who_lost_his_key_are_sealed_to(office: TipOffice) -> None:
    _, tip = office.taken()
    with office.working.write() as session:
        duty(session, office, "second-reviewer", office.bureau.authority, at(DAY))
    with pytest.raises(opening.NotForYou):
        office.open(tip, "second-reviewer")
    with office.working.write() as session:
        assert handing.seal_to_all(session, office.acting("clerk"), office.private["clerk"]) == 1
    assert office.open(tip, "second-reviewer").facts["text"] == SECRET


def test_recovery_is_tried_and_then_opens_for_who_is_on_duty(office: TipOffice) -> None:
    _, tip = office.taken()
    with office.working.write() as session:
        recovery = opening.sealing.key_id(office.recovery.public_key)
        for row in session.exec(select(TipKey).where(col(TipKey.key_id) != recovery)):
            session.delete(row)
    with pytest.raises(opening.NotForYou):
        office.open(tip)
    with office.working.write() as session:
        drill = handing.recover(session, office.recovery, dry_run=True)
        assert (drill.tips, drill.opened, drill.wrapped) == (1, 1, 0)
        other = handing.recover(session, office.private["clerk"], dry_run=True)
        assert (other.tips, other.opened) == (1, 0)
        assert handing.recover(session, office.recovery, dry_run=False).wrapped == 4
    assert office.open(tip).facts["text"] == SECRET


def test_a_new_recovery_key_opens_earlier_tips_once_they_are_sealed_to_all(
    office: TipOffice,
) -> None:
    _, tip = office.taken()
    fresh = PrivateKey.generate()
    with office.working.write() as session:
        officer_keys.set_recovery(session, fresh.public_key, at(DAY))
        assert handing.recover(session, fresh, dry_run=True).opened == 0
        clerk = office.acting("clerk")
        assert handing.seal_to_all(session, clerk, office.private["clerk"]) == 1
        assert handing.recover(session, fresh, dry_run=True).opened == 1
        assert handing.seal_to_all(session, clerk, office.private["clerk"]) == 0
    with office.working.read() as session:
        assert session.get(TipKey, (tip, opening.sealing.key_id(fresh.public_key))) is not None


def test_the_replaced_recovery_key_seals_to_its_successor(office: TipOffice) -> None:
    office.taken()
    fresh = PrivateKey.generate()
    with office.working.write() as session:
        officer_keys.set_recovery(session, fresh.public_key, at(DAY))
        drill = handing.recover(session, office.recovery, dry_run=False)
        assert (drill.opened, drill.wrapped) == (1, 1)
        assert handing.recover(session, fresh, dry_run=True).opened == 1


def test_a_tip_handed_over_is_sealed_to_the_recovery_key_now_in_use(office: TipOffice) -> None:
    _, tip = office.taken()
    fresh = PrivateKey.generate()
    with office.working.write() as session:
        officer_keys.set_recovery(session, fresh.public_key, at(DAY))
    office.do(tip, "transfer", data={"authority": office.bureau.parent})
    with office.working.write() as session:
        assert handing.recover(session, fresh, dry_run=True).opened == 1


def test_duplicates_are_proposed_and_the_first_is_known(office: TipOffice) -> None:
    _, first = office.taken(since=date(2026, 8, 20))
    _, second = office.taken(category="T3", detail="T3a", since=date(2026, 8, 20))
    _, third = office.taken(subject={"name": "别的矿"}, since=date(2026, 8, 20))
    for tip in (first, second, third):
        office.open(tip)
    with office.working.read() as session:
        assert list(duplicates.similar(session, second)) == [first]
        assert list(duplicates.similar(session, third)) == []
    facts = {"subject": {"name": "虚岭县一号样例煤矿"}, "category": "T2"}
    other = dataclasses.replace(VAULT, key=b"o" * 32)
    assert set(duplicates.marks(facts, VAULT)).isdisjoint(duplicates.marks(facts, other))


def test_the_chain_has_a_published_head_per_day(office: TipOffice) -> None:
    office.taken()
    office.taken("2026-09-02")
    stores = office.stores
    found = [
        heads.publish_due(stores.working, stores.gazette, now=at(day), lock_dir=stores.lock_dir)
        for day in ("2026-09-02", "2026-09-02", "2026-09-03", "2026-09-05")
    ]
    assert found == [1, 0, 1, 0]


def test_a_link_to_the_case_that_follows_is_sealed(office: TipOffice) -> None:
    _, tip = office.taken()
    office.do(tip, "accept")
    office.do(tip, "verify")
    office.do(tip, "link", why={"case_number": "990121罚〔2026〕1号"})
    assert office.open(tip).noted("link").content["case_number"] == "990121罚〔2026〕1号"  # type: ignore[union-attr]
    with office.working.read() as session:
        assert session.exec(select(TipRecusal)).first() is None
        assert not session.exec(select(DocketEvent).where(col(DocketEvent.reason) != "")).first()
