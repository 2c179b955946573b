"""Experts and their interests follow an entity that was found to be another one."""

from __future__ import annotations

from sqlmodel import select

from registry.core.db import WorkingSession
from registry.office.accountability.experts.models import Expert, ExpertInterest
from registry.office.entities.merge import ON_MERGE


def follow(session: WorkingSession, kept: int, other: int) -> None:
    """What was entered for ``other`` counts for ``kept``.

    Where both stand in one pool, the row stays: the merged entity leads to the one kept.
    """
    held = set(session.exec(select(Expert.authority_id).where(Expert.person_id == kept)))
    for one in session.exec(select(Expert).where(Expert.person_id == other)).all():
        if one.authority_id not in held:
            one.person_id = kept
    for row in session.exec(select(ExpertInterest).where(ExpertInterest.entity_id == other)).all():
        row.entity_id = kept
    session.flush()


if follow not in ON_MERGE:
    ON_MERGE.append(follow)
