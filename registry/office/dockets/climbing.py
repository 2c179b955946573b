"""What nobody dealt with in time climbs to the next level, and stands against who let it lie.

Which acts come by themselves stands in the table of the kind: ``overdue`` names the clock past
whose limit the case climbs, ``ends_term`` what happens after the last day of its term. Here is
found what has come to that; the acts go the one way of all acts (``engine``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import exists, or_
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.core.rules import Rulebook
from registry.core.rules.duration import subtract_calendar
from registry.office.dockets import engine, kinds
from registry.office.dockets.hooks import Refusal, Step, effect, guard
from registry.office.dockets.models import Docket, DocketClock, DocketLapse
from registry.office.dockets.shape import Action, KindTable
from registry.office.staff.models import Authority

logger = structlog.get_logger()
PATIENCE = "case.next_level"
"""Rule: how long the next level has before the case climbs on."""


@dataclass(frozen=True)
class LapseView:
    """A lapse with names, for a page."""

    lapse: DocketLapse
    authority: str
    raised_to: str


def climb_due(session: WorkingSession, now: datetime, book: Rulebook) -> int:
    """Let every case climb whose limit has passed; gives how many did.

    One that cannot holds no other up; it stays overdue on the desks.
    """
    done = 0
    for table in kinds.book().tables.values():
        for action in (a for a in table.actions.values() if a.overdue):
            for docket in list(_overdue(session, table, action, now, book)):
                try:
                    engine.act_as_registry(session, docket, action.code, now=now, book=book)
                    done += 1
                except RegistryError as error:
                    logger.warning("case did not climb", docket=docket.id, error=error.code)
    return done


def _overdue(
    session: WorkingSession, table: KindTable, action: Action, now: datetime, book: Rulebook
) -> Iterator[Docket]:
    today = legal_day(now)
    settled = exists().where(
        col(DocketLapse.docket_id) == col(Docket.id),
        col(DocketLapse.clock_code) == action.overdue,
        or_(
            col(DocketLapse.noted_on) > _patience(book, today),
            col(DocketLapse.raised_to).is_(None),
        ),
    )
    query = (
        select(Docket)
        .join(DocketClock, col(DocketClock.docket_id) == col(Docket.id))
        .where(
            col(DocketClock.stopped_on).is_(None),
            DocketClock.code == action.overdue,
            col(DocketClock.first_due) <= today,
            or_(col(DocketClock.breach_due) < today, col(DocketClock.breach_at) < now),
            col(DocketClock.provisional).is_(False),
            Docket.kind == table.code,
            col(Docket.state).in_(sorted(action.from_states)),
            ~settled,
        )
        .order_by(col(Docket.id))
    )
    yield from session.exec(query)


def _patience(book: Rulebook, today: date) -> date:
    deadline = book.on(today).deadlines.get(PATIENCE)
    if deadline is None or deadline.breach is None:
        return date.min
    return subtract_calendar(today, deadline.breach)


@guard("limit-passed")
def limit_passed(step: Step) -> Refusal | None:
    """A case climbs only past the limit of the clock that its table names."""
    row = _clock(step)
    if row is None:
        return Refusal(N_("The time limit has not passed."))
    last = row.breach_due or step.today
    over = step.now > row.breach_at if row.breach_at else step.today > last
    return None if over and not row.provisional else Refusal(N_("The time limit has not passed."))


@effect("climb")
def climb(step: Step) -> Mapping[str, Any]:
    """Notes who let the case lie, and to whom it goes: one level up from where it was."""
    row, docket = _clock(step), step.docket
    earlier = of(step.session, docket)
    code = step.action.overdue if step.action else ""
    due = (row.breach_due if row else None) or step.today
    # Whoever got the case after this limit had passed did not let it pass.
    had_it = (one for one in reversed(earlier) if one.clock_code == code or one.noted_on <= due)
    keeper = next((one.raised_to for one in had_it if one.raised_to), None)
    lay_with = keeper or docket.authority_id
    unit = step.session.get(Authority, lay_with)
    raised_to = unit.parent_id if unit else None
    step.session.add(
        DocketLapse(
            docket_id=docket.id or 0,
            clock_code=code,
            authority_id=lay_with,
            owner_id=None if keeper else docket.owner_id,
            due=due,
            noted_on=step.today,
            raised_to=raised_to,
        )
    )
    found: dict[str, Any] = {"lapses": len(earlier) + 1, "lapsed_on": step.today.isoformat()}
    return found | ({"raised_to": raised_to} if raised_to else {})


def _clock(step: Step) -> DocketClock | None:
    query = select(DocketClock).where(
        DocketClock.docket_id == step.docket.id,
        DocketClock.code == (step.action.overdue if step.action else ""),
        col(DocketClock.stopped_on).is_(None),
    )
    return step.session.exec(query).first()


def of(session: WorkingSession, docket: Docket) -> Sequence[DocketLapse]:
    """The case's lapses, oldest first."""
    query = select(DocketLapse).where(DocketLapse.docket_id == docket.id)
    return session.exec(query.order_by(col(DocketLapse.id))).all()


def views(session: WorkingSession, docket: Docket) -> list[LapseView]:
    """The case's lapses with the names of the authorities."""
    found = []
    for lapse in of(session, docket):
        unit = session.get(Authority, lapse.authority_id)
        above = session.get(Authority, lapse.raised_to) if lapse.raised_to else None
        found.append(LapseView(lapse, unit.name if unit else "", above.name if above else ""))
    return found
