"""Screening: comparing names with reasons, an index of candidates, and the check of one party."""

from __future__ import annotations

from registry.public.screening.comparison import (
    MATCHER,
    THRESHOLD,
    WEIGHTS,
    Comparison,
    FeatureResult,
    compare,
)

__all__ = ["MATCHER", "THRESHOLD", "WEIGHTS", "Comparison", "FeatureResult", "compare"]
