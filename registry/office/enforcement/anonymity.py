"""What is told to the public about a case names no natural person of it.

Looked at are the texts that the kind has made public (``redactable``), also as a correction would
have them. Known as persons of a case are its parties, those of the cases that it is linked to in
either direction, and the legal representative of the unit.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import col, select

from registry.core.i18n import N_
from registry.office.dockets.hooks import Refusal, Step, guard
from registry.office.dockets.models import DocketLink, DocketParty
from registry.office.enforcement import procedure
from registry.office.entities import queries, subjects
from registry.office.entities.models import Entity


def people(step: Step) -> Iterator[tuple[str, str]]:
    """Name and role of every natural person who is a party or the subject of the case."""
    for entity_id, role in step.parties:
        entity = queries.entity(step.session, entity_id)
        if entity.kind == "person":
            yield entity.name, role
    if step.docket.subject_id is not None and subjects.is_person(step):
        yield queries.entity(step.session, step.docket.subject_id).name, "direct-person"


@guard("nobody-named")
def nobody_named(step: Step) -> Refusal | None:
    """No person of the case, or of one linked to it, stands in the texts by his full name.

    The unit's own name may hold that of a person.
    """
    unit = _unit(step)
    own = unit.name if unit else ""
    texts = [
        text.replace(own, "") if own else text
        for _, text in procedure.shown_texts(step.facts, step.table.redactable)
    ]
    for name in (*(name for name, _ in people(step)), *_known(step, unit)):
        if any(name in text for text in texts):
            return Refusal(N_("A person of this case still stands in the text by name. Mask it."))
    return None


def _unit(step: Step) -> Entity | None:
    if step.docket.subject_id is None or subjects.is_person(step):
        return None
    return queries.entity(step.session, step.docket.subject_id)


def _known(step: Step, unit: Entity | None) -> Iterator[str]:
    if unit is not None and unit.legal_representative:
        yield unit.legal_representative
    ids = {other for others in step.links.values() for other in others}
    inward = select(DocketLink.docket_id).where(DocketLink.other_id == step.docket.id)
    ids.update(step.session.exec(inward))
    query = (
        select(Entity.name)
        .join(DocketParty, col(DocketParty.entity_id) == col(Entity.id))
        .where(
            col(DocketParty.docket_id).in_(sorted(ids)),
            col(DocketParty.removed_at).is_(None),
            Entity.kind == "person",
        )
    )
    yield from step.session.exec(query)
