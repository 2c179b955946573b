"""Reports about the office that has them: they belong to the office above, not to colleagues.

What a report says is known once somebody on duty opens it; so the opening looks first, shows
nothing, and with the key just unwrapped hands it up. It speaks of the office where it names the
authority, one of its officers, or a leader of it who need have no account (``staff.leaders``), or
where an officer who opened it says so. A leader of an office above counts, too: those below are
his subordinates. Where nobody is on duty high enough, a report about the authority, its leaders
or an officer who decides waits sealed; one about another officer is worked on by the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.office.dockets.models import Docket
from registry.office.staff import leaders, officer_keys, queries
from registry.office.staff.models import Account, Authority
from registry.office.staff.officer import Acting
from registry.public.inbox.naming import speaks_of, spoken_forms

DECIDES = "approver"
"""Role of who heads an office here: decisions are his."""


@dataclass(frozen=True)
class Concern:
    """The highest office that a report speaks of, and the next one above it that can open it."""

    office: Authority
    above: Authority | None


def above(session: WorkingSession, place: Authority) -> Authority | None:
    """The nearest office above ``place`` where somebody with a key is on duty."""
    for one in _upwards(session, place):
        if officer_keys.duty_keys(session, one.id or 0):
            return one
    return None


def has_above(session: WorkingSession, docket: Docket) -> bool:
    """Whether there is any office above the one that has the report."""
    return session.get_one(Authority, docket.authority_id).parent_id is not None


def concern(
    session: WorkingSession,
    docket: Docket,
    told: object,
    acting: Acting,
    *,
    declared: bool = False,
) -> Concern | None:
    """Which office what is ``told`` speaks of, if not the one that has the report may keep it.

    ``told``: facts and later messages, in plain. ``declared``: an officer said so. A closed
    report stays where it was decided; an objection opens it again.
    """
    if docket.closed_at is not None:
        return None
    here = session.get_one(Authority, docket.authority_id)
    for place in reversed(list(_upwards(session, here))):
        # Above the highest office there is nobody to whom it could be brought.
        if place.parent_id is not None and speaks_of(told, _heads(session, place, acting)):
            return Concern(place, above(session, place))
    if here.parent_id is None:
        return None
    higher = above(session, here)
    names = [here.code, here.name, *_heads(session, here, acting)]
    if higher is not None:
        names += _officers(session, here).values()
    return Concern(here, higher) if declared or speaks_of(told, names) else None


def names_him(session: WorkingSession, told: object, acting: Acting) -> bool:
    """Whether what is ``told`` speaks of the officer: by name, or by the post that he holds."""
    forms = [acting.officer.name]
    for leader in leaders.leaders(session, acting.officer.authority_id, acting):
        if speaks_of(leader.name, [acting.officer.name]):
            forms += spoken_forms(leader.name, leader.title)
    return speaks_of(told, forms)


def _upwards(session: WorkingSession, place: Authority) -> Iterator[Authority]:
    while place.parent_id is not None:
        place = session.get_one(Authority, place.parent_id)
        yield place


def _heads(session: WorkingSession, place: Authority, acting: Acting) -> Sequence[str]:
    """Leaders as a text may speak of them, and the officers who decide there."""
    deciding = queries.active_with_role(session, DECIDES)
    names = [name for one, name in _officers(session, place).items() if one in deciding]
    for leader in leaders.leaders(session, place.id or 0, acting):
        names += spoken_forms(leader.name, leader.title)
    return names


def _officers(session: WorkingSession, place: Authority) -> dict[int, str]:
    """Names of the officers of the office and of who is on duty for it; filers are none."""
    duty = [one.account_id for one in officer_keys.on_duty(session, place.id or 0)]
    query = select(Account).where(
        (col(Account.authority_id) == place.id) | col(Account.id).in_(duty),
        col(Account.disabled).is_(None),
        col(Account.entity_id).is_(None),
    )
    return {one.id or 0: one.name for one in session.exec(query)}
