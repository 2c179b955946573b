"""Reports about the office that has them: they belong to the office above, not to colleagues.

What a report says is known once somebody on duty opens it; so the opening looks first, shows
nothing, and with the key just unwrapped hands it up. Where nobody above is on duty, a report about
the authority itself or an officer who decides waits sealed; one about another officer is worked on
by the rest.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.office.dockets.models import Docket
from registry.office.staff import officer_keys, queries
from registry.office.staff.models import Account, Authority
from registry.public.inbox.naming import speaks_of

DECIDES = "approver"
"""Role of who heads an office here: decisions are his."""


def above(session: WorkingSession, docket: Docket) -> Authority | None:
    """The nearest office above where somebody with a key is on duty."""
    for place in _upwards(session, docket):
        if officer_keys.duty_keys(session, place.id or 0):
            return place
    return None


def belongs_above(session: WorkingSession, docket: Docket, told: object) -> bool:
    """Whether what is ``told`` speaks of the office that has the report, and one above may get it.

    ``told``: facts and later messages, in plain. A closed report stays where it was decided; an
    objection opens it again.
    """
    if docket.closed_at is not None or next(_upwards(session, docket), None) is None:
        return False
    here = session.get_one(Authority, docket.authority_id)
    staff = _officers(session, docket.authority_id)
    if above(session, docket) is not None:
        return speaks_of(told, (here.code, here.name, *staff.values()))
    heads = queries.active_with_role(session, DECIDES)
    return speaks_of(told, (here.code, here.name, *(staff[one] for one in staff if one in heads)))


def _upwards(session: WorkingSession, docket: Docket) -> Iterator[Authority]:
    place = session.get_one(Authority, docket.authority_id)
    while place.parent_id is not None:
        place = session.get_one(Authority, place.parent_id)
        yield place


def _officers(session: WorkingSession, authority_id: int) -> dict[int, str]:
    """Names of the officers of the office and of who is on duty for it; filers are none."""
    duty = [one.account_id for one in officer_keys.on_duty(session, authority_id)]
    query = select(Account).where(
        (col(Account.authority_id) == authority_id) | col(Account.id).in_(duty),
        col(Account.disabled).is_(None),
        col(Account.entity_id).is_(None),
    )
    return {one.id or 0: one.name for one in session.exec(query)}
