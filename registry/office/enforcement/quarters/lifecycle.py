"""Quarters: when one is over, by when its report is due, who has not sent one.

Coal Mine Work Safety Regulation art. 35: every quarter, signed by the head of the enterprise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlmodel import col, select

from registry.core.clock import midnight
from registry.core.db import WorkingSession
from registry.core.i18n import N_
from registry.core.rules import Rulebook
from registry.office.dockets.hooks import Refusal, Step, effect, guard
from registry.office.dockets.models import Docket
from registry.office.enforcement import surroundings
from registry.office.enforcement.hazards import queries as hazards
from registry.office.entities.models import Entity
from registry.office.staff.officer import Officer

KIND, DANGER = "hazard-report", "hazard"
DEADLINE = "hazard.report"
DISCARDED = "discarded"
SHOWN = 200


def last_day(quarter: str) -> date:
    """The last day of a quarter written as ``2026Q3``."""
    year, number = int(quarter[:4]), int(quarter[5])
    following = date(year + number // 4, number % 4 * 3 + 1, 1)
    return following - timedelta(days=1)


def newest_over(today: date) -> str:
    """The newest quarter that is over."""
    number = (today.month - 1) // 3
    return f"{today.year}Q{number}" if number else f"{today.year - 1}Q4"


def due_day(quarter: str, book: Rulebook) -> date | None:
    """By when the report of a quarter is due; None where the rules set no day."""
    ended = last_day(quarter)
    rule = book.on(ended).deadlines.get(DEADLINE)
    return book.due(ended, rule.breach).day if rule and rule.breach else None


@guard("quarter-over")
def quarter_over(step: Step) -> Refusal | None:
    """A quarter is reported on once it is over."""
    quarter, told = step.facts.get("quarter"), step.day("reported_on")
    if step.preview or not quarter or told is None or told >= last_day(quarter):
        return None
    return Refusal(N_("This quarter was not over on that day."), {}, "reported_on")


@guard("quarter-once")
def quarter_once(step: Step) -> Refusal | None:
    """One report a quarter and enterprise; a better one is entered in the first."""
    if step.preview or step.docket.subject_id is None:
        return None
    query = select(Docket.number).where(
        Docket.kind == KIND,
        col(Docket.subject_id) == step.docket.subject_id,
        col(Docket.counted_as) == step.facts.get("quarter"),
        col(Docket.state) != DISCARDED,
        col(Docket.id) != step.docket.id,
    )
    number = step.session.exec(query).first()
    if number is None:
        return None
    return Refusal(
        N_("The report of this quarter is there already ({number})."), {"number": number}, "quarter"
    )


@effect("quarter-lateness")
def quarter_lateness(step: Step) -> Mapping[str, Any]:
    """By how many days the report came too late."""
    told = step.day("reported_on")
    due = due_day(step.facts["quarter"], step.acting.book) if step.acting else None
    late = (told - due).days if told and due and told > due else None
    return {"late_days": late}


def missing(
    session: WorkingSession, officer: Officer, quarter: str
) -> Sequence[tuple[Entity, int]]:
    """Enterprises with dangers that stood at the quarter's end and stand today, and no report.

    Each with the number of these dangers; of the officer's subtree, two hundred at most.
    """
    ended = midnight(last_day(quarter) + timedelta(days=1))
    standing = select(Docket.subject_id).where(
        Docket.kind == DANGER,
        col(Docket.closed_at).is_(None),
        col(Docket.opened_at) < ended,
        ~hazards.unverified(),
        surroundings.below(officer),
    )
    counts: dict[int, int] = {}
    for subject in session.exec(standing):
        if subject is not None:
            counts[subject] = counts.get(subject, 0) + 1
    reported = select(Docket.subject_id).where(
        Docket.kind == KIND,
        col(Docket.counted_as) == quarter,
        col(Docket.state) != DISCARDED,
    )
    for subject in session.exec(reported):
        counts.pop(subject or 0, None)
    units = select(Entity).where(col(Entity.id).in_(sorted(counts))).order_by(col(Entity.id))
    return [(one, counts[one.id or 0]) for one in session.exec(units.limit(SHOWN))]
