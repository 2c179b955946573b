"""Who may do an act: role, authority's subtree, the small office's parent, four eyes."""

from __future__ import annotations

from collections.abc import Sequence

from registry.core.i18n import N_, Text, translate
from registry.office.dockets.hooks import Refusal
from registry.office.dockets.models import Docket, DocketEvent
from registry.office.dockets.replay import actors
from registry.office.dockets.shape import ADOPT, OPEN, Action
from registry.office.staff.models import Authority
from registry.office.staff.officer import ROLE_TITLES, Acting, Officer

FOUR_EYES = N_("You had a part in drafting this. Someone else must decide on it.")
WRONG_ROLE = N_("This is for the {roles}.")
PARENT_APPROVES = N_("This office is too small to approve its own drafts: the office above does.")
SYSTEM_ONLY = N_("The registry itself does this when the time comes.")
MESSAGES = frozenset({FOUR_EYES, WRONG_ROLE, PARENT_APPROVES, SYSTEM_ONLY})


def refusal(
    action: Action,
    docket: Docket,
    authority: Authority,
    *,
    officer: Officer,
    events: Sequence[DocketEvent],
) -> Refusal | None:
    """Why ``officer`` may not do ``action``, or None if he may. The state is not looked at."""
    if action.system:
        return Refusal(SYSTEM_ONLY)
    if not officer.has(*action.roles):
        return Refusal(WRONG_ROLE, {"roles": titles(action.roles)})
    if action.approval and authority.small_office and not _from_above(officer, authority):
        return Refusal(PARENT_APPROVES)
    if action.four_eyes and not _second_pair(action, docket, officer, events):
        return Refusal(FOUR_EYES)
    return None


def titles(roles: frozenset[str]) -> Text:
    """Roles by name, in both languages."""
    titles = [ROLE_TITLES[role] for role in sorted(roles)]
    chinese = "、".join(translate("zh", title) for title in titles)
    return Text(chinese, ", ".join(title.lower() for title in titles))


def _from_above(officer: Officer, authority: Authority) -> bool:
    return officer.authority_path != authority.path and officer.sees(authority.path)


def _second_pair(
    action: Action, docket: Docket, officer: Officer, events: Sequence[DocketEvent]
) -> bool:
    wanted = frozenset(action.four_eyes)
    if OPEN in wanted:
        # Whoever named a party or brought the case in from a file has drafted it too.
        wanted |= {"add_party", "link", ADOPT}
    first = actors(events, wanted)
    if OPEN in wanted:
        first |= {docket.drafted_by}
    return first.isdisjoint(officer.identities)


def stands_in_for(acting: Acting, docket: Docket) -> int | None:
    """For whom the officer acts when the case lies on an absent colleague's desk."""
    owner = docket.owner_id
    if owner is not None and owner in acting.officer.deputising_for:
        return owner
    return None
