"""Whether a kind's table hangs together: what it names exists, all states are reached and left."""

from __future__ import annotations

from datetime import date

from registry.core import rules
from registry.office.dockets import offers
from registry.office.dockets.reader import Reader
from registry.office.dockets.shape import (
    ADOPT,
    BACK,
    OPEN,
    Action,
    KindTable,
)

_ANY_DAY = date(2199, 12, 31)


def check(reader: Reader, table: KindTable) -> None:
    """Give ``reader`` every problem of a table that could be read."""
    _cross_check(reader, table)
    _check_offers(reader, table)
    _check_clocks(reader, table)


def _cross_check(reader: Reader, table: KindTable) -> None:
    reader.known("initial", "state", (table.initial,), table.states.__contains__)
    reader.known("adoption", "state", tuple(table.adoption.states), table.states.__contains__)
    for file in table.imports.values():
        where = f"import {file.code}"
        reader.known(where, "adoption state", (file.state,), table.adoption.states.__contains__)
        reader.known(where, "state", (file.undone,), table.states.__contains__)
        if file.undone in table.states and not table.states[file.undone].closed:
            reader.problem(f"{where}: what is taken back must be closed")
    for action in table.actions.values():
        _check_action(reader, table, action)
    started = (start.code for one in table.relations.values() for start in one.starts)
    reader.known("relations", "clock", tuple(started), table.clocks.__contains__)
    for code in table.states.keys() - _reachable(table):
        reader.problem(f"state {code}: cannot be reached")
    for state in table.states.values():
        if not state.closed and not any(table.from_state(state.code)):
            reader.problem(f"state {state.code}: nothing leads out of it and it is not closed")


def _check_action(reader: Reader, table: KindTable, action: Action) -> None:
    where = f"action {action.code}"
    others = {*table.actions, OPEN, ADOPT}
    if not action.from_states:
        reader.problem(f"{where}: starts from no state")
    if action.to and action.to != BACK:
        reader.known(where, "state", (action.to,), table.states.__contains__)
    if bool(action.roles) == action.system:
        reader.problem(f"{where}: needs roles, or is the system's")
    if action.approval and not action.four_eyes:
        reader.problem(f"{where}: an approval must name whose draft it approves (four_eyes)")
    for step in action.chain:
        if step in table.actions and table.actions[step].chain:
            reader.problem(f"{where}: a chain may not hold a chain")
    reader.known(where, "action in four_eyes", action.four_eyes, others.__contains__)
    reader.known(where, "action in after", action.after, others.__contains__)
    reader.known(where, "action in chain", action.chain, table.actions.__contains__)
    clocks = [*action.stops, *(start.code for start in action.starts)]
    clocks += [action.overdue] if action.overdue else []
    reader.known(where, "clock", tuple(clocks), table.clocks.__contains__)
    if (action.overdue or action.ends_term) and not action.system:
        reader.problem(f"{where}: what comes by itself is the system's")
    reader.known(where, "evidence", action.evidence, table.evidence.__contains__)
    reader.known(where, "document", action.documents, table.documents.__contains__)
    if action.publish and not table.public_kind:
        reader.problem(f"{where}: publishes, but the kind has no public_kind")


def _check_offers(reader: Reader, table: KindTable) -> None:
    """What parties are offered exists in this table, and in the rules."""
    known = rules.load(demo=True).on(_ANY_DAY).table("procedures")
    reader.known("procedures", "paper", table.procedures.papers, table.documents.__contains__)
    for code, offer in table.procedures.procedures.items():
        where = f"procedure {code}"
        reader.known(where, "procedure of the rules", (code,), known.__contains__)
        states = tuple(sorted(offer.states - {offers.ANY}))
        reader.known(where, "state", states, table.states.__contains__)
        proofs = tuple(name for name in (offer.text, offer.files) if name)
        reader.known(where, "evidence", proofs, table.evidence.__contains__)
        clock = (offer.ask_by,) if offer.ask_by else ()
        reader.known(where, "clock", clock, table.clocks.__contains__)
        if not offer.states:
            reader.problem(f"{where}: is open in no state")
        if not offer.act:
            continue
        reader.known(where, "action", (offer.act,), table.actions.__contains__)
        if not (offer.text and offer.files):
            reader.problem(f"{where}: its act needs the kinds of proof of text and files")
        # A filing may come where the act cannot be done just now, but not only there.
        act = table.actions.get(offer.act)
        if act is not None and not any(map(offer.open_in, act.from_states)):
            reader.problem(f"{where}: {offer.act} can be done in none of its states")


def _reachable(table: KindTable) -> set[str]:
    seen = {table.initial}
    queue = [table.initial]
    while queue:
        for action in table.from_state(queue.pop()):
            to = action.to
            if to and to != BACK and to not in seen:
                seen.add(to)
                queue.append(to)
    return seen


def _check_clocks(reader: Reader, table: KindTable) -> None:
    """Clocks and the events that start them must be those of the rules."""
    deadlines = rules.load(demo=True).on(_ANY_DAY).deadlines
    reader.known("clocks", "deadline of the rules", tuple(table.clocks), deadlines.__contains__)
    own = (start for action in table.actions.values() for start in action.starts)
    heard = (start for one in table.relations.values() for start in one.starts)
    for start in (*table.starts, *own, *heard):
        found = deadlines.get(start.code)
        if found is not None and start.event not in {found.target_from, found.breach_from}:
            reader.problem(f"clock {start.code}: is not started by {start.event!r}")
