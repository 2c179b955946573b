"""The way back as a drawn graph: columns of boxes and the lines between them. Pure.

Own small layout: what vouches stands to the right of what it vouched for; boxes of a column are
ordered by the middle of their neighbours to the left, so that few lines cross.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COLUMN, ROW = 250, 58
BOX_WIDTH, BOX_HEIGHT = 200, 42
MARGIN = 16
MOST_ROWS = 24
"""Boxes drawn per column; the table beside the drawing has them all."""
LINE = 28
"""Half-width signs per line of a label; a Chinese sign takes two."""


@dataclass(frozen=True)
class Node:
    """A box. ``kind`` names its look: start, report, person, organization, other."""

    key: str
    label: str
    kind: str
    column: int
    address: str = ""
    note: str = ""


@dataclass(frozen=True)
class Box:
    """A node in its place, in pixels."""

    node: Node
    x: int
    y: int

    @property
    def lines(self) -> list[str]:
        """The label in at most two lines."""
        first, rest = _cut(self.node.label)
        if not rest:
            return [first]
        second, more = _cut(rest)
        return [first, second[:-1] + "…" if more else second]


def _cut(text: str) -> tuple[str, str]:
    """As much of ``text`` as fits a line, and the rest."""
    width = 0
    for place, sign in enumerate(text):
        width += 1 if sign.isascii() else 2
        if width > LINE:
            return text[:place], text[place:]
    return text, ""


@dataclass(frozen=True)
class Line:
    """From the right side of one box to the left side of another, as a path."""

    path: str


@dataclass(frozen=True)
class Drawing:
    """Boxes and lines with the size of the whole; ``left_out`` boxes had no room."""

    width: int
    height: int
    boxes: Sequence[Box]
    lines: Sequence[Line]
    left_out: int = 0


def draw(nodes: Sequence[Node], edges: Sequence[tuple[str, str]]) -> Drawing:
    """Place ``nodes`` by column and join those that ``edges`` name, from left to right."""
    columns: dict[int, list[Node]] = {}
    for node in nodes:
        columns.setdefault(node.column, []).append(node)
    places: dict[str, tuple[int, float]] = {}
    shown: list[Node] = []
    left_out = 0
    for column in sorted(columns):
        ordered = _ordered(columns[column], edges, places)
        left_out += max(0, len(ordered) - MOST_ROWS)
        for row, node in enumerate(ordered[:MOST_ROWS]):
            places[node.key] = (column, row)
            shown.append(node)
    rows = {column: sum(1 for node in shown if node.column == column) for column in columns}
    tallest = max(rows.values(), default=1)
    boxes = {node.key: _box(node, places[node.key], rows, tallest) for node in shown}
    return Drawing(
        width=2 * MARGIN + COLUMN * max(columns, default=0) + BOX_WIDTH,
        height=2 * MARGIN + ROW * tallest,
        boxes=list(boxes.values()),
        lines=[
            _line(boxes[a], boxes[b]) for a, b in dict.fromkeys(edges) if {a, b} <= boxes.keys()
        ],
        left_out=left_out,
    )


def _ordered(
    nodes: Sequence[Node],
    edges: Sequence[tuple[str, str]],
    places: Mapping[str, tuple[int, float]],
) -> list[Node]:
    """By the middle of the neighbours that have their place; those without keep theirs."""

    def middle(item: tuple[int, Node]) -> tuple[float, int]:
        index, node = item
        near = [places[a][1] for a, b in edges if b == node.key and a in places]
        return (sum(near) / len(near) if near else float(index), index)

    return [node for _, node in sorted(enumerate(nodes), key=middle)]


def _box(node: Node, place: tuple[int, float], rows: Mapping[int, int], tallest: int) -> Box:
    column, row = place
    above = (tallest - rows[column]) * ROW / 2
    return Box(node, MARGIN + COLUMN * column, round(MARGIN + above + ROW * row))


def _line(left: Box, right: Box) -> Line:
    x1, y1 = left.x + BOX_WIDTH, left.y + BOX_HEIGHT // 2
    x2, y2 = right.x, right.y + BOX_HEIGHT // 2
    bend = (x2 - x1) // 2
    return Line(f"M{x1},{y1} C{x1 + bend},{y1} {x2 - bend},{y2} {x2},{y2}")
