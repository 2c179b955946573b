"""The hooks of ``listing.yaml``: the listing's own, and what departments' notices say to its end.

A listing knows nothing of departments; both are known from here on.
"""

from __future__ import annotations

from sqlmodel import col, select

from registry.core.i18n import N_
from registry.office.dockets.hooks import Refusal, Step, guard
from registry.office.listings import hooks as _listing  # noqa: F401 - registers on import
from registry.office.publisher.models import OutboxRow
from registry.office.punishments.models import Department, Notice
from registry.public.measures.lifecycle import STATES, removed

_IN_EFFECT = tuple(state for state in STATES if removed(state) == "lift-due")
"""Where a removed listing still binds somebody: to be lifted, or not even told to be so yet."""


@guard("lifts-answered")
def lifts_answered(step: Step) -> Refusal | None:
    """What departments were told of a listing is lifted, or was never applied, before it closes."""
    known = select(OutboxRow.public_id).where(OutboxRow.docket_id == step.docket.id)
    query = (
        select(Department.name)
        .join(Notice, col(Notice.department_id) == col(Department.id))
        .where(col(Notice.listing).in_(known), col(Notice.state).in_(_IN_EFFECT))
        .order_by(col(Notice.id))
    )
    names = list(step.session.exec(query))
    if not names:
        return None
    return Refusal(
        N_(
            "{count} measures are not lifted yet: {departments}. The case closes when the"
            " departments have answered; their answers can be entered at the desk of measures."
        ),
        {"count": len(names), "departments": "、".join(dict.fromkeys(names))},
    )
