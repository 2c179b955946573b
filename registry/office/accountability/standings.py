"""For a unit or an officer: what is open, due, overdue, was returned, was let lie.

Nothing of it is stored: cases, clocks, events and lapses are counted (``dockets.standing`` says
what the words mean). Whoever asks sees his own work; a head that of his authority's subtree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from registry.core.clock import midnight
from registry.core.db import WorkingSession
from registry.core.errors import NotFound
from registry.office.dockets import kinds, standing
from registry.office.dockets.models import Docket, DocketClock, DocketEvent, DocketLapse
from registry.office.staff.auditing import audited
from registry.office.staff.models import Account, Authority
from registry.office.staff.officer import CASEWORK, Acting, Officer

HEADS = ("approver", "auditor")
"""Who sees more than his own work: heads of offices, and those who watch."""
READERS = (*CASEWORK, "auditor")


@dataclass(frozen=True)
class Span:
    """The day as of which is told, and since when returns and lapses count."""

    day: date
    today: date
    since: date


@dataclass(frozen=True)
class Standing:
    """A line: of a unit (``account_id`` None) or of an officer of it.

    ``open``, ``due`` and ``overdue`` count cases; ``returned`` and ``lapsed`` what happened since
    the beginning of the span. ``oldest`` is the earliest limit that has passed.
    """

    authority_id: int
    account_id: int | None
    name: str
    open: int = 0
    due: int = 0
    overdue: int = 0
    returned: int = 0
    lapsed: int = 0
    oldest: date | None = None


@dataclass(frozen=True)
class Whose:
    """Whose work is asked for: an officer's, or a unit's own."""

    authority_id: int
    account_id: int | None = None


def may_read(session: WorkingSession, officer: Officer, whose: Whose) -> None:
    """Raises ``NotFound`` unless the officer may see this work: his own, or as a head below him."""
    unit = session.get(Authority, whose.authority_id)
    mine = whose.account_id is not None and whose.account_id == officer.account_id
    if unit is None or not (mine or (officer.has(*HEADS) and officer.sees(unit.path))):
        raise NotFound


def officer_of(session: WorkingSession, account_id: int) -> tuple[Account, Whose]:
    """An account and whose work that is. Raises ``NotFound``."""
    found = session.get(Account, account_id)
    if found is None:
        raise NotFound
    return found, Whose(found.authority_id, account_id)


def note_reading(session: WorkingSession, acting: Acting, whose: Whose) -> None:
    """Audit that somebody looked at how others stand in their work."""
    of_unit = whose.account_id is None
    audited(
        session,
        acting,
        "accountability:unit:read" if of_unit else "accountability:officer:read",
        f"authority:{whose.authority_id}" if of_unit else f"account:{whose.account_id}",
    )


def units(session: WorkingSession, officer: Officer, span: Span) -> list[Standing]:
    """One line per authority of the subtree that has any work, parents before children."""
    query = select(Authority).where(
        col(Authority.path).startswith(officer.authority_path, autoescape=True)
    )
    found = {a.id or 0: a for a in session.exec(query)}
    lines = {key: Standing(key, None, a.name) for key, a in found.items()}
    counted = _counted(session, span, col(Docket.authority_id), _below(officer))
    counted["returned"] = _returned(session, span, col(Docket.authority_id), _below(officer))
    counted["lapsed"] = _lapsed(session, span, col(DocketLapse.authority_id), ())
    ordered = sorted(found.values(), key=lambda a: [int(n) for n in a.path.split("/") if n])
    filled = _filled(lines, counted)
    return [filled[a.id or 0] for a in ordered if _any(filled[a.id or 0])]


def officers(session: WorkingSession, authority_id: int, span: Span) -> list[Standing]:
    """One line per officer of the unit who has, or had, any of its work; by login."""
    own = col(Docket.authority_id) == authority_id
    counted = _counted(session, span, col(Docket.owner_id), own)
    counted["returned"] = _returned(session, span, _submitter(), own)
    lapsed = (col(DocketLapse.authority_id) == authority_id,)
    counted["lapsed"] = _lapsed(session, span, col(DocketLapse.owner_id), lapsed)
    ids = {key for part in counted.values() for key in part}
    people = select(Account).where(
        or_(
            col(Account.id).in_(ids),
            and_(col(Account.authority_id) == authority_id, col(Account.disabled).is_(None)),
        )
    )
    rows = session.exec(people.order_by(col(Account.login))).all()
    lines = {a.id or 0: Standing(a.authority_id, a.id, a.name) for a in rows}
    return [one for one in _filled(lines, counted).values() if _any(one)]


def of(session: WorkingSession, whose: Whose, span: Span) -> Standing:
    """The line of one officer, or of one unit."""
    unit = session.get(Authority, whose.authority_id)
    person = session.get(Account, whose.account_id) if whose.account_id else None
    key = whose.account_id or whose.authority_id
    name = person.name if person else unit.name if unit else ""
    scope, column = scope_of(whose), col(Docket.owner_id if person else Docket.authority_id)
    counted = _counted(session, span, column, scope)
    counted["returned"] = _returned(session, span, literal(key), return_scope(whose))
    lapse_column = col(DocketLapse.owner_id if person else DocketLapse.authority_id)
    counted["lapsed"] = _lapsed(session, span, lapse_column, (lapse_scope(whose),))
    line = Standing(whose.authority_id, whose.account_id, name)
    return _filled({key: line}, counted)[key]


def _any(line: Standing) -> bool:
    return any((line.open, line.due, line.overdue, line.returned, line.lapsed))


def _filled(lines: dict[int, Standing], counted: dict[str, dict[int, Any]]) -> dict[int, Standing]:
    return {
        key: replace(line, **{name: part[key] for name, part in counted.items() if key in part})
        for key, line in lines.items()
    }


def _below(officer: Officer) -> ColumnElement[bool]:
    below = select(Authority.id).where(
        col(Authority.path).startswith(officer.authority_path, autoescape=True)
    )
    return col(Docket.authority_id).in_(below)


def scope_of(whose: Whose) -> ColumnElement[bool]:
    """Cases of the unit, or on the officer's desk."""
    if whose.account_id is not None:
        return col(Docket.owner_id) == whose.account_id
    return col(Docket.authority_id) == whose.authority_id


def lapse_scope(whose: Whose) -> ColumnElement[bool]:
    """Lapses of the unit, or of the officer on whose desk it lay."""
    if whose.account_id is not None:
        return col(DocketLapse.owner_id) == whose.account_id
    return col(DocketLapse.authority_id) == whose.authority_id


def _counted(
    session: WorkingSession, span: Span, key: Any, scope: ColumnElement[bool]
) -> dict[str, dict[int, Any]]:
    """Open, due and overdue cases and the oldest limit, by ``key``."""
    opened = select_columns(key, func.count()).where(standing.is_open(span.day, span.today), scope)
    found: dict[str, dict[int, Any]] = {
        "open": {row[0]: row[1] for row in session.execute(opened.group_by(key)) if row[0]}
    }
    cases = func.count(func.distinct(col(DocketClock.docket_id)))
    on_clock = select_columns(key, cases, func.min(standing.limit())).join(
        Docket, col(Docket.id) == col(DocketClock.docket_id)
    )
    late = on_clock.where(standing.is_overdue(span.day, span.today), scope).group_by(key)
    rows = [row for row in session.execute(late) if row[0]]
    found["overdue"] = {row[0]: row[1] for row in rows}
    found["oldest"] = {row[0]: _day(row[2]) for row in rows}
    soon = on_clock.where(standing.is_due_soon(span.day, span.today), scope).group_by(key)
    found["due"] = {row[0]: row[1] for row in session.execute(soon) if row[0]}
    return found


def _day(value: Any) -> date | None:
    # A minimum over an expression comes back as SQLite stores it.
    return date.fromisoformat(value) if isinstance(value, str) else value


def _lapsed(
    session: WorkingSession, span: Span, key: Any, scope: Sequence[ColumnElement[bool]]
) -> dict[int, int]:
    query = (
        select_columns(key, func.count())
        .where(
            col(DocketLapse.noted_on) >= span.since, col(DocketLapse.noted_on) <= span.day, *scope
        )
        .group_by(key)
    )
    return {row[0]: row[1] for row in session.execute(query) if row[0]}


def _return_acts() -> dict[str, list[str]]:
    """Per kind the acts that send back what an officer had submitted."""
    tables = kinds.book().tables.values()
    found = {t.code: [a.code for a in t.actions.values() if a.returns] for t in tables}
    return {kind: codes for kind, codes in found.items() if codes}


def sent_back(span: Span) -> ColumnElement[bool]:
    """Events (joined with their cases) of the span that sent something back."""
    acts = _return_acts()
    named = [
        and_(col(Docket.kind) == kind, col(DocketEvent.action).in_(codes))
        for kind, codes in acts.items()
    ]
    return and_(
        col(DocketEvent.action).in_(sorted({code for codes in acts.values() for code in codes})),
        col(DocketEvent.recorded_at) >= midnight(span.since),
        col(DocketEvent.recorded_at) < standing.end_of(span.day),
        or_(False, *named),
    )


def _submitter() -> Any:
    """Who had brought the case into the state from which it was sent back."""
    earlier = aliased(DocketEvent)
    moved = or_(col(earlier.from_state).is_(None), col(earlier.from_state) != col(earlier.to_state))
    return (
        select_columns(col(earlier.actor_id))
        .where(
            col(earlier.docket_id) == col(DocketEvent.docket_id),
            col(earlier.ordinal) < col(DocketEvent.ordinal),
            col(earlier.to_state) == col(DocketEvent.from_state),
            moved,
        )
        .order_by(col(earlier.ordinal).desc())
        .limit(1)
        .correlate(DocketEvent)
        .scalar_subquery()
    )


def return_scope(whose: Whose) -> ColumnElement[bool]:
    """Returns in cases of the unit, or to the officer who had submitted."""
    if whose.account_id is not None:
        mine: ColumnElement[bool] = _submitter() == whose.account_id
        return mine
    return col(Docket.authority_id) == whose.authority_id


def _returned(
    session: WorkingSession, span: Span, key: Any, scope: ColumnElement[bool]
) -> dict[int, int]:
    inner = (
        select_columns(key.label("whose"))
        .select_from(DocketEvent)
        .join(Docket, col(Docket.id) == col(DocketEvent.docket_id))
        .where(sent_back(span), scope)
        .subquery()
    )
    query = select_columns(inner.c.whose, func.count()).group_by(inner.c.whose)
    return {row[0]: row[1] for row in session.execute(query) if row[0]}
