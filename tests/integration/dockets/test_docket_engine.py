"""The mechanism on a real store: races, refusals that change nothing, proof, desks, audit."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from docket_office import (
    BOOK,
    NOTICE,
    Bureau,
    at,
    decided_penalty,
    open_listing,
    open_penalty,
)
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from registry.office import dockets
from registry.office.audit.models import AuditEntry
from registry.office.dockets import checks, documents, engine, evidence, kinds
from registry.office.dockets.models import Docket, DocketEvent, DocketEvidence
from registry.office.dockets.service import reserve
from registry.office.staff.models import Authority, RoleGrant
from registry.office.staff.officer import Acting

DAYS = ["2026-05-06", "2026-05-07", "2026-05-18", "2026-05-19"]


def test_two_officers_race_and_the_first_ones_work_stays(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket_id = open_penalty(session, bureau, "2026-05-06").id
        docket = session.get(Docket, docket_id)
        assert docket is not None
        bureau.attach(session, docket, "clerk", "2026-05-06", "service-proof")
    outcomes: dict[str, str] = {}
    barrier = threading.Barrier(2)

    def race(who: str) -> None:
        with working.reader() as looking:
            seen = looking.get(Docket, docket_id)
            assert seen is not None
            version = seen.version
        barrier.wait()
        try:
            with working.write() as session:
                mine = session.get(Docket, docket_id)
                assert mine is not None
                data = {**NOTICE, "notice_served_on": "2026-05-07", "notice_served_to": who}
                dockets.act(
                    session, mine, "notice", bureau.acting(who, "2026-05-08"),
                    version=version, data=data,
                )  # fmt: skip
            outcomes[who] = "done"
        except Conflict:
            outcomes[who] = "conflict"

    threads = [threading.Thread(target=race, args=(who,)) for who in ("clerk", "second-clerk")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes.values()) == ["conflict", "done"]
    winner = next(who for who, outcome in outcomes.items() if outcome == "done")
    with working.read() as session:
        docket = session.get(Docket, docket_id)
        assert docket is not None
        assert docket.facts["notice_served_to"] == winner and docket.version == 2
        assert len(engine.events(session, docket)) == 2


def test_a_stale_version_is_a_conflict(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = open_penalty(session, bureau, "2026-05-06")
        with pytest.raises(Conflict):
            dockets.act(
                session, docket, "edit", bureau.acting("clerk", "2026-05-06"), version=7, data={}
            )


def test_who_drafted_cannot_approve_nor_his_deputy(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = open_penalty(session, bureau, "2026-05-06")
        notice = {**NOTICE, "notice_served_on": "2026-05-07"}
        bureau.act(session, docket, "notice", "all", "2026-05-07", notice)
        draft = {"decision_number": "1", "decision_text": "罚。"}
        bureau.act(session, docket, "draft_decision", "all", "2026-05-18", draft)
        with pytest.raises(Forbidden, match="part in drafting"):
            bureau.act(session, docket, "decide", "all", "2026-05-19", {"decided_on": "2026-05-19"})
        deputy = replace(
            bureau.officers["approver"],
            deputising_for=frozenset({bureau.officers["all"].account_id}),
        )
        with pytest.raises(Forbidden, match="part in drafting"):
            dockets.act(
                session, docket, "decide", Acting(deputy, at("2026-05-19"), BOOK),
                version=docket.version, data={"decided_on": "2026-05-19"}, signature=deputy.name,
            )  # fmt: skip
        view = {
            v.action.code: v
            for v in dockets.available(session, docket, bureau.acting("all", "2026-05-19"))
        }
        assert view["decide"].refusal is not None and not view["decide"].allowed
        bureau.act(
            session, docket, "decide", "second-all", "2026-05-19", {"decided_on": "2026-05-19"}
        )
        assert docket.state == "decided"


def test_who_named_a_party_or_linked_a_case_has_drafted_it(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        penalty = decided_penalty(session, bureau, DAYS)
        case = open_listing(session, bureau, DAYS[0], None)
        party = dockets.Party(bureau.person, "actual-controller")
        by_all = bureau.acting("all", DAYS[0])
        dockets.add_party(session, case, by_all, party=party, version=case.version)
        also = dockets.Link("rests-on", penalty.id or 0)
        by_second = bureau.acting("second-all", DAYS[0])
        dockets.link(session, case, by_second, to=also, version=case.version)
        bureau.act(
            session, case, "notice", "clerk", DAYS[1], {**NOTICE, "notice_served_on": DAYS[1]}
        )
        bureau.act(session, case, "waive", "clerk", DAYS[2], {"defence_waived_on": DAYS[2]})
        draft = {"decision_number": "2", "decision_text": "列入。"}
        bureau.act(session, case, "draft_decision", "clerk", DAYS[2], draft)
        for who in ("all", "second-all"):
            with pytest.raises(Forbidden, match="part in drafting"):
                bureau.act(session, case, "decide", who, DAYS[3], {"decided_on": DAYS[3]})
        bureau.act(session, case, "decide", "approver", DAYS[3], {"decided_on": DAYS[3]})
        assert case.state == "decided"


def test_no_step_counts_from_before_the_one_that_it_follows(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        case = open_penalty(session, bureau, DAYS[1])
        early = {**NOTICE, "notice_served_on": DAYS[0]}
        with pytest.raises(InvalidInput) as caught:
            bureau.act(session, case, "notice", "clerk", DAYS[2], early)
        assert caught.value.fields == {"notice_served_on": [checks.BEFORE_CAUSE]}
        late = {**NOTICE, "notice_served_on": DAYS[3]}
        with pytest.raises(InvalidInput) as caught:
            bureau.act(session, case, "notice", "clerk", DAYS[2], late)
        assert caught.value.fields == {"notice_served_on": [checks.FUTURE]}
        bureau.act(
            session, case, "notice", "clerk", DAYS[2], {**early, "notice_served_on": DAYS[1]}
        )
        assert case.state == "noticed"


def test_an_office_of_two_is_approved_above(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        office = session.get(Authority, bureau.authority)
        assert office is not None
        office.small_office = True
        session.add(office)
        docket = open_penalty(session, bureau, "2026-05-06")
        notice = {**NOTICE, "notice_served_on": "2026-05-07"}
        bureau.act(session, docket, "notice", "clerk", "2026-05-07", notice)
        draft = {"decision_number": "1", "decision_text": "罚。"}
        bureau.act(session, docket, "draft_decision", "clerk", "2026-05-18", draft)
        day = {"decided_on": "2026-05-19"}
        with pytest.raises(Forbidden, match="office above"):
            bureau.act(session, docket, "decide", "approver", "2026-05-19", day)
        bureau.act(session, docket, "decide", "parent-approver", "2026-05-19", day)
        assert docket.state == "decided"


def test_a_docket_above_does_not_exist_for_those_below(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        above = dockets.open_docket(
            session, "penalty", bureau.acting("parent-clerk", "2026-05-06"),
            facts=dict(open_penalty(session, bureau, "2026-05-06").facts),
            title="省级案件", region="990000", subject_id=bureau.firm,
        )  # fmt: skip
        mine = bureau.acting("clerk", "2026-05-06")
        assert above.id is not None
        with pytest.raises(NotFound):
            dockets.load(session, above.id, mine)
        with pytest.raises(NotFound):
            dockets.act(session, above, "edit", mine, version=1)
        with pytest.raises(InvalidInput) as wrong:
            dockets.open_docket(
                session, "penalty", mine, facts=above.facts, title="x", region="990121",
                subject_id=bureau.firm, links=[dockets.Link("follows", above.id)],
            )  # fmt: skip
        assert "link.follows" in wrong.value.fields


def test_a_refusal_changes_nothing(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = decided_penalty(session, bureau, DAYS)
        before = (docket.state, docket.version, dict(docket.facts), len(_events(session)))
        bad = {"decision_method": "direct", "decision_served_to": "", "decision_served_on": DAYS[3]}
        with pytest.raises(InvalidInput) as missing:
            bureau.act(session, docket, "serve", "clerk", "2026-05-20", bad)
        assert "document.penalty-receipt" in missing.value.fields
        assert "recipient" in str(missing.value.params["field"])
        assert (docket.state, docket.version, dict(docket.facts), len(_events(session))) == before


def _events(session: WorkingSession) -> list[DocketEvent]:
    return list(session.exec(select(DocketEvent)))


def test_events_are_only_added(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket_id = open_penalty(session, bureau, "2026-05-06").id
    with working.read() as session:
        event = _events(session)[0]
        assert event.docket_id == docket_id
        event.reason = "rewritten"
        session.add(event)
        with pytest.raises(RuntimeError, match="may not be changed"):
            session.flush()


def test_signature_and_reason_are_wanted(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = open_penalty(session, bureau, "2026-05-06")
        notice = {**NOTICE, "notice_served_on": "2026-05-07"}
        bureau.act(session, docket, "notice", "clerk", "2026-05-07", notice)
        draft = {"decision_number": "1", "decision_text": "罚。"}
        bureau.act(session, docket, "draft_decision", "clerk", "2026-05-18", draft)
        acting = bureau.acting("approver", "2026-05-19")
        day = {"decided_on": "2026-05-19"}
        with pytest.raises(InvalidInput) as unsigned:
            dockets.act(session, docket, "decide", acting, version=docket.version, data=day)
        assert "signature" in unsigned.value.fields
        with pytest.raises(InvalidInput) as silent:
            dockets.act(session, docket, "return", acting, version=docket.version)
        assert "reason" in silent.value.fields
        dockets.act(session, docket, "return", acting, version=docket.version, reason="补充证据")
        assert docket.state == "noticed"


def test_proof_is_wanted_and_used_once(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = open_penalty(session, bureau, "2026-05-06")
        acting = bureau.acting("clerk", "2026-05-07")
        notice = {**NOTICE, "notice_served_on": "2026-05-07"}
        with pytest.raises(dockets.Refused, match="Proof is missing"):
            dockets.act(session, docket, "notice", acting, version=1, data=notice)
        bureau.attach(session, docket, "clerk", "2026-05-07", "service-proof")
        dockets.act(session, docket, "notice", acting, version=1, data=notice)
        (proof,) = session.exec(select(DocketEvidence)).all()
        assert proof.event_id is not None
        serve = kinds.get("penalty").action("serve")
        assert evidence.missing(session, docket, serve, ()) == ("service-proof",)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"", "other"),
        ("a.exe", b"MZ", "other"),
        ("a.pdf", b"not a pdf", "other"),
        ("a.html", b"<script>", "other"),
        ("a.pdf", b"%PDF-1", "no-such-kind"),
    ],
)
def test_files_that_are_not_taken(
    working: Store[WorkingSession], bureau: Bureau, name: str, content: bytes, kind: str
) -> None:
    with working.write() as session:
        docket = open_penalty(session, bureau, "2026-05-06")
        with pytest.raises(InvalidInput) as wrong:
            dockets.attach(
                session, docket, bureau.acting("clerk", "2026-05-06"),
                dockets.Upload(name, content, kind), folder=bureau.folder,
            )  # fmt: skip
        assert "file" in wrong.value.fields


def test_files_are_kept_by_content_and_checked_when_read(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = open_penalty(session, bureau, "2026-05-06")
        acting = bureau.acting("clerk", "2026-05-06")
        # With a line break in its name no file could ever be sent again.
        upload = dockets.Upload("../../etc/笔\r\n录.pdf", b"%PDF-1.7 x", "case-file", personal=True)
        kept = dockets.attach(session, docket, acting, upload, folder=bureau.folder)
        assert kept.name == "笔录.pdf" and kept.id is not None
        path = bureau.folder / kept.sha256[:2] / kept.sha256
        assert path.stat().st_mode & 0o077 == 0
        assert hashlib.sha256(path.read_bytes()).hexdigest() == kept.sha256
        _, content = evidence.read(session, docket, kept.id, acting, folder=bureau.folder)
        assert content == b"%PDF-1.7 x"
        path.write_bytes(b"changed")
        with pytest.raises(evidence.DamagedEvidence):
            evidence.read(session, docket, kept.id, acting, folder=bureau.folder)
        assert "dockets:evidence:read" in session.exec(select(AuditEntry.action)).all()


def test_a_paper_shows_full_numbers_only_audited(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    from docket_office import RESIDENT, open_listing

    with working.write() as session:
        penalty = decided_penalty(session, bureau, DAYS)
        docket = open_listing(session, bureau, "2026-06-01", penalty)
        notice = {**NOTICE, "notice_served_on": "2026-06-02"}
        bureau.act(session, docket, "notice", "clerk", "2026-06-02", notice)
        draft = {"decision_number": "列1", "decision_text": "列入。"}
        bureau.act(session, docket, "draft_decision", "clerk", "2026-06-10", draft)
        bureau.act(
            session, docket, "decide", "approver", "2026-06-11", {"decided_on": "2026-06-11"}
        )
        paper = next(p for p in documents.of(session, docket) if p.code == "listing-decision")
        assert RESIDENT not in str(paper.context) and paper.number == "列1"
        assert paper.id is not None
        _, spec, context = documents.open_paper(
            session, docket, paper.id, bureau.acting("clerk", "2026-06-12"),
            key_dir=bureau.folder / "keys",
        )  # fmt: skip
        assert context["persons"][0]["document"] == RESIDENT
        assert any(RESIDENT in str(block.rows) for block in documents.page(spec, context))
        assert "entities:document:revealed" in session.exec(select(AuditEntry.action)).all()


def test_handing_over_and_standing_in(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        colleague = bureau.officers["second-clerk"].account_id
        session.add(
            RoleGrant(
                account_id=colleague,
                role="clerk",
                granted=at("2024-01-02"),
                confirmed=at("2024-01-02"),
            )
        )
        session.flush()
        docket = open_penalty(session, bureau, "2026-05-06")
        acting = bureau.acting("clerk", "2026-05-06")
        stranger = bureau.officers["parent-clerk"].account_id
        with pytest.raises(InvalidInput):
            dockets.reassign(session, docket, acting, to=stranger, version=1, reason="x")
        with pytest.raises(Forbidden):
            dockets.reassign(
                session, docket, bureau.acting("second-clerk", "2026-05-06"), to=colleague,
                version=1, reason="x",
            )  # fmt: skip
        dockets.reassign(session, docket, acting, to=colleague, version=1, reason="休假")
        assert docket.owner_id == colleague and docket.version == 2
        deputy = replace(bureau.officers["all"], deputising_for=frozenset({colleague}))
        bureau.officers["deputy"] = deputy
        notice = {**NOTICE, "notice_served_on": "2026-05-07"}
        bureau.act(session, docket, "notice", "deputy", "2026-05-07", notice)
        last = engine.events(session, docket)[-1]
        assert (last.actor_id, last.acting_as) == (deputy.account_id, colleague)


def test_titles_hold_no_numbers_and_regions_exist(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    from docket_office import RESIDENT, penalty_facts

    with working.write() as session, pytest.raises(InvalidInput) as wrong:
        dockets.open_docket(
            session, "penalty", bureau.acting("clerk", "2026-05-06"), facts=penalty_facts(),
            title=f"张样例 {RESIDENT}", region="000001",
        )  # fmt: skip
    assert set(wrong.value.fields) == {"title", "region", "subject"}


def test_case_numbers_count_per_authority_kind_and_year(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        numbers = [open_penalty(session, bureau, d).number for d in ("2026-05-06", "2026-05-06")]
        numbers.append(open_penalty(session, bureau, "2027-01-04").number)
    assert numbers == ["990121罚〔2026〕1号", "990121罚〔2026〕2号", "990121罚〔2027〕1号"]


def test_the_first_case_numbers_of_a_year_can_be_asked_for_at_once(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    numbers: list[int] = []

    def ask() -> None:
        with working.write() as session:
            numbers.append(reserve(session, bureau.authority, "penalty", 2031, count=2))
            asked.wait(0.2)

    asked = threading.Event()
    officers = [threading.Thread(target=ask) for _ in range(3)]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join()
    assert sorted(numbers) == [1, 3, 5]


def test_every_act_is_audited(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = decided_penalty(session, bureau, DAYS)
        rows = session.exec(
            select(AuditEntry).where(AuditEntry.subject == f"docket:{docket.id}")
        ).all()
        acts = [row.detail for row in rows if row.action == "dockets:docket:acted"]
        assert [a.split('"act":"')[1].split('"')[0] for a in acts] == [
            "notice",
            "draft_decision",
            "decide",
        ]
        assert all("瞒报" not in row.detail for row in rows)
        assert Path(bureau.folder / "evidence").is_dir()
