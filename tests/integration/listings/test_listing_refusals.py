"""What stands against showing a listing, and what its published wording may not become."""

from __future__ import annotations

import json

import pytest
from docket_office import SERVICE, Bureau, decided_penalty, open_listing
from test_listing_walks import PENALTY_DAYS, decided, outbox, published

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office import dockets
from registry.office.dockets import checks, engine
from registry.office.dockets.models import Docket
from registry.office.dockets.replay import replay
from registry.office.entities import queries as entity_queries
from registry.office.entities import service as entity_service


def annul_penalty(session: WorkingSession, bureau: Bureau, listing: Docket, day: str) -> None:
    (penalty_id,) = checks.links_of(session, listing)["rests-on"]
    penalty = session.get_one(Docket, penalty_id)
    fell = {"annulled_on": day, "annulled_by": "复议机关", "annulment_number": "复1"}
    bureau.act(session, penalty, "propose_annulment", "clerk", day, fell)
    bureau.act(session, penalty, "annul", "approver", day)


def test_nothing_is_published_on_an_annulled_penalty(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        waiting, stayed = decided(session, bureau), published(session, bureau)
        stay = {"suspension_cause": "reconsideration", "suspension_number": "复1"}
        bureau.act(session, stayed, "suspend", "publisher", "2026-08-03", stay)
        for listing in (waiting, stayed):
            annul_penalty(session, bureau, listing, "2026-08-04")
        served = {**SERVICE, "decision_served_on": "2026-07-02", "entered_on": "2026-07-03"}
        with pytest.raises(dockets.Refused, match="was annulled"):
            bureau.act(session, waiting, "complete", "publisher", "2026-08-05", served)
        with pytest.raises(dockets.Refused, match="was annulled"):
            bureau.act(session, stayed, "propose_resumption", "clerk", "2026-09-01")
        assert waiting.public_id is None and stayed.public_id is None


def test_a_resumed_listing_still_says_that_repair_was_applied_for(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        apply = {"applied_on": "2027-07-05", "applicant": "公司", "commitment": True}
        bureau.act(session, docket, "apply_repair", "clerk", "2027-07-05", apply)
        stay = {"suspension_cause": "bankruptcy", "suspension_number": "破1"}
        bureau.act(session, docket, "suspend", "publisher", "2027-08-03", stay)
        bureau.act(session, docket, "propose_resumption", "clerk", "2027-08-31")
        bureau.act(session, docket, "resume", "publisher", "2027-09-01")
        shown = json.loads(outbox(session, docket)[-1].payload or "")
        assert (docket.state, shown["status"]) == ("repair-applied", "repair-applied")


def test_a_ban_of_the_penalty_blocks_early_removal_too(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        (penalty_id,) = checks.links_of(session, docket)["rests-on"]
        penalty = session.get_one(Docket, penalty_id)
        penalty.facts = {**penalty.facts, "ban_until": "2031-05-19"}
        apply = {"applied_on": "2027-07-05", "applicant": "公司", "commitment": True}
        with pytest.raises(dockets.Refused, match="ban runs until 2031-05-19"):
            bureau.act(session, docket, "apply_repair", "clerk", "2027-07-05", apply)


def test_a_redaction_says_nothing_that_was_not_approved(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = decided(session, bureau)
        acting = bureau.acting("clerk", "2026-07-02")
        for text in ("决定不列入。", "决定列入。另一公司亦同。"):
            with pytest.raises(InvalidInput) as wrong:
                dockets.redact(
                    session, docket, acting, name="decision_text", text=text, version=docket.version
                )
            assert "text" in wrong.value.fields
        dockets.redact(
            session, docket, acting, name="decision_text", text="决定某入", version=docket.version
        )


def test_a_redaction_of_the_old_wording_does_not_hide_the_new(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        penalty = decided_penalty(session, bureau, PENALTY_DAYS)
        docket = open_listing(session, bureau, "2026-06-01", penalty)
        acting = bureau.acting("clerk", "2026-06-02")
        old = str(docket.facts["summary"])
        dockets.redact(
            session, docket, acting, name="summary", text=old[:1], version=docket.version
        )
        kept = {name: docket.facts[name] for name in ("list", "ground", "sector")}
        bureau.act(session, docket, "edit", "clerk", "2026-06-02", {**kept, "summary": old})
        assert docket.facts["summary_public"] == old[:1], "nothing was rewritten"
        bureau.act(session, docket, "edit", "clerk", "2026-06-02", {**kept, "summary": "另一事实"})
        assert "summary_public" not in docket.facts
        told = replay(engine.events(session, docket))
        assert told.facts == docket.facts


def test_the_former_name_of_a_person_is_forgotten_and_that_of_a_unit_is_not(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        docket = published(session, bureau)
        acting = bureau.acting("clerk", "2026-09-01")
        for who, name in ((bureau.person, "张样本"), (bureau.firm, "演示省新名煤矿有限公司(虚构)")):
            version = entity_queries.entity(session, who).version
            entity_service.rename(
                session, acting, who, version, name=name, since=None, keys=bureau.keys
            )
            before = len(outbox(session, docket))
            with pytest.raises(Forbidden):
                entity_service.publish_changes(session, acting, who)
            assert len(outbox(session, docket)) == before, "one officer alone publishes nothing"
            approver = bureau.acting("approver", "2026-09-01")
            assert entity_service.publish_changes(session, approver, who) == 1
            assert outbox(session, docket)[-1].forget_previous is (who == bureau.person)
        assert "张样本" in (outbox(session, docket)[-1].payload or "")
