"""Writing the licences of sites, and who is told when one is suspended or ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput, NotFound
from registry.core.i18n import N_
from registry.office.entities import site_queries
from registry.office.entities.drafts import (
    LicenceDraft,
    check_licence,
    licence_number,
)
from registry.office.entities.models import (
    LICENCE_STATES,
    SiteLicence,
    SiteLicenceChange,
)
from registry.office.entities.sites import locked_site, site_changed
from registry.office.staff.officer import Acting

ON_LICENCE: list[Callable[[WorkingSession, Acting, SiteLicence, int | None], None]] = []
"""Told of each change of a licence's status, with the case that brought it about: for rooms above
whose records show it."""


def add_licence(
    session: WorkingSession, acting: Acting, site_id: int, version: int, draft: LicenceDraft
) -> SiteLicence:
    """Note a licence. Its number, normalised, may stand once: at no other site either.

    Raises ``InvalidInput``, ``Conflict``.
    """
    site = locked_site(session, site_id, version)
    checked = check_licence(draft, acting.rules.licence_kinds)
    number = licence_number(checked.number)
    taken = session.scalars(
        select(SiteLicence).where(
            col(SiteLicence.kind) == checked.kind, col(SiteLicence.number) == number
        )
    ).first()
    if taken is not None:
        here = N_("This licence is already noted here.")
        elsewhere = N_("Another site already has a licence with this number.")
        raise InvalidInput({"number": [here if taken.site_id == site_id else elsewhere]})
    licence = SiteLicence(
        site_id=site_id,
        kind=checked.kind,
        number=number,
        written=checked.number,
        issuer=checked.issuer,
        since=checked.since,
        until=checked.until,
        status=_state(checked.status),
    )
    session.add(licence)
    site_changed(session, acting, site, "entities:site-licence:added", kind=licence.kind)
    return licence


def licence_at(session: WorkingSession, site_id: int, kind: str, number: str) -> SiteLicence | None:
    """The licence of a site with this number, however it is written."""
    query = select(SiteLicence).where(
        col(SiteLicence.site_id) == site_id,
        col(SiteLicence.kind) == kind,
        col(SiteLicence.number) == licence_number(number),
    )
    return session.scalars(query).first()


def set_licence_status(
    session: WorkingSession,
    acting: Acting,
    licence_id: int,
    version: int,
    status: str,
    *,
    on: date | None = None,
    docket_id: int | None = None,
) -> SiteLicence:
    """Suspend, revoke, cancel or reinstate a licence from the day ``on``, today by default.

    ``version`` is the site's; ``docket_id`` the case that brings it about.
    """
    licence = session.get(SiteLicence, licence_id)
    if licence is None:
        raise NotFound
    site = locked_site(session, licence.site_id, version)
    changed = licence.status != _state(status)
    if changed:
        licence.status = status
        session.add(
            SiteLicenceChange(
                licence_id=licence_id, status=status, on=on or acting.today, docket_id=docket_id
            )
        )
    site_changed(session, acting, site, "entities:site-licence:amended", status=status)
    if changed:
        for told in ON_LICENCE:
            told(session, acting, licence, docket_id)
    return licence


def switch_licences(
    session: WorkingSession,
    acting: Acting,
    site_id: int,
    kind: str,
    before: str,
    after: str,
    *,
    on: date,
    docket_id: int | None,
) -> int:
    """Bring every licence of ``kind`` at the site from one status to another; gives how many."""
    query = select(SiteLicence).where(
        col(SiteLicence.site_id) == site_id,
        col(SiteLicence.kind) == kind,
        col(SiteLicence.status) == before,
    )
    found = session.scalars(query.order_by(col(SiteLicence.id))).all()
    for licence in found:
        switch_licence(session, acting, licence.id or 0, after, on=on, docket_id=docket_id)
    return len(found)


def switch_licence(
    session: WorkingSession,
    acting: Acting,
    licence_id: int,
    status: str,
    *,
    on: date,
    docket_id: int | None,
) -> None:
    """As ``set_licence_status``, by a case: whoever acts has not looked at the site itself."""
    licence = session.get(SiteLicence, licence_id)
    if licence is None:
        raise NotFound
    seen = site_queries.site(session, licence.site_id).version
    set_licence_status(session, acting, licence_id, seen, status, on=on, docket_id=docket_id)


def _state(status: str) -> str:
    if status not in LICENCE_STATES:
        raise InvalidInput({"status": [N_("Choose one of the kinds offered.")]})
    return status
