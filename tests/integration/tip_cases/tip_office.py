"""A province and a county that take tips in: officers with keys, a custodian, a recovery key.

Keys are put into the store as sign-in would make them; their private halves stay with the test,
as they would in the officers' sessions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from docket_office import BOOK, Bureau, _officer, at, build
from nacl.public import PrivateKey

from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession
from registry.core.keys import Vault
from registry.office.dockets.models import Docket
from registry.office.staff import officer_keys
from registry.office.staff.models import Authority, OfficerKey, RoleGrant
from registry.office.staff.officer import Acting
from registry.office.tips import ingest, intake_keys, opening, posting, service
from registry.office.tips.ingest import Stores
from registry.office.tips.models import Tip
from registry.office.tips.opening import Opened
from registry.office.tips.service import Doing
from registry.public.inbox import receipt as receipts
from registry.public.inbox import recipients, sealing
from registry.public.inbox import service as inbox
from registry.public.inbox.content import tip_facts, tip_identity
from registry.public.inbox.filesealing import SealedFile
from registry.public.inbox.sealing import key_id
from registry.public.mailbox import queries as mailbox
from registry.public.mailbox import service as mailbox_service

DAY = "2026-09-01"
TOLD = {"told_above": "一号样例煤矿瞒报死亡事故，已报请县政府核查"}
"""What the office above is told when a concealment is routed."""
SECRET = "三号斜井夜间偷采的秘密文字"
VAULT = Vault(b"v" * 32, b"h" * 32)
RECEIPTS = receipts.ReceiptSecrets(b"s" * 16, b"p" * 32)
CASEWORK = {"clerk", "reviewer", "approver"}


@dataclass
class TipOffice:
    """Everything a test of tips needs."""

    bureau: Bureau
    stores: Stores
    folder: Path
    private: dict[str, PrivateKey] = field(default_factory=dict)
    recovery: PrivateKey = field(default_factory=PrivateKey.generate)

    @property
    def working(self) -> Store[WorkingSession]:
        return self.stores.working

    def acting(self, who: str, day: str = DAY) -> Acting:
        return self.bureau.acting(who, day)

    def submit(self, day: str = DAY, *, files: tuple[SealedFile, ...] = (), **more: Any) -> str:
        """Hand a tip in as the public site does; the receipt."""
        receipt = receipts.new_receipt()
        named = more.pop("name", "")
        identity = tip_identity(name=named, contact="13900000000" if named else "")
        given: dict[str, Any] = {
            "channel": "web",
            "language": "zh",
            "category": "T2",
            "detail": "H02",
            "region": "990121",
            "subject": {"name": "虚岭县一号样例煤矿"},
            "text": SECRET,
            **more,
        }
        facts = tip_facts(now=at(day), identity=identity, **given)
        with self.working.read() as session:
            target = self.recipients(session)
        submission = inbox.Submission(
            sealing.new_id(),
            given["category"],
            facts,
            identity,
            files,  # type: ignore[arg-type]
        )
        with self.stores.intake.write() as session:
            inbox.submit(session, submission, self.keys(receipt), target, now=at(day))
        return receipt

    def recipients(self, session: WorkingSession) -> recipients.Recipients:
        return recipients.read(intake_keys.payload(session, self.bureau.authority))

    def keys(self, receipt: str) -> receipts.ReceiptKeys:
        return receipts.derive(receipt, RECEIPTS)

    def say(self, receipt: str, kind: str, text: str, day: str = DAY) -> None:
        """The reporter adds something later."""
        box = self.box(receipt)
        with self.stores.intake.write() as session:
            inbox.add_message(
                session,
                message_id=sealing.new_id(),
                tip_id=box.tip_id,
                tip_key=sealing.PublicKey(box.tip_key),
                kind=kind,
                content={"text": text},
                now=at(day),
            )
        self.work(day)

    def work(self, day: str = DAY) -> None:
        ingest.ingest(self.stores, now=at(day), book=BOOK)
        while posting.deliver(
            self.stores.working, self.stores.gazette, lock_dir=self.stores.lock_dir
        ):
            pass

    def box(self, receipt: str) -> mailbox.Mailbox:
        with self.stores.gazette.read() as session:
            found = mailbox.find(session, self.keys(receipt).lookup)
        assert found is not None
        return found

    def letters(self, receipt: str) -> list[dict[str, Any]]:
        box, private = self.box(receipt), self.keys(receipt).mailbox
        return [
            sealing.open_envelope(
                one.envelope, private, tip_id=box.tip_id, kind=mailbox_service.REPLY
            )
            for one in box.letters
        ]

    def taken(self, day: str = DAY, **more: Any) -> tuple[str, int]:
        """A tip handed in and taken over: its receipt and the id of its case."""
        receipt = self.submit(day, **more)
        self.work(day)
        with self.working.read() as session:
            tip = ingest.by_tip_id(session, self.box(receipt).tip_id)
            assert tip is not None
            return receipt, tip.docket_id

    def open(self, docket_id: int, who: str = "clerk", day: str = DAY) -> Opened:
        with self.working.write() as session:
            return opening.open_tip(
                session,
                docket_id,
                self.acting(who, day),
                self.private[who],
                "受理审查",
                vault=VAULT,
            )

    def do(
        self,
        docket_id: int,
        action: str,
        who: str = "clerk",
        day: str = DAY,
        *,
        data: Mapping[str, Any] | None = None,
        why: Mapping[str, Any] | None = None,
        letter: str = "",
        opened: bool = True,
    ) -> str:
        """Open the tip as ``who`` and take a step; the state after it."""
        if opened:
            self.open(docket_id, who, day)
        with self.working.write() as session:
            version = session.get_one(Docket, docket_id).version
            doing = Doing(
                action, {"reason": f"{SECRET}的理由", **(why or {})}, version, data or {}, letter
            )
            docket = service.take(
                session, docket_id, self.acting(who, day), self.private[who], doing
            )
            state = docket.state
        self.work(day)
        return state

    def state(self, docket_id: int) -> str:
        with self.working.read() as session:
            return session.get_one(Docket, docket_id).state

    def tip(self, docket_id: int) -> Tip:
        with self.working.read() as session:
            found = session.get_one(Tip, docket_id)
            session.expunge(found)
            return found

    def found_true(self, docket_id: int, day: str = DAY) -> None:
        self.do(docket_id, "accept", day=day)
        self.do(docket_id, "verify", day=day)
        self.do(docket_id, "find_true", day=day)


def built(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    intake: Store[IntakeSession],
    folder: Path,
) -> TipOffice:
    with working.write() as session:
        bureau = build(session, folder)
        office = TipOffice(bureau, Stores(working, gazette, intake, folder / "locks"), folder)
        now = at("2026-08-01")
        officer_keys.set_recovery(session, office.recovery.public_key, now)
        for login in ("clerk", "second-clerk", "reviewer", "approver", "parent-clerk"):
            place = bureau.parent if login.startswith("parent") else bureau.authority
            duty(session, office, login, place, now)
        county = session.get_one(Authority, bureau.authority)
        for login, roles in (("custodian", {"custodian"}), ("cashier", {"cashier"})):
            bureau.officers[login] = _officer(session, now, login, roles, county)
        grant(session, office, "custodian", now)
    return office


def duty(session: WorkingSession, office: TipOffice, login: str, place: int, now: datetime) -> None:
    """Put an officer of the bureau on duty, with a key as sign-in makes it."""
    account = office.bureau.officers[login].account_id
    for role in sorted(office.bureau.officers[login].roles):
        session.add(RoleGrant(account_id=account, role=role, granted=now, confirmed=now))
    session.flush()
    officer_keys.put_on_duty(session, None, place, account, now)
    key(session, office, login, now)


def grant(session: WorkingSession, office: TipOffice, login: str, now: datetime) -> None:
    account = office.bureau.officers[login].account_id
    session.add(RoleGrant(account_id=account, role=login, granted=now, confirmed=now))
    session.flush()
    key(session, office, login, now)


def key(session: WorkingSession, office: TipOffice, login: str, now: datetime) -> None:
    private = PrivateKey.generate()
    office.private[login] = private
    session.add(
        OfficerKey(
            account_id=office.bureau.officers[login].account_id,
            key_id=key_id(private.public_key),
            public=bytes(private.public_key),
            protected=b"in the officer's session",
            made=now,
        )
    )
    session.flush()
    officer_keys.changed(session, now)
