"""What the tip's table names: no step without a sealed reason, none by who is excluded.

Work Safety Law art. 73: where deaths are involved, the people's government of the county or above
organises verification. 2012 measures: sixty days to close, thirty more with approval.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from registry.core.i18n import N_
from registry.office.dockets.hooks import Refusal, Step, effect, guard
from registry.office.dockets.models import DocketClock
from registry.office.staff.models import Authority
from registry.office.tips.models import TipMessage, TipNote, TipRecusal

CONCEALED = "T1"
CLOSE = "tip.close"
LEVELS = ("county", "prefecture", "province", "national")


@guard("tip-by-registry")
def tip_by_registry(step: Step) -> Refusal | None:
    """A case of a tip begins at the inbox, where it was sealed; never at a desk."""
    if step.acting is None:
        return None
    return Refusal(N_("Reports come in through the sealed inbox only."))


@guard("tip-note")
def tip_note(step: Step) -> Refusal | None:
    """Whoever acts has sealed why, for this very step."""
    if step.preview or step.acting is None or step.action is None:
        return None
    query = select(TipNote.id).where(
        TipNote.docket_id == step.docket.id,
        TipNote.action == step.action.code,
        TipNote.version == step.docket.version,
        TipNote.account_id == step.acting.officer.account_id,
    )
    if step.session.exec(query).first() is None:
        return Refusal(N_("Do this at the desk for reports: the reason is sealed there."))
    return None


@guard("tip-not-excluded")
def tip_not_excluded(step: Step) -> Refusal | None:
    """Who declared a conflict of interest, or is spoken of, has nothing to do with it."""
    if step.acting is None:
        return None
    query = select(TipRecusal.account_id).where(
        TipRecusal.docket_id == step.docket.id,
        col(TipRecusal.account_id).in_(step.acting.officer.identities),
    )
    if step.session.exec(query).first() is not None:
        return Refusal(N_("This report is dealt with by others."))
    return None


@guard("tip-not-concealment")
def tip_not_concealment(step: Step) -> Refusal | None:
    """A concealed accident is not verified by the regulator alone."""
    if step.docket.facts.get("category") == CONCEALED:
        return Refusal(
            N_("A concealed accident goes to the government of the county or above first.")
        )
    return None


@guard("tip-routed")
def tip_routed(step: Step) -> Refusal | None:
    """Only concealments are routed; ``informing`` tells the office above with the act."""
    if step.docket.facts.get("category") != CONCEALED:
        return Refusal(N_("Only a concealed or false accident report goes this way."))
    if not step.preview and step.data.get("verifier_level") not in LEVELS:
        return Refusal(N_("This is not one of the choices."), {}, "verifier_level")
    return None


@guard("tip-once-extended")
def tip_once_extended(step: Step) -> Refusal | None:
    """Thirty days once, as the rules give them."""
    if step.last("extend") is not None:
        return Refusal(N_("The time has been extended once already."))
    return None


@effect("tip-extended")
def tip_extended(step: Step) -> Mapping[str, Any]:
    """The running clock gets the extension of its deadline."""
    assert step.acting is not None  # noqa: S101 - an officer extends
    book = step.acting.book
    query = select(DocketClock).where(
        DocketClock.docket_id == step.docket.id,
        DocketClock.code == CLOSE,
        col(DocketClock.stopped_on).is_(None),
    )
    for clock in step.session.exec(query):
        more = book.on(clock.started_on).deadline(CLOSE).extension
        if more is not None and clock.breach_due is not None:
            clock.breach_due = clock.first_due = book.due(clock.breach_due, more).day
            step.session.add(clock)
    return {}


@guard("tip-resealed")
def tip_resealed(step: Step) -> Refusal | None:
    """The receiving office holds the tip's key already: nothing is handed over unreadable."""
    if step.preview:
        return None
    target = step.session.get(Authority, int(step.data.get("authority") or 0))
    if target is None or target.id == step.docket.authority_id:
        return Refusal(N_("This is not one of the choices."), {}, "authority")
    return None


@effect("tip-moved")
def tip_moved(step: Step) -> Mapping[str, Any]:
    """The case belongs to the receiving authority from now on."""
    before, step.docket.authority_id = step.docket.authority_id, int(step.data["authority"])
    step.docket.owner_id = None
    return {"authority": None, "moved_from": before}


@effect("tip-escalated")
def tip_escalated(step: Step) -> Mapping[str, Any]:
    """The case belongs to the office above: the nearest one with somebody on duty."""
    before, step.docket.authority_id = step.docket.authority_id, int(step.data["authority"])
    step.docket.owner_id = None
    return {"authority": None, "moved_from": before}


@guard("tip-answered")
def tip_answered(step: Step) -> Refusal | None:
    """Whoever was answered on the matter is visited; a report that was not taken up is not."""
    closing = step.action is not None and step.action.code == "close"
    if closing or step.last("close") is not None:
        return None
    return Refusal(N_("The reporter has not been answered on the matter."))


@guard("tip-withdrawal")
def tip_withdrawal(step: Step) -> Refusal | None:
    """The reporter has said so, with his receipt."""
    query = select(TipMessage.message_id).where(
        TipMessage.docket_id == step.docket.id, TipMessage.kind == "withdrawal"
    )
    if step.session.exec(query).first() is None:
        return Refusal(N_("The reporter has not withdrawn it."))
    return None
