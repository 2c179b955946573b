"""Small cells are hidden, and so is what would let them be computed (complementary suppression).

A row of cells and its total. Whoever reads what is shown knows the total, the cells that are left
and this very procedure; still no hidden cell may follow from it. The test tries every small table
and looks that for each hidden cell at least two values fit what is shown. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """Cells as they may be seen; None is hidden."""

    cells: Mapping[str, int | None]
    total: int | None


def suppress(cells: Mapping[str, int], below: int) -> Shown:
    """``cells`` with those from 1 to ``below - 1`` hidden, and what gives them away.

    With few hidden cells, or a sum that only one set of values makes, the next larger cells go,
    too; where that does not help, nothing is shown. Otherwise zeros are.
    """
    total = sum(cells.values())
    hidden = [key for key in sorted(cells) if 0 < cells[key] < below]
    if not hidden:
        return Shown(dict(cells), total)
    # The cells that follow from hidden ones by their size, not by their name: ties go together.
    while not _ambiguous([cells[key] for key in hidden], below):
        left = sorted({cells[key] for key in cells if key not in hidden and cells[key]})
        if not left:
            break
        hidden += [key for key in sorted(cells) if cells[key] == left[0] and key not in hidden]
    if not _ambiguous([cells[key] for key in hidden], below):
        # Zeros, too: somebody may know the total from elsewhere.
        return Shown(dict.fromkeys(cells), None)
    shown = {key: None if key in hidden else value for key, value in cells.items()}
    return Shown(shown, total)


def _ambiguous(hidden: list[int], below: int) -> bool:
    """Whether the sum of the hidden cells leaves each of them open.

    Neither may it be so small that all are 1 or nearly, nor, where only small ones are hidden,
    so large that all are the largest of the small.
    """
    count, total = len(hidden), sum(hidden)
    only_small = all(cell < below for cell in hidden)
    return count >= 2 and total >= count + below and (not only_small or total < count * (below - 1))
