"""The reasons of a match in words, for whoever has to decide whether it is the counterparty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from registry.core.i18n import N_
from registry.public.screening.weighing import LABELS, REASONS, FeatureResult

VIA: Mapping[str, str] = {
    "name": N_("the name"),
    "former": N_("a former name"),
    "short": N_("a short name"),
    "english": N_("the English name"),
    "alias": N_("another name"),
    "code": N_("the credit code"),
    "document": N_("name and document number"),
}
"""By what a record was found."""
ONE_SIDED = N_("only in one of the names")
NEAR = N_("nearly the same")
OTHER = N_("different")
_NEAR = 0.85


class Explained(NamedTuple):
    """One part of the comparison: what each side says there, how alike, and what that costs.

    ``label``, ``verdict`` and ``reason`` are keys of the catalogue; ``costs`` counts hundredths of
    the score. Where both say the same, ``verdict`` and ``reason`` are empty.
    """

    label: str
    query: str
    candidate: str
    verdict: str
    costs: int
    reason: str


def explained(explanation: Iterable[FeatureResult]) -> list[Explained]:
    """The parts of a comparison in words, in the order in which they were weighed."""
    return [_explained(one) for one in explanation]


def _explained(one: FeatureResult) -> Explained:
    costs = round(100 * (1 - one.factor))
    verdict, reason = (_verdict(one), REASONS[one.feature]) if one.score < 1 else ("", "")
    return Explained(LABELS[one.feature], one.query, one.candidate, verdict, costs, reason)


def _verdict(one: FeatureResult) -> str:
    if not one.query or not one.candidate:
        return ONE_SIDED
    return NEAR if one.score >= _NEAR else OTHER
