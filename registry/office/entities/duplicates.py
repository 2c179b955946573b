"""Whether two entities look like one. Pure: signals out of two descriptions, for a person.

A signal is a reason to look, never a verdict: nothing is merged by the machine.
"""

from __future__ import annotations

from dataclasses import dataclass

from registry.core.names import anatomy, fold


@dataclass(frozen=True)
class Description:
    """What is compared of an entity. ``folded_names`` holds current and former names."""

    kind: str
    name: str
    folded_names: frozenset[str]
    code: str | None = None
    region: str | None = None


SAME_NAME = "same-name"
SAME_ORGANIZATION = "same-organization-code"
SAME_ANATOMY = "same-anatomy"


def signals(one: Description, other: Description) -> list[str]:
    """What speaks for one and the same organization; empty when nothing does.

    Persons are told apart by their documents and never proposed by name alone: namesakes are the
    rule. Two different valid credit codes with different organization codes silence everything
    but an equal current name, which is how a re-coded enterprise shows.
    """
    if "person" in {one.kind, other.kind}:
        return []
    found = []
    if one.folded_names & other.folded_names:
        found.append(SAME_NAME)
    if _organization(one.code) is not None and _organization(one.code) == _organization(other.code):
        found.append(SAME_ORGANIZATION)
    if not found and not _contradict(one.code, other.code) and _same_anatomy(one, other):
        found.append(SAME_ANATOMY)
    if found == [SAME_NAME] and _contradict(one.code, other.code):
        return found if fold(one.name) == fold(other.name) else []
    return found


def _organization(code: str | None) -> str | None:
    """Characters 9–17 of a credit code: the organization code of GB 11714."""
    return code[8:17] if code is not None and len(code) == 18 else None


def _contradict(one: str | None, other: str | None) -> bool:
    first, second = _organization(one), _organization(other)
    return first is not None and second is not None and first != second


def _same_anatomy(one: Description, other: Description) -> bool:
    first, second = anatomy(one.name), anatomy(other.name)
    if not first.brand or first.brand != second.brand:
        return False
    parts = ("trade", "branch", "numerals")
    if any(getattr(first, part) != getattr(second, part) for part in parts):
        return False
    regions = {one.region, other.region} - {None}
    return len(regions) < 2 or len({str(code)[:4] for code in regions}) == 1
