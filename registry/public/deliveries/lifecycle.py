"""Where a file stands that a platform handed in. Pure; both sides of the registry follow it.

Received and checked row by row by the worker, it is refused with its problems, or lies at the
imports desk. There an officer makes a batch of it and a second one approves: nothing that a
platform sends changes anything before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from registry.core.i18n import N_

State = Literal[
    "received",
    "checking",
    "failed",
    "refused",
    "known",
    "checked",
    "lapsed",
    "submitted",
    "returned",
    "approved",
    "undone",
]
STATES: tuple[State, ...] = get_args(State)
ENDED: frozenset[State] = frozenset({"failed", "refused", "known", "lapsed", "returned", "undone"})
"""Nothing follows any more."""
SETTLED: frozenset[State] = ENDED | {"approved"}
"""From here on it is kept for a set time; an approved batch may still be undone."""

TITLES: Mapping[State, str] = {
    "received": N_("Received, waits to be checked"),
    "checking": N_("Being checked"),
    "failed": N_("Not taken because of a fault of the registry: send it anew"),
    "refused": N_("Not taken: correct the rows and send them anew"),
    "known": N_("Nothing to do: the registry has all of it already"),
    "checked": N_("Checked without errors, waits for an officer"),
    "lapsed": N_("No officer took it up in time: its rows were erased"),
    "submitted": N_("Submitted by an officer, waits for a second one"),
    "returned": N_("Sent back by an officer: nothing was applied"),
    "approved": N_("Approved and applied"),
    "undone": N_("Applied, and taken back since"),
}
_OF_BATCH: Mapping[str, State] = {
    "submitted": "submitted",
    "rejected": "returned",
    "undone": "undone",
}


def of_file(*, failed: int, ready: int, erased: bool) -> State:
    """Where a checked file stands of which no batch was made."""
    if failed:
        return "refused"
    if not ready:
        return "known"
    return "lapsed" if erased else "checked"


def of_batch(state: str) -> State:
    """What the state of the office's batch means to whoever sent the rows."""
    return _OF_BATCH.get(state, "approved")
