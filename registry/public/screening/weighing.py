"""The features by which names are compared, what each weighs and why, and how they add up.

``score = Π (1 − weight × (1 − feature score))`` over the features that at least one of the two
names has. A weight says how much of the score a feature can take away when it is wholly wrong: a
different brand, number or province alone brings the score far below the threshold (a veto), while
a missing region or another legal form takes a few hundredths. Nothing was fitted: the values order
the cases that the tests name. ``docs/matching.md`` says the same at length.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from registry.core.i18n import N_

MATCHER = "registry-names/7"
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
    "birth": N_("Date of birth"),
    "document": N_("Document number"),
}
"""How a page names each feature."""

REASONS: dict[Feature, str] = {
    "brand": N_(
        "What tells bodies apart. One other character on both sides is another body; characters"
        " that only one of the names has may have been left out."
    ),
    "numerals": N_(
        "Numbers tell sister bodies apart (First Bureau, No. 2 Mine), however they are written. A"
        " number that only one of the names has also counts as another body."
    ),
    "branch": N_(
        "The part of a body that stands behind its name. Two different branches are not the same;"
        " a branch and the whole body may be meant together."
    ),
    "region": N_(
        "The place that the name begins with. Two provinces contradict each other, a province and"
        " a city within it do not; a missing region costs little."
    ),
    "trade": N_(
        "What the body does. Words that one name leaves out cost a little, other words on both"
        " sides much; a short name is expected to leave them out."
    ),
    "legal_form": N_(
        "Limited company, partnership, cooperative. Company forms are written loosely and cost"
        " little; a company and a partnership are two bodies."
    ),
    "group": N_(
        "Words such as group or holding come and go with a reorganisation and cost little."
    ),
    "words": N_(
        "Words of a name in Latin letters in any order, misspelt ones and initials counted in part."
        " A word that each name has for itself makes it another name."
    ),
    "pinyin": N_(
        "A Chinese name read aloud against Latin letters. It only proposes: too many names sound"
        " alike, so that it never reaches the threshold."
    ),
    "code": N_("Two different credit codes are two bodies, whatever their names."),
    "place": N_("The province of the given region code. Bodies move, so it weighs little."),
    "birth": N_(
        "Two different years of birth are two persons. A swapped day and month, a year alone, or"
        " one digit off cost little; the same year with another day costs much."
    ),
    "document": N_("A person is certain only by name and full document number together."),
}
"""What each feature looks at and why it weighs as it does."""


class FeatureResult(NamedTuple):
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


def combine(features: Iterable[FeatureResult]) -> Comparison:
    """The comparison that ``features`` amount to: the product of their factors."""
    found = tuple(features)
    score = 1.0
    for _, _, _, likeness, weight in found:
        score *= 1 - weight * (1 - likeness)
    return Comparison(round(score, 4), found)


def result(feature: Feature, query: str, candidate: str, score: float) -> FeatureResult:
    """A feature's result with its documented weight."""
    return FeatureResult(feature, query, candidate, round(score, 4), WEIGHTS[feature])
