"""The level above: what is reported to it, and what climbed to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry.core.i18n import N_
from registry.office.dockets.hooks import Refusal, Step, effect, guard
from registry.office.staff.models import Authority
from registry.public.gazette.payloads import AuthorityRef


def raised_to(step: Step) -> AuthorityRef | None:
    """The authority above to which the case was raised; None while nobody raised it."""
    found = step.session.get(Authority, step.facts.get("raised_to") or 0)
    if found is None:
        return None
    return {"name": found.name, "code": found.code, "region": found.region}


@effect("raise-to-parent")
def raise_to_parent(step: Step) -> Mapping[str, Any]:
    """Reported up by the unit itself: no lapse, but the next level has it."""
    own = step.session.get(Authority, step.docket.authority_id)
    return {"raised_to": own.parent_id if own else None, "received_above_on": None}


@effect("received-above")
def received_above(step: Step) -> Mapping[str, Any]:
    """The receipt of the level above."""
    return {"received_above_on": step.effective}


@guard("from-above")
def from_above(step: Step) -> Refusal | None:
    """Only an officer of the authority to which the case went may receive it."""
    wanted = step.facts.get("raised_to")
    if step.acting is None or step.acting.officer.authority_id != wanted:
        return Refusal(N_("Only the authority above can receive it."))
    return None
