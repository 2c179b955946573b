"""What the docket of a batch does when it is approved or undone (hooks of docket.yaml).

The effects need the file and the keys, which a docket does not hold: ``service`` hands them over
for the length of one act. Anywhere else the guard sends the officer to the imports desk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from registry.core.db import WorkingSession, in_turn
from registry.core.i18n import N_
from registry.office.audit import service as audit
from registry.office.dockets.hooks import Refusal, Step, effect, guard
from registry.office.imports import applying, files, undoing
from registry.office.imports.context import Progress, Tools
from registry.office.imports.kinds import kind_of
from registry.office.imports.run import Run

_TOOLS = "registry.imports.tools"


@contextmanager
def at_hand(
    session: WorkingSession, tools: Tools | None, progress: Progress | None = None
) -> Iterator[None]:
    """Lets the effects below use ``tools`` while the block runs; opening a batch needs none."""
    session.info[_TOOLS] = (tools, progress)
    try:
        yield
    finally:
        session.info.pop(_TOOLS, None)


@guard("imports-at-desk")
def at_desk(step: Step) -> Refusal | None:
    """Batches are made and approved where their report is read."""
    if step.preview or _TOOLS in step.session.info:
        return None
    return Refusal(
        N_("Import batches are made and approved at the imports desk, where their report is.")
    )


@effect("imports-apply")
def apply(step: Step) -> Mapping[str, Any]:
    """Judge the stored file once more and apply all of it."""
    assert step.acting is not None  # noqa: S101 - approvals are officers'
    # Two files may hold the same row: the second one must find what the first one made.
    in_turn(step.session, "imports")
    tools, progress = step.session.info[_TOOLS]
    tools = replace(tools, attached=step.facts.get("files") or {})
    path = files.open_kept(tools.evidence_dir, step.facts["sha256"])
    kind = kind_of(step.facts["import_kind"])
    run = Run(step.session, step.acting, kind, path, tools, step.facts["mapping"])
    done = applying.apply(step.session, step.acting, step.docket, run, progress)
    counts = {"entities": done.entities, "amended": done.amended, "cases": done.cases}
    _audit(step, "imports:batch:applied", counts)
    return {"applied": counts}


@effect("imports-undo")
def undo(step: Step) -> Mapping[str, Any]:
    """Withdraw what the batch published."""
    assert step.acting is not None  # noqa: S101 - approvals are officers'
    done = undoing.undo(step.session, step.acting, step.docket)
    counts = {"withdrawn": done.withdrawn, "restored": done.restored}
    _audit(step, "imports:batch:undone", counts)
    return {"undone": counts}


def _audit(step: Step, action: str, counts: Mapping[str, int]) -> None:
    audit.record(
        step.session,
        actor=step.acting.officer.account_id if step.acting else None,
        action=action,
        subject=f"docket:{step.docket.id}",
        detail=counts,
        now=step.now,
    )
