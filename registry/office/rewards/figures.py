"""Published figures on rewards: which cells of counts and sums may be seen. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.public.indicators.suppression import suppress


@dataclass(frozen=True)
class Cell:
    """How many awards, and how much in fen."""

    count: int
    fen: int = 0


@dataclass(frozen=True)
class Shown:
    """Cells as they may be seen: ``None`` is a small one, or hidden to protect one."""

    cells: Mapping[str, Cell | None]
    total: Cell | None


def suppressed(cells: Mapping[str, Cell], below: int) -> Shown:
    """``cells`` by key as the counts of awards allow it, the sums with them (``suppress``)."""
    counts = suppress({key: one.count for key, one in cells.items()}, below)
    total = Cell(sum(one.count for one in cells.values()), sum(one.fen for one in cells.values()))
    shown = {key: None if counts.cells[key] is None else one for key, one in cells.items()}
    return Shown(shown, None if counts.total is None else total)
