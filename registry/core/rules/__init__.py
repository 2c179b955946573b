"""Law as data: dated, cited YAML, read into frozen values.

``load(overlay).on(day)`` gives the rules of a legal day; ``docs/rules.md`` shows them all.
"""

from __future__ import annotations

from registry.core.rules.as_of import Rules, UnknownRule
from registry.core.rules.book import Rulebook
from registry.core.rules.calendar import WorkCalendar
from registry.core.rules.duration import Clock, DueDay, Duration
from registry.core.rules.loader import load
from registry.core.rules.reader import InvalidRuleFile
from registry.core.rules.rewards import RewardApproval, RewardPack, RewardSpecial, RewardUplift
from registry.core.rules.values import (
    AccidentLevel,
    Competence,
    Deadline,
    Ground,
    ListKind,
    Masking,
    Measure,
    PenaltyCategory,
    PublicationTerm,
    Remedy,
    Rule,
    ServiceMethod,
)

__all__ = [
    "AccidentLevel",
    "Clock",
    "Competence",
    "Deadline",
    "DueDay",
    "Duration",
    "Ground",
    "InvalidRuleFile",
    "ListKind",
    "Masking",
    "Measure",
    "PenaltyCategory",
    "PublicationTerm",
    "Remedy",
    "RewardApproval",
    "RewardPack",
    "RewardSpecial",
    "RewardUplift",
    "Rule",
    "Rulebook",
    "Rules",
    "ServiceMethod",
    "UnknownRule",
    "WorkCalendar",
    "load",
]
