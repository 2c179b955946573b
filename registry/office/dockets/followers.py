"""Whose public record says that another case is public: it changes when that one appears or goes.

Which act of the registry brings it up to date stands in the table of the kind whose record
appeared (``relations``, ``tells``).
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.office.dockets import kinds
from registry.office.dockets.hooks import Step
from registry.office.dockets.models import Docket


def of(step: Step) -> Iterator[tuple[Docket, str]]:
    """The public cases at the other end of such relations, each with the act to be done on it."""
    for name, relation in step.table.relations.items():
        for docket_id in step.links.get(name, ()) if relation.tells else ():
            other = step.session.get(Docket, docket_id)
            if other is None or other.public_id is None:
                continue
            if other.state in kinds.get(other.kind).action(relation.tells).from_states:
                yield other, relation.tells
