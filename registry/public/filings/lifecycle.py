"""Where a report that was filed through the API stands. Pure; both sides of the registry follow it.

Received and checked by the worker, it is refused with what is wrong by field, or filed with the
office. The office returns it with reasons, to be corrected by another filing, or accepts and
discloses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from registry.core.i18n import N_

State = Literal[
    "received",
    "checking",
    "refused",
    "failed",
    "filed",
    "returned",
    "corrected",
    "accepted",
    "published",
    "discarded",
]
STATES: tuple[State, ...] = get_args(State)
ENDED: frozenset[State] = frozenset({"refused", "failed", "corrected", "published", "discarded"})
"""Nothing follows any more."""

TITLES: Mapping[State, str] = {
    "received": N_("Received, waits to be checked"),
    "checking": N_("Being checked"),
    "refused": N_("Not taken: correct what is wrong and file it anew"),
    "failed": N_("Not taken because of a fault of the registry: file it anew"),
    "filed": N_("Filed, waits for the office"),
    "returned": N_("Returned by the office: correct it"),
    "corrected": N_("Corrected by a later filing"),
    "accepted": N_("Accepted, about to be disclosed"),
    "published": N_("Disclosed"),
    "discarded": N_("Given up"),
}
_OF_CASE: Mapping[str, State] = {
    "draft": "returned",
    "filed": "filed",
    "accepted": "accepted",
    "discarded": "discarded",
}


def of_case(state: str) -> State:
    """What the state of the office's case means to whoever filed; disclosed ones stay so."""
    return _OF_CASE.get(state, "published")
