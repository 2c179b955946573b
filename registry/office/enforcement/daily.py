"""Daily fines: who was fined, was ordered to put it right and refuses (Work Safety Law art. 112).

The sum of the first decision counts again for every day from the one that the rules name
(``penalty.daily_fine``) to the one on which the refusal was found. It is a penalty of its own,
with notice, defence and decision, that follows the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from registry.core.i18n import N_
from registry.office.dockets.hooks import Refusal, Step, effect, guard
from registry.office.enforcement import opening

FIRST_DAY = "penalty.daily_fine"


def first_day(step: Step) -> date | None:
    """The first day that counts; None where no order is named or the rules know no such fine."""
    ordered = step.day("correction_ordered_on")
    if ordered is None or step.acting is None:
        return None
    rule = step.acting.book.on(ordered).deadlines.get(FIRST_DAY)
    if rule is None or rule.breach is None:
        return None
    return step.acting.book.due(ordered, rule.breach).day


@guard("refuses-to-put-right")
def refuses(step: Step) -> Refusal | None:
    """Fined, ordered to put it right, and found not to have done so on a later day."""
    if not Decimal(step.facts.get("fine_yuan") or 0):
        return Refusal(N_("No fine was imposed that could be imposed daily."))
    if step.facts.get("rectified_on"):
        return Refusal(N_("The violation was put right."))
    if step.preview:
        return None
    first = first_day(step)
    if first is None:
        return Refusal(N_("The law of that day knows no daily fines."), {}, "correction_ordered_on")
    if step.effective < first:
        return Refusal(
            N_("Daily fines count from {day} on."), {"day": first.isoformat()}, "refusal_found_on"
        )
    return None


@effect("open-daily-fine")
def open_daily_fine(step: Step) -> Mapping[str, Any]:
    """The further case, with its sum; the officer words the rest in it."""
    first, fine = first_day(step), Decimal(step.facts["fine_yuan"])
    assert first is not None and step.acting is not None  # noqa: S101 - the guard found it
    days = (step.effective - first).days + 1
    ordered = step.facts["correction_ordered_on"]
    told = (
        f"{ordered}责令改正后，{step.effective.isoformat()}复查发现拒不改正。"
        f"原违法事实：{step.facts['violation_facts']}"
    )
    facts = {
        "violation_type": step.facts["violation_type"],
        "violation_facts": told[:10_000],
        "basis": step.acting.book.on(first).deadline(FIRST_DAY).cite.zh,
        "categories": ["fine"],
        "content": f"自{first.isoformat()}起按原罚款数额{fine}元按日连续处罚{days}日。",
        "fine_yuan": str(fine * days),
    }
    made = opening.open_from(step, "penalty", facts, "（按日连续处罚）", "follows")
    kept = {"days": days, "case": made.number, "until": step.effective.isoformat()}
    blank = dict.fromkeys(step.data)
    return {**blank, "daily_fines": [*(step.facts.get("daily_fines") or ()), kept]}
