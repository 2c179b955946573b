"""What an agency, or a clerk, asked and when, without whom: the name is in no row.

``holder`` is whose history it is: ``agency:7``, ``account:12``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from registry.core.db import IntakeSession
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.public.agencies.models import CheckRow

PURPOSES: dict[str, str] = {
    "licensing": N_("Licensing"),
    "funding": N_("Funding and subsidies"),
    "procurement": N_("Public procurement and tendering"),
    "contract": N_("Contract or credit"),
    "award": N_("Honours and awards"),
    "supervision": N_("Supervision and inspection"),
    "other": N_("Another lawful purpose"),
}
"""What a check may be for."""
LONGEST_REFERENCE = 60
_OTHER = r"[^0-9\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
_RUN = r"([0-9]{12,14}|[0-9]{1,10})"
REFERENCE = f"^({_OTHER}*{_RUN}({_OTHER}+{_RUN})*{_OTHER}*)?$"
"""Number of a case: with a digit in it, and no run of digits as long as a telephone's (11), or as
that of an identity document (15, 17 and 18)."""


@dataclass(frozen=True)
class Made:
    """A check that was made. ``query`` is a keyed hash (``sealing.keyed_hash``)."""

    query: bytes
    outcome: str
    matched: Sequence[str]


@dataclass(frozen=True)
class Occasion:
    """What checks made together have in common."""

    holder: str
    by: str
    at: datetime
    sequence: int
    matcher: str
    threshold: float
    purpose: str = ""
    reference: str = ""
    job: str | None = None
    certificate: str | None = None


def checked_reference(reference: str) -> str:
    """A case number fit to be kept. Raises ``InvalidInput`` for what may be a person's."""
    text = reference.strip()
    if len(text) > LONGEST_REFERENCE:
        raise InvalidInput(
            {"reference": [N_("This is too long: at most {maximum} characters.")]},
            maximum=LONGEST_REFERENCE,
        )
    if not re.fullmatch(REFERENCE, text):
        raise InvalidInput(
            {"reference": [N_("Give the number of the case, and no name or personal number.")]}
        )
    return text


def note(session: IntakeSession, occasion: Occasion, made: Iterable[Made]) -> list[int]:
    """Keep that checks were made; gives their numbers."""
    rows = [
        CheckRow(
            holder=occasion.holder,
            by=occasion.by,
            at=occasion.at,
            sequence=occasion.sequence,
            matcher=occasion.matcher,
            threshold=occasion.threshold,
            outcome=one.outcome,
            matched=list(one.matched),
            purpose=occasion.purpose,
            reference=occasion.reference,
            query=one.query,
            job=occasion.job,
            certificate=occasion.certificate,
        )
        for one in made
    ]
    session.add_all(rows)
    session.flush()
    return [row.id or 0 for row in rows]


def page(
    session: IntakeSession, holder: str, *, limit: int, before: int | None = None
) -> list[CheckRow]:
    """Checks of ``holder``, the newest first; with ``before`` those with a smaller number."""
    query = select(CheckRow).where(col(CheckRow.holder) == holder)
    if before is not None:
        query = query.where(col(CheckRow.id) < before)
    return list(session.exec(query.order_by(col(CheckRow.id).desc()).limit(limit)))


def of_query(
    session: IntakeSession, holder: str, asked: bytes, *, limit: int = 100
) -> list[CheckRow]:
    """Earlier checks of the same counterparty by ``holder``, the newest first."""
    query = select(CheckRow).where(col(CheckRow.holder) == holder, col(CheckRow.query) == asked)
    return list(session.exec(query.order_by(col(CheckRow.id).desc()).limit(limit)))


def erase_old(session: IntakeSession, now: datetime, keep: timedelta) -> int:
    """Delete what is older than ``keep``."""
    done = session.execute(delete(CheckRow).where(col(CheckRow.at) < now - keep))
    return int(done.rowcount)  # type: ignore[attr-defined] # of a cursor result
