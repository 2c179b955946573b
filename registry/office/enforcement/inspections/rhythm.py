"""At most one visit per county and month by the levels above it, unless a reason is recorded."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from registry.core.i18n import N_
from registry.office.dockets.hooks import Refusal, Step, guard
from registry.office.dockets.models import Docket
from registry.office.staff.models import Authority

COUNTY = "county"
"""The county's own authority is there every day; the rule spares it visits from above."""


@guard("county-rhythm")
def county_rhythm(step: Step) -> Refusal | None:
    """A second visit in the month wants its reason (``repeat_reason``)."""
    if step.preview or step.facts.get("repeat_reason"):
        return None
    keeper = step.session.get(Authority, step.docket.authority_id)
    day = step.facts.get("visited_on") or step.facts.get("planned_for")
    if keeper is None or keeper.level == COUNTY or not day:
        return None
    other = next(iter(in_month(step, date.fromisoformat(day))), None)
    if other is None:
        return None
    field = "visited_on" if "visited_on" in step.data else "planned_for"
    return Refusal(
        N_("This county is already visited in that month ({number}). Join that inspection, or say "
           "why a second visit is needed."),
        {"number": other.number or other.title},
        "repeat_reason" if "repeat_reason" in step.data else field,
    )  # fmt: skip


def in_month(step: Step, day: date) -> list[Docket]:
    """Other inspections from above in the same county and month."""
    query = (
        select(Docket)
        .join(Authority, col(Authority.id) == col(Docket.authority_id))
        .where(
            Docket.kind == "inspection",
            col(Docket.region) == step.docket.region,
            col(Docket.state) != "cancelled",
            col(Authority.level) != COUNTY,
            col(Docket.id) != step.docket.id,
        )
        .order_by(col(Docket.id).desc())
        .limit(200)
    )
    month = f"{day:%Y-%m}"
    planned = (one for one in step.beside if one.region == step.docket.region and _above(step, one))
    return [one for one in (*step.session.exec(query), *planned) if _month(one) == month]


def _above(step: Step, other: Docket) -> bool:
    unit = step.session.get(Authority, other.authority_id)
    return unit is not None and unit.level != COUNTY


def _month(docket: Docket) -> str:
    day = docket.facts.get("visited_on") or docket.facts.get("planned_for") or ""
    return str(day)[:7]
