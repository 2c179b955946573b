"""A crash at each step of carrying loses nothing and doubles nothing; what the office does then."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from nacl.public import PrivateKey
from party_kit import FILER, PartyHouse, noticed, picture, published, upload
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from registry.core.db import IntakeSession, Store
from registry.core.errors import Conflict
from registry.migrations import grants
from registry.office.audit.models import AuditEntry
from registry.office.dockets import Refused
from registry.office.dockets.models import Docket, DocketEvidence
from registry.office.procedures import ingest, service, windows
from registry.office.procedures.models import PartyFiling
from registry.public.inbox import sealing
from registry.public.inbox.models import INSERT_ONLY as INBOX
from registry.public.procedures import queries
from registry.public.procedures import service as outward
from registry.public.procedures.codes import derive, new_code, secrets_of
from registry.public.procedures.models import INSERT_ONLY as FILINGS
from registry.public.procedures.models import ProcedureStatus


class Crash(Exception):  # noqa: N818 - what happens, not what went wrong
    """The process dies here."""


def crash(*_args: object, **_kwargs: object) -> None:
    raise Crash


STEPS: dict[str, tuple[object, str]] = {
    "before it is written": (ingest, "_add"),
    "while it is written": (ingest, "_audit"),
    "before it leaves the intake": (queries, "take"),
    "while it is told": (outward, "put_status"),
    "before it is noted as told": (windows, "legal_day"),
}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_loses_nothing_and_doubles_nothing(
    house: PartyHouse, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    receipt = house.file(house.print_code(noticed(house)), "defence", **FILER)
    module, name = STEPS[step]
    with monkeypatch.context() as dying:
        dying.setattr(module, name, crash)
        with pytest.raises(Crash):
            house.work()
    house.work()
    house.work()
    assert len(house.filings()) == 1
    with house.intake.read() as session:
        assert queries.waiting(session) == 0
    with house.gazette.read() as reader:
        assert len(reader.exec(select(ProcedureStatus)).all()) == 1
    assert house.status(receipt).status_code == 200


def test_recording_is_all_or_nothing_and_once(house: PartyHouse) -> None:
    docket_id = noticed(house)
    code = house.print_code(docket_id)
    house.file(
        code,
        "defence",
        **FILER,
        files=[upload("a.jpg", picture()), upload("b.jpg", b"\xff\xd8\xff?")],
    )
    house.work()
    data: dict[str, Any] = {"defence_received_on": "2026-11-20", "defence_text": "不属实"}
    with pytest.raises(Refused), house.working.write() as session:
        answer(house, session)
    with pytest.raises(Conflict), house.working.write() as session:
        record(house, session, docket_id, data, version=99)
    with house.working.read() as session:
        assert not session.exec(
            select(DocketEvidence).where(DocketEvidence.media_type == "text/plain")
        ).all()
    with house.working.write() as session:
        record(house, session, docket_id, data)
    with house.working.write() as session:
        docket = session.get_one(Docket, docket_id)
        assert docket.state == "defence"
        proofs = session.exec(
            select(DocketEvidence).where(
                DocketEvidence.docket_id == docket_id, DocketEvidence.kind == "defence-paper"
            )
        ).all()
        assert [one.name for one in proofs] == ["陈述、申辩.txt", "1-a.jpg"]
        assert all(one.personal and one.event_id for one in proofs)
        text = (house.settings.evidence_dir / proofs[0].sha256[:2] / proofs[0].sha256).read_text()
        assert "未通过安全检查" in text, "the second file is no picture"
        with pytest.raises(Conflict):
            record(house, session, docket_id, data)
        answer(house, session)
        answer(house, session)
        told = service.answer_of(session.exec(select(PartyFiling)).one(), house.tools)
        assert told is not None
        assert [one["text"] for one in told["letters"]] == ["已收悉。", "已收悉。"]
        actions = {one.action for one in session.exec(select(AuditEntry))}
        assert {
            "procedures:code:issued", "procedures:filing:received",
            "procedures:filing:recorded", "procedures:filing:answered",
        } <= actions  # fmt: skip


def record(
    house: PartyHouse, session: Any, docket_id: int, data: dict[str, Any], version: int = 0
) -> None:
    filing = session.exec(select(PartyFiling)).one()
    docket = session.get_one(Docket, docket_id)
    service.record(
        session, filing, docket, house.acting("clerk"), version=version or docket.version,
        data=data, tools=house.tools,
    )  # fmt: skip


def answer(house: PartyHouse, session: Any) -> None:
    filing = session.exec(select(PartyFiling)).one()
    docket = session.get_one(Docket, filing.docket_id)
    service.answer(
        session, filing, docket, house.acting("reviewer"), text="已收悉。", tools=house.tools
    )


@pytest.mark.sqlite_only
def test_a_second_defence_is_considered_anew(house: PartyHouse) -> None:
    """What was said about the first one does not let the second one be passed over."""
    docket_id = noticed(house)
    data = {"defence_received_on": "2026-11-20", "defence_text": "一"}
    with house.working.write() as session:
        docket = session.get_one(Docket, docket_id)
        house.bureau.act(session, docket, "defend", "clerk", "2026-11-20", data)
        heard = {"defence_considered_on": "2026-11-20", "defence_outcome": "不予采纳"}
        house.bureau.act(session, docket, "consider", "reviewer", "2026-11-20", heard)
        house.bureau.act(session, docket, "defend", "clerk", "2026-11-20", data)
        draft = {"decision_number": "1", "decision_text": "决定列入。"}
        house.bureau.act(session, docket, "draft_decision", "clerk", "2026-11-20", draft)
        with pytest.raises(Refused, match="not been considered"):
            house.bureau.act(
                session, docket, "decide", "approver", "2026-11-20", {"decided_on": "2026-11-20"}
            )


@pytest.mark.sqlite_only
def test_a_reported_lawsuit_is_noted_and_keeps_a_penalty_open(house: PartyHouse) -> None:
    docket_id = published(house)
    code = house.print_code(docket_id)
    fields = {
        **FILER, "remedy": "lawsuit", "remedy_body": "虚岭县人民法院（虚构）",
        "remedy_filed_on": "2026-11-19",
    }  # fmt: skip
    house.file(code, "remedy", **fields, files=[upload("a.jpg", picture())])
    house.work()
    data = {
        "remedy_kind": "lawsuit", "remedy_body": "虚岭县人民法院（虚构）",
        "remedy_filed_on": "2026-11-19",
    }  # fmt: skip
    with house.working.write() as session:
        record(house, session, docket_id, data)
        docket = session.get_one(Docket, docket_id)
        assert docket.facts["remedy_pending"] is True
        assert docket.state == "published", "a lawsuit alone stays nothing"
        with pytest.raises(Refused, match="noted already"):
            house.bureau.act(session, docket, "note_remedy", "clerk", "2026-11-20", data)
        penalty = session.exec(select(Docket).where(Docket.kind == "penalty")).first()
        assert penalty is not None
        served = {"decision_served_on": "2026-11-20", "decision_method": "direct",
                  "decision_served_to": "甲"}  # fmt: skip
        house.bureau.act(session, penalty, "serve", "clerk", "2026-11-20", served)
        house.bureau.act(session, penalty, "note_remedy", "clerk", "2026-11-20", data)
        penalty.facts = {**penalty.facts, "performed_on": "2026-11-20",
                         "rectified_on": "2026-11-20",
                         "referral_checked_on": "2026-11-20", "crime_suspected": "no"}  # fmt: skip
        penalty.state = "published"
        session.add(penalty)
        session.flush()
        with pytest.raises(Refused, match="lawsuit is pending"):
            house.bureau.act(session, penalty, "close", "approver", "2026-11-20")
        ended = {"remedy_ended_on": "2026-11-20", "remedy_result": "驳回"}
        house.bureau.act(session, penalty, "end_remedy", "clerk", "2026-11-20", ended)
        house.bureau.act(session, penalty, "close", "approver", "2026-11-20")
        assert penalty.state == "closed"


def public_door(intake: Store[IntakeSession]) -> Store[IntakeSession]:
    """The intake store as the public site opens it: by authorizer, or with the role's grants."""
    if intake.is_sqlite:
        return Store(intake.url, IntakeSession, insert_only=FILINGS)
    with intake.engine.begin() as connection:
        connection.execute(
            text(
                "DO $$ BEGIN CREATE ROLE registry_public LOGIN;"
                " EXCEPTION WHEN duplicate_object THEN NULL; END $$"
            )
        )
    assert grants.apply("intake", intake, "registry_public", insert_only=FILINGS | INBOX)
    url = intake.engine.url.set(username="registry_public")
    return Store(url.render_as_string(hide_password=False), IntakeSession)


def test_the_public_process_adds_filings_and_cannot_look(
    intake: Store[IntakeSession], now: datetime
) -> None:
    door, office = public_door(intake), PrivateKey.generate().public_key
    keys = derive(new_code(), secrets_of(b"k" * 32))
    own = sealing.new_id()
    for repeated in (False, True):
        with door.write() as session:
            filed = outward.submit(session, own, {"text": "x"}, keys, office, now=now)
            assert filed.repeated is repeated
    for statement in ("SELECT * FROM", "SELECT count(*) FROM", "DELETE FROM"):
        refusal = r"not authorized|prohibited|denied"
        with pytest.raises(DBAPIError, match=refusal), door.write() as session:
            session.connection().execute(text(f"{statement} sealed_filing"))
    door.close()
    with intake.read() as reader:
        assert queries.waiting(reader) == 1
