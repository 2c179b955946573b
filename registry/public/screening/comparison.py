"""How alike two names are, and why. Former names are the caller's: compare each, take the best."""

from __future__ import annotations

from registry.core.names import NameAnatomy, anatomy
from registry.public.screening import chinese, foreign
from registry.public.screening.weighing import Comparison, combine


def compare(a: str, b: str) -> Comparison:
    """How alike the names ``a`` (the query) and ``b`` (the candidate) are. Symmetric in score."""
    return compare_anatomies(anatomy(a), anatomy(b))


def compare_anatomies(a: NameAnatomy, b: NameAnatomy) -> Comparison:
    """``compare`` for names taken apart already."""
    if not _has_substance(a) or not _has_substance(b):
        return Comparison(0.0, ())
    if a.foreign and b.foreign:
        features = foreign.features(a, b)
    elif a.foreign or b.foreign:
        features = foreign.across_scripts(a, b)
    else:
        features = chinese.features(a, b)
    return combine(features)


def _has_substance(name: NameAnatomy) -> bool:
    """Whether the name says more than a form of organisation."""
    return bool(name.brand or name.words)
