"""Keeping the pool: who is in it, until when, and what binds him to others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import select

from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.core.i18n import N_
from registry.office.accountability.experts import merging as _merging  # noqa: F401 - registers
from registry.office.accountability.experts.models import Expert, ExpertInterest
from registry.office.entities import queries as entities
from registry.office.staff import kept
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting

KEEPERS = ("clerk", "approver")


def add(session: WorkingSession, acting: Acting, person_id: int, data: Mapping[str, Any]) -> Expert:
    """Take a person into the pool of the officer's authority.

    Raises ``Forbidden``, ``NotFound``, ``InvalidInput``.
    """
    if not acting.officer.has(*KEEPERS):
        raise Forbidden
    person = entities.entity(session, person_id)
    if person.kind != "person":
        raise InvalidInput({"": [N_("Only a natural person is an expert.")]})
    kept.in_order(data["since"], data["until"])
    mine = select(Expert.id).where(
        Expert.authority_id == acting.officer.authority_id, Expert.person_id == person.id
    )
    if session.exec(mine).first() is not None:
        raise InvalidInput({"": [N_("This person is in the pool already.")]})
    found = Expert(
        authority_id=acting.officer.authority_id,
        person_id=person.id or 0,
        fields=list(data["fields"]),
        title=data["title"],
        since=data["since"],
        until=data["until"],
        added_by=acting.officer.account_id,
        added_at=acting.now,
    )
    session.add(found)
    session.flush()
    _audit(session, acting, "accountability:expert:added", found)
    return found


def end(session: WorkingSession, acting: Acting, expert_id: int, until: date) -> Expert:
    """Set the last day in the pool, earlier or later. Raises as ``add``."""
    found = _kept(session, acting, expert_id)
    kept.end(session, found, until)
    _audit(session, acting, "accountability:expert:amended", found)
    return found


def declare(
    session: WorkingSession,
    acting: Acting,
    expert_id: int,
    entity_id: int,
    data: Mapping[str, Any],
) -> ExpertInterest:
    """Enter what binds an expert to an enterprise or institution. Raises as ``add``."""
    expert = _kept(session, acting, expert_id)
    entity = entities.entity(session, entity_id)
    if entity.kind == "person":
        raise InvalidInput({"": [N_("Choose an enterprise or institution.")]})
    until = data.get("until")
    kept.in_order(data["since"], until)
    if data["since"] > acting.today:
        raise InvalidInput({"since": [N_("This date cannot be right.")]})
    found = ExpertInterest(
        expert_id=expert_id,
        entity_id=entity.id or 0,
        kind=data["kind"],
        since=data["since"],
        until=until,
        added_by=acting.officer.account_id,
        added_at=acting.now,
    )
    session.add(found)
    session.flush()
    _audit(session, acting, "accountability:expert:amended", expert)
    return found


def note_reading(session: WorkingSession, acting: Acting, expert: Expert) -> None:
    """Audit that somebody looked at an expert and his interests."""
    _audit(session, acting, "accountability:expert:read", expert)


def _kept(session: WorkingSession, acting: Acting, expert_id: int) -> Expert:
    found = kept.load(session, Expert, expert_id, acting.officer)
    if not acting.officer.has(*KEEPERS):
        raise Forbidden
    return found


def _audit(session: WorkingSession, acting: Acting, action: str, expert: Expert) -> None:
    audited(session, acting, action, f"expert:{expert.id}", {"authority": expert.authority_id})
