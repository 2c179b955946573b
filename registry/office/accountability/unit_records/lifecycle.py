"""Awards inside an enterprise for whoever finds dangers (policy 24), and its lists (policy 26)."""

from __future__ import annotations

from registry.core.i18n import N_
from registry.office.dockets.hooks import Refusal, Step, guard

AWARD = "internal-award"


@guard("record-content")
def record_content(step: Step) -> Refusal | None:
    """An award has a sum; a list has none."""
    if step.preview:
        return None
    award, sum_ = step.facts.get("record_kind") == AWARD, step.facts.get("award_yuan")
    if award and not sum_:
        return Refusal(N_("Give the sum of the award."), {}, "award_yuan")
    if sum_ and not award:
        return Refusal(N_("Only an award has a sum."), {}, "award_yuan")
    return None
