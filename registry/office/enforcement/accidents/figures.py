"""How late an accident was reported, and who investigates one of its level. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from registry.core.rules import Rules, UnknownRule
from registry.core.rules.values import Deadline

LEVELS = ("county", "prefecture", "province", "national")
"""Levels of government from below (rules/levels)."""


@dataclass(frozen=True)
class Lateness:
    """``took`` from what happened to the report; ``late`` beyond what is allowed, else nothing."""

    took: timedelta
    late: timedelta

    @property
    def minutes(self) -> int:
        """Whole minutes of lateness, rounded up: one second late is late."""
        return -(-int(self.late.total_seconds()) // 60)


def lateness(begun: datetime, reported: datetime, allowed: Deadline) -> Lateness:
    """How late a report is whose term runs from ``begun``. Only terms in hours count here."""
    took = reported - begun
    term = allowed.breach
    limit = timedelta(hours=term.amount) if term and term.unit == "hour" else timedelta.max
    return Lateness(took, max(took - limit, timedelta()))


def investigating_level(rules: Rules, accident_level: str, regions: tuple[str, ...]) -> str:
    """The lowest level that investigates (Order 493 art. 19). Raises ``UnknownRule``."""
    found = rules.competence(f"accident.{accident_level}", "other", regions)
    if not found.levels:
        raise UnknownRule(table="competence", rule=f"accident.{accident_level}")
    return min(found.levels, key=LEVELS.index)


def higher(level: str, than: str) -> bool:
    """Whether ``level`` lies above ``than``."""
    return LEVELS.index(level) > LEVELS.index(than)
