"""What is due, late or past its term over the whole installation (``registry deadlines``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import select as select_columns
from sqlmodel import col

from registry.core.db import WorkingSession
from registry.core.i18n import Text
from registry.office.dockets.clockview import DUE_SOON, clock_state, clock_title
from registry.office.dockets.models import Docket, DocketClock
from registry.office.staff.models import Account, Authority

_CLOCK = (
    "code", "started_on", "target_due", "breach_due", "first_due", "provisional", "stopped_on",
    "breach_at", "stopped_at",
)  # fmt: skip


@dataclass(frozen=True)
class DeadlineRow:
    """A line of ``registry deadlines``: whose case, which clock, since when it is late."""

    authority: str
    officer: str
    number: str
    kind: str
    what: Text
    due: date
    state: Literal["due", "target-missed", "breached", "expired"]


def deadlines(session: WorkingSession, as_of: date) -> Iterator[DeadlineRow]:
    """What is due within a week, late, or past its term on ``as_of``, by authority and officer."""
    # Columns, not rows of tables: the facts of ten thousand cases are none of its business.
    query: Any = (
        select_columns(
            *(getattr(DocketClock, name) for name in _CLOCK),
            col(Docket.number),
            col(Docket.kind),
            col(Authority.name).label("authority"),
            col(Account.name).label("officer"),
        )
        .join(Docket, col(Docket.id) == col(DocketClock.docket_id))
        .join(Authority, col(Authority.id) == col(Docket.authority_id))
        .join(Account, col(Account.id) == col(Docket.owner_id), isouter=True)
        .where(
            col(DocketClock.stopped_on).is_(None),
            col(DocketClock.first_due) <= as_of + DUE_SOON,
            col(DocketClock.started_on) <= as_of,
        )
        .order_by(col(Authority.path), col(Account.login), col(DocketClock.first_due))
    )
    found: Any
    for found in session.execute(query):
        state = clock_state(found, as_of)
        if state in {"due", "target-missed", "breached"}:
            due = (found.breach_due if state == "breached" else found.first_due) or found.first_due
            yield DeadlineRow(
                found.authority, found.officer or "", found.number, found.kind,
                clock_title(found, None), due, state,
            )  # fmt: skip
    yield from _expired(session, as_of)


def _expired(session: WorkingSession, as_of: date) -> Iterator[DeadlineRow]:
    query: Any = (
        select_columns(
            col(Docket.number),
            col(Docket.kind),
            col(Docket.ends_on),
            col(Authority.name).label("authority"),
            col(Account.name).label("officer"),
        )
        .join(Authority, col(Authority.id) == col(Docket.authority_id))
        .join(Account, col(Account.id) == col(Docket.owner_id), isouter=True)
        .where(col(Docket.public_id).is_not(None), col(Docket.ends_on) < as_of)
        .order_by(col(Authority.path), col(Docket.ends_on))
    )
    for found in session.execute(query):
        yield DeadlineRow(
            authority=found.authority,
            officer=found.officer or "",
            number=found.number,
            kind=found.kind,
            what=Text("期限届满", "Term ended"),
            due=found.ends_on,
            state="expired",
        )
