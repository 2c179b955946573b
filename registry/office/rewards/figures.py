"""Published figures on rewards. Pure. Small cells are suppressed, and so is what would give them
away: a total less the cells shown must not leave one small cell alone (complementary
suppression).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LEAST = 5
"""A cell below this is not shown (the usual threshold of official statistics)."""


@dataclass(frozen=True)
class Cell:
    """How many awards, and how much in fen."""

    count: int
    fen: int = 0


@dataclass(frozen=True)
class Shown:
    """Cells as they may be seen: ``None`` is "fewer than five", or hidden to protect one."""

    cells: Mapping[str, Cell | None]
    total: Cell | None


def suppressed(cells: Mapping[str, Cell]) -> Shown:
    """``cells`` by key with what is small hidden, and the total where it gives nothing away."""
    total = Cell(sum(one.count for one in cells.values()), sum(one.fen for one in cells.values()))
    hidden = {key for key, one in cells.items() if 0 < one.count < LEAST}
    if hidden and sum(cells[key].count for key in hidden) < LEAST:
        rest = [key for key in cells if key not in hidden and cells[key].count]
        # The smallest of the others goes, too: the difference then stands for five or more.
        hidden |= {min(rest, key=lambda key: (cells[key].count, key))} if rest else set()
    shown: dict[str, Cell | None] = {
        key: None if key in hidden else one for key, one in cells.items()
    }
    told = total if not 0 < total.count < LEAST else None
    return Shown(shown, told)
