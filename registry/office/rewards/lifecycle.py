"""What the award's table names: guards and effects, the ledger's postings among them.

Document 2018-19 art. 12-13: one reward per matter, sixty days to claim from the notice, waived
afterwards; an extension needs a reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import col, select

from registry.core.codes import vouchers as codes
from registry.core.codes.regions import region_path
from registry.core.i18n import N_
from registry.core.rules import RewardApproval
from registry.core.rules.reward_formula import shares
from registry.office.dockets.hooks import Refusal, Step, context, effect, guard
from registry.office.dockets.models import Docket, DocketClock
from registry.office.rewards import ledger
from registry.office.rewards.ledger import Moved
from registry.office.rewards.models import Voucher
from registry.office.staff.officer import Acting
from registry.office.tips import posting
from registry.office.tips.models import Tip, TipAccess

CLAIM = "reward.claim"
AWARDED = "你反映的问题经核查属实，本机关决定给予奖励。"
COLLECT = (
    "请在{until}前用举报回执申领，并自行设定六位数字密码；凭凭证号码和密码到本机关财务窗口领取，"
    "无须说明身份。逾期视为放弃。"
)
"""Official texts stay Chinese."""
RELEASE = timedelta(minutes=15)
"""How long a PIN shown to a cashier lets him pay."""


def fen(yuan: str | Decimal) -> int:
    """An amount of yuan in fen."""
    return int(Decimal(yuan) * 100)


def yuan(amount: int) -> Decimal:
    """An amount of fen in yuan."""
    return Decimal(amount) / 100


def vouchers_of(step: Step) -> Sequence[Voucher]:
    """The award's vouchers by share."""
    query = select(Voucher).where(Voucher.award_id == step.docket.id)
    return step.session.exec(query.order_by(col(Voucher.share))).all()


@guard("award-content")
def award_content(step: Step) -> Refusal | None:
    """There is something to pay, and a report that it is for."""
    if not step.links.get("rewards"):
        return Refusal(N_("A reward is proposed at the desk for reports."))
    if Decimal(step.facts.get("amount_yuan") or 0) <= 0:
        return Refusal(N_("By this rule the report earns nothing."), {}, "amount_yuan")
    return None


@guard("award-by-formula")
def award_by_formula(step: Step) -> Refusal | None:
    """A special award is approved by an act of its own."""
    if step.facts.get("special"):
        return Refusal(N_("A special award is approved on its own, with the leaders' minutes."))
    return None


@guard("award-special")
def award_special(step: Step) -> Refusal | None:
    """Only what was proposed as a special award is approved as one."""
    if not step.facts.get("special"):
        return Refusal(N_("This was not proposed as a special award."))
    return None


def needs_consent(award: Docket, acting: Acting) -> RewardApproval | None:
    """By which rule an award needs the finance department, as the rules stand; None: by none."""
    amount = Decimal(award.facts.get("amount_yuan") or 0)
    return acting.rules.reward_approval(amount, region_path(award.region))


@guard("award-needs-consent")
def award_needs_consent(step: Step) -> Refusal | None:
    """Smaller awards are the office's own affair."""
    if step.acting is not None and needs_consent(step.docket, step.acting) is None:
        return Refusal(N_("An award of this sum needs nobody else's consent."))
    return None


@guard("award-joined")
def award_joined(step: Step) -> Refusal | None:
    """A large award waits for the finance department."""
    rule = needs_consent(step.docket, step.acting) if step.acting is not None else None
    if rule is not None and step.docket.state != "joined":
        return Refusal(
            N_("From {amount} yuan on, the finance department has to agree first."),
            {"amount": f"{rule.from_yuan:,}"},
        )
    return None


@guard("award-checked")
def award_checked(step: Step) -> Refusal | None:
    """The approver has opened the report and seen the very reckoning that was proposed."""
    if step.preview or step.acting is None:
        return None
    opened = select(TipAccess.id).where(
        col(TipAccess.docket_id).in_(step.links.get("rewards", [])),
        TipAccess.account_id == step.acting.officer.account_id,
    )
    if step.session.exec(opened.limit(1)).first() is None:
        return Refusal(N_("Open the report and check the sealed reckoning first."))
    if step.data.get("record_checked") != step.facts.get("record_hash"):
        return Refusal(N_("This is not the reckoning that was proposed."), {}, "record_checked")
    return None


@effect("award-approved")
def award_approved(step: Step) -> Mapping[str, Any]:
    """The approved sum is owed from now on, and the reporter hears of it."""
    _post(step, "approved", fen(step.facts["amount_yuan"]))
    _tell(step, "award", {"text": AWARDED, "amount": step.facts["amount_yuan"], "steps": []})
    return {"approved_on": step.effective}


@effect("award-notified")
def award_notified(step: Step) -> Mapping[str, Any]:
    """A voucher per share, and the last day to claim."""
    weights = [int(weight) for weight in step.facts.get("weights") or [1]]
    parts = shares(Decimal(step.facts["amount_yuan"]), weights)
    for place, part in enumerate(parts, start=1):
        step.session.add(
            Voucher(
                award_id=step.docket.id or 0,
                authority_id=step.docket.authority_id,
                number=codes.new_number(),
                share=place,
                fen=fen(part),
                claim_key=bytes.fromhex(step.facts["claim_key"]),
                made_at=step.now,
            )
        )
    step.session.flush()
    assert step.acting is not None  # noqa: S101 - an officer tells the reporter
    term = step.acting.book.on(step.effective).deadline(CLAIM).breach
    assert term is not None  # noqa: S101 - the rules give this deadline one
    until = step.acting.book.due(step.effective, term).day
    for one in vouchers_of(step):
        _tell(step, "voucher", voucher_letter(one, until))
    return {"claim_until": until}


def voucher_letter(voucher: Voucher, until: date) -> dict[str, Any]:
    """What the mailbox says of a voucher that waits."""
    return {
        "text": COLLECT.format(until=until.isoformat()),
        "voucher": voucher.number,
        "amount": str(yuan(voucher.fen)),
        "until": until.isoformat(),
    }


def _tell(step: Step, kind: str, content: Mapping[str, Any]) -> None:
    for tip_docket in step.links.get("rewards", ()):
        tip = step.session.get(Tip, tip_docket)
        if tip is not None:
            posting.queue_letter(step.session, tip, kind, content, now=step.now)


@guard("extension-later")
def extension_later(step: Step) -> Refusal | None:
    """An extension gives more time, and more than has passed."""
    if step.preview:
        return None
    new, old = date.fromisoformat(str(step.data["new_claim_until"])), step.day("claim_until")
    if new <= max(old or step.today, step.today):
        return Refusal(N_("This day is not later than the present one."), {}, "new_claim_until")
    return None


@effect("claim-extended")
def claim_extended(step: Step) -> Mapping[str, Any]:
    """The running clock ends on the new day."""
    new = date.fromisoformat(str(step.data["new_claim_until"]))
    query = select(DocketClock).where(
        DocketClock.docket_id == step.docket.id,
        DocketClock.code == CLAIM,
        col(DocketClock.stopped_on).is_(None),
    )
    for clock in step.session.exec(query):
        clock.breach_due = clock.first_due = new
        step.session.add(clock)
    return {"claim_until": new}


@guard("vouchers-claimed")
def vouchers_claimed(step: Step) -> Refusal | None:
    """The reporter has signed for every voucher."""
    found = vouchers_of(step)
    if not found or any(one.pin_sealed is None for one in found):
        return Refusal(N_("The reporter has not claimed it yet."))
    return None


@guard("voucher-released")
def voucher_released(step: Step) -> Refusal | None:
    """This cashier has just seen the right PIN for this voucher."""
    if step.preview or step.acting is None:
        return None
    number = codes.parse_number(str(step.data.get("voucher", "")))
    found = next((one for one in vouchers_of(step) if one.number == number), None)
    if found is None:
        return Refusal(N_("There is no such voucher in this award."), {}, "voucher")
    if found.paid_at is not None:
        return Refusal(N_("This voucher has been paid already."), {}, "voucher")
    fresh = found.released_at is not None and found.released_at > step.now - RELEASE
    if not fresh or found.released_by != step.acting.officer.account_id:
        return Refusal(N_("Enter the voucher's PIN first, at the payments desk."), {}, "voucher")
    return None


@effect("voucher-paid")
def voucher_paid(step: Step) -> Mapping[str, Any]:
    """Paid: the voucher is used up, what was owed is settled."""
    number = codes.parse_number(str(step.data["voucher"]))
    found = next(one for one in vouchers_of(step) if one.number == number)
    assert step.acting is not None  # noqa: S101 - a cashier pays
    found.paid_at, found.paid_by = step.now, step.acting.officer.account_id
    step.session.add(found)
    _post(step, "paid", found.fen, found.id)
    return {"voucher": None, "paid_on": step.effective}


@guard("vouchers-paid")
def vouchers_paid(step: Step) -> Refusal | None:
    """Every share has been picked up."""
    if any(one.paid_at is None for one in vouchers_of(step)):
        return Refusal(N_("Not every share has been picked up."))
    return None


@guard("claim-over")
def claim_over(step: Step) -> Refusal | None:
    """The last day to claim is past."""
    until = step.day("claim_until")
    if until is None or step.today <= until:
        return Refusal(N_("The time to claim has not passed."))
    return None


@effect("award-lapsed")
def award_lapsed(step: Step) -> Mapping[str, Any]:
    """Nothing is owed any more."""
    for one in vouchers_of(step):
        one.lapsed_at = step.now
        step.session.add(one)
    owed = -ledger.unsettled(step.session, step.docket.id or 0, "payable")
    if owed > 0:
        _post(step, "lapsed", owed)
    return {"lapsed_on": step.effective}


@guard("recovery-sum")
def recovery_sum(step: Step) -> Refusal | None:
    """No more is recovered than was paid."""
    if step.preview:
        return None
    asked = fen(step.data.get("recovery_yuan") or "0")
    if not 0 < asked <= ledger.unsettled(step.session, step.docket.id or 0, "expense"):
        return Refusal(N_("This is more than was paid, or nothing."), {}, "recovery_yuan")
    return None


@effect("recovery-ordered")
def recovery_ordered(step: Step) -> Mapping[str, Any]:
    """Whoever was paid wrongly owes it."""
    _post(step, "recovery", fen(step.facts["recovery_yuan"]))
    return {}


@effect("recovery-done")
def recovery_done(step: Step) -> Mapping[str, Any]:
    """It is back."""
    _post(step, "recovered", ledger.unsettled(step.session, step.docket.id or 0, "receivable"))
    return {}


@effect("recovery-lost")
def recovery_lost(step: Step) -> Mapping[str, Any]:
    """It will not come back."""
    _post(step, "written-off", ledger.unsettled(step.session, step.docket.id or 0, "receivable"))
    return {}


@context("award")
def award_context(step: Step) -> dict[str, Any]:
    """What the papers of an award can say."""
    rules = step.acting.book.on(step.effective) if step.acting else None
    category = str(step.facts.get("category", ""))
    pack = str(step.facts.get("pack", ""))
    table = "reward_specials" if step.facts.get("special") else "reward_packs"
    return {
        "category": category,
        "pack": rules.title(table, pack).zh if rules and pack else "",
        "claim_until": step.facts.get("claim_until", ""),
        "vouchers": [
            {"number": one.number, "yuan": str(yuan(one.fen))} for one in vouchers_of(step)
        ],
    }


def _post(step: Step, kind: str, amount: int, voucher_id: int | None = None) -> None:
    moved = Moved(
        authority_id=step.docket.authority_id,
        award_id=step.docket.id or 0,
        fen=amount,
        voucher_id=voucher_id,
        actor_id=step.acting.officer.account_id if step.acting else None,
    )
    ledger.post(step.session, kind, moved, now=step.now)
