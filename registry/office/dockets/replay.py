"""Pure reading of a docket's log: the state, the facts and the version follow from the events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from registry.office.dockets.models import DocketEvent


@dataclass
class Replay:
    """What a log amounts to."""

    state: str = ""
    version: int = 0
    facts: dict[str, Any] = field(default_factory=dict)


def replay(events: Iterable[DocketEvent]) -> Replay:
    """Folds a log, oldest first. The result equals the docket that wrote it."""
    found = Replay()
    for event in events:
        found.state = event.to_state
        found.version = event.ordinal
        found.facts = merged(found.facts, event.data)
    return found


def merged(facts: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """``facts`` with ``patch`` laid over it; a key that the patch sets to None is gone."""
    return {k: v for k, v in {**facts, **patch}.items() if v is not None}


def entered_by(events: Sequence[DocketEvent], within: Collection[str] = ()) -> DocketEvent | None:
    """The event through which the present state was entered (the last that changed it).

    With ``within``, the one through which the case came among these states, however it went
    from one of them to another since.
    """
    found = None
    for event in reversed(events):
        if event.from_state != event.to_state:
            found = event
            if event.from_state not in within:
                break
    return found


def came_from(events: Sequence[DocketEvent]) -> str:
    """The state in which the docket was before the present one; empty at the start."""
    event = entered_by(events)
    return (event.from_state or "") if event else ""


def since(events: Sequence[DocketEvent], action: str) -> Sequence[DocketEvent]:
    """Events after the last one of ``action`` (all, if there was none)."""
    for index in range(len(events) - 1, -1, -1):
        if events[index].action == action:
            return events[index + 1 :]
    return events


def actors(events: Iterable[DocketEvent], actions: Iterable[str]) -> frozenset[int]:
    """Accounts that count as having done any of ``actions``, deputies included."""
    wanted = frozenset(actions)
    found: set[int] = set()
    for event in events:
        if event.action in wanted:
            found.update(event.identities)
            found.update(account for account in (event.actor_id, event.acting_as) if account)
    return frozenset(found)


def plain(value: Any) -> Any:
    """``value`` as JSON has it: days as ISO text, amounts as text. Raises ``TypeError``."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    raise TypeError(f"a fact cannot hold a {type(value).__name__}")
