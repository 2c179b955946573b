"""Brings published records up to date when whom they are about has changed.

A new name, a corrected code or document is not a new decision: the record keeps its id and
terms, and the log of each docket says who changed what it shows.
"""

from __future__ import annotations

from sqlalchemy import or_
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.office.dockets import checks, engine, hooks, kinds, notes
from registry.office.dockets.models import Docket, DocketParty
from registry.office.publisher import service as publisher
from registry.office.publisher.queries import is_withdrawn
from registry.office.staff.officer import Acting

REFRESH = "refresh"


def refresh(
    session: WorkingSession, entity_id: int, acting: Acting, *, forget_previous: bool = False
) -> int:
    """Publish anew every standing record that names the entity, as subject or beside one.

    ``forget_previous`` erases what the records said before: for what should never have been
    shown. Gives how many were published. The room of the entities calls it in the transaction
    of the change.
    """
    named = select(DocketParty.docket_id).where(
        DocketParty.entity_id == entity_id, col(DocketParty.removed_at).is_(None)
    )
    query = select(Docket).where(
        col(Docket.public_id).is_not(None),
        or_(col(Docket.subject_id) == entity_id, col(Docket.id).in_(named)),
    )
    found = session.exec(query.order_by(col(Docket.id))).all()
    # What two officers took down stays down; its case still carries the id.
    mine = [one for one in found if checks.sees(session, acting, one)]
    standing = [one for one in mine if not is_withdrawn(session, one.public_id or "")]
    for docket in standing:
        _publish(session, docket, acting, forget_previous)
    return len(standing)


def _publish(
    session: WorkingSession, docket: Docket, acting: Acting, forget_previous: bool
) -> None:
    table = kinds.get(docket.kind)
    rules = (action.publish for action in table.actions.values())
    builder = next(rule.payload for rule in rules if rule and rule.payload)
    assert docket.id is not None and docket.public_id is not None  # noqa: S101 - asked for
    log = engine.events(session, docket)
    step = checks.step_of(session, table, docket, acting=acting, now=acting.now, log=log)
    made = hooks.PAYLOADS[builder](step)
    notes.claim(session, docket)
    officer = acting.officer
    notes.note(
        session, docket, REFRESH, now=acting.now, actor=officer.account_id,
        identities=officer.identities,
    )  # fmt: skip
    publisher.publish(
        session,
        kind=docket.public_kind or table.public_kind,
        id=docket.public_id,
        payload=made.payload,
        effective=acting.now,
        publish_until=made.publish_until,
        person_handles=made.person_handles,
        forget_previous=forget_previous,
        now=acting.now,
        docket_id=docket.id,
    )
