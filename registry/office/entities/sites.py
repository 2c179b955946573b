"""Writing sites: places with dated operators, and their public record."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlmodel import col

from registry.core.codes.public_id import new_public_id
from registry.core.db import WorkingSession
from registry.core.errors import Conflict, NotFound
from registry.core.i18n import N_
from registry.core.names import fold
from registry.office.dockets.refresh import refresh
from registry.office.entities import payloads, queries, site_queries
from registry.office.entities.drafts import (
    Problems,
    SiteDraft,
    check_period,
    check_site,
    clean_text,
)
from registry.office.entities.models import (
    OPERATOR_ROLES,
    Site,
    SiteOperator,
)
from registry.office.publisher import service as publisher
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting

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
    site = locked_site(session, site_id, version)
    checked = check_site(draft, acting.rules.site_types)
    changed = [name for name in _FIELDS if getattr(site, name) != getattr(checked, name)]
    for name in changed:
        setattr(site, name, getattr(checked, name))
    if changed:
        site.folded = fold(site.name)
        site_changed(session, acting, site, "entities:site:amended", fields=changed)
    return site


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
    site = locked_site(session, site_id, version)
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
    site_changed(session, acting, site, "entities:site-operator:added", entity=who.id)
    return operator


def end_operator(
    session: WorkingSession, acting: Acting, operator_id: int, version: int, until: date
) -> SiteOperator:
    """Note the last day on which the operator worked the site. ``version`` is the site's."""
    operator = session.get(SiteOperator, operator_id)
    if operator is None:
        raise NotFound
    site = locked_site(session, operator.site_id, version)
    problems = Problems()
    check_period(problems, "until", operator.since, until)
    problems.raise_any()
    operator.until = until
    site_changed(session, acting, site, "entities:site-operator:ended", entity=operator.entity_id)
    return operator


def publish_site(
    session: WorkingSession, acting: Acting, site_id: int, *, docket_id: int | None = None
) -> str:
    """Put the site's record into the gazette, or amend it there. Gives its public id."""
    site = site_queries.site(session, site_id)
    _publish(session, acting, site, docket_id)
    _audit(session, acting, "entities:site:published", site)
    return site.public_id


def ensure_published(
    session: WorkingSession, acting: Acting, site_id: int, *, docket_id: int | None = None
) -> str:
    """The site's public id, published now if it was not: for a case that is published on it."""
    site = site_queries.site(session, site_id)
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
    site = site_queries.site(session, site_id)
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


def locked_site(session: WorkingSession, site_id: int, version: int) -> Site:
    """The site for a change, if nobody changed it after ``version``.

    Raises ``NotFound``, ``Conflict``.
    """
    site = session.get(Site, site_id, with_for_update=True, populate_existing=True)
    if site is None:
        raise NotFound
    if site.version != version:
        raise Conflict
    return site


def site_changed(
    session: WorkingSession, acting: Acting, site: Site, action: str, **detail: object
) -> None:
    """Count and audit a change; what the public reads of the site follows."""
    site.version += 1
    site.updated = acting.now
    session.flush()
    _audit(session, acting, action, site, **detail)
    if site.published is not None:
        _publish(session, acting, site, None)


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
