"""Keeping leaders' visits underground (policy, P2: every two months)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.core.i18n import N_
from registry.office.accountability.leaders import queries
from registry.office.accountability.leaders.models import LeaderVisit
from registry.office.dockets import service as dockets
from registry.office.dockets.checks import FUTURE
from registry.office.entities import site_queries
from registry.office.staff import leaders
from registry.office.staff.auditing import audited
from registry.office.staff.models import Leader
from registry.office.staff.officer import CASEWORK, Acting

HAZARD = ("hazard_code", "description")


def visit(
    session: WorkingSession, acting: Acting, leader_id: int, site_id: int, data: Mapping[str, Any]
) -> LeaderVisit:
    """Enter a visit; a danger that he found becomes a case of its own in the same step.

    ``data``: ``visited_on``, ``shift``, ``minutes``, ``seen`` and, for a danger, ``hazard_code``
    and ``description``. Raises ``NotFound``, ``Forbidden``, ``InvalidInput``.
    """
    leader = leaders.leader(session, acting.officer, leader_id)
    if not acting.officer.has(*CASEWORK):
        raise Forbidden
    day = data["visited_on"]
    problems: dict[str, list[str]] = {}
    if not queries.obliged(acting.rules, leader):
        problems["visited_on"] = [N_("This post does not oblige to go underground.")]
    if day > acting.today:
        problems["visited_on"] = [FUTURE]
    elif day < leader.since or (leader.until is not None and day > leader.until):
        problems["visited_on"] = [N_("He did not hold the post on that day.")]
    given = [name for name in HAZARD if data.get(name)]
    if len(given) == 1:
        missing = next(name for name in HAZARD if name not in given)
        problems[missing] = [N_("This must be filled in.")]
    if given and not acting.officer.has("clerk"):
        problems["hazard_code"] = [N_("A clerk opens the case of a danger.")]
    if problems:
        raise InvalidInput(problems)
    site_queries.site(session, site_id)
    found = LeaderVisit(
        leader_id=leader_id,
        site_id=site_id,
        visited_on=day,
        shift=data["shift"],
        minutes=data["minutes"],
        seen=data["seen"],
        hazard_id=_hazard(session, acting, leader, site_id, data) if given else None,
        added_by=acting.officer.account_id,
        added_at=acting.now,
    )
    session.add(found)
    session.flush()
    _audit(session, acting, "accountability:visit:added", leader)
    return found


def _hazard(
    session: WorkingSession, acting: Acting, leader: Leader, site_id: int, data: Mapping[str, Any]
) -> int | None:
    """Opens the case of the danger against whoever works the mine."""
    profile = site_queries.site_profile(session, site_id)
    day = data["visited_on"]
    operator = next(
        (
            who
            for row, who in profile.operators
            if row.role == "main"
            and (row.since is None or row.since <= day)
            and (row.until is None or row.until >= day)
        ),
        None,
    )
    if operator is None:
        message = N_("Nobody is known to have worked this mine on that day. Enter who did first.")
        raise InvalidInput({"hazard_code": [message]})
    facts = {
        "origin": "inspection",
        "hazard_code": data["hazard_code"],
        "description": data["description"],
        "found_on": day,
    }
    made = dockets.open_docket(
        session,
        "hazard",
        acting,
        facts=facts,
        title=f"{profile.site.name}重大事故隐患",
        region=profile.site.region,
        authority_id=leader.authority_id,
        subject_id=operator.id,
        site_id=site_id,
    )
    return made.id


def note_reading(session: WorkingSession, acting: Acting, leader: Leader | None = None) -> None:
    """Audit that somebody looked at what a leader did; without one, at all of his subtree."""
    if leader is not None:
        return _audit(session, acting, "accountability:leader:read", leader)
    audited(
        session, acting, "accountability:leader:read", f"authority:{acting.officer.authority_id}"
    )
    return None


def _audit(session: WorkingSession, acting: Acting, action: str, leader: Leader) -> None:
    audited(
        session,
        acting,
        action,
        f"leader:{leader.id}",
        {"post": leader.post, "authority": leader.authority_id},
    )
