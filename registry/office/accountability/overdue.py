"""What is overdue, by the unit that is answerable now, its own authority and kind of case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.i18n import Text
from registry.office.accountability.standings import HEADS, Span
from registry.office.dockets import kinds, standing
from registry.office.dockets.models import Docket, DocketClock, DocketLapse
from registry.office.staff.models import Authority
from registry.office.staff.officer import Officer


@dataclass(frozen=True)
class OverdueLine:
    """Cases of one kind and authority past their limit.

    ``answerable`` is the unit with which they lie now: their own authority, or the one to which
    they climbed when it let them lie. ``oldest`` is the earliest limit that passed, ``days`` how
    long ago; ``climbed`` counts those that had climbed.
    """

    authority_id: int
    authority: str
    kind: str
    title: Text
    answerable_id: int
    answerable: str
    cases: int
    climbed: int
    oldest: date
    days: int


def report(session: WorkingSession, span: Span, path: str = "/") -> Sequence[OverdueLine]:
    """The overdue cases of the authorities under ``path``, the unit that waits longest first."""
    climbed = (
        select_columns(
            col(DocketLapse.docket_id).label("docket_id"),
            func.max(col(DocketLapse.id)).label("last"),
        )
        .where(col(DocketLapse.noted_on) <= span.day, col(DocketLapse.raised_to).is_not(None))
        .group_by(col(DocketLapse.docket_id))
        .subquery()
    )
    late = (
        select_columns(
            col(DocketClock.docket_id).label("docket_id"), func.min(standing.limit()).label("due")
        )
        .where(standing.is_overdue(span.day, span.today))
        .group_by(col(DocketClock.docket_id))
        .subquery()
    )
    below = select(Authority.id).where(col(Authority.path).startswith(path, autoescape=True))
    answerable = func.coalesce(col(DocketLapse.raised_to), col(Docket.authority_id))
    query = (
        select_columns(
            col(Docket.authority_id), col(Docket.kind), answerable, func.count(),
            func.count(col(DocketLapse.id)), func.min(late.c.due),
        )
        .select_from(late)
        .join(Docket, col(Docket.id) == late.c.docket_id)
        .join(climbed, climbed.c.docket_id == late.c.docket_id, isouter=True)
        .join(DocketLapse, col(DocketLapse.id) == climbed.c.last, isouter=True)
        .where(col(Docket.authority_id).in_(below))
        .group_by(col(Docket.authority_id), col(Docket.kind), answerable)
    )  # fmt: skip
    names = dict(session.execute(select_columns(col(Authority.id), col(Authority.name))).all())
    lines = [_line(span, names, *row) for row in session.execute(query)]
    return sorted(lines, key=lambda line: (line.oldest, line.authority_id, line.kind))


def _line(
    span: Span, names: dict[int | None, str], authority: int, kind: str, answerable: int,
    cases: int, climbed: int, oldest: date | str,
) -> OverdueLine:  # fmt: skip
    first = date.fromisoformat(oldest) if isinstance(oldest, str) else oldest
    return OverdueLine(
        authority_id=authority, authority=names[authority], kind=kind,
        title=kinds.get(kind).title, answerable_id=answerable, answerable=names[answerable],
        cases=cases, climbed=climbed, oldest=first, days=(span.day - first).days,
    )  # fmt: skip


def for_officer(session: WorkingSession, officer: Officer, span: Span) -> Sequence[OverdueLine]:
    """The report of the officer's subtree; of nothing unless he heads or watches an office."""
    return report(session, span, officer.authority_path) if officer.has(*HEADS) else ()


HEADER = (
    Text("单位", "Authority"),
    Text("责任单位", "Unit answerable"),
    Text("案件类型", "Kind of case"),
    Text("逾期件数", "Cases past the limit"),
    Text("其中已上报", "Of these climbed"),
    Text("最早逾期日", "Oldest limit"),
    Text("逾期天数", "Days late"),
    Text("截至", "As of"),
)


def as_rows(lines: Sequence[OverdueLine], day: date, language: str) -> Iterator[tuple[str, ...]]:
    """The sheet, heads first."""
    yield tuple(head.zh if language == "zh" else head.en for head in HEADER)
    for line in lines:
        title = line.title.zh if language == "zh" else line.title.en
        yield (
            line.authority, line.answerable, title, str(line.cases), str(line.climbed),
            line.oldest.isoformat(), str(line.days), day.isoformat(),
        )  # fmt: skip
