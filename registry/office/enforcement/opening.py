"""A case that comes out of another one, in one step and linked to it: nobody types it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry.office.dockets import service
from registry.office.dockets.hooks import Step
from registry.office.dockets.models import Docket


def open_from(step: Step, kind: str, facts: Mapping[str, Any], word: str, relation: str) -> Docket:
    """Opens a case of ``kind`` on the same unit and place, linked to the one of the step."""
    docket = step.docket
    assert step.acting is not None and docket.id is not None  # noqa: S101 - an officer's act
    return service.open_docket(
        step.session,
        kind,
        step.acting,
        facts=facts,
        title=f"{docket.title}{word}",
        region=docket.region,
        authority_id=docket.authority_id,
        subject_id=docket.subject_id,
        site_id=docket.site_id,
        links=[service.Link(relation, docket.id)],
    )
