"""The referral: its team, the order of its instants, what became of it.

State Council Order 310 arts 5-12; document 2019-54. The link from a listing over its penalty to
the verdict is made here, for the pages of all three.
"""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from registry.core.i18n import N_, Text
from registry.office.dockets import kinds
from registry.office.dockets.hooks import Panel, Refusal, Step, context, guard, panel
from registry.office.dockets.models import Docket, DocketLink
from registry.office.enforcement import surroundings
from registry.office.enforcement.referrals import publication as _public  # noqa: F401 - registers
from registry.office.enforcement.signatories import hooks as _signatures  # noqa: F401
from registry.office.entities import subjects

ORDER = ("decided_at", "delivered_at", "received_at", "forwarded_at")
"""Instants of a referral in the order in which they can only happen."""
OUTCOMES = {
    "guilty": Text("有罪判决", "convicted"),
    "not-guilty": Text("无罪判决", "acquitted"),
    "exempt": Text("免予刑事处罚", "convicted, exempt from punishment"),
}


@guard("instants-in-order")
def instants_in_order(step: Step) -> Refusal | None:
    """Nothing is delivered before it was approved, or received before it was delivered."""
    known = [(name, step.facts[name]) for name in ORDER if step.facts.get(name)]
    for (_, earlier), (name, later) in itertools.pairwise(known):
        if datetime.fromisoformat(later) < datetime.fromisoformat(earlier):
            return Refusal(N_("This instant lies before the step that it follows."), {}, name)
    return None


@panel("referral-course")
def referral_course(step: Step) -> Panel | None:
    """Where the referral has come to, station by station."""
    facts = step.facts
    stations = (
        (Text("移送公安机关", "Delivered to the police"), "delivered_at", "police"),
        (Text("公安机关签收", "Received"), "received_at", "received_by"),
        (Text("立案", "Filed"), "filed_on", "filing_number"),
        (Text("不予立案", "Filing refused"), "refusal_received_on", "refusal_text"),
        (Text("复议", "Reconsideration asked for"), "reconsideration_on", ""),
        (Text("检察机关监督", "Procuratorate asked"), "procuratorate_on", "procuratorate"),
        (Text("提起公诉", "Prosecuted"), "prosecuted_on", "prosecution_number"),
        (Text("判决", "Judged"), "judged_on", "judgment_number"),
        (Text("判决生效", "In force"), "in_force_on", ""),
        (Text("再审或者撤销", "Retried or annulled"), "retried_on", "retrial_number"),
    )
    rows = [
        [title, facts[when], str(facts.get(what, ""))] for title, when, what in stations
        if facts.get(when)
    ]  # fmt: skip
    header = (Text("环节", "Station"), Text("时间", "When"), Text("文号或者说明", "Number or note"))
    return Panel(Text("行刑衔接进度", "Course of the referral"), header, rows) if rows else None


@panel("criminal-case")
def criminal_case(step: Step) -> Panel | None:
    """From a penalty, or a listing that rests on one, to the referral and its verdict."""
    if step.acting is None:
        return None
    ids = [*step.links.get("rests-on", ()), step.docket.id or 0]
    query = (
        select(Docket)
        .join(DocketLink, col(DocketLink.docket_id) == col(Docket.id))
        .where(col(DocketLink.other_id).in_(ids), Docket.kind == "referral")
        .where(surroundings.below(step.acting.officer))
        .distinct()
        .order_by(col(Docket.id))
    )
    rows = [_outcome(one) for one in step.session.exec(query)]
    header = (
        Text("案号", "Case number"),
        Text("状态", "State"),
        Text("立案文号", "Filed as"),
        Text("判决结果", "Verdict"),
    )
    return Panel(Text("涉嫌犯罪移送情况", "Criminal case"), header, rows) if rows else None


def _outcome(docket: Docket) -> list[str | Text | tuple[str, int]]:
    facts = docket.facts
    verdict = OUTCOMES.get(str(facts.get("verdict")), Text("—", "—"))
    return [
        (docket.number, docket.id or 0),
        kinds.get(docket.kind).states[docket.state].title,
        str(facts.get("filing_number", "—")),
        verdict,
    ]


@context("referral")
def referral_context(step: Step) -> dict[str, Any]:
    """What the papers of a referral can say."""
    found = subjects.context(step)
    known = subjects.book(step)
    found["offences"] = [known.title("offences", code).zh for code in step.facts["offences"]]
    convicted = step.facts.get("convicted_offences") or ()
    found["convicted"] = [known.title("unit_offences", code).zh for code in convicted]
    return found
