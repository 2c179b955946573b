"""Which measures are due where: from the log of what was published, removals first.

A department is told of what stands published, so a listing that came and went between two looks
tells nobody, and nobody is told of a draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.codes.public_id import new_public_id
from registry.core.codes.regions import region_path
from registry.core.db import GazetteSession, WorkingSession
from registry.core.rules import Measure, Rulebook
from registry.office.punishments.models import Department, Notice, NoticeEvent
from registry.public.gazette import queries
from registry.public.gazette.models import LogRow
from registry.public.gazette.queries import Record
from registry.public.measures import lifecycle

KIND = "listing"
BATCH = 500
"""Rows of the log at one look."""
NATIONAL = "000000"
LIFTING = "removal.lift"
"""The deadline of rules/deadlines that lifts run under."""


@dataclass(frozen=True)
class _Look:
    session: WorkingSession
    book: Rulebook
    now: datetime

    @property
    def today(self) -> date:
        return legal_day(self.now)


def catch_up(
    session: WorkingSession,
    gazette: GazetteSession,
    book: Rulebook,
    now: datetime,
    *,
    only: Sequence[Department] | None = None,
) -> int:
    """Let every department hear of the next rows of the log; how many notices changed."""
    behind = list(session.exec(select(Department))) if only is None else list(only)
    if not behind:
        return 0
    low = min(one.sequence for one in behind)
    rows = _rows(gazette, low)
    end = rows[-1][0] if len(rows) == BATCH else queries.state(gazette, now).sequence
    if end <= low:
        return 0
    shown = queries.many(gazette, list(dict.fromkeys(id for _, id in rows)), now)
    look = _Look(session, book, now)
    changed = 0
    for department in behind:
        ids = list(dict.fromkeys(id for at, id in rows if at > department.sequence))
        changed += _lift(look, department, [id for id in ids if id not in shown])
        for id in ids:
            if id in shown:
                changed += _stand(look, department, shown[id])
        department.sequence = max(department.sequence, end)
    session.flush()
    return changed + (1 if len(rows) == BATCH else 0)


def behind(session: WorkingSession, gazette: GazetteSession, now: datetime) -> bool:
    """Whether a department has something to hear; cheap, without a lock."""
    low = session.exec(select(func.min(Department.sequence))).one()
    return low is not None and low < queries.state(gazette, now).sequence


def _rows(gazette: GazetteSession, after: int) -> list[tuple[int, str]]:
    query = (
        select(LogRow.sequence, LogRow.id)
        .where(LogRow.sequence > after, LogRow.kind == KIND)
        .order_by(col(LogRow.sequence))
        .limit(BATCH)
    )
    return [(sequence, id) for sequence, id in gazette.exec(query)]


def _lift(look: _Look, department: Department, ids: Sequence[str]) -> int:
    """The listings have gone: everything told of them must be lifted."""
    return sum(_remove(look, notice) for notice in _notices(look.session, department, ids))


def _stand(look: _Look, department: Department, record: Record) -> int:
    """The listing stands: what it carries is due, what it carries no longer is lifted."""
    notices = {one.measure: one for one in _notices(look.session, department, [record.id])}
    wanted: set[str] = set()
    if _is_in(department.region, record.payload):
        wanted = {one.code for one in _due(look.book, record) if executes(department, one)}
    if department.ended is not None:
        # It gets nothing new, and keeps what it has until the listing goes.
        wanted &= set(notices)
    changed = sum(_remove(look, one) for code, one in notices.items() if code not in wanted)
    for code in sorted(wanted):
        changed += _tell(look, department, record.id, code, notices.get(code))
    return changed


def _due(book: Rulebook, record: Record) -> Iterable[Measure]:
    """The measures of a listing that the catalogue gives a basis on the day of the decision."""
    catalogue = book.on(legal_day(record.effective)).measures
    for code in record.payload.get("measures", ()):
        if code in catalogue:
            yield catalogue[code]


def executes(department: Department, measure: Measure) -> bool:
    """Whether the catalogue gives the measure to this kind of department, and it subscribes."""
    given = {"all", department.kind} & set(measure.departments)
    return bool(given) and (not department.measures or measure.code in department.measures)


def _is_in(region: str, payload: Mapping[str, Any]) -> bool:
    if region == NATIONAL:
        return True
    place = payload["subject"].get("region") or payload["authority"].get("region")
    return bool(place) and region in region_path(place)


def _tell(
    look: _Look, department: Department, listing: str, measure: str, known: Notice | None
) -> int:
    if known is None:
        known = Notice(
            token=new_public_id("measure"),
            department_id=department.id or 0,
            listing=listing,
            measure=measure,
            state="due",
            since=look.now,
        )
        look.session.add(known)
        look.session.flush()
        note(look.session, known, "due", look.now)
        return 1
    state = lifecycle.restored(known.state)  # type: ignore[arg-type] # a state of the lifecycle
    if state == known.state:
        return 0
    known.since, known.received, known.applied_on, known.lifted_on = look.now, None, None, None
    known.lift_since = known.lift_by = known.reminded = None
    known.reminders = 0
    _move(look, known, state, "due")
    return 1


def _remove(look: _Look, notice: Notice) -> int:
    state = lifecycle.removed(notice.state)  # type: ignore[arg-type] # a state of the lifecycle
    if state == notice.state:
        return 0
    if state == "closed":
        _move(look, notice, state, state)
        return 1
    deadline = look.book.on(look.today).deadline(LIFTING)
    term = deadline.breach or deadline.target
    notice.lift_since = look.now
    notice.lift_by = look.book.due(look.today, term).day if term else look.today
    _move(look, notice, state, "lift-due")
    return 1


def _move(look: _Look, notice: Notice, state: str, what: str) -> None:
    notice.state = state
    notice.version += 1
    note(look.session, notice, what, look.now)


def note(session: WorkingSession, notice: Notice, what: str, now: datetime, **more: Any) -> None:
    """Add to a notice's history."""
    day = more.pop("day", legal_day(now))
    session.add(NoticeEvent(notice_id=notice.id or 0, at=now, what=what, day=day, **more))


def _notices(session: WorkingSession, department: Department, ids: Sequence[str]) -> list[Notice]:
    found: list[Notice] = []
    for start in range(0, len(ids), 500):
        query = select(Notice).where(
            Notice.department_id == department.id,
            col(Notice.listing).in_(ids[start : start + 500]),
        )
        found.extend(session.exec(query.order_by(col(Notice.id))))
    return found
