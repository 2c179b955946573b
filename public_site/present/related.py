"""Which other public records belong to one, found anew for every page.

Nothing is kept beside a record of what belongs to it, except in that of a conviction, which names
what the case rested on: so the page of a listing tells of a verdict from the instant at which the
verdict is public, and of nothing from the instant at which it no longer is.
"""

from __future__ import annotations

from datetime import datetime

from registry.core.db import GazetteSession
from registry.public.gazette import queries
from registry.public.gazette.kinds import about_person
from registry.public.gazette.queries import Record

DEALT_WITH = frozenset(
    {"listing", "penalty", "hazard", "suspension", "accident", "referral", "exposure"}
)
"""Kinds that say how authorities dealt with a unit."""
BESIDE = 6
"""Records of the same unit that are shown beside one; the unit's own page has all."""


def same_case(session: GazetteSession, record: Record, now: datetime) -> list[Record]:
    """Records of the same case: those that this one names, and convictions that name it.

    None for a record about a natural person: a unit's verdict is not his.
    """
    if about_person(record.payload):
        return []
    named = list(record.payload.get("records", []))
    # A listing rests on its penalty, whichever of the two the conviction names.
    basis = [record.payload["penalty"]] if record.payload.get("penalty") else []
    found = [*queries.naming(session, [record.id, *basis], now)]
    found += queries.many(session, named, now).values()
    return [one for one in found if one.id != record.id and not about_person(one.payload)]


def same_unit(session: GazetteSession, record: Record, now: datetime) -> list[Record]:
    """The newest other records on the unit that ``record`` is about, without those on persons."""
    code = record.payload.get("subject", {}).get("code")
    if not code:
        return []
    found = queries.by_entity(session, code, now)
    others = (one for one in found if one.id != record.id and one.kind in DEALT_WITH)
    return [one for one in others if not about_person(one.payload)][:BESIDE]
