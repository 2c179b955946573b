"""A case that changed marks what its codes and receipts show as due to be carried outward.

Marked in the transaction of the change itself, so that a round of the worker looks at what is
marked and at nothing else, however many codes there are.
"""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col

from registry.core.db import WorkingSession
from registry.office.dockets import hooks
from registry.office.dockets.models import Docket
from registry.office.procedures.models import DUE, PartyFiling, ProcedureCode


@hooks.changed
def mark(session: WorkingSession, docket: Docket) -> None:
    """What is delivered already is due again. An ended code and an erased status stay as they are.

    Whoever delivers holds the row of the code or filing before it reads the case (``windows``):
    a change that comes in between waits for it, and marks it anew.
    """
    again = {"delivered_version": DUE}
    live = col(ProcedureCode.ended_at).is_(None)
    session.execute(
        update(ProcedureCode).where(col(ProcedureCode.docket_id) == docket.id, live).values(again),
        execution_options={"synchronize_session": False},
    )
    shown = col(PartyFiling.status_erased).is_(None)
    session.execute(
        update(PartyFiling).where(col(PartyFiling.docket_id) == docket.id, shown).values(again),
        execution_options={"synchronize_session": False},
    )
