"""Which procedure a case offers in which state, and how it is recorded (``offers.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

ANY = "*"


@dataclass(frozen=True)
class Offer:
    """One procedure of a kind of case. ``act`` is empty where it is only answered."""

    code: str
    states: frozenset[str]
    ask_by: str = ""
    since: str = ""
    act: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    files: str = ""

    def open_in(self, state: str) -> bool:
        """Whether a case in ``state`` offers it."""
        return ANY in self.states or state in self.states


@dataclass(frozen=True)
class KindOffers:
    """What a kind of case offers, and the papers on which a code for it is printed."""

    papers: tuple[str, ...]
    procedures: Mapping[str, Offer]


@lru_cache(maxsize=1)
def all_offers() -> Mapping[str, KindOffers]:
    """Kind of case to what it offers."""
    content = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return {
        kind: KindOffers(
            tuple(row["papers"]),
            {
                code: Offer(code, **{**one, "states": frozenset(one["states"])})
                for code, one in row["procedures"].items()
            },
        )
        for kind, row in content.items()
    }


def of(kind: str) -> KindOffers | None:
    """What cases of ``kind`` offer; None where parties file nothing online."""
    return all_offers().get(kind)


def papers() -> frozenset[str]:
    """Codes of all served papers on which a code is printed."""
    return frozenset(code for kind in all_offers().values() for code in kind.papers)


def prefilled(offer: Offer, filed: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The facts of the act, from what was filed on ``day``."""
    known = {**filed, "day": day.isoformat(), "hearing": bool(filed.get("hearing"))}
    return {
        fact: source if isinstance(source, bool) else known.get(source, "")
        for fact, source in offer.facts.items()
    }
