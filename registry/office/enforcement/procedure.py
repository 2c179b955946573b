"""What procedures share: service, defence and hearing, objection, remedies, clean wording.

Administrative Penalty Law arts 44-45 (notice, statement and defence), 63-64 (hearing); a listing
follows them by reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from registry.core.i18n import N_, Text
from registry.core.rules import DueDay
from registry.core.rules.duration import Duration, add_calendar
from registry.office.dockets.hooks import Refusal, Step, effect, guard
from registry.office.dockets.redaction import personal_numbers
from registry.office.procedures import queries as filings

WINDOWS = {"listing": "listing.defence_window", "penalty": "penalty.hearing_request"}
"""The deadline that runs for the party after the prior notice, by kind of case."""

HEARD = frozenset({"defence", "hearing"})
"""What a party files online before a decision, codes of rules/procedures."""

_TEXTS = {
    "decision_text": Text("决定书正文", "text of the decision"),
    "summary": Text("失信行为简况", "summary of the conduct"),
    "violation_facts": Text("违法事实", "facts of the violation"),
    "content": Text("处罚内容", "content of the penalty"),
    "description": Text("隐患情况", "what the danger is"),
    "requirements": Text("整改要求", "what is to be done"),
    "order_reason": Text("停产原因", "reason of the suspension"),
    "headline": Text("标题", "headline"),
    "story": Text("案情", "story of the case"),
    "lesson": Text("警示", "what it teaches"),
    "published_cause": Text("公布的事故原因", "cause, for the public"),
    "published_responsibility": Text("公布的责任认定", "responsibility, for the public"),
    "published_measures": Text("公布的整改措施", "measures, for the public"),
    "published_evaluation": Text("公布的评估情况", "evaluation, for the public"),
    "published_remaining": Text("公布的尚未完成事项", "what remains, for the public"),
    "licence_scope": Text("许可内容", "scope of the licence"),
    "revocation_grounds": Text("吊销（撤销）理由", "grounds of the revocation"),
}


@effect("notice-service")
def notice_service(step: Step) -> Mapping[str, Any]:
    """When the prior notice counts as served: with the act, or later for a public notice."""
    return {"notice_effective_on": deemed(step, "notice_served_on", "notice_method")}


@effect("decision-service")
def decision_service(step: Step) -> Mapping[str, Any]:
    """When the decision counts as served, and until when it can be contested."""
    served = deemed(step, "decision_served_on", "decision_method")
    return {"decision_effective_on": served, **remedies(step, served)}


def deemed(step: Step, day_of: str, method_of: str) -> date:
    """The day on which something counts as served (Civil Procedure Law arts 88-95)."""
    served = step.day(day_of) or step.effective
    if step.acting is None:
        return served
    table = step.acting.book.on(served).service_methods
    method = table.get(str(step.facts.get(method_of, "")))
    if method is None or method.deemed_after is None:
        return served
    return step.acting.book.due(served, method.deemed_after).day


def remedies(step: Step, served: date) -> Mapping[str, Any]:
    """Last days for reconsideration and lawsuit after service on ``served``."""
    if step.acting is None:
        return {}
    deadlines = step.acting.book.on(served).deadlines
    found = {}
    for name in ("reconsideration", "lawsuit"):
        deadline = deadlines.get(f"remedy.{name}")
        if deadline is not None and deadline.breach is not None:
            found[f"{name}_until"] = step.acting.book.due(served, deadline.breach).day
    return found


def window(step: Step) -> DueDay | None:
    """The last day for statement and defence; None before the notice was served."""
    served = step.day("notice_effective_on")
    if served is None or step.acting is None:
        return None
    code = WINDOWS.get(step.table.code, "listing.defence_window")
    deadline = step.acting.book.on(served).deadlines.get(code)
    if deadline is None or deadline.breach is None:
        return None
    return step.acting.book.due(served, deadline.breach)


@guard("notice-served")
def notice_served(step: Step) -> Refusal | None:
    """No decision before the prior notice counts as served."""
    served = step.day("notice_effective_on")
    if served is None:
        return Refusal(N_("The prior notice has not been served."))
    day = step.today if step.preview else step.effective
    if day < served:
        return Refusal(
            N_("The prior notice counts as served on {day} only."), {"day": served.isoformat()}
        )
    return None


_NOT_YET = Refusal(N_("The party has filed a defence online that is not yet in the case."))
_UNCONSIDERED = Refusal(N_("A defence was filed and has not been considered."))


def _filed(step: Step) -> bool:
    """Whether a defence was filed online that nobody has recorded."""
    return filings.unrecorded(step.session, step.docket.id, HEARD)


@guard("statement-considered")
def statement_considered(step: Step) -> Refusal | None:
    """Where no prior notice is served, a statement that came in is considered all the same.

    Licence Law art. 7, Administrative Coercion Law art. 8: the party may state and defend.
    """
    if _filed(step):
        return _NOT_YET
    facts = step.facts
    if facts.get("defence_received_on") and not facts.get("defence_considered_on"):
        return _UNCONSIDERED
    return None


@guard("statement-open")
def statement_open(step: Step) -> Refusal | None:
    """There is a statement to consider."""
    facts = step.docket.facts
    if not facts.get("defence_received_on") or facts.get("defence_considered_on"):
        return Refusal(N_("No statement or defence is open."))
    return None


@guard("party-heard")
def party_heard(step: Step) -> Refusal | None:
    """No decision before the time for defence has ended, unless it was heard or waived.

    A requested hearing must have been held or given up. On a provisional day nothing lapses. What
    the party filed online counts before an officer has recorded it.
    """
    facts = step.facts
    if _filed(step):
        return _NOT_YET
    held = facts.get("hearing_held_on") or facts.get("hearing_waived_on")
    if facts.get("hearing_requested") and not held:
        return Refusal(N_("A hearing was requested and has not been held."))
    if facts.get("defence_considered_on") or facts.get("defence_waived_on"):
        return None
    if facts.get("defence_received_on"):
        return _UNCONSIDERED
    last = window(step)
    day = step.today if step.preview else step.effective
    if last is None or day <= last.day or last.provisional:
        params = {"day": last.day.isoformat() if last else "—"}
        return Refusal(N_("The party may still state and defend until {day}."), params)
    return None


@effect("heard-anew")
def heard_anew(step: Step) -> Mapping[str, Any]:
    """A further defence is considered, too: the opinion on an earlier one does not cover it."""
    return dict.fromkeys(("defence_considered_on", "defence_outcome", "defence_waived_on"))


@guard("objection-open")
def objection_open(step: Step) -> Refusal | None:
    """There is an objection to answer."""
    objected = step.last("object")
    answered = step.last("answer_objection")
    if objected is None or (answered is not None and answered.ordinal > objected.ordinal):
        return Refusal(N_("There is no open objection."))
    return None


@guard("no-remedy-noted")
def no_remedy_noted(step: Step) -> Refusal | None:
    """One remedy at a time is noted as pending."""
    if step.docket.facts.get("remedy_pending"):
        return Refusal(N_("A reconsideration or lawsuit is noted already. Record how it ended."))
    return None


@guard("remedy-noted")
def remedy_noted(step: Step) -> Refusal | None:
    """There is a pending remedy to end."""
    if not step.docket.facts.get("remedy_pending"):
        return Refusal(N_("No reconsideration or lawsuit is noted as pending."))
    return None


@guard("remedy-settled")
def remedy_settled(step: Step) -> Refusal | None:
    """A case is not closed while its decision is contested; it is carried out all the same.

    Reconsideration Law art. 42 and Litigation Law art. 56: neither stays the decision by itself.
    """
    if filings.unrecorded(step.session, step.docket.id, {"remedy"}):
        return Refusal(N_("The party has reported a reconsideration or lawsuit: record it first."))
    if step.docket.facts.get("remedy_pending"):
        return Refusal(N_("A reconsideration or lawsuit is pending."))
    return None


@effect("remedy-pending")
def remedy_pending(_step: Step) -> Mapping[str, Any]:
    """The decision is contested from now on."""
    return {"remedy_pending": True, "remedy_ended_on": None, "remedy_result": None}


@effect("remedy-over")
def remedy_over(_step: Step) -> Mapping[str, Any]:
    """The decision is no longer contested."""
    return {"remedy_pending": None}


@guard("in-window")
def in_window(step: Step) -> Refusal | None:
    """A defence is received after the notice; a late one is taken, too, and heard."""
    received = step.day("defence_received_on")
    notice = step.day("notice_served_on")
    if not step.preview and received and notice and received < notice:
        return Refusal(
            N_("This date lies before the step that it follows."), {}, "defence_received_on"
        )
    return None


@guard("clean-wording")
def clean_wording(step: Step) -> Refusal | None:
    """Nothing is published whose wording still holds a person's number."""
    for name, text in shown_texts(step.facts, step.table.redactable):
        if personal_numbers(text):
            return Refusal(
                N_("The text “{field}” holds a person's number. Redact it before it is published."),
                {"field": _TEXTS.get(name, name)},
            )
    return None


def shown_texts(facts: Mapping[str, Any], names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The wordings that the public reads or, where a correction is proposed, is going to read."""
    for name in names:
        yield name, published_text(facts, name)
        yield name, str(facts.get(f"new_{name}") or "")


def shown_until(step: Step, code: str, begun: date) -> date:
    """The last day on which something stays public that is shown from ``begun`` on.

    ``code`` is the deadline of the rules that says how long; a year where they say nothing.
    """
    deadline = step.acting.book.on(begun).deadlines.get(code) if step.acting else None
    term = deadline.breach if deadline and deadline.breach else Duration(1, "year")
    return add_calendar(begun, term)


@guard("never-public")
def never_public(step: Step) -> Refusal | None:
    """Made public afterwards is only what never was: a removal is for good."""
    if step.docket.public_id or step.facts.get("withdrawn_id"):
        return Refusal(N_("It is public already, or has been."))
    return None


def still_owed(step: Step, last: date | None) -> Refusal | None:
    """Refuses where the last day on which it would be shown is past."""
    if last is not None and last < step.today:
        return Refusal(
            N_("The time for which it would be public ended on {day}."), {"day": last.isoformat()}
        )
    return None


def published_text(facts: Mapping[str, Any], name: str) -> str:
    """The wording for the public: the redacted one where there is one."""
    return str(facts.get(f"{name}_public") or facts.get(name) or "")


@guard("decision-complete")
def decision_complete(step: Step) -> Refusal | None:
    """A decision is approved only once its number and wording were drafted."""
    if not step.facts.get("decision_number") or not step.facts.get("decision_text"):
        return Refusal(N_("The decision has not been drafted."))
    return None


@effect("apply-correction")
def apply_correction(step: Step) -> Mapping[str, Any]:
    """The proposed wording (``new_…``) takes the place of the old one.

    Only what the proposal that is approved here asked for: another one may be waiting beside it.
    """
    asked = step.last(*step.action.after) if step.action else None
    named = asked.data if asked else step.facts
    proposed = {k: v for k, v in step.facts.items() if k.startswith("new_") and k in named}
    found: dict[str, Any] = {name.removeprefix("new_"): value for name, value in proposed.items()}
    # A redaction of the old wording must not hide the new one.
    found |= {f"{name}_public": None for name in found if name in step.table.redactable}
    return found | dict.fromkeys(proposed)


@guard("correction-proposed")
def correction_proposed(step: Step) -> Refusal | None:
    """A correction changes something."""
    given = any(name.startswith("new_") for name in step.data)
    if not step.preview and not given:
        return Refusal(N_("Nothing would be changed."))
    return None
