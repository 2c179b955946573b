"""Leaders of authorities by name and post, whether or not they have an account here.

Who decides over an office seldom has an account; a report that speaks of him must all the same
not be dealt with by his subordinates. Administrators keep these names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.core.i18n import N_
from registry.core.names import fold
from registry.office.audit import service as audit
from registry.office.staff import queries
from registry.office.staff.models import AuthorityLeader
from registry.office.staff.officer import Officer


def leaders(session: WorkingSession, authority_id: int) -> Sequence[AuthorityLeader]:
    """The authority's leaders in office, in the order of their entry."""
    query = select(AuthorityLeader).where(
        AuthorityLeader.authority_id == authority_id, col(AuthorityLeader.ended).is_(None)
    )
    return session.exec(query.order_by(col(AuthorityLeader.id))).all()


def name_leader(
    session: WorkingSession,
    by: Officer,
    *,
    authority_id: int,
    name: str,
    title: str,
    now: datetime,
) -> AuthorityLeader:
    """Enter a leader. Raises ``Forbidden``, ``NotFound``, ``InvalidInput`` for one known."""
    _administered(session, by, authority_id)
    if any(fold(one.name) == fold(name) for one in leaders(session, authority_id)):
        raise InvalidInput({"name": [N_("This leader is entered already.")]})
    added = AuthorityLeader(
        authority_id=authority_id, name=name.strip(), title=title.strip(), since=now,
        added_by=by.account_id,
    )  # fmt: skip
    session.add(added)
    session.flush()
    _audit(session, by, "staff:leader:named", added, now)
    return added


def end_leader(session: WorkingSession, by: Officer, leader_id: int, now: datetime) -> None:
    """Who has left office is no longer looked for. Raises ``Forbidden``, ``NotFound``."""
    found = session.get(AuthorityLeader, leader_id)
    if found is None or found.ended is not None:
        raise NotFound
    _administered(session, by, found.authority_id)
    found.ended, found.ended_by = now, by.account_id
    session.add(found)
    session.flush()
    _audit(session, by, "staff:leader:ended", found, now)


def _administered(session: WorkingSession, by: Officer, authority_id: int) -> None:
    if not by.has("administrator"):
        raise Forbidden
    if not by.sees(queries.authority(session, authority_id).path):
        raise NotFound


def _audit(
    session: WorkingSession, by: Officer, action: str, leader: AuthorityLeader, now: datetime
) -> None:
    audit.record(
        session,
        actor=by.account_id,
        action=action,
        subject=f"authority:{leader.authority_id}",
        detail={"leader": leader.id},
        now=now,
    )
