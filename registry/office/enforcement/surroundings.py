"""What else the registry knows of the place and the unit of a case: nothing is asked twice.

An officer sees here what he could open himself, and of other authorities what is public anyway.
Kinds that hold reports by the public or rewards are not among these.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.i18n import Text
from registry.office.dockets import kinds
from registry.office.dockets.hooks import Panel, Step, panel
from registry.office.dockets.models import Docket
from registry.office.staff.models import Authority
from registry.office.staff.officer import Officer

SHOWN = 20
KINDS = (
    "penalty", "listing", "hazard", "suspension", "accident", "referral", "inspection",
    "exposure", "licence", "report", "provider", "hazard-report",
)  # fmt: skip


def below(officer: Officer) -> ColumnElement[bool]:
    """Cases of the officer's subtree."""
    units = select(Authority.id).where(
        col(Authority.path).startswith(officer.authority_path, autoescape=True)
    )
    return col(Docket.authority_id).in_(units)


def about(step: Step) -> ColumnElement[bool]:
    """Other cases on the same unit or site."""
    docket = step.docket
    same = [col(Docket.subject_id) == docket.subject_id] if docket.subject_id else []
    if docket.site_id is not None:
        same.append(col(Docket.site_id) == docket.site_id)
    return or_(False, *same) & (col(Docket.id) != docket.id)


def cases(
    step: Step, wanted: Iterable[str] = KINDS, states: Iterable[str] = (), limit: int = SHOWN
) -> list[Docket]:
    """Those of ``about`` that the officer may know of, newest first."""
    if step.acting is None:
        return []
    query = select(Docket).where(
        about(step),
        col(Docket.kind).in_(sorted(wanted)),
        or_(below(step.acting.officer), col(Docket.public_id).is_not(None)),
    )
    kept = sorted(states)
    if kept:
        query = query.where(col(Docket.state).in_(kept))
    return list(step.session.exec(query.order_by(col(Docket.id).desc()).limit(limit)))


def reference(step: Step, docket: Docket) -> str | tuple[str, int]:
    """The case's number; with the way to it where the officer may open it."""
    unit = step.session.get(Authority, docket.authority_id)
    may = step.acting is not None and unit is not None and step.acting.officer.sees(unit.path)
    return (docket.number, docket.id or 0) if may else docket.number


@panel("known-cases")
def known_cases(step: Step) -> Panel | None:
    """Other cases on the same unit or site, newest first."""
    rows: list[list[str | Text | tuple[str, int]]] = [
        [
            kinds.get(one.kind).title,
            reference(step, one),
            kinds.get(one.kind).states[one.state].title,
            legal_day(one.opened_at).isoformat(),
        ]
        for one in cases(step)
    ]
    header = (
        Text("类型", "Kind"),
        Text("案号", "Case number"),
        Text("状态", "State"),
        Text("立案日期", "Opened"),
    )
    return Panel(Text("本系统已掌握的相关案件", "What the registry already knows"), header, rows)
