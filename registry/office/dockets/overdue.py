"""What is due, late or past its term over the whole installation (``registry deadlines``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.i18n import Text
from registry.office.dockets.clockview import DUE_SOON, clock_state, clock_title
from registry.office.dockets.models import Docket, DocketClock
from registry.office.staff.models import Account, Authority


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
    query = (
        select(DocketClock, Docket, Authority.name, Account.name)
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
    for row, docket, authority, officer in session.exec(query):
        state = clock_state(row, as_of)
        if state in {"due", "target-missed", "breached"}:
            due = (row.breach_due if state == "breached" else row.first_due) or row.first_due
            yield DeadlineRow(
                authority, officer or "", docket.number, docket.kind, clock_title(row, None),
                due, state,
            )  # fmt: skip
    yield from _expired(session, as_of)


def _expired(session: WorkingSession, as_of: date) -> Iterator[DeadlineRow]:
    query = (
        select(Docket, Authority.name, Account.name)
        .join(Authority, col(Authority.id) == col(Docket.authority_id))
        .join(Account, col(Account.id) == col(Docket.owner_id), isouter=True)
        .where(col(Docket.public_id).is_not(None), col(Docket.ends_on) < as_of)
        .order_by(col(Authority.path), col(Docket.ends_on))
    )
    for docket, authority, officer in session.exec(query):
        assert docket.ends_on is not None  # noqa: S101 - the query asks for it
        yield DeadlineRow(
            authority=authority,
            officer=officer or "",
            number=docket.number,
            kind=docket.kind,
            what=Text("期限届满", "Term ended"),
            due=docket.ends_on,
            state="expired",
        )
