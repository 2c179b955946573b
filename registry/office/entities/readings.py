"""Which natural persons a session has read: whoever shows them audits it.

A watched session notes the id of every person's entry that it loads. Nothing is asked of the
pages: what a page shows it must have loaded, so that no page can forget to say so. Ids only.
"""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.orm import QueryContext

from registry.core.db import WorkingSession
from registry.office.entities.models import Entity
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting

READ = "entities:person:read"
_WATCHED = "registry.entities.persons-read"


def watch(session: WorkingSession) -> None:
    """From now on, note which persons ``session`` loads."""
    session.info.setdefault(_WATCHED, set())


def seen(session: WorkingSession) -> frozenset[int]:
    """Ids of the persons whose entries the watched session has loaded."""
    return frozenset(session.info.get(_WATCHED, ()))


def record(
    session: WorkingSession, acting: Acting, persons: frozenset[int], page: str, **detail: int
) -> None:
    """Audit that the officer saw ``persons``: one row for the whole ``page``, ids only.

    ``detail`` says which case, entity or site the page was about.
    """
    alone = next(iter(persons)) if len(persons) == 1 else None
    audited(
        session,
        acting,
        READ,
        f"page:{page}" if alone is None else f"entity:{alone}",
        {**detail, "page": page, "persons": sorted(persons)},
    )


@event.listens_for(Entity, "load")
def _loaded(entity: Entity, context: QueryContext) -> None:
    session = context.session
    found = session.info.get(_WATCHED) if session is not None else None
    if found is not None and entity.kind == "person" and entity.id is not None:
        found.add(entity.id)
