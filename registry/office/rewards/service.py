"""Proposing an award, taking the reporter's claim, paying at the counter, what lapses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog
from sqlmodel import col, select

from registry.core.clock import legal_day, midnight
from registry.core.codes import vouchers as codes
from registry.core.db import IntakeSession, Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound, RegistryError
from registry.core.i18n import N_
from registry.core.keys import Vault
from registry.core.rules import Rulebook
from registry.core.rules.reward_formula import Reckoning
from registry.office import dockets
from registry.office.audit import service as audit
from registry.office.dockets import checks, engine
from registry.office.dockets.models import Docket, DocketLink
from registry.office.rewards.lifecycle import voucher_letter
from registry.office.rewards.models import Reminder, Voucher
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting
from registry.office.tips import posting
from registry.office.tips.models import Tip
from registry.public.inbox import claims
from registry.public.inbox import queries as inbox

logger = structlog.get_logger()
REMINDERS = ("reward.reminder_first", "reward.reminder_last")
Told = Callable[[WorkingSession, Docket, datetime], None]


class NoSuchVoucher(NotFound):
    """Number or PIN is wrong, the voucher is unknown, lapsed, paid, or not claimed yet."""

    code = "no-such-voucher"
    status = 422
    message = N_(
        "Number and PIN do not belong together. After five wrong PINs the reporter must claim "
        "again."
    )


class NotTheReporter(RegistryError):  # noqa: N818
    """The signature is not that of the voucher's receipt."""

    code = "not-the-reporter"
    status = 403
    message = N_("This claim is not signed by the receipt of the report.")


@dataclass(frozen=True)
class Proposal:
    """What an award is proposed on."""

    category: str
    reckoning: Reckoning
    claim_key: bytes
    weights: Sequence[int]
    region: str
    authority_id: int
    exclusions_checked: bool
    links: Sequence[dockets.Link] = ()
    special: bool = False
    """Beside the reward by formula, for what the report averted."""


def propose(session: WorkingSession, acting: Acting, proposal: Proposal) -> Docket:
    """Open an award. Raises ``Forbidden``, ``InvalidInput``, ``Refused``.

    The caller has sealed the reckoning's record with the report; only its hash stands here.
    """
    if not proposal.exclusions_checked:
        raise InvalidInput({"exclusions_checked": [N_("This must be confirmed.")]})
    done = proposal.reckoning
    facts: dict[str, Any] = {
        "category": proposal.category,
        "pack": done.pack,
        "amount_yuan": done.amount,
        "record_hash": done.hash,
        "claim_key": proposal.claim_key.hex(),
        "weights": list(proposal.weights),
        "exclusions_checked": True,
    }
    if proposal.special:
        facts["special"] = True
    return dockets.open_docket(
        session,
        "award",
        acting,
        facts=facts,
        title="举报奖励",
        region=proposal.region,
        authority_id=proposal.authority_id,
        links=proposal.links,
    )


def claim(
    session: WorkingSession,
    number: str,
    *,
    pin: str,
    signature: bytes,
    vault: Vault,
    now: datetime,
    book: Rulebook,
) -> Docket:
    """The reporter claims with his receipt's signature and sets the PIN; again, after a lock.

    ``pin`` is its hash (PHC string) as the claim carries it. Raises ``NotFound`` for a voucher
    that cannot be claimed, ``NotTheReporter``.
    """
    found = _by_number(session, number)
    if found is None or found.paid_at or found.lapsed_at:
        raise NotFound
    if not claims.holds(found.claim_key, found.number, pin, signature):
        raise NotTheReporter
    docket = session.get_one(Docket, found.award_id)
    found.pin_sealed = vault.seal(pin.encode(), _context(found))
    found.claim_signature = signature
    found.claimed_at, found.failures = now, 0
    found.released_by = found.released_at = None
    session.add(found)
    session.flush()
    audit.record(
        session,
        actor=None,
        action="rewards:award:claimed",
        subject=f"docket:{docket.id}",
        detail={"share": found.share},
        now=now,
    )
    if docket.state == "notified" and all(one.pin_sealed for one in vouchers(session, docket)):
        engine.act_as_registry(session, docket, "claim", now=now, book=book)
    return docket


def vouchers(session: WorkingSession, docket: Docket) -> Sequence[Voucher]:
    """The award's vouchers by share."""
    query = select(Voucher).where(Voucher.award_id == docket.id)
    return session.exec(query.order_by(col(Voucher.share))).all()


def voucher(session: WorkingSession, number: str) -> Voucher:
    """The voucher called ``number``. Raises ``NoSuchVoucher``."""
    found = _by_number(session, number)
    if found is None:
        raise NoSuchVoucher
    return found


def release(
    store: Store[WorkingSession], acting: Acting, number: str, pin: str, *, vault: Vault
) -> int:
    """The cashier enters what a person brought; the id of the award to be paid.

    Commits by itself, also a wrong try: it is counted before it is checked. Raises
    ``NoSuchVoucher`` in all cases alike, ``Forbidden`` for who is no cashier.
    """
    if not acting.officer.has("cashier"):
        raise Forbidden
    with store.write() as session:
        found = _payable(session, acting, codes.parse_number(number))
        if found is not None:
            found.failures += 1
            session.add(found)
            award_id, right = found.award_id, _right(found, pin, vault)
            if right:
                found.failures -= 1
                found.released_by, found.released_at = acting.officer.account_id, acting.now
            audited(
                session,
                acting,
                "rewards:pin:verified" if right else "rewards:pin:refused",
                f"docket:{award_id}",
                {"share": found.share, "failures": found.failures},
            )
            if right:
                return award_id
    raise NoSuchVoucher


def _payable(session: WorkingSession, acting: Acting, number: str) -> Voucher | None:
    found = _by_number(session, number)
    if found is None or found.paid_at or found.lapsed_at or found.pin_sealed is None:
        return None
    docket = session.get_one(Docket, found.award_id)
    if found.failures >= codes.PIN_TRIES or not checks.sees(session, acting, docket):
        return None
    return found


def _right(voucher: Voucher, pin: str, vault: Vault) -> bool:
    sealed = voucher.pin_sealed or b""
    return claims.pin_matches(vault.open(sealed, _context(voucher)).decode(), pin.strip())


def _context(voucher: Voucher) -> bytes:
    return f"reward_voucher:{voucher.number}".encode()


def _by_number(session: WorkingSession, number: str) -> Voucher | None:
    query = select(Voucher).where(Voucher.number == codes.parse_number(number))
    return session.exec(query.with_for_update()).first()


def pay(session: WorkingSession, docket: Docket, acting: Acting, number: str) -> Docket:
    """Pay a voucher whose PIN this cashier has just seen. The last one ends the award.

    Raises what ``dockets.act`` raises: ``NotAllowed`` for who proposed, approved or notified.
    """
    paid = dockets.act(
        session, docket, "pay", acting, version=docket.version, data={"voucher": number}
    )
    audited(session, acting, "rewards:voucher:paid", f"docket:{docket.id}", {})
    if all(one.paid_at for one in vouchers(session, paid)):
        engine.act_as_registry(session, paid, "settle", now=acting.now, book=acting.book)
    return paid


def take_claims(
    working: Store[WorkingSession],
    intake: Store[IntakeSession],
    *,
    vault: Vault,
    now: datetime,
    book: Rulebook,
) -> int:
    """Take over what reporters claimed; gives how many. A claim that does not hold is dropped.

    Instants are levelled to the day, as with everything that comes from a reporter.
    """
    day = midnight(legal_day(now))
    with intake.read() as session:
        waiting = inbox.claims(session)
    for one in waiting:
        try:
            with working.write() as session:
                claim(
                    session,
                    one.voucher,
                    pin=one.pin,
                    signature=one.signature,
                    vault=vault,
                    now=day,
                    book=book,
                )
        except RegistryError as error:
            logger.warning("claim dropped", error=error.code)
    if waiting:
        with intake.write() as session:
            inbox.take_claims(session, [one.place for one in waiting])
    return len(waiting)


def remind_by_mailbox(session: WorkingSession, docket: Docket, now: datetime) -> None:
    """Leave the voucher in the mailbox once more: the word of ``remind_due``."""
    query = select(DocketLink).where(
        DocketLink.docket_id == docket.id, DocketLink.relation == "rewards"
    )
    link = session.exec(query).first()
    tip = session.get(Tip, link.other_id) if link else None
    if tip is None:
        return
    until = date.fromisoformat(docket.facts["claim_until"])
    for one in vouchers(session, docket):
        posting.queue_letter(session, tip, "voucher", voucher_letter(one, until), now=now)


def lapse_due(session: WorkingSession, now: datetime, book: Rulebook) -> int:
    """End the awards whose time to claim has passed; gives how many."""
    count = 0
    for docket in _waiting(session):
        until = docket.facts.get("claim_until")
        if until and date.fromisoformat(until) < legal_day(now):
            engine.act_as_registry(session, docket, "lapse", now=now, book=book)
            count += 1
    return count


def remind_due(session: WorkingSession, now: datetime, book: Rulebook, tell: Told) -> int:
    """Remind reporters who have not claimed; ``tell`` leaves the word in the mailbox.

    When is in the rules (``reward.reminder_first``, ``reward.reminder_last``). Each once per last
    day to claim, so that an extension is reminded of anew.
    """
    today, count = legal_day(now), 0
    for docket in _waiting(session):
        until = date.fromisoformat(docket.facts["claim_until"])
        due = [
            code
            for code in REMINDERS
            if (clock := book.clock(book.on(today).deadline(code), {"expiry": until})).breach
            and clock.breach.day <= today <= until
        ]
        fresh = [c for c in due if session.get(Reminder, (docket.id, c, until)) is None]
        for code in fresh:
            session.add(Reminder(award_id=docket.id or 0, code=code, due_on=until, sent_at=now))
            session.flush()
        if fresh:
            # Two that fall due at once, after a standstill, are one word to the reporter.
            tell(session, docket, now)
            count += 1
    return count


def _waiting(session: WorkingSession) -> Sequence[Docket]:
    query = select(Docket).where(Docket.kind == "award", Docket.state == "notified")
    return session.exec(query.order_by(col(Docket.id))).all()
