"""Which procedure a case offers in which state, and how it is recorded: as its table says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from registry.office.dockets import kinds
from registry.office.dockets.offers import Offer, Offers

__all__ = ["Offer", "Offers", "of", "papers", "prefilled"]


def of(kind: str) -> Offers | None:
    """What cases of ``kind`` offer; None where parties file nothing online."""
    found = kinds.get(kind).procedures
    return found if found.procedures else None


def papers() -> frozenset[str]:
    """Codes of all served papers on which a code is printed."""
    return frozenset(
        code for table in kinds.book().tables.values() for code in table.procedures.papers
    )


def prefilled(offer: Offer, filed: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The facts of the act, from what was filed on ``day``."""
    known = {**filed, "day": day.isoformat(), "hearing": bool(filed.get("hearing"))}
    return {
        fact: source if isinstance(source, bool) else known.get(source, "")
        for fact, source in offer.facts.items()
    }
