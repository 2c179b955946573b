"""What the public reads of a granted licence, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import col, select

from registry.core import clock
from registry.core.db import WorkingSession
from registry.office.dockets import engine
from registry.office.dockets.hooks import Publication, Refusal, Step, effect, guard, payload
from registry.office.dockets.kinds import get as table_of
from registry.office.dockets.models import Docket
from registry.office.enforcement import procedure
from registry.office.entities import site_licences, subjects
from registry.office.entities.models import SiteLicence, SiteLicenceChange
from registry.office.staff.officer import Acting
from registry.public.gazette.oversight import LicencePayload

KIND = "licence"
FOLLOW = "follow_site"
SHOWN = "licence.shown"
AT_SITE = {"suspended": "suspended", "revoked": "revoked", "cancelled": "cancelled"}
"""What is said at the site goes before what the case knows."""
ENDED = ("revoked", "expired")


@effect("licence-shown")
def licence_shown(step: Step) -> Mapping[str, Any]:
    """Until when the licence is public, should it last to its end."""
    last = step.day("until")
    return {"shown_until": procedure.shown_until(step, SHOWN, last)} if last else {}


@effect("licence-over")
def licence_over(step: Step) -> Mapping[str, Any]:
    """The licence's last day stays with it; from now on the term is that of its publicity."""
    last = step.day("until") or step.effective
    return {
        "valid_until": last,
        "until": step.day("shown_until") or procedure.shown_until(step, SHOWN, last),
    }


@effect("licence-gone")
def licence_gone(step: Step) -> Mapping[str, Any]:
    """A revoked licence is revoked at its site; its term is that of its publicity from now on."""
    licence_id, docket = step.facts.get("site_licence_id"), step.docket
    if licence_id is not None and docket.site_id is not None and step.acting is not None:
        site_licences.switch_licence(
            step.session, step.acting, licence_id, "revoked", on=step.effective, docket_id=docket.id
        )
    return {
        "valid_until": step.day("until"),
        "until": procedure.shown_until(step, SHOWN, step.effective),
    }


def _last_days(step: Step) -> tuple[date | None, date | None]:
    """The licence's own last day, and the last one on which it is public."""
    last = step.day("valid_until") or step.day("until")
    ended = step.day("revoked_on") or last
    return last, procedure.shown_until(step, SHOWN, ended) if ended else None


@guard("licence-owed")
def licence_owed(step: Step) -> Refusal | None:
    """What would have left the public by now is not made public any more."""
    return procedure.still_owed(step, _last_days(step)[1])


@effect("licence-shown-late")
def licence_shown_late(step: Step) -> Mapping[str, Any]:
    """Public after all: until the day until which it would have been, had it been so in time."""
    last, shown = _last_days(step)
    if step.docket.state not in ENDED:
        return {"shown_until": shown}
    return {"valid_until": last, "until": shown}


@payload("licence")
def licence_payload(step: Step) -> Publication:
    """The licence as the gazette shows it: by its decision, with what became of it."""
    facts = step.facts
    state = (step.action.to if step.action else "") or step.docket.state
    shown: LicencePayload = {
        "subject": subjects.subject(step),
        "authority": subjects.authority(step),
        "decision": {
            "number": str(facts.get("decision_number") or step.docket.number),
            "date": facts["granted_on"],
        },
        "licence_kind": facts["licence_kind"],
        "licence_number": facts["licence_number"],
        "application": facts["application"],
        "term": {
            "since": facts["valid_from"],
            "until": facts.get("valid_until") or facts["until"],
        },
        "status": "lacking" if state == "lacking" else "valid",
        "published_on": facts.get("published_on", step.effective.isoformat()),
    }
    scope = procedure.published_text(facts, "licence_scope")
    if scope:
        shown["scope"] = scope
    if state == "lacking":
        shown["lacking_since"] = facts["rectification_on"]
        shown["put_right_by"] = facts["rectify_by"]
    if state in ENDED:
        shown["status"] = "revoked" if state == "revoked" else "expired"
    else:
        _as_at_site(step, shown)
    if facts.get("revoked_on"):
        shown["revoked_on"] = facts["revoked_on"]
        shown["revocation_grounds"] = procedure.published_text(facts, "revocation_grounds")
    place = subjects.site(step)
    if place:
        shown["site"] = place
    last = step.day("until") if state in ENDED else step.day("shown_until")
    return Publication(shown, clock.publish_until(last) if last else None, subjects.handles(step))


def _as_at_site(step: Step, shown: LicencePayload) -> None:
    """The licence of the site may be suspended by another case, or taken away there."""
    licence_id = step.facts.get("site_licence_id")
    licence = step.session.get(SiteLicence, licence_id) if licence_id else None
    if licence is None or licence.status not in AT_SITE:
        return
    query = select(SiteLicenceChange).where(SiteLicenceChange.licence_id == licence.id)
    last = step.session.exec(query.order_by(col(SiteLicenceChange.id).desc()).limit(1)).first()
    shown["status"] = AT_SITE[licence.status]  # type: ignore[typeddict-item]
    if last is not None and licence.status == "suspended":
        shown["suspended_on"] = last.on.isoformat()


def follow(
    session: WorkingSession, acting: Acting, licence: SiteLicence, docket_id: int | None
) -> None:
    """The record of a licence says what its site says, whichever case brought that about."""
    query = select(Docket).where(
        Docket.kind == KIND,
        col(Docket.site_id) == licence.site_id,
        col(Docket.state).in_(sorted(table_of(KIND).action(FOLLOW).from_states)),
        col(Docket.public_id).is_not(None),
        col(Docket.id) != docket_id,
    )
    for docket in session.exec(query.order_by(col(Docket.id))).all():
        if docket.facts.get("site_licence_id") == licence.id:
            engine.act_as_registry(session, docket, FOLLOW, now=acting.now, book=acting.book)


if follow not in site_licences.ON_LICENCE:
    site_licences.ON_LICENCE.append(follow)
