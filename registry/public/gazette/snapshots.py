"""The shape of published figures of a period: indicators counted at the office."""

from __future__ import annotations

from typing import NotRequired

# On Python 3.11 the checker of shapes (see shapes.py) cannot read typing's own TypedDict.
from typing_extensions import TypedDict


class RegionFigure(TypedDict):
    """One indicator in one region. None: too small to be told, or it would tell one that is."""

    region: str
    """GB/T 2260."""
    amount: int | None


class SnapshotFigure(TypedDict):
    """One indicator. Amounts are whole numbers in the unit; yuan in fen."""

    code: str
    """Code of the indicator, in the edition of the record."""
    amount: int | None
    regions: list[RegionFigure]
    """Those of which there is something; where small numbers are hidden, all of them."""


class SnapshotPayload(TypedDict):
    """The figures of a month, quarter, half-year or year, as they were known at an instant."""

    period: str
    """``2026-09``, ``2026-Q3``, ``2026-H2`` or ``2026``."""
    length: str
    """``month``, ``quarter``, ``half`` or ``year``."""
    first: str
    last: str
    """Its last day, inclusive."""
    known_at: str
    """Later entries are not in the figures (RFC 3339)."""
    edition: int
    """Of the definitions, which stand under ``/statistics/definitions``."""
    revision: NotRequired[int]
    """Counts how often the period was published anew; 1 is the first time and left out."""
    figures: list[SnapshotFigure]
