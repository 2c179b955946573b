"""Writing sites: places with licences and dated operators, and their public record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from registry.core.codes.public_id import new_public_id
from registry.core.db import WorkingSession
from registry.core.errors import Conflict, InvalidInput, NotFound
from registry.core.i18n import N_
from registry.core.names import fold
from registry.office.dockets.refresh import refresh
from registry.office.entities import payloads, queries
from registry.office.entities.drafts import (
    LicenceDraft,
    Problems,
    SiteDraft,
    check_licence,
    check_period,
    check_site,
    clean_text,
    licence_number,
)
from registry.office.entities.models import (
    LICENCE_STATES,
    OPERATOR_ROLES,
    Site,
    SiteLicence,
    SiteLicenceChange,
    SiteOperator,
)
from registry.office.publisher import service as publisher
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting

ON_LICENCE: list[Callable[[WorkingSession, Acting, SiteLicence, int | None], None]] = []
"""Told of each change of a licence's status, with the case that brought it about: for rooms above
whose records show it."""
_FIELDS = ("type", "name", "name_en", "region", "place", "latitude", "longitude")


def add_site(session: WorkingSession, acting: Acting, draft: SiteDraft) -> Site:
    """Add a site. It is not public before ``publish_site``. Raises ``InvalidInput``."""
    checked = check_site(draft, acting.rules.site_types)
    site = Site(
        public_id=new_public_id("site"),
        folded=fold(checked.name),
        created=acting.now,
        created_by=acting.officer.account_id,
        updated=acting.now,
        **{name: getattr(checked, name) for name in _FIELDS},
    )
    session.add(site)
    session.flush()
    _audit(session, acting, "entities:site:added", site, type=site.type)
    return site


def edit_site(
    session: WorkingSession, acting: Acting, site_id: int, version: int, draft: SiteDraft
) -> Site:
    """Amend a site; where it is public, the amendment is published. Raises ``Conflict``."""
    site = _locked(session, site_id, version)
    checked = check_site(draft, acting.rules.site_types)
    changed = [name for name in _FIELDS if getattr(site, name) != getattr(checked, name)]
    for name in changed:
        setattr(site, name, getattr(checked, name))
    if changed:
        site.folded = fold(site.name)
        _changed(session, acting, site, "entities:site:amended", fields=changed)
    return site


def add_licence(
    session: WorkingSession, acting: Acting, site_id: int, version: int, draft: LicenceDraft
) -> SiteLicence:
    """Note a licence. Its number, normalised, may stand once: at no other site either.

    Raises ``InvalidInput``, ``Conflict``.
    """
    site = _locked(session, site_id, version)
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
    _changed(session, acting, site, "entities:site-licence:added", kind=licence.kind)
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
    site = _locked(session, licence.site_id, version)
    changed = licence.status != _state(status)
    if changed:
        licence.status = status
        session.add(
            SiteLicenceChange(
                licence_id=licence_id, status=status, on=on or acting.today, docket_id=docket_id
            )
        )
    _changed(session, acting, site, "entities:site-licence:amended", status=status)
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
    seen = queries.site(session, licence.site_id).version
    set_licence_status(session, acting, licence_id, seen, status, on=on, docket_id=docket_id)


def add_operator(
    session: WorkingSession,
    acting: Acting,
    site_id: int,
    version: int,
    entity_id: int,
    *,
    role: str = "main",
    since: date | None = None,
    until: date | None = None,
    reason: str = "",
) -> SiteOperator:
    """Note who works the site. Two main operators at once need a ``reason``.

    Raises ``InvalidInput``, ``Conflict``, ``NotFound``.
    """
    site = _locked(session, site_id, version)
    who = queries.entity(session, entity_id)
    problems = Problems()
    check_period(problems, "until", since, until)
    if role not in OPERATOR_ROLES:
        problems.add("role", N_("Choose one of the kinds offered."))
    why = clean_text(reason)
    if role == "main" and why is None and _overlap(session, site_id, since, until):
        problems.add("since", N_("Another main operator works the site in this time. Say why."))
    problems.raise_any()
    operator = SiteOperator(
        site_id=site_id, entity_id=who.id or 0, role=role, since=since, until=until, reason=why
    )
    session.add(operator)
    _changed(session, acting, site, "entities:site-operator:added", entity=who.id)
    return operator


def end_operator(
    session: WorkingSession, acting: Acting, operator_id: int, version: int, until: date
) -> SiteOperator:
    """Note the last day on which the operator worked the site. ``version`` is the site's."""
    operator = session.get(SiteOperator, operator_id)
    if operator is None:
        raise NotFound
    site = _locked(session, operator.site_id, version)
    problems = Problems()
    check_period(problems, "until", operator.since, until)
    problems.raise_any()
    operator.until = until
    _changed(session, acting, site, "entities:site-operator:ended", entity=operator.entity_id)
    return operator


def publish_site(
    session: WorkingSession, acting: Acting, site_id: int, *, docket_id: int | None = None
) -> str:
    """Put the site's record into the gazette, or amend it there. Gives its public id."""
    site = queries.site(session, site_id)
    _publish(session, acting, site, docket_id)
    _audit(session, acting, "entities:site:published", site)
    return site.public_id


def ensure_published(
    session: WorkingSession, acting: Acting, site_id: int, *, docket_id: int | None = None
) -> str:
    """The site's public id, published now if it was not: for a case that is published on it."""
    site = queries.site(session, site_id)
    if site.published is None:
        publish_site(session, acting, site_id, docket_id=docket_id)
    return site.public_id


def publish_anew(
    session: WorkingSession, acting: Acting, entity_id: int, *, forget_previous: bool = False
) -> int:
    """Bring the public records that name the entity up to date: its cases and its sites."""
    cases = refresh(session, entity_id, acting, forget_previous=forget_previous)
    worked = select(col(SiteOperator.site_id)).where(col(SiteOperator.entity_id) == entity_id)
    public = select(Site).where(col(Site.published).is_not(None), col(Site.id).in_(worked))
    for site in session.scalars(public.order_by(col(Site.id))).all():
        _publish(session, acting, site, None)
    return cases


def withdraw_site(session: WorkingSession, acting: Acting, site_id: int) -> None:
    """Take the site out of the gazette. A later publication gets a new public id.

    Raises ``Conflict`` when it is not public.
    """
    site = queries.site(session, site_id)
    if site.published is None:
        raise Conflict
    publisher.withdraw(
        session,
        kind="site",
        id=site.public_id,
        reason="ended",
        effective=acting.now,
        now=acting.now,
        docket_id=None,
    )
    _audit(session, acting, "entities:site:withdrawn", site)
    site.published, site.public_id = None, new_public_id("site")
    site.version += 1
    session.flush()


def _publish(session: WorkingSession, acting: Acting, site: Site, docket_id: int | None) -> None:
    publisher.publish(
        session,
        kind="site",
        id=site.public_id,
        payload=payloads.site_payload(session, site.id or 0),
        effective=acting.now,
        publish_until=None,
        now=acting.now,
        docket_id=docket_id,
    )
    site.published = site.published or acting.now
    session.flush()


def _locked(session: WorkingSession, site_id: int, version: int) -> Site:
    site = session.get(Site, site_id, with_for_update=True, populate_existing=True)
    if site is None:
        raise NotFound
    if site.version != version:
        raise Conflict
    return site


def _changed(
    session: WorkingSession, acting: Acting, site: Site, action: str, **detail: object
) -> None:
    site.version += 1
    site.updated = acting.now
    session.flush()
    _audit(session, acting, action, site, **detail)
    if site.published is not None:
        _publish(session, acting, site, None)


def _state(status: str) -> str:
    if status not in LICENCE_STATES:
        raise InvalidInput({"status": [N_("Choose one of the kinds offered.")]})
    return status


def _overlap(session: WorkingSession, site_id: int, since: date | None, until: date | None) -> bool:
    mains = session.scalars(
        select(SiteOperator).where(
            col(SiteOperator.site_id) == site_id, col(SiteOperator.role) == "main"
        )
    )
    first, last = since or date.min, until or date.max
    return any(
        (row.since or date.min) <= last and first <= (row.until or date.max) for row in mains
    )


def _audit(
    session: WorkingSession, acting: Acting, action: str, site: Site, **detail: object
) -> None:
    audited(session, acting, action, f"site:{site.id}", detail)
