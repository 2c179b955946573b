"""How alike two names are, and why: features with documented weights, multiplied.

``score = Π (1 − weight × (1 − feature score))`` over the features that at least one of the two
names has. A weight says how much of the score a feature can take away when it is wholly wrong: a
different brand, number or province alone brings the score far below the threshold (a veto), while
a missing region or another legal form takes a few hundredths. Nothing was fitted: the values order
the cases that the tests name. Former names are the caller's: compare each and take the best.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from registry.core.i18n import N_
from registry.core.names import NameAnatomy, anatomy

MATCHER = "registry-names/1"
"""Goes into every answer and certificate; changes whenever a score can change."""
THRESHOLD = 0.70

WEIGHTS: dict[str, float] = {
    "brand": 0.95,
    "numerals": 0.90,
    "branch": 0.80,
    "region": 0.65,
    "trade": 0.60,
    "legal_form": 0.40,
    "group": 0.15,
    "words": 1.0,
    "pinyin": 1.0,
    "code": 0.50,
    "place": 0.20,
    "birth": 0.50,
    "document": 1.0,
}
"""The largest part of the score that each feature can take away.

``words`` replaces brand, trade and region for names in Latin letters. ``pinyin`` compares a Chinese
name with one in Latin letters and never reaches the threshold: it is for recall. The last four
compare what a check says beside the name: another credit code is another body, another place of
registration little by itself.
"""

Feature = Literal[
    "brand", "numerals", "branch", "region", "trade", "legal_form", "group", "words", "pinyin",
    "code", "place", "birth", "document",
]  # fmt: skip


LABELS: dict[Feature, str] = {
    "brand": N_("Brand"),
    "numerals": N_("Numerals"),
    "branch": N_("Branch"),
    "region": N_("Region"),
    "trade": N_("Trade"),
    "legal_form": N_("Form of organisation"),
    "group": N_("Group words"),
    "words": N_("Words of the name"),
    "pinyin": N_("Pinyin"),
    "code": N_("Credit code"),
    "place": N_("Place of registration"),
    "birth": N_("Year of birth"),
    "document": N_("Document number"),
}
"""How a page names each feature."""


@dataclass(frozen=True, slots=True)
class FeatureResult:
    """One feature: what each name says there, how alike (0 to 1) and how much it weighs."""

    feature: Feature
    query: str
    candidate: str
    score: float
    weight: float

    @property
    def factor(self) -> float:
        """What the score is multiplied by."""
        return 1 - self.weight * (1 - self.score)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``score`` in [0, 1]; ``match`` is whether it reaches the default threshold."""

    score: float
    explanation: tuple[FeatureResult, ...]

    @property
    def match(self) -> bool:
        return self.score >= THRESHOLD


def compare(a: str, b: str) -> Comparison:
    """How alike the names ``a`` (the query) and ``b`` (the candidate) are. Symmetric in score."""
    return compare_anatomies(anatomy(a), anatomy(b))


def compare_anatomies(a: NameAnatomy, b: NameAnatomy) -> Comparison:
    """``compare`` for names taken apart already."""
    # Here, because both files build FeatureResults.
    from registry.public.screening import chinese, foreign  # noqa: PLC0415

    if not _has_substance(a) or not _has_substance(b):
        return Comparison(0.0, ())
    if a.foreign and b.foreign:
        features = foreign.features(a, b)
    elif a.foreign or b.foreign:
        features = foreign.across_scripts(a, b)
    else:
        features = chinese.features(a, b)
    return combine(features)


def combine(features: Iterable[FeatureResult]) -> Comparison:
    """The comparison that ``features`` amount to: the product of their factors."""
    found = tuple(features)
    score = 1.0
    for each in found:
        score *= each.factor
    return Comparison(round(score, 4), found)


def _has_substance(name: NameAnatomy) -> bool:
    """Whether the name says more than a form of organisation."""
    return bool(name.core or name.words)


def result(feature: Feature, query: str, candidate: str, score: float) -> FeatureResult:
    """A feature's result with its documented weight."""
    return FeatureResult(feature, query, candidate, round(score, 4), WEIGHTS[feature])
