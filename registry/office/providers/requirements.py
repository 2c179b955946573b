"""What the law asks of an organization of a field, held against what it has. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from registry.core.i18n import N_, Text
from registry.core.rules.values import ProviderField
from registry.office.providers.models import ProviderStaff

Status = Literal["valid", "suspended", "expired", "revoked", "cancelled"]
STATES: Mapping[str, Status] = {
    "registered": "valid",
    "suspended": "suspended",
    "expired": "expired",
    "revoked": "revoked",
    "cancelled": "cancelled",
}
"""State of the case to the status that anyone understands."""
TURNS: Mapping[str, Status] = {
    "register": "valid",
    "adopt": "valid",
    "renew": "valid",
    "resume": "valid",
    "suspend": "suspended",
    "lapse": "expired",
    "revoke": "revoked",
    "cancel": "cancelled",
}
"""What an act makes of the qualification, from its effective day on."""


@dataclass(frozen=True)
class Requirement:
    """One minimum: how many there are, and how many there must be."""

    label: str
    have: int
    need: int
    what: Text | None = None

    @property
    def met(self) -> bool:
        return self.have >= self.need


@dataclass(frozen=True)
class StaffCount:
    """Full-time staff with a certificate valid on the day, by what the law counts."""

    people: int
    level_1: int
    level_2: int
    engineers: int
    posts: frozenset[str]


def count(staff: Iterable[ProviderStaff], day: date) -> StaffCount:
    """Each person once, by the best certificate."""
    rows = [one for one in staff if one.active(day) and one.full_time and one.certified(day)]
    levels: dict[int, int] = {}
    for one in rows:
        best = one.level or 9
        levels[one.person_id] = min(best, levels.get(one.person_id, 9))
    return StaffCount(
        people=len(levels),
        level_1=sum(level == 1 for level in levels.values()),
        level_2=sum(level == 2 for level in levels.values()),
        engineers=len({o.person_id for o in rows if o.certificate_kind == "safety-engineer"}),
        posts=frozenset(one.post for one in rows if one.post),
    )


def requirements(
    field: ProviderField,
    scopes: Collection[str],
    found: StaffCount,
    assets_yuan: int | None,
    titles: Mapping[str, Text],
) -> list[Requirement]:
    """All minima of the field. Shares are of the staff that there is, rounded up."""
    need = field.staff + field.staff_per_scope * max(0, len(scopes) - 1)
    rows = [
        Requirement(N_("Full-time certified staff"), found.people, need if field.staff else 0),
        Requirement(
            N_("Of these level 1"), found.level_1, _share(found.people, field.level_1_percent)
        ),
        Requirement(
            N_("Of these level 1 or 2"),
            found.level_1 + found.level_2,
            _share(found.people, field.level_2_percent),
        ),
        Requirement(
            N_("Registered safety engineers"),
            found.engineers,
            _share(found.people, field.engineer_percent),
        ),
        Requirement(N_("Fixed assets in yuan"), assets_yuan or 0, field.assets_yuan),
    ]
    rows += [
        Requirement(N_("Post filled"), int(post in found.posts), 1, titles.get(post))
        for post in field.posts
    ]
    return [row for row in rows if row.need]


def _share(people: int, percent: int) -> int:
    return -(-people * percent // 100)


def status_on(turns: Iterable[tuple[str, date]], until: date | None, day: date) -> Status | None:
    """What the qualification was on ``day``; None before it was granted.

    ``turns`` are acts with their effective days, in their order. The last day of the validity
    counts even where nobody has noted yet that it is past.
    """
    found: Status | None = None
    for action, effective in turns:
        if action in TURNS and effective <= day:
            found = TURNS[action]
    if found == "valid" and until is not None and day > until:
        return "expired"
    return found


def plain_change(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The proposed facts (``new_…``) in the place of the old ones; the proposal is gone then."""
    proposed = {k: v for k, v in facts.items() if k.startswith("new_") and v not in (None, "", [])}
    return {name.removeprefix("new_"): value for name, value in proposed.items()}
