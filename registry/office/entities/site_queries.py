"""Reading sites: found by name or licence, and one with its licences and operators."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlmodel import col

from registry.core.db import WorkingSession
from registry.core.errors import NotFound
from registry.core.names import fold
from registry.office.entities.models import (
    Entity,
    Site,
    SiteLicence,
    SiteLicenceChange,
    SiteOperator,
)
from registry.office.entities.queries import Page, paged


@dataclass(frozen=True)
class SiteProfile:
    """A site with its licences and operators, newest first."""

    site: Site
    licences: list[SiteLicence]
    operators: list[tuple[SiteOperator, Entity]]
    changes: dict[int, list[SiteLicenceChange]]
    """By id of the licence, oldest first."""


def search_sites(
    session: WorkingSession, text: str = "", *, type_: str | None = None, page: int = 1
) -> Page[Site]:
    """Sites whose name contains ``text`` or that hold a licence whose number contains it."""
    query = select(Site)
    folded = fold(text)
    if folded:
        licensed = select(col(SiteLicence.site_id)).where(
            col(SiteLicence.number).contains(text.strip().upper(), autoescape=True)
        )
        query = query.where(
            or_(
                col(Site.folded).contains(folded, autoescape=True),
                col(Site.public_id) == text.strip().upper(),
                col(Site.id).in_(licensed),
            )
        )
    if type_:
        query = query.where(col(Site.type) == type_)
    return paged(session, query, col(Site.folded), col(Site.id), page)


def site(session: WorkingSession, site_id: int) -> Site:
    """Raises ``NotFound``."""
    found = session.get(Site, site_id)
    if found is None:
        raise NotFound
    return found


def find_site(
    session: WorkingSession, *, public_id: str | None = None, licence: str | None = None
) -> Site | None:
    """The site with this public id, or with a licence of this normalised number."""
    if public_id is not None:
        return session.scalars(select(Site).where(col(Site.public_id) == public_id)).first()
    holder = select(col(SiteLicence.site_id)).where(col(SiteLicence.number) == licence)
    return session.scalars(select(Site).where(col(Site.id).in_(holder))).first()


def site_profile(session: WorkingSession, site_id: int) -> SiteProfile:
    """A site with licences and operators. Raises ``NotFound``."""
    found = site(session, site_id)
    licences = session.scalars(
        select(SiteLicence)
        .where(col(SiteLicence.site_id) == site_id)
        .order_by(col(SiteLicence.since).desc(), col(SiteLicence.id).desc())
    )
    operators = session.execute(
        select(SiteOperator, Entity)
        .join(Entity, col(Entity.id) == col(SiteOperator.entity_id))
        .where(col(SiteOperator.site_id) == site_id)
        .order_by(col(SiteOperator.since).desc(), col(SiteOperator.id).desc())
    )
    changed = session.scalars(
        select(SiteLicenceChange)
        .join(SiteLicence, col(SiteLicence.id) == col(SiteLicenceChange.licence_id))
        .where(col(SiteLicence.site_id) == site_id)
        .order_by(col(SiteLicenceChange.id))
    )
    changes: dict[int, list[SiteLicenceChange]] = {}
    for one in changed:
        changes.setdefault(one.licence_id, []).append(one)
    people = [(operator, who) for operator, who in operators]
    return SiteProfile(found, list(licences), people, changes)
