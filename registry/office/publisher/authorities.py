"""Authorities in the gazette: who keeps records here, for whoever reads a record of theirs.

An administrator adds or amends an authority; the public reads it once a second one has published
it. Where no second administrator could, the first publishes it himself and the audit says
``alone``, as with roles. What the installation set itself (its first authority, the
demonstration's) any administrator publishes.
"""

from __future__ import annotations

from datetime import datetime

from registry.core.db import WorkingSession
from registry.core.errors import Forbidden
from registry.core.i18n import N_
from registry.office.audit.service import record
from registry.office.publisher import service as publisher
from registry.office.staff import queries, roles
from registry.office.staff.models import Authority
from registry.office.staff.officer import Officer
from registry.public.gazette.payloads import AuthorityPayload

ORIGIN = "staff:authority"


class SecondPublisher(Forbidden):
    """Four eyes: whoever set an authority's particulars does not publish them."""

    code = "second-publisher"
    message = N_("Another administrator than the one who changed it must publish an authority.")


def publish_authority(
    session: WorkingSession, by: Officer | None, authority_id: int, now: datetime
) -> str:
    """Put an authority's record into the gazette, or bring it up to date. Gives its public id.

    Raises ``Forbidden`` outside the administrator's subtree, ``SecondPublisher``.
    """
    roles.one_after_the_other(session)
    found = queries.authority(session, authority_id)
    alone = False
    if by is not None:
        if not by.has("administrator") or not by.sees(found.path):
            raise Forbidden
        if found.changed_by in by.identities:
            if roles.administrators_over(session, found.path) - by.identities:
                raise SecondPublisher
            alone = True
    publisher.publish(
        session,
        kind="authority",
        id=found.public_id,
        payload=payload(session, found),
        effective=now,
        publish_until=None,
        now=now,
        docket_id=None,
        origin=ORIGIN,
    )
    found.published, found.changed = now, None
    record(
        session,
        actor=by.account_id if by else None,
        action="staff:authority:published",
        subject=f"authority:{found.id}",
        detail={"alone": alone},
        now=now,
    )
    session.flush()
    return found.public_id


def may_publish(session: WorkingSession, by: Officer, authority: Authority) -> bool:
    """Whether there is something to publish, and ``by`` may."""
    if not authority.waits or not by.has("administrator") or not by.sees(authority.path):
        return False
    if authority.changed_by not in by.identities:
        return True
    return not roles.administrators_over(session, authority.path) - by.identities


def payload(session: WorkingSession, authority: Authority) -> AuthorityPayload:
    """The authority as the public reads it. The one above is named once it is public itself."""
    shown: AuthorityPayload = {
        "name": authority.name,
        "code": authority.code,
        "line": authority.kind,
        "level": authority.level,
        "region": authority.region,
    }
    if authority.name_en:
        shown["name_en"] = authority.name_en
    if authority.parent_id is not None:
        above = queries.authority(session, authority.parent_id)
        if above.published is not None:
            shown["parent"] = above.public_id
    return shown
