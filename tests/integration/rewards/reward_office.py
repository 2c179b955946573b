"""Awards in the fictional bureau: proposed, approved, told, claimed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from docket_office import BOOK, Bureau, _officer, at, build
from nacl.public import PrivateKey
from nacl.signing import SigningKey
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.core.keys import Vault
from registry.core.rules.reward_formula import RewardCase, reckon
from registry.office.dockets import Link
from registry.office.dockets.models import Docket
from registry.office.dockets.opening import open_as_registry
from registry.office.rewards import service
from registry.office.rewards.service import Proposal
from registry.office.staff.models import Authority
from registry.office.tips.models import Tip, TipAccess
from registry.public.inbox import claims

CLAIM_KEY = SigningKey(b"c" * 32)
VAULT = Vault(b"v" * 32, b"h" * 32)
PIN = "407218"
pin_hash = cache(claims.hash_pin)
DAYS = ["2026-09-01", "2026-09-03", "2026-09-04", "2026-09-07"]


def opened(store: Store[WorkingSession], folder: Path) -> Bureau:
    with store.write() as session:
        bureau = build(session, folder)
        county = session.get_one(Authority, bureau.authority)
        for login in ("cashier", "second-cashier"):
            bureau.officers[login] = _officer(session, at(DAYS[0]), login, {"cashier"}, county)
        bureau.officers["finance"] = _officer(session, at(DAYS[0]), "finance", {"finance"}, county)
        return bureau


def proposed(
    session: WorkingSession,
    bureau: Bureau,
    *,
    fine: str = "420000",
    weights: tuple[int, ...] = (1,),
    who: str = "clerk",
    day: str = DAYS[0],
) -> Docket:
    rules = BOOK.on(date.fromisoformat(day))
    case = RewardCase(kind="T2", received_on=date.fromisoformat(day), fine_imposed=Decimal(fine))
    tip = a_tip(session, bureau, day)
    done = reckon(rules.reward_pack("T2", "coal", ["990000"]), case)
    return service.propose(
        session,
        bureau.acting(who, day),
        Proposal(
            category="T2",
            reckoning=done,
            claim_key=bytes(CLAIM_KEY.verify_key),
            weights=weights,
            region="990121",
            authority_id=bureau.authority,
            exclusions_checked=True,
            links=[Link("rewards", tip)],
        ),
    )


def a_tip(session: WorkingSession, bureau: Bureau, day: str) -> int:
    """A tip that the approver has opened; what it says is of no concern here."""
    number = len(session.exec(select(Tip.docket_id)).all()) + 1
    docket = open_as_registry(
        session,
        "tip",
        session.get_one(Authority, bureau.authority),
        facts={"category": "T2"},
        title="举报",
        now=at(day, 0),
        book=BOOK,
    )
    key = bytes(PrivateKey.generate().public_key)
    tip = Tip(
        docket_id=docket.id or 0, tip_id=f"{number:032x}", number=number,
        day=date.fromisoformat(day), category="T2", bucket=1, envelope=b"", identity=b"",
        tip_key=key, mailbox_key=key, claim_key=bytes(CLAIM_KEY.verify_key),
    )  # fmt: skip
    session.add(tip)
    session.flush()
    for who in ("approver", "all"):
        account = bureau.officers[who].account_id
        session.add(TipAccess(docket_id=tip.docket_id, account_id=account, opened_at=at(day)))
    session.flush()
    return tip.docket_id


def approved(session: WorkingSession, bureau: Bureau, **more: object) -> Docket:
    docket = proposed(session, bureau, **more)  # type: ignore[arg-type]
    checked = {"record_checked": docket.facts["record_hash"]}
    return bureau.act(session, docket, "approve", "approver", DAYS[1], checked)


def notified(session: WorkingSession, bureau: Bureau, **more: object) -> Docket:
    docket = approved(session, bureau, **more)
    return bureau.act(session, docket, "notify", "clerk", DAYS[2], {"notified_on": DAYS[2]})


def claimed(session: WorkingSession, bureau: Bureau, **more: object) -> Docket:
    docket = notified(session, bureau, **more)
    claim_all(session, docket)
    return docket


def claim_all(
    session: WorkingSession, docket: Docket, *, pin: str = PIN, key: SigningKey = CLAIM_KEY
) -> None:
    for voucher in service.vouchers(session, docket):
        hashed = pin_hash(pin)
        signature = claims.sign(key, voucher.number, hashed)
        service.claim(
            session,
            voucher.number,
            pin=hashed,
            signature=signature,
            vault=VAULT,
            now=at(DAYS[3]),
            book=BOOK,
        )
