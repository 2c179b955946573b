"""What lists of people have alike: each row kept by an authority, with a first and a last day."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol, TypeVar

from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput, NotFound
from registry.core.i18n import N_
from registry.office.staff.models import Authority
from registry.office.staff.officer import Officer


class Kept(Protocol):
    """A row of such a list."""

    authority_id: int
    since: Any
    until: Any


Row = TypeVar("Row", bound=Kept)


def load(session: WorkingSession, table: type[Row], row_id: int, officer: Officer) -> Row:
    """A row that an authority of the officer's subtree keeps. Raises ``NotFound``."""
    found = session.get(table, row_id)
    unit = session.get(Authority, found.authority_id) if found else None
    if found is None or unit is None or not officer.sees(unit.path):
        raise NotFound
    return found


def in_order(since: date, until: date | None) -> None:
    """Raises ``InvalidInput`` at ``until`` where the last day lies before the first."""
    if until is not None and until < since:
        raise InvalidInput({"until": [N_("The end lies before the beginning.")]})


def end(session: WorkingSession, row: Kept, until: date) -> None:
    """Set the last day. Raises ``InvalidInput`` at ``until``."""
    in_order(row.since, until)
    row.until = until
    session.add(row)
    session.flush()
