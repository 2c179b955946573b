"""Bars of a chart, worked out in whole units of its own frame. Pure; the template draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, BASE, TOP = 340, 150, 126, 18
"""The frame: at 360 pixels one unit is about one pixel, so its texts stay readable there."""


@dataclass(frozen=True)
class Bar:
    """One bar; ``hidden``: there is a value that may not be told, drawn as a mark on the line."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str
    value: str
    hidden: bool


@dataclass(frozen=True)
class Chart:
    """Bars from left to right, and what the highest of them stands for."""

    bars: Sequence[Bar]
    most: str
    first: str
    last: str


def chart(values: Sequence[tuple[str, float | None, str, bool]]) -> Chart | None:
    """A chart of (label, number, number in words, hidden); None if there is nothing to draw."""
    numbers = [number for _, number, _, _ in values if number is not None]
    if not numbers:
        return None
    most = max(numbers)
    step = WIDTH / max(len(values), 6)
    bars = [
        _bar(place * step, step, number, most, label, words, hidden)
        for place, (label, number, words, hidden) in enumerate(values)
    ]
    highest = next(words for _, number, words, _ in values if number == most)
    return Chart(bars, highest, values[0][0], values[-1][0])


def _bar(
    left: float,
    step: float,
    number: float | None,
    most: float,
    label: str,
    words: str,
    hidden: bool,
) -> Bar:
    share = (number or 0) / most if most else 0
    height = round(share * (BASE - TOP), 1)
    if number:
        height = max(height, 1.5)  # something is never drawn as nothing
    return Bar(
        x=round(left + step * 0.15, 1),
        y=round(BASE - height, 1),
        width=round(step * 0.7, 1),
        height=height,
        middle=round(left + step / 2, 1),
        label=label,
        value=words,
        hidden=hidden,
    )
