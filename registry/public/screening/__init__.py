"""Screening: comparing names with reasons, an index of candidates, and the check of one party."""

from __future__ import annotations

from registry.public.screening.check import (
    CheckRequest,
    CheckResult,
    Match,
    Outcome,
    check,
    check_many,
)
from registry.public.screening.codes_in_names import looks_like_code
from registry.public.screening.comparison import compare
from registry.public.screening.loading import ScreeningIndex, load_index
from registry.public.screening.weighing import (
    LABELS,
    MATCHER,
    REASONS,
    THRESHOLD,
    WEIGHTS,
    Comparison,
    FeatureResult,
)

__all__ = [
    "LABELS",
    "MATCHER",
    "REASONS",
    "THRESHOLD",
    "WEIGHTS",
    "CheckRequest",
    "CheckResult",
    "Comparison",
    "FeatureResult",
    "Match",
    "Outcome",
    "ScreeningIndex",
    "check",
    "check_many",
    "compare",
    "load_index",
    "looks_like_code",
]
