"""What else the registry knows of the place and the unit of a case: nothing is asked twice."""

from __future__ import annotations

from sqlalchemy import or_
from sqlmodel import col, select

from registry.core.i18n import Text
from registry.office.dockets import kinds
from registry.office.dockets.hooks import Panel, Step, panel
from registry.office.dockets.models import Docket

SHOWN = 20


@panel("known-cases")
def known_cases(step: Step) -> Panel | None:
    """Other cases on the same unit or site, of every kind, newest first."""
    docket = step.docket
    same = []
    if docket.subject_id is not None:
        same.append(col(Docket.subject_id) == docket.subject_id)
    if docket.site_id is not None:
        same.append(col(Docket.site_id) == docket.site_id)
    if not same or step.acting is None:
        return None
    query = (
        select(Docket)
        .where(or_(*same), col(Docket.id) != docket.id)
        .order_by(col(Docket.id).desc())
        .limit(SHOWN)
    )
    rows: list[list[str | Text | tuple[str, int]]] = [
        [_title(one), (one.number, one.id or 0), _state(one), one.opened_at.isoformat()]
        for one in step.session.exec(query)
    ]
    header = (
        Text("类型", "Kind"),
        Text("案号", "Case number"),
        Text("状态", "State"),
        Text("立案时间", "Opened"),
    )
    return Panel(Text("本系统已掌握的相关案件", "What the registry already knows"), header, rows)


def _title(docket: Docket) -> Text:
    return kinds.get(docket.kind).title


def _state(docket: Docket) -> Text:
    return kinds.get(docket.kind).states[docket.state].title
