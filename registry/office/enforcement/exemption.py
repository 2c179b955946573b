"""Who finds his own danger, reports it truthfully and puts it right is not punished for it."""

from __future__ import annotations

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.i18n import N_
from registry.office.dockets.hooks import Refusal, Step, guard
from registry.office.dockets.models import Docket, DocketLapse

SELF_FOUND = "self-found"
ABOUT = "about"
"""The relation of a penalty to the danger that it is about."""


TERM = "hazard.rectification"
"""The one deadline of a danger that is the enterprise's; the others are the authority's own."""


def exempt(session: WorkingSession, docket: Docket) -> bool:
    """Whether the enterprise is spared for this danger.

    One still open counts while its term runs: nobody is punished while he does what he reported.
    """
    if docket.kind != "hazard" or docket.facts.get("origin") != SELF_FOUND:
        return False
    running = docket.closed_at is None and not missed(session, docket)
    return bool(docket.facts.get("exempt")) or running


def missed(session: WorkingSession, docket: Docket) -> bool:
    """Whether the day set for putting it right has once passed in vain.

    A later day that was set afterwards does not undo that. That the authority verified or
    accepted it too late is not held against the enterprise.
    """
    query = select(DocketLapse.id).where(
        DocketLapse.docket_id == docket.id, DocketLapse.clock_code == TERM
    )
    return session.exec(query.limit(1)).first() is not None


@guard("not-exempt")
def not_exempt(step: Step) -> Refusal | None:
    """No penalty, and so no listing that rests on one, for what the law spares."""
    ids = step.links.get(ABOUT, ())
    for docket in step.session.exec(select(Docket).where(col(Docket.id).in_(ids))):
        if exempt(step.session, docket):
            return Refusal(
                N_("{number} was found and truthfully reported by the enterprise itself and put "
                   "right in time: it is not punished."),
                {"number": docket.number},
            )  # fmt: skip
    return None
