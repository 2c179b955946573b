"""Acts that no table lists, in a case's log: opened, handed on, brought up to date, heard of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.errors import Conflict
from registry.office.dockets import hooks
from registry.office.dockets.models import Docket, DocketEvent


def claim(session: WorkingSession, docket: Docket) -> None:
    """Takes the next version for this act; whoever comes second finds nothing to update.

    Whoever asked for it (``hooks.changed``) is told that the case changes. Raises ``Conflict``.
    """
    claimed = session.execute(
        update(Docket)
        .where(col(Docket.id) == docket.id, col(Docket.version) == docket.version)
        .values(version=docket.version + 1)
        .returning(col(Docket.version))
        .execution_options(synchronize_session=False)
    ).first()
    if claimed is None:
        raise Conflict
    session.refresh(docket, ["version"])
    for tell in hooks.CHANGED:
        tell(session, docket)


def note(
    session: WorkingSession,
    docket: Docket,
    action: str,
    *,
    now: datetime,
    actor: int | None,
    identities: Iterable[int] = (),
    acting_as: int | None = None,
    before: str | None = None,
    effective: date | None = None,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> DocketEvent:
    """Writes ``action`` into the log of a case whose version was claimed (or is its first).

    ``before`` is the state that the case was in, by default the one it is in. ``effective`` is
    the legal day of ``now`` unless given.
    """
    assert docket.id is not None  # noqa: S101 - stored
    event = DocketEvent(
        docket_id=docket.id,
        ordinal=docket.version,
        action=action,
        from_state=docket.state if before is None else before or None,
        to_state=docket.state,
        actor_id=actor,
        acting_as=acting_as,
        identities=sorted(identities),
        recorded_at=now,
        effective_on=effective or legal_day(now),
        reason=reason,
        data=dict(data or {}),
    )
    session.add_all((docket, event))
    session.flush()
    return event
