"""The inbox: sealed at the door, added to and never read back, taken over exactly once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

import pytest
from inbox_samples import SECRETS, Duty, intake_entry, submission
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession
from registry.migrations import grants
from registry.public.gazette import log
from registry.public.inbox import chain, claims, queries, receipt, recipients, sealing, service
from registry.public.inbox.models import INSERT_ONLY
from registry.public.inbox.sealing import NoRecipient
from registry.public.mailbox import queries as mailbox_queries
from registry.public.mailbox import service as mailbox

DAY = date(2026, 11, 20)


@pytest.fixture
def door(intake: Store[IntakeSession]) -> Iterator[Store[IntakeSession]]:
    """The intake store as the public site opens it: by authorizer, or with the role's grants."""
    if intake.is_sqlite:
        store = Store(intake.url, IntakeSession, insert_only=INSERT_ONLY)
    else:
        with intake.engine.begin() as connection:
            connection.execute(
                text(
                    "DO $$ BEGIN CREATE ROLE registry_public LOGIN;"
                    " EXCEPTION WHEN duplicate_object THEN NULL; END $$"
                )
            )
        assert grants.apply("intake", intake, "registry_public", insert_only=INSERT_ONLY)
        url = intake.engine.url.set(username="registry_public")
        store = Store(url.render_as_string(hide_password=False), IntakeSession)
    yield store
    store.close()


def file(
    store: Store[IntakeSession], now: datetime, duty: Duty | None = None, **more: Any
) -> tuple[str, str]:
    code = receipt.new_receipt()
    keys = receipt.derive(code, SECRETS)
    given = submission(**more)
    with store.write() as session:
        service.submit(session, given, keys, (duty or Duty()).recipients(), now=now)
    return given.tip_id, code


def test_the_public_process_adds_and_cannot_look(
    door: Store[IntakeSession], intake: Store[IntakeSession], now: datetime
) -> None:
    tip_id, _ = file(door, now)
    tables = sorted(INSERT_ONLY)
    attempts = [
        *(
            statement + table
            for table in tables
            for statement in ("SELECT * FROM ", "SELECT count(*) FROM ", "DELETE FROM ")
        ),
        "UPDATE sealed_tip SET category = 'T1'",
        "INSERT INTO used_form (form, day) SELECT envelope, day FROM sealed_tip",
        "DROP TABLE sealed_tip",
        "CREATE VIEW peep AS SELECT * FROM sealed_tip",
    ]
    for attempt in attempts:
        refusal = r"not authorized|prohibited|denied|must be owner"
        with pytest.raises(DatabaseError, match=refusal), door.write() as session:
            session.connection().exec_driver_sql(attempt)
    with intake.read() as session:
        assert [tip.tip_id for tip in queries.pending(session)] == [tip_id]


def test_only_the_holders_open_what_came_in(
    door: Store[IntakeSession], intake: Store[IntakeSession], now: datetime
) -> None:
    duty = Duty()
    code = receipt.new_receipt()
    keys = receipt.derive(code, SECRETS)
    given = submission(identity={"name": "举报人样例", "contact": "13900000000"})
    with door.write() as session:
        filed = service.submit(session, given, keys, duty.recipients(), now=now)
    with intake.read() as session:
        (tip,) = queries.pending(session)
    assert (tip.day, tip.category, tip.bucket) == (DAY, "T2", 1)
    assert tip.envelope_hash == filed.envelope_hash
    assert len(tip.wrapped) == 3
    for holder in (duty.officer, duty.second, duty.recovery):
        key = sealing.unwrap(tip.wrapped, holder)
        opened = sealing.open_envelope(tip.envelope, key.private, tip_id=tip.tip_id, kind="tip")
        assert opened["text"] == given.facts["text"]
    with pytest.raises(sealing.SealRefused):
        sealing.unwrap(tip.wrapped, duty.custodian)
    who = sealing.open_envelope(tip.identity, duty.custodian, tip_id=tip.tip_id, kind="identity")
    assert who == given.identity
    with pytest.raises(sealing.SealRefused):
        sealing.open_envelope(tip.identity, duty.officer, tip_id=tip.tip_id, kind="identity")


def test_an_anonymous_tip_looks_like_any_other(
    door: Store[IntakeSession], intake: Store[IntakeSession], now: datetime
) -> None:
    file(door, now, form=b"a" * 32)
    file(door, now, form=b"b" * 32, identity={"name": "举报人样例", "contact": "1" * 60})
    with intake.read() as session:
        anonymous, named = queries.pending(session)
    assert len(anonymous.identity) == len(named.identity)
    assert len(anonymous.envelope) == len(named.envelope)


def test_check_16_a_form_works_once_under_parallel_use(
    door: Store[IntakeSession], intake: Store[IntakeSession], now: datetime
) -> None:
    def attempt(number: int) -> bool:
        try:
            file(door, now, text=f"第{number}份")
        except service.FormUsed:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(attempt, range(6)))
    assert sum(done) == 1
    with intake.read() as session:
        assert queries.waiting(session) == 1


def test_the_same_form_with_the_same_content_is_one_tip(
    door: Store[IntakeSession], intake: Store[IntakeSession], now: datetime
) -> None:
    given, keys, duty = submission(), receipt.derive(receipt.new_receipt(), SECRETS), Duty()
    for repeated in (False, True):
        with door.write() as session:
            filed = service.submit(session, given, keys, duty.recipients(), now=now)
            assert filed.repeated is repeated
    with intake.read() as session:
        assert queries.waiting(session) == 1
        assert len(queries.pending(session)[0].wrapped) == 3


def test_check_11_without_keys_nothing_is_taken_in(
    door: Store[IntakeSession], intake: Store[IntakeSession], now: datetime
) -> None:
    closed = recipients.read({**Duty().payload(), "officers": []})
    keys = receipt.derive(receipt.new_receipt(), SECRETS)
    with pytest.raises(NoRecipient), door.write() as session:
        service.submit(session, submission(), keys, closed, now=now)
    with intake.read() as session:
        assert queries.waiting(session) == 0


def test_messages_and_claims_come_after(
    door: Store[IntakeSession], intake: Store[IntakeSession], now: datetime
) -> None:
    duty = Duty()
    tip_id, code = file(door, now, duty=duty)
    keys = receipt.derive(code, SECRETS)
    with intake.read() as session:
        tip = queries.pending(session)[0]
    pin = claims.hash_pin("042137")
    signature = claims.sign(keys.claim, "V-1", pin)
    for _ in range(2):
        with door.write() as session:
            service.add_message(
                session,
                message_id="e" * 32,
                tip_id=tip_id,
                tip_key=sealing.PublicKey(tip.tip_key),
                kind=service.OBJECTION,
                content={"text": "不服"},
                now=now,
            )
    with door.write() as session:
        service.claim(session, voucher="V-1", pin=pin, signature=signature, now=now)
    with intake.read() as session:
        (message,) = queries.messages(session)
        (claim,) = queries.claims(session)
    assert message.kind == "objection"
    assert claims.holds(tip.claim_key, claim.voucher, claim.pin, claim.signature)
    assert not claims.holds(tip.claim_key, "V-2", claim.pin, claim.signature)
    assert claims.pin_matches(claim.pin, "042137")
    for wrong in ("042138", "", "０４２１３７", "x" * 5000):
        assert not claims.pin_matches(claim.pin, wrong)
    with intake.write() as session:
        queries.take(session, [tip_id])
        queries.take_messages(session, [message.message_id])
        queries.take_claims(session, [claim.place])
        queries.forget_forms(session, date(2026, 11, 22))
    with intake.read() as session:
        assert not queries.pending(session)
        assert not queries.messages(session)
        assert not queries.claims(session)


def test_a_mailbox_is_numbered_once_and_answers_the_receipt_only(
    intake: Store[IntakeSession], gazette: Store[GazetteSession], now: datetime
) -> None:
    filed = [file(intake, now, form=bytes([n]) * 32) for n in range(3)]
    with intake.read() as session:
        tips = queries.pending(session)
    for _ in range(2):
        with gazette.write() as session:
            assert [mailbox.receive(session, tip, today=DAY) for tip in tips] == [1, 2, 3]
    tip_id, code = filed[1]
    keys = receipt.derive(code, SECRETS)
    with gazette.write() as session:
        for _ in range(2):
            mailbox.put_reply(
                session, tip_id, {"text": "已受理"}, item_id="1" * 32, kind="message", day=DAY
            )
        mailbox.put_status(
            session,
            tip_id,
            "accepted",
            day=DAY,
            clocks=[mailbox.ClockLine("tip.close", "2026-11-20", "2027-01-19")],
            opened=2,
        )
    with gazette.read() as session:
        found = mailbox_queries.find(session, keys.lookup)
        assert mailbox_queries.find(session, bytes(32)) is None
        links = list(mailbox_queries.links(session))
        head = mailbox_queries.head(session, DAY)
    assert found is not None
    assert (found.tip_id, found.number, found.status, found.opened) == (tip_id, 2, "accepted", 2)
    assert found.clocks[0]["due"] == "2027-01-19"
    (letter,) = found.letters
    opened = sealing.open_envelope(letter.envelope, keys.mailbox, tip_id=tip_id, kind=mailbox.REPLY)
    assert opened == {"kind": "message", "text": "已受理"}
    assert head is not None
    assert (head["count"], head["last"]) == (3, 3)
    assert chain.verify(links).hex() == head["head"]
    with pytest.raises(ValueError, match="entry 2"):
        chain.verify([links[0], links[2]])
    with gazette.write() as session:
        mailbox.remove(session, tip_id)
    with gazette.read() as session:
        assert mailbox_queries.find(session, keys.lookup) is None
        assert chain.verify(mailbox_queries.links(session)).hex() == head["head"]


def test_the_nearest_open_intake_takes_the_tip(
    gazette: Store[GazetteSession], now: datetime
) -> None:
    county, province = Duty(), Duty()
    entries = [
        intake_entry(county.payload(accepts=["T2"])),
        intake_entry(province.payload("990000"), "K-0000000002"),
    ]
    with gazette.write() as session:
        log.append(session, entries, recorded=now)
    with gazette.read() as session:

        def where(region: str, category: str) -> str | None:
            found = recipients.for_region(session, region, category, now)
            return found.region if found else None

        assert where("990121", "T2") == "990121"
        assert where("990121", "T1") == "990000"
        assert where("990122", "T2") == "990000"
        assert where("140000", "T2") is None
        assert where("", "T2") is None


def test_a_damaged_published_key_is_not_sealed_to() -> None:
    payload = Duty().payload()
    payload["officers"][0]["key"] = payload["officers"][1]["key"]
    with pytest.raises(NoRecipient):
        recipients.read(payload)


def test_the_public_role_reads_the_gazette_and_nothing_of_the_office(
    postgres_urls: dict[str, str],
) -> None:
    """On PostgreSQL, with the grants that ``init`` and ``migrate`` give."""
    stores: dict[str, Store[Any]] = {
        "working": Store(postgres_urls["working"], WorkingSession),
        "gazette": Store(postgres_urls["gazette"], GazetteSession),
    }
    with stores["gazette"].engine.begin() as connection:
        connection.execute(
            text(
                "DO $$ BEGIN CREATE ROLE registry_public LOGIN;"
                " EXCEPTION WHEN duplicate_object THEN NULL; END $$"
            )
        )
    attempts = {
        "working": ("SELECT 1 FROM account", "INSERT INTO account (login) VALUES ('x')"),
        "gazette": ("DELETE FROM mailbox", "UPDATE record SET reason = 'takedown'"),
    }
    for name, store in stores.items():
        assert not grants.apply(name, store, "no_such_role", insert_only=INSERT_ONLY)
        assert grants.apply(name, store, "registry_public", insert_only=INSERT_ONLY)
        url = store.engine.url.set(username="registry_public")
        public = Store(url.render_as_string(hide_password=False), store.session_class)
        for attempt in attempts[name]:
            refusal = pytest.raises(DatabaseError, match=r"denied|does not exist")
            with refusal, public.write() as session:
                session.connection().exec_driver_sql(attempt)
        if name == "gazette":
            with public.read() as session:
                session.connection().exec_driver_sql("SELECT 1 FROM mailbox")
        public.close()
        store.close()
