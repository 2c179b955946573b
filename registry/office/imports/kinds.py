"""The kinds of files that can be imported, and what a row of each means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from registry.core.db import WorkingSession
from registry.core.i18n import N_
from registry.office.imports import listings, orders, penalties, providers, registers, reports
from registry.office.imports.context import Context
from registry.office.imports.judged import Judged
from registry.office.imports.problems import UnknownKind
from registry.office.imports.table import Row
from registry.office.staff.officer import Acting

Finish = Callable[[WorkingSession, Acting, Sequence[int]], None]


@dataclass(frozen=True)
class Kind:
    """``case`` is the kind of docket that a row becomes; empty where it becomes an entity only."""

    code: str
    title: str
    judge: Callable[[Row, Context], Judged]
    case: str = ""
    withdrawn_state: str = ""
    """Where a docket of it goes when the batch is undone."""
    finish: Finish | None = None
    """Completes cases that were just taken over, by their ids."""


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("listings", N_("Listings"), listings.judge, "listing", "removed"),
        Kind("entities", N_("Entities"), registers.judge),
        Kind("penalties", N_("Penalties"), penalties.judge, "penalty", "withdrawn"),
        Kind("providers", N_("Service organizations"), providers.judge, "provider", "withdrawn"),
        Kind("reports", N_("Reports"), reports.judge, "report", "discarded", finish=reports.finish),
        Kind("hazards", N_("Major hidden dangers"), orders.judge_hazard, "hazard", "withdrawn"),
        Kind(
            "suspensions",
            N_("Suspensions of production"),
            orders.judge_suspension,
            "suspension",
            "withdrawn",
        ),
    )
}
EXTERNAL = "external:"


def kind_of(code: str) -> Kind:
    """The kind called ``code``. Raises ``UnknownKind``.

    ``external:NAME`` is not one of these: see ``registry.office.external``.
    """
    if code in KINDS:
        return KINDS[code]
    raise UnknownKind(kind=code, known=", ".join((*KINDS, f"{EXTERNAL}NAME")))
