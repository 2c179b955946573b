"""What an act does to the public record, in the act's own transaction."""

from __future__ import annotations

from typing import Any

from registry.core.clock import midnight
from registry.core.codes.public_id import new_public_id
from registry.core.i18n import N_
from registry.office.dockets import hooks
from registry.office.dockets.hooks import Refusal, Refused, Step
from registry.office.dockets.shape import PublishRule
from registry.office.publisher import service as publisher

NOT_PUBLIC = N_("Nothing of this case is published at the moment.")
STILL_PUBLIC = N_("This case is already published.")


def carry_out(step: Step, rule: PublishRule | None) -> dict[str, Any]:
    """Publish, amend or withdraw as ``rule`` says; gives the facts that follow.

    A publication after a withdrawal gets a new id: a removal is for good. Raises ``Refused``
    where there is nothing to amend or withdraw, or already something published.
    """
    docket = step.docket
    if rule is None or (docket.public_id is None and rule.if_public):
        return {}
    if rule.op == "publish" and docket.public_id is not None:
        raise Refused(Refusal(STILL_PUBLIC))
    if rule.op != "publish" and docket.public_id is None:
        raise Refused(Refusal(NOT_PUBLIC))
    return _withdraw(step, rule) if rule.op == "withdraw" else _publish(step, rule)


def _publish(step: Step, rule: PublishRule) -> dict[str, Any]:
    docket, kind = step.docket, step.table.public_kind
    found: dict[str, Any] = {}
    if docket.public_id is None:
        docket.public_id, docket.public_kind = new_public_id(kind), kind
        found = {"public_id": docket.public_id, "published_on": step.effective.isoformat()}
        step.facts.update(found)
    publication = hooks.PAYLOADS[rule.payload](step)
    publisher.publish(
        step.session,
        kind=kind,
        id=docket.public_id,
        payload=publication.payload,
        effective=max(midnight(step.effective), docket.opened_at)
        if step.effective < step.today
        else step.now,
        publish_until=publication.publish_until,
        person_handles=publication.person_handles,
        forget_previous=rule.forget_previous,
        now=step.now,
        docket_id=docket.id,
    )
    return found


def _withdraw(step: Step, rule: PublishRule) -> dict[str, Any]:
    docket = step.docket
    assert docket.public_id is not None  # noqa: S101 - checked by carry_out
    publisher.withdraw(
        step.session,
        kind=docket.public_kind or step.table.public_kind,
        id=docket.public_id,
        reason=rule.reason,
        effective=step.now,
        now=step.now,
        docket_id=docket.id,
    )
    withdrawn = docket.public_id
    docket.public_id = docket.public_kind = None
    return {"public_id": None, "withdrawn_id": withdrawn, "withdrawn_on": step.today.isoformat()}
