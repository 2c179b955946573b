"""How cases of a kind go, read off its table: the ways to its states, and when clocks end."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache

from registry.core.rules import Rulebook
from registry.office.dockets import clocks, kinds
from registry.office.dockets.shape import Action, Start


@cache
def reach(kind: str) -> dict[str, tuple[Action, ...]]:
    """The shortest way by acts to every state of the kind."""
    table = kinds.get(kind)
    found: dict[str, tuple[Action, ...]] = {table.initial: ()}
    waiting = [table.initial]
    while waiting:
        state = waiting.pop(0)
        for action in table.from_state(state):
            if action.to in table.states and action.to not in found and not action.chain:
                found[action.to] = (*found[state], action)
                waiting.append(action.to)
    return found


@cache
def beside(kind: str, state: str) -> tuple[Action, ...]:
    """Acts of officers that leave the case where it is."""
    table = kinds.get(kind)
    return tuple(
        action
        for action in table.from_state(state)
        if not action.to and not action.system and not action.chain
    )


@cache
def due(book: Rulebook, start: Start, day: date) -> clocks.Due | None:
    due = clocks.due_of(start, day, book, at(day))
    return due if due.target_due or due.breach_due else None


def at(day: date) -> datetime:
    """Ten in the morning of a legal day."""
    return datetime.combine(day, time(2), UTC)
